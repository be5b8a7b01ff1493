/**
 * Secrets: what the environment must hold beside ids.config.yml.
 * Pure: the caller hands in the environment. Never shows a value, only what its shape lacks.
 */

import { isLoopback } from "./config/url.ts";
import { type Config, ConfigError } from "./config.ts";

export interface Secrets {
  readonly slackBotToken: string;
  /** There in mode socket. */
  readonly slackAppToken?: string;
  /** There in mode http. */
  readonly slackSigningSecret?: string;
  /** Absent: Slack's own. */
  readonly slackApiUrl?: string;
  /** `redis://…`, `rediss://…` or the path of a unix socket. Absent: Trailhound runs its own Redis. */
  readonly redisUrl?: string;
  /** Signs intents and the audit log; at least 32 bytes. Absent: the file audit.key in the data folder. */
  readonly auditKey?: Buffer;
  readonly allowUnsafeRedis: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const KEY_BYTES = 32;

/**
 * `readSecrets({ SLACK_BOT_TOKEN: "xoxb-…", SLACK_APP_TOKEN: "xapp-…" }, config)`
 *   → `{ slackBotToken: "xoxb-…", slackAppToken: "xapp-…", allowUnsafeRedis: false }`
 *
 * An empty variable counts as not set. What the mode does not use is not asked for, but checked when it is there.
 *
 * @throws ConfigError with all problems, each with its variable.
 */
export function readSecrets(env: Environment, config: Pick<Config, "slack">): Secrets {
  const problems: string[] = [];
  const read = (name: string, need: string | undefined, flaw: (value: string) => string | undefined) => {
    const value = env[name] === "" ? undefined : env[name];
    const problem = value === undefined ? need : value.trim() === value ? flaw(value) : "has space around it";
    if (problem !== undefined) problems.push(`environment ${name}: ${problem}`);
    return value;
  };
  const { mode } = config.slack;
  const when = (condition: boolean, need: string) => (condition ? need : undefined);

  const slackBotToken = read("SLACK_BOT_TOKEN", "missing; the bot's token, xoxb-…", startsWith("xoxb-"));
  const slackAppToken = read(
    "SLACK_APP_TOKEN",
    when(mode === "socket", "missing; slack.mode socket needs the app-level token, xapp-…"),
    startsWith("xapp-"),
  );
  const slackSigningSecret = read(
    "SLACK_SIGNING_SECRET",
    when(mode === "http", "missing; slack.mode http needs the app's signing secret"),
    (value) => (value.length < 16 ? "is shorter than any signing secret of Slack" : undefined),
  );
  const slackApiUrl = read("SLACK_API_URL", undefined, apiUrlFlaw);
  const redisUrl = read("REDIS_URL", undefined, redisUrlFlaw);
  const auditKey = read(
    "IDS_AUDIT_KEY",
    when(redisUrl !== undefined, "missing; with REDIS_URL it signs intents and the audit log (openssl rand -hex 32)"),
    auditKeyFlaw,
  );
  const unsafe = read("ALLOW_UNSAFE_REDIS", undefined, (value) =>
    value === "1" || value === "0" ? undefined : "is neither 1 nor 0",
  );

  if (slackBotToken === undefined || problems.length > 0) throw new ConfigError("secrets", problems);
  return {
    slackBotToken,
    ...(slackAppToken === undefined ? {} : { slackAppToken }),
    ...(slackSigningSecret === undefined ? {} : { slackSigningSecret }),
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
    ...(auditKey === undefined ? {} : { auditKey: keyBytes(auditKey) }),
    allowUnsafeRedis: unsafe === "1",
  };
}

function startsWith(prefix: string): (value: string) => string | undefined {
  return (value) => (value.startsWith(prefix) ? undefined : `does not start with ${prefix}`);
}

function apiUrlFlaw(value: string): string | undefined {
  if (!URL.canParse(value)) return "is not a URL";
  const { protocol, hostname } = new URL(value);
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return "is not https (http only for localhost: the bot's token goes there)";
}

function redisUrlFlaw(value: string): string | undefined {
  const known = value.startsWith("/") || (/^rediss?:\/\//.test(value) && URL.canParse(value));
  return known ? undefined : "is not redis://…, rediss://… or the path of a unix socket";
}

function auditKeyFlaw(value: string): string | undefined {
  const { length } = keyBytes(value);
  return length < KEY_BYTES
    ? `holds ${length} bytes, at least ${KEY_BYTES} are needed (openssl rand -hex 32)`
    : undefined;
}

/** Hex and base64 count by what they encode, so that 32 hex digits are not taken for 32 bytes. */
function keyBytes(value: string): Buffer {
  if (/^([0-9a-f]{2})+$/i.test(value)) return Buffer.from(value, "hex");
  const base64 = Buffer.from(value, "base64");
  const isBase64 =
    /^[\w+/-]+={0,2}$/.test(value) &&
    base64.toString("base64url") === value.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  return isBase64 ? base64 : Buffer.from(value, "utf8");
}
