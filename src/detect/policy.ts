/**
 * Policies: what an IAM or resource policy inside a request would allow.
 * Pure. Works on raw, hostile documents: whatever is not a policy allows nothing, nothing here throws.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import { isObject, type Json, type JsonObject } from "../cloudtrail/json.ts";
import { wildcard } from "./pattern.ts";
import { isList } from "./scalar.ts";

/** A policy as CloudTrail shows it: an object, JSON text, or URL-encoded JSON text. `[]` when it is none of them. */
export function statementsOf(document: Json | undefined): readonly JsonObject[] {
  const opened = typeof document === "string" ? openText(document) : document;
  if (!isObject(opened)) return [];
  return listOf(opened["Statement"]).filter(isObject);
}

function openText(text: string): Json | undefined {
  try {
    const opened: Json = JSON.parse(text.startsWith("%7B") || text.startsWith("%7b") ? decodeURIComponent(text) : text);
    return opened;
  } catch {
    return undefined;
  }
}

/** One value or a list of them, as policies allow everywhere: `"s3:*"` → `["s3:*"]`. */
function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === "string");
}

/**
 * Each alone lets its holder give any permission to a user or role, if it may be done to any of them.
 * Source: pathfinding.cloud paths iam-001, iam-005, iam-007, iam-008, iam-009 and iam-013 (the self-escalations).
 */
const ADMIN_PATHS: readonly (readonly [action: string, resource: string])[] = [
  ["iam:createpolicyversion", "policy/x"],
  ["iam:putuserpolicy", "user/x"],
  ["iam:attachuserpolicy", "user/x"],
  ["iam:putrolepolicy", "role/x"],
  ["iam:attachrolepolicy", "role/x"],
  ["iam:putgrouppolicy", "group/x"],
  ["iam:attachgrouppolicy", "group/x"],
];

/**
 * Whether a policy makes an administrator: it allows everything, or one of ADMIN_PATHS on any resource.
 *
 * `{ Effect: "Allow", Action: ["s3:*", "*"], Resource: "*" }` → true; `NotAction: "sts:*"` → true; `NotAction: "*"` → false.
 * A Condition on an Allow is disregarded (whoever writes the policy can write one that always holds); a Deny counts only without one.
 */
export function grantsAdmin(document: Json | undefined): boolean {
  // A statement with a Principal stands in a resource policy: it opens that resource, not the account.
  const statements = statementsOf(document).filter((statement) => statement["Principal"] === undefined);
  const allows = statements.filter((statement) => statement["Effect"] === "Allow");
  const denies = statements.filter(
    (statement) => statement["Effect"] === "Deny" && statement["Condition"] === undefined,
  );
  return ADMIN_PATHS.some(
    ([action, name]) =>
      allows.some((statement) => covers(statement, action, name)) &&
      !denies.some((statement) => covers(statement, action, name)),
  );
}

function covers(statement: JsonObject, action: string, name: string): boolean {
  // The account of the probe is made up on purpose: a Resource that reaches it reaches any user or role.
  return (
    matchesEither(statement["Action"], statement["NotAction"], action) &&
    matchesEither(statement["Resource"], statement["NotResource"], `arn:aws:iam::000000000000:${name}`)
  );
}

/** `Action` matches by its patterns, `NotAction` by matching none; a statement with neither matches nothing. */
function matchesEither(only: Json | undefined, except: Json | undefined, probe: string): boolean {
  const matches = (pattern: string) => policyPattern(pattern)(probe);
  if (only !== undefined) return textsOf(only).some(matches);
  return except !== undefined && !textsOf(except).some(matches);
}

/** IAM has no escapes. A variable and a named account or partition count as any: `arn:aws:iam::1111…:user/*` is all users. */
function policyPattern(pattern: string): (text: string) => boolean {
  const general = pattern
    .replaceAll(/\$\{[^}]*\}/g, "*")
    .replace(/^arn:[^:]*:iam::[^:]*:/, "arn:aws:iam::000000000000:");
  return wildcard(general.replaceAll("\\", "\\\\"));
}

/** Condition keys that tie a grant to known callers or networks. */
const NARROWING = [
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "aws:sourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "kms:calleraccount",
  "s3:dataaccesspointaccount",
  "sns:endpoint",
];

/**
 * Whether a resource policy lets everyone in: an Allow for Principal `*` (or any NotPrincipal) that no condition narrows.
 *
 * `{ Effect: "Allow", Principal: { AWS: ["*"] }, Action: "s3:GetObject" }` → true; the same with `aws:PrincipalOrgID` → false.
 */
export function grantsEveryone(document: Json | undefined): boolean {
  return statementsOf(document).some(
    (statement) => statement["Effect"] === "Allow" && namesEveryone(statement) && !isNarrowed(statement["Condition"]),
  );
}

/**
 * The accounts that a resource policy lets in, as it names them: `{ AWS: "arn:aws:iam::444455556666:root" }` → `["444455556666"]`.
 * Conditions are disregarded: an external id does not make a foreign account one's own.
 */
export function accountsLetIn(document: Json | undefined): readonly string[] {
  return statementsOf(document).flatMap((statement) => {
    const principal = statement["Principal"];
    if (statement["Effect"] !== "Allow" || !isObject(principal)) return [];
    return textsOf(principal["AWS"]).flatMap(
      (text) => /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?:$|:)/.exec(text)?.[1] ?? [],
    );
  });
}

function namesEveryone(statement: JsonObject): boolean {
  if (statement["NotPrincipal"] !== undefined) return true;
  const principal = statement["Principal"];
  const named = isObject(principal) ? [...textsOf(principal["AWS"]), ...textsOf(principal["*"])] : textsOf(principal);
  return named.includes("*");
}

function isNarrowed(condition: Json | undefined): boolean {
  if (!isObject(condition)) return false;
  return Object.entries(condition).some(
    ([operator, tests]) =>
      !/not|null|ifexists/i.test(operator) &&
      isObject(tests) &&
      Object.entries(tests).some(
        ([key, values]) => NARROWING.includes(key.toLowerCase()) && !textsOf(values).some(isAnything),
      ),
  );
}

function isAnything(value: string): boolean {
  return /^[*]+$/.test(value) || isOpenNetwork(value);
}

/**
 * Whether a network is so large that it means the internet: IPv4 wider than /8, IPv6 wider than /4 — `0.0.0.0/0`, and also the
 * halves `0.0.0.0/1` and `128.0.0.0/1` or `2000::/3`. No private range is that large.
 */
export function isOpenNetwork(network: string): boolean {
  const [, address = "", bits = ""] = /^([0-9a-f:.]{2,45})\/(\d{1,3})$/i.exec(network.trim()) ?? [];
  return bits !== "" && Number(bits) < (address.includes(":") ? 4 : 8);
}
