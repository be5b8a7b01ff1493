/**
 * Policies: what an IAM policy would allow, and which a request holds.
 * Pure. Works on raw, hostile documents: whatever is not a policy allows nothing, nothing here throws.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import { isObject, type Json, type JsonObject, parseJson } from "../cloudtrail/json.ts";
import { isList } from "./scalar.ts";

/** CloudTrail leaves parameters out above 100 KB; URL encoding makes a document up to three times as long. */
const MAX_DOCUMENT = 300_000;

/** A policy as CloudTrail shows it: an object, JSON text, or URL-encoded JSON text. `[]` when it is none of them. */
export function statementsOf(document: Json | undefined): readonly JsonObject[] {
  const opened = typeof document === "string" ? openText(document) : document;
  if (!isObject(opened)) return [];
  return listOf(opened["Statement"]).filter(isObject);
}

function openText(text: string): unknown {
  const parsed = parseJson(decoded(text), MAX_DOCUMENT);
  return parsed.kind === "value" ? parsed.value : undefined;
}

function decoded(text: string): string {
  if (!/^%7b/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One value or a list of them, as policies allow everywhere: `"s3:*"` → `["s3:*"]`. */
function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

export function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/**
 * Tells of each action (`iam:PassRole`) whether a policy allows it on any resource of its kind.
 *
 * `canDo({ Statement: { Effect: "Allow", NotAction: "sts:*", Resource: "*" } })("iam:PassRole")` → true
 *
 * A Resource that names or narrows (`role/ci`, `role/app/*`) does not count; an account, a region or a variable does not narrow.
 * A Deny counts when it has no Condition and covers as much.
 * @param conditions whether an Allow with a Condition counts: whoever writes a policy can write one that always holds.
 */
export function canDo(document: Json | undefined, conditions: "count" | "do-not-count"): (action: string) => boolean {
  // A statement with a Principal stands in a resource policy: it opens that resource, not the account.
  const clauses = statementsOf(document).flatMap((statement) =>
    statement["Principal"] === undefined ? clauseOf(statement) : [],
  );
  if (clauses.reduce((sum, { patterns }) => sum + patterns, 0) > MAX_PATTERNS) return () => false;
  const allows = clauses.filter(({ effect, isSure }) => effect === "Allow" && (conditions === "count" || isSure));
  const denies = clauses.filter(({ effect, isSure }) => effect === "Deny" && isSure);
  return (action) => {
    const probe = action.toLowerCase();
    return allows.some(({ covers }) => covers(probe)) && !denies.some(({ covers }) => covers(probe));
  };
}

/** More than fit into any policy that AWS accepts (32,768 characters in a permission set): such a request is refused. */
const MAX_PATTERNS = 6000;

/** A statement, made ready to be asked about actions in lower case. */
interface Clause {
  readonly effect: Json | undefined;
  /** It has no Condition. */
  readonly isSure: boolean;
  /** How many patterns it holds: the cost of asking. */
  readonly patterns: number;
  readonly covers: (action: string) => boolean;
}

/** `Action` covers by its patterns, `NotAction` by matching none, and so for resources; a statement without either covers nothing. */
function clauseOf(statement: JsonObject): readonly Clause[] {
  const { Effect: effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const isActionExcept = Action === undefined;
  const isResourceExcept = Resource === undefined;
  if ((isActionExcept && NotAction === undefined) || (isResourceExcept && NotResource === undefined)) return [];
  const actions = textsOf(Action ?? NotAction).map((text) => text.toLowerCase());
  const resources = textsOf(Resource ?? NotResource).map(reachOf);
  const covers = (action: string) =>
    actions.some((pattern) => isLike(pattern, action)) !== isActionExcept &&
    resources.some((reaches) => reaches(action)) !== isResourceExcept;
  return [{ effect, isSure: Condition === undefined, patterns: actions.length + resources.length, covers }];
}

/** Whether a Resource reaches any resource that an action acts on: `arn:aws:iam::1111…:user/*` is any for iam:PutUserPolicy. */
function reachOf(pattern: string): (action: string) => boolean {
  if (/^[*?]+$/.test(pattern)) return () => pattern.includes("*");
  const [, , service = "", , , ...rest] = pattern.toLowerCase().split(":", 64);
  const [, named = "", name = ""] = /^(?:([\w-]+)[:/])?(.*)$/s.exec(rest.join(":")) ?? [];
  // A variable stands for the caller, whoever that is.
  if (!/^[*]+([:/][*]+)*$/.test(name.replaceAll(/\$\{[^}$]*\}/g, "*"))) return () => false;
  return (action) => {
    const [home, kind] = homeOf(action);
    return isLike(service, home) && (named === "" || kind === undefined || named === kind);
  };
}

/** Whose resources an action acts on; for IAM also which kind of them. */
function homeOf(action: string): readonly [service: string, kind?: string] {
  const [service = "", verb = ""] = action.split(":", 2);
  if (service !== "iam" && action !== "sts:assumerole") return [service];
  const kind = /role|group|policyversion|user|accesskey|loginprofile|credential|mfadevice/.exec(
    verb.replace("usertogroup", "togroup"),
  )?.[0];
  if (kind === undefined) return ["iam"];
  if (kind === "policyversion") return ["iam", "policy"];
  return ["iam", kind === "role" || kind === "group" ? kind : "user"];
}

/** IAM's wildcards `*` and `?`, without escapes. Never more than pattern × text steps: only the last `*` is gone back to. */
export function isLike(pattern: string, text: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (place < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = place;
    } else if (pattern[at] === "?" || (at < pattern.length && pattern[at] === text[place])) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/**
 * Each alone lets its holder give any permission to a user or role, if it may be done to any of them.
 * Source: pathfinding.cloud paths iam-001, iam-005, iam-007, iam-008, iam-009, iam-010 and iam-011 (self-escalation).
 */
const ADMIN_ACTIONS = [
  "iam:CreatePolicyVersion",
  "iam:PutUserPolicy",
  "iam:AttachUserPolicy",
  "iam:PutRolePolicy",
  "iam:AttachRolePolicy",
  "iam:PutGroupPolicy",
  "iam:AttachGroupPolicy",
];

/**
 * Whether a policy makes an administrator: it allows everything, or one of ADMIN_ACTIONS on any resource.
 *
 * `{ Effect: "Allow", Action: ["s3:*", "*"], Resource: "*" }` → true; `NotAction: "sts:*"` → true; `NotAction: "*"` → false.
 */
export function grantsAdmin(document: Json | undefined): boolean {
  return ADMIN_ACTIONS.some(canDo(document, "count"));
}

/** Whether an Allow says what it does not allow: `NotAction` or `NotResource`. */
export function usesNotAction(document: Json | undefined): boolean {
  return statementsOf(document).some(
    ({ Effect, NotAction, NotResource }) =>
      Effect === "Allow" && (NotAction !== undefined || NotResource !== undefined),
  );
}
