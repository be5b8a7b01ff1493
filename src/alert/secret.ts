/**
 * Secrets: what must reach neither Redis nor Slack, found by the name of its field or by its shape.
 * Pure. Errs on the side of hiding; names, ids, ARNs and times of secrets stay, they are evidence.
 * Source: AWS "Understanding unique identifiers" for key prefixes; Slack "Token types"; RFC 7468 for PEM.
 */
import { isObject, type Json } from "../cloudtrail/json.ts";

export const HIDDEN = "(hidden)";

const SECRET_NAME = /secret|passw|passphrase|token|private.?key|authorization|api.?key|user.?data|connection.?string/i;
/** `secretId`, `SecretArn`, `tokenIssueTime`: about a secret, not the secret. */
const ABOUT_A_SECRET = /(ids?|arns?|names?|time|date|type|version|stage|status|required|lastused|count)$/i;
/** Everything under these is hidden: environment variables of functions, containers and builds. */
const SECRET_FOLDER = /^(environment|environmentvariables|variables|env)$/i;

// Every repeat is bounded or cannot overlap what follows it, so that a hostile string costs linear time.
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  /\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{8,}/g, // Slack tokens
  /\b(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9/+=_-]{16,}/g, // STS session tokens
  /\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bABSK[A-Za-z0-9+/=]{20,}/g, // Bedrock API keys
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g, // JSON web tokens
];
const SECRET_KEY = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;
const HEADER = /\b(bearer|basic|aws4-hmac-sha256)(\s{1,4})[A-Za-z0-9._~+/=-]{8,}/gi;
// A bare colon assigns nothing: `secretsmanager:GetSecretValue` and ARNs of secrets are evidence.
const ASSIGNED =
  /((?:secret|passw(?:or)?d|passphrase|token|private_?key|authorization|api_?key)[\w.-]{0,30}(?:\\{0,4}["']\s{0,4}[:=]|\s{0,4}=|:(?=\s|\\{0,4}["']))\s{0,4}\\{0,4}["']?)(?!\(hidden)[^\s"'\\,;&<>(){}]{4,}/gi;
const PASSWORD = /(passw(?:or)?d:)(?!\(hidden)[^\s"'\\,;&<>(){}]{4,}/gi;

/**
 * A text without the secrets that can be told by their shape.
 *
 * `"curl password=hunter22 xoxb-123456789-abc"` → `"curl password=(hidden) (hidden)"`
 */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const shape of SHAPES) clean = clean.replace(shape, HIDDEN);
  return clean
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(ASSIGNED, `$1${HIDDEN}`)
    .replace(PASSWORD, `$1${HIDDEN}`)
    .replace(SECRET_KEY, (match) => (isSecretKey(match) ? HIDDEN : match));
}

/**
 * A JSON value without secrets, neither by field name nor by shape.
 *
 * `{ "accessKeyId": "ASIA…", "sessionToken": "IQoJ…" }` → `{ "accessKeyId": "ASIA…", "sessionToken": "(hidden)" }`
 */
export function withoutSecretFields(json: Json, name = "", hideAll = false): Json {
  if (typeof json === "string") {
    return hideAll || isSecretName(name) ? hidden(json) : withoutSecrets(json);
  }
  if (json === null || typeof json !== "object") return json;
  const hide = hideAll || SECRET_FOLDER.test(name);
  if (!isObject(json)) return json.map((item) => withoutSecretFields(item, name, hide));
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [withoutSecrets(key), withoutSecretFields(value, key, hide)]),
  );
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_A_SECRET.test(name);
}

/** AWS's own redactions say more than ours: they stay. */
function hidden(value: string): string {
  return value === "" || value === "***" || value === "HIDDEN_DUE_TO_SECURITY_REASONS" ? value : HIDDEN;
}

/** Forty characters that mix cases and digits; a SHA-1 in hex is no secret. */
function isSecretKey(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text) && !/^[0-9a-fA-F]*$/.test(text);
}
