/**
 * Targets: short names of what a call acted upon, for people.
 * Pure. The names come from the call's parameters: raw, untrusted text, bounded in number and length.
 */
import { isAccessKeyId, maskedKeyId } from "./accesskey.ts";
import { arnOf } from "./arn.ts";
import { type Json, type JsonObject, textAt, valueAt } from "./json.ts";
import { NOUNS, PARAMETERS } from "./parameter.ts";
import { type CloudTrailRecord, isAccountId, serviceOf } from "./record.ts";
import { AUDIENCE } from "./resource.ts";

const MAX_TARGETS = 5;
const MAX_LENGTH = 200;

/** What CloudTrail writes where it hides a name, such as a new account's. */
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** The target of what is shared with all the world. */
export const EVERYONE = "everyone";

/**
 * What a record acted upon, the most telling first, at most 5; of more, the fifth says how many.
 *
 * AttachUserPolicy `{ userName: "support2", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }`
 *   → `["user support2", "policy AdministratorAccess"]`
 * RunInstances of eight → `["8 x p3.16xlarge"]`; a call without known parameters → `[]`
 */
export function targetsOf(record: CloudTrailRecord): readonly string[] {
  const launched = launchedBy(record);
  if (launched !== undefined) return [launched];
  const service = serviceOf(record);
  const found = new Set<string>();
  const named = new Set<string>();
  const nouns = new Set<string>();
  for (const [only, path, noun] of PARAMETERS) {
    if ((only !== "" && only !== service) || named.has(path)) continue;
    const inRequest = textsAt(record.requestParameters, path);
    // The answer names what was made; what the request names already, it says in another way.
    const answers = inRequest.length === 0 && !nouns.has(noun);
    const said = answers ? textsAt(record.responseElements, path) : inRequest;
    const names = said.filter((name) => name !== HIDDEN);
    if (names.length > 0) named.add(path);
    if (names.length > 0) nouns.add(noun);
    for (const name of names) found.add(cut(noun === AUDIENCE ? audience(name) : `${noun} ${shown(name)}`));
  }
  for (const network of service === "ec2" ? networksOf(record.requestParameters) : []) found.add(cut(network));
  const all = [...found];
  return all.length <= MAX_TARGETS ? all : [...all.slice(0, MAX_TARGETS - 1), `${all.length - MAX_TARGETS + 1} more`];
}

/** A target's noun, our own word, and its name, which is not: `"user support2"` → `["user", "support2"]`; no noun: "". */
export function partsOf(target: string): readonly [noun: string, name: string] {
  const noun = NOUNS.find((word) => target.startsWith(`${word} `)) ?? "";
  return [noun, noun === "" ? target : target.slice(noun.length + 1)];
}

function launchedBy(record: CloudTrailRecord): string | undefined {
  const type = textAt(record.requestParameters, "instanceType");
  if (record.eventName !== "RunInstances" || type === undefined) return undefined;
  const started = valueAt(record.responseElements, "instancesSet.items");
  const wanted = valueAt(record.requestParameters, "instancesSet.items.0.maxCount");
  const count = Array.isArray(started) ? started.length : wanted;
  return cut(typeof count === "number" ? `${count} x ${type}` : `instance ${type}`);
}

/** Which networks a security group lets through, all the world first: `"0.0.0.0/0 on tcp 22"` */
function networksOf(request: JsonObject | undefined): readonly string[] {
  const found = listAt(request, "ipPermissions.items").flatMap((permission) => {
    const v4 = listAt(permission, "ipRanges.items").map((item) => textAt(item, "cidrIp"));
    const v6 = listAt(permission, "ipv6Ranges.items").map((item) => textAt(item, "cidrIpv6"));
    const ports = portsOf(permission);
    return [...v4, ...v6].flatMap((network) => (network === undefined ? [] : [`${network} on ${ports}`]));
  });
  return found.toSorted((a, b) => Number(WORLD.test(b)) - Number(WORLD.test(a)));
}
const WORLD = /^(0\.0\.0\.0|::)\/0 /;

function portsOf(permission: Json): string {
  const protocol = textAt(permission, "ipProtocol") ?? "-1";
  const [from, to] = [valueAt(permission, "fromPort"), valueAt(permission, "toPort")];
  if (protocol === "-1") return "all ports";
  if (typeof from !== "number" || typeof to !== "number") return `${protocol}, all ports`;
  return from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`;
}

/** Texts at a path; `"items[].id"` names the id of every item, `"names[]"` every item itself. */
function textsAt(json: JsonObject | undefined, path: string): readonly string[] {
  const [head = "", tail] = path.split("[]");
  const texts = tail === undefined ? [textAt(json, path)] : listAt(json, head).map((item) => itemText(item, tail));
  return texts.filter((text) => text !== undefined);
}

function listAt(json: Json | undefined, path: string): readonly Json[] {
  const list = valueAt(json, path);
  return Array.isArray(list) ? list : [];
}

function itemText(item: Json, tail: string): string | undefined {
  if (tail !== "") return textAt(item, tail.slice(1));
  return typeof item === "string" ? item : undefined;
}

/** With whom something is shared: everyone, an account, or whoever else is named. */
function audience(name: string): string {
  if (name === "*" || name === "all") return EVERYONE;
  const account = isAccountId(name) ? name : arnOf(name)?.account;
  return account ? `account ${account}` : `principal ${name}`;
}

/** A key id is masked, an ARN or a queue's URL says its name only. */
function shown(name: string): string {
  if (isAccessKeyId(name)) return maskedKeyId(name);
  if (name.startsWith("https://sqs.")) return name.slice(name.lastIndexOf("/") + 1);
  return arnOf(name)?.resource.replace(/^[\w-]+[:/]/, "") ?? name;
}

/** Never between the halves of a surrogate pair. */
function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
