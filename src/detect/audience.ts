/**
 * Audience: whom a resource policy lets in.
 * Pure. Works on raw, hostile documents, as policy.ts does.
 * Source: IAM User Guide, "Principal" and "AWS global condition context keys".
 */
import { isObject, type Json, type JsonObject } from "../cloudtrail/json.ts";
import { isAnyOrganization, ORGANIZATION_KEYS, organizationIn } from "./organization.ts";
import { statementsOf, textsOf } from "./policy.ts";

/** Condition keys that tie a grant to known callers or networks. */
const NARROWING: ReadonlySet<string> = new Set([
  ...ORGANIZATION_KEYS,
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceowner",
  "aws:sourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
  "kms:calleraccount",
  "s3:dataaccesspointaccount",
  "sns:endpoint",
]);

/** Condition keys that name accounts which are let in when the principal is everyone. */
const NAMING: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceaccount",
  "aws:sourceowner",
  "aws:sourcearn",
  "kms:calleraccount",
]);

/**
 * Whether a resource policy lets everyone in: an Allow for Principal `*` (or any NotPrincipal) that no condition narrows.
 *
 * `{ Effect: "Allow", Principal: { AWS: ["*"] }, Action: "s3:GetObject" }` → true; the same with `aws:PrincipalOrgID` → false.
 */
export function grantsEveryone(document: Json | undefined): boolean {
  return statementsOf(document).some(
    (statement) => isAllow(statement) && namesEveryone(statement) && !isNarrowed(statement["Condition"]),
  );
}

/**
 * Whom a resource policy lets in: `all`, and accounts and organisations by id.
 *
 * `{ AWS: "arn:aws:iam::444455556666:root" }` → `["444455556666"]`; `*` with `aws:PrincipalOrgID: o-abc1234567` → `["o-abc1234567"]`
 * Conditions on a named account are disregarded, as an external id does not make a foreign account one's own; only an
 * organisation of one's own does.
 * @param own ids of one's own organisations.
 */
export function audienceOf(document: Json | undefined, own: ReadonlySet<string> = NONE): readonly string[] {
  return statementsOf(document).flatMap((statement) => {
    if (!isAllow(statement)) return [];
    const home = ownIn(statement["Condition"], own);
    if (home.length > 0) return home;
    if (!namesEveryone(statement)) return textsOf(awsOf(statement["Principal"])).flatMap(partyOf);
    const condition = statement["Condition"];
    return isNarrowed(condition) ? namedIn(condition) : ["all"];
  });
}

/** Names of S3's own that a bucket policy lets in: canonical user ids. */
export function allowedCanonically(document: Json | undefined): readonly string[] {
  return statementsOf(document).flatMap((statement) => {
    const principal = statement["Principal"];
    return isAllow(statement) && isObject(principal) ? textsOf(principal["CanonicalUser"]) : [];
  });
}

/** Who a name stands for: an account's ARN or id, an organisation or one of its units; `[]` for services and other names. */
export function partyOf(name: string): readonly string[] {
  // EC2 and RDS write `all`, Systems Manager `All`.
  if (name === "*" || name === "all" || name === "All") return ["all"];
  if (/^o-[a-z0-9]{10,32}$/.test(name)) return [name];
  if (/^arn:[^:]{1,20}:organizations::\d{12}:(?:organization|ou)\//.test(name)) return [name.slice(0, 200)];
  return /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?:$|:)/.exec(name.slice(0, 2048))?.slice(1, 2) ?? [];
}

function isAllow(statement: JsonObject): boolean {
  return statement["Effect"] === "Allow";
}

function awsOf(principal: Json | undefined): Json | undefined {
  return isObject(principal) ? principal["AWS"] : principal;
}

function namesEveryone(statement: JsonObject): boolean {
  if (statement["NotPrincipal"] !== undefined) return true;
  const principal = statement["Principal"];
  const named = isObject(principal) ? [...textsOf(principal["AWS"]), ...textsOf(principal["*"])] : textsOf(principal);
  return named.includes("*");
}

/** The tests of a Condition that hold only for who is named; what `Not`, `Null` and `IfExists` let through is not known. */
export function conditionsOf(
  condition: Json | undefined,
): readonly (readonly [key: string, values: readonly string[], operator: string])[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, tests]) =>
    /not|null|ifexists/i.test(operator) || !isObject(tests)
      ? []
      : Object.entries(tests).map(([key, values]) => [key.toLowerCase(), textsOf(values), operator] as const),
  );
}

const NONE: ReadonlySet<string> = new Set();

/** Those tests that narrow who is let in. */
function narrowingIn(condition: Json | undefined): ReturnType<typeof conditionsOf> {
  return conditionsOf(condition).filter(
    ([key, values, operator]) =>
      NARROWING.has(key) && !values.some((value) => isAnything(key, value)) && !isOptional(condition, operator, key),
  );
}

function isNarrowed(condition: Json | undefined): boolean {
  return narrowingIn(condition).length > 0;
}

function namedIn(condition: Json | undefined): readonly string[] {
  return narrowingIn(condition).flatMap(([key, values]) => {
    if (ORGANIZATION_KEYS.has(key)) return values.flatMap((value) => organizationIn(value) ?? []);
    return NAMING.has(key) ? values.flatMap(partyOf) : [];
  });
}

/** One's own organisations, where a test holds for nobody else. */
function ownIn(condition: Json | undefined, own: ReadonlySet<string>): readonly string[] {
  const tests = narrowingIn(condition).filter(([key, values]) => ORGANIZATION_KEYS.has(key) && values.length > 0);
  const named = tests.map(([, values]) => values.map((value) => organizationIn(value) ?? ""));
  return named.find((ids) => ids.every((id) => own.has(id))) ?? [];
}

/** `ForAllValues` holds for a caller without any value, so without an organisation, unless `Null` demands one. */
function isOptional(condition: Json | undefined, operator: string, key: string): boolean {
  if (!ORGANIZATION_KEYS.has(key) || !/^forallvalues:/i.test(operator) || !isObject(condition)) return false;
  return !Object.entries(condition).some(
    ([other, tests]) =>
      other.toLowerCase() === "null" &&
      isObject(tests) &&
      Object.entries(tests).some(([name, value]) => name.toLowerCase() === key && String(value) === "false"),
  );
}

function isAnything(key: string, value: string): boolean {
  if (/^[*]+$/.test(value) || isOpenNetwork(value)) return true;
  if (ORGANIZATION_KEYS.has(key) && isAnyOrganization(value)) return true;
  // A variable that the caller fills in holds for every caller: `${aws:PrincipalOrgID}`, `${aws:PrincipalTag/team}`.
  const variable = value.slice(0, 256).toLowerCase();
  return variable.startsWith("${aws:principal") || variable.startsWith(`\${${key}`);
}

/**
 * Whether a network is so large that it means the internet: IPv4 wider than /8, IPv6 wider than /4 — `0.0.0.0/0`, and also the
 * halves `0.0.0.0/1` and `128.0.0.0/1` or `2000::/3`. No private range is that large.
 */
export function isOpenNetwork(network: string): boolean {
  const [, address = "", bits = ""] = /^([0-9a-f:.]{2,45})\/(\d{1,3})$/i.exec(network.trim().slice(0, 64)) ?? [];
  return bits !== "" && Number(bits) < (address.includes(":") ? 4 : 8);
}
