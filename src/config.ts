/**
 * Configuration: the text of `ids.config.yml` → a Config, or every problem in it at once.
 * Pure: the caller reads the file. Secrets are not in it; they come from the environment (secrets.ts).
 * Every key is explained in ids.config.example.yml.
 */
import { dirname, isAbsolute, join } from "node:path";
import { type Document, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { z } from "zod";
import { nearest } from "./nearest.ts";

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
  /** Absent: every region. */
  readonly regions?: readonly string[];
  /** ARN of the role that is assumed to read this account's IAM, CloudTrail and log files; absent: the bot's own credentials. */
  readonly reader?: string;
  /** ARN of the role that is assumed for the one call that disables a key; absent: as for reading. */
  readonly responder?: string;
  /** What both roles' trust policies ask for (`sts:ExternalId`). */
  readonly externalId?: string;
}
/** A bucket whose log files are read when a notification names them. */
export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** Id of the account whose reader role opens it; absent: the bot's own credentials. */
  readonly account?: string;
}
export interface Queue {
  readonly url: string;
  readonly region: string;
}
export interface Listen {
  readonly host: string;
  readonly port: number;
}
export interface Config {
  readonly accounts: readonly Account[];
  readonly slack: {
    readonly channel: string;
    /** Slack user ids that may contain. */
    readonly operators: readonly string[];
    readonly mode: "socket" | "http";
    readonly http: Listen;
  };
  readonly sqs: { readonly queues: readonly Queue[] };
  readonly s3: { readonly buckets: readonly Bucket[] };
  /** Folders that add rules to the bundled ones. */
  readonly rules: readonly string[];
  /** What `%name%` stands for in rules with the modifier `expand`. */
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
  /** ARN patterns, `*` = any characters, of principals that are never contained from Slack. */
  readonly protected: readonly string[];
  /** Accounts of vendors that are expected to come in, besides the table of known ones: id → name. */
  readonly vendors: Readonly<Record<string, string>>;
  /** MaxMind's files; rules see no place of an address without them. */
  readonly geoip: { readonly country?: string; readonly asn?: string };
  readonly redis: { readonly durability: "strict" | "delayed" };
  readonly health: Listen;
  /** Where Trailhound keeps its own Redis and audit key. */
  readonly data: string;
}

/** All problems of one source together; the message has one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(source: string, problems: readonly string[]) {
    super(`${source}: ${problems.length} problem${problems.length === 1 ? "" : "s"}\n  ${problems.join("\n  ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

// The text beside each check says what is wanted; problemsOf() writes "VALUE is not WANTED" with it.
const ACCOUNT_ID = "a 12-digit account id";
const PORT_RANGE = "a port from 1 to 65535";
const text = (wanted: string) => z.string(wanted).min(1, wanted);
const pattern = (wanted: string, regex: RegExp) => z.string(wanted).regex(regex, wanted);
const region = pattern("an AWS region such as us-east-1", /^[a-z]{2,3}(-[a-z]+)+-\d$/);
const role = pattern(
  "the ARN of a role such as arn:aws:iam::111122223333:role/trailhound-reader",
  /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
);
const listen = (host: string, port: number) => ({
  host: pattern("a host name or address to listen on", /^[\w.:-]+$/).default(host),
  port: z.int(PORT_RANGE).min(1, PORT_RANGE).max(65535, PORT_RANGE).default(port),
});

const ACCOUNT = {
  id: pattern(ACCOUNT_ID, /^\d{12}$/),
  name: text("a name for the account"),
  owner: z.exactOptional(text("the name of a person or team")),
  regions: z.exactOptional(z.array(region, "a list of regions").min(1, "a list of regions (leave it out for all)")),
  reader: z.exactOptional(role),
  responder: z.exactOptional(role),
  external_id: z.exactOptional(
    pattern("an external id: 2 to 1224 letters, digits and +=,.@:/-", /^[\w+=,.@:/-]{2,1224}$/),
  ),
};
const BUCKET = {
  name: pattern("a bucket's name", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  region,
  account: z.exactOptional(pattern(ACCOUNT_ID, /^\d{12}$/)),
};
const S3 = {
  buckets: z.array(z.strictObject(BUCKET, "a bucket with name and region"), "a list of buckets").default([]),
};
const HTTP = listen("127.0.0.1", 3000);
const SLACK = {
  channel: pattern("a channel id such as C0123456789 (click the channel's name, About)", /^[CG][A-Z0-9]{5,}$/),
  operators: z.array(
    pattern("a Slack user id such as U0123456789 (profile, ⋮, Copy member ID)", /^[UW][A-Z0-9]{5,}$/),
    "a list of Slack user ids ([] when nobody may contain)",
  ),
  mode: z.enum(["socket", "http"], "one of socket, http").default("socket"),
  http: z.strictObject(HTTP, "a section with host and port").prefault({}),
};
const SQS = {
  queues: z
    .array(z.string("a queue's URL").refine(isQueueUrl, "a queue's https URL (http for localhost)"), "a list of URLs")
    .min(1, "a list of at least one queue URL"),
  region: z.exactOptional(region),
};
const GEOIP = {
  country: z.exactOptional(text("a file")),
  asn: z.exactOptional(text("a file")),
};
const REDIS = { durability: z.enum(["strict", "delayed"], "one of strict, delayed").default("strict") };
const HEALTH = listen("127.0.0.1", 8080);
const arnPattern = pattern("an ARN pattern such as arn:aws:iam::*:user/break-glass-*", /^arn:\S+$/);
const ROOT = {
  accounts: z
    .array(z.strictObject(ACCOUNT, "an account with id and name"), "a list of accounts")
    .min(1, "a list of at least one account"),
  slack: z.strictObject(SLACK, "a section with channel and operators"),
  sqs: z.strictObject(SQS, "a section with queues"),
  s3: z.strictObject(S3, "a section with buckets").prefault({}),
  rules: z.array(text("a folder"), "a list of folders").default([]),
  placeholders: z
    .record(
      pattern("a name of letters, digits, _, - and .", /^[A-Za-z0-9_.-]+$/),
      z.array(text("a text"), "a list of texts").min(1, "a list of at least one text"),
      "lists of texts by name",
    )
    .default({}),
  protected: z.array(arnPattern, "a list of ARN patterns").default([]),
  vendors: z
    .record(pattern(ACCOUNT_ID, /^\d{12}$/), text("the name of a vendor"), "names of vendors by account id")
    .default({}),
  geoip: z.strictObject(GEOIP, "a section with country and asn").prefault({}),
  redis: z.strictObject(REDIS, "a section with durability").prefault({}),
  health: z.strictObject(HEALTH, "a section with host and port").prefault({}),
  data: text("a folder").default("data"),
};
const SCHEMA = z.strictObject(ROOT, "a configuration with accounts, slack and sqs");

/** What may stand in each section, by its path without list positions. */
const SECTIONS = new Map<string, object>([
  ["", ROOT],
  ["accounts", ACCOUNT],
  ["slack", SLACK],
  ["slack.http", HTTP],
  ["sqs", SQS],
  ["s3", S3],
  ["s3.buckets", BUCKET],
  ["geoip", GEOIP],
  ["redis", REDIS],
  ["health", HEALTH],
]);

/**
 * `parseConfig('accounts: [{ id: "111122223333", name: prod }]\n…', "/etc/ids/ids.config.yml")`
 *   → `{ accounts: [{ id: "111122223333", name: "prod" }], …, data: "/etc/ids/data" }`
 *
 * Folders start at the file's own folder. The region of a queue comes from AWS's URL, else from `sqs.region`.
 *
 * @throws ConfigError with all problems, each with its path.
 */
export function parseConfig(yamlText: string, file: string): Config {
  const document = parseDocument(yamlText);
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => error.message.split(/:\s*\n/, 1).join(""));
    throw new ConfigError(file, problems);
  }
  const data: unknown = document.toJS();
  const parsed = SCHEMA.safeParse(data);
  const problems = (parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, document));
  problems.push(...repeatedAccounts(document), ...queuesWithoutRegion(document), ...misplaced(document));
  if (!parsed.success || problems.length > 0) throw new ConfigError(file, problems);

  const { accounts, sqs, rules, geoip, data: folder, ...rest } = parsed.data;
  return {
    ...rest,
    accounts: accounts.map(({ external_id: externalId, ...account }) =>
      externalId === undefined ? account : { ...account, externalId },
    ),
    sqs: { queues: sqs.queues.map((url) => ({ url, region: regionOf(url) ?? sqs.region ?? "" })) },
    rules: rules.map((path) => fromFile(file, path)),
    geoip: {
      ...(geoip.country === undefined ? {} : { country: fromFile(file, geoip.country) }),
      ...(geoip.asn === undefined ? {} : { asn: fromFile(file, geoip.asn) }),
    },
    data: fromFile(file, folder),
  };
}

/** What is allowed but probably not meant, one line each; for the log at start. */
export function configWarnings(config: Config): readonly string[] {
  const nobody = "config slack.operators: empty, so nobody may disable a key from Slack";
  const unread = config.accounts.filter(({ reader }) => reader === undefined).map(({ name }) => name);
  const own = `config accounts: ${unread.join(", ")} have no reader, but Trailhound's own credentials reach one account; the others cannot be looked into`;
  return [...(config.slack.operators.length === 0 ? [nobody] : []), ...(unread.length > 1 ? [own] : [])];
}

/** `config slack.mode: "sockets" is not one of socket, http` */
function problemsOf(issue: z.core.$ZodIssue, document: Document): readonly string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key));
  const node = document.getIn(issue.path, true);
  const where = `config ${pathOf(issue.path)}`.trimEnd();
  if (node === undefined) return [`${where}: missing; write ${issue.message}`];
  // YAML reads 012345678901 as the number 12345678901: show what the file says, not what YAML made of it.
  const digits = isScalar(node) && typeof node.value === "number" ? node.source : undefined;
  if (issue.message !== ACCOUNT_ID || digits === undefined || !/^\d{1,12}$/.test(digits)) {
    return [`${where}: ${shown(node)} is not ${issue.message}`];
  }
  const problem = digits.length === 12 ? `a number to YAML, not ${ACCOUNT_ID}` : `not ${ACCOUNT_ID}`;
  return [`${where}: ${digits} is ${problem} (quote it in YAML: "${digits.padStart(12, "0")}")`];
}

/** `config slack.chanel: unknown key; did you mean "channel"?` */
function unknownKey(path: readonly PropertyKey[], key: string): string {
  const section = path.filter((part) => typeof part === "string").join(".");
  const known = Object.keys(SECTIONS.get(section) ?? {});
  const meant = nearest(key, known);
  const advice = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return `config ${pathOf([...path, key])}: unknown key; ${advice}`;
}

function repeatedAccounts(document: Document): readonly string[] {
  const ids = itemsAt(document, ["accounts"]).map((account) => (isMap(account) ? account.get("id") : undefined));
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (typeof id !== "string" || first === index) return [];
    return [`config accounts[${index}].id: "${id}" is there already, as accounts[${first}]`];
  });
}

/** A role of another account than the one it stands under, and a bucket of an account that is not in the list. */
function misplaced(document: Document): readonly string[] {
  const accounts = itemsAt(document, ["accounts"]).map((account) => (isMap(account) ? account : undefined));
  const roles = accounts.flatMap((account, index) =>
    ["reader", "responder"].flatMap((key) => {
      const [id, arn] = [account?.get("id"), account?.get(key)];
      if (typeof id !== "string" || typeof arn !== "string" || !arn.startsWith("arn:")) return [];
      if (arn.split(":")[4] === id) return [];
      return [`config accounts[${index}].${key}: "${arn}" is not a role of account "${id}"`];
    }),
  );
  const buckets = itemsAt(document, ["s3", "buckets"]).flatMap((bucket, index) => {
    const account = isMap(bucket) ? bucket.get("account") : undefined;
    if (typeof account !== "string" || accounts.some((known) => known?.get("id") === account)) return [];
    return [`config s3.buckets[${index}].account: "${account}" is not the id of one of the accounts`];
  });
  return [...roles, ...buckets];
}

function queuesWithoutRegion(document: Document): readonly string[] {
  if (document.hasIn(["sqs", "region"])) return [];
  return itemsAt(document, ["sqs", "queues"]).flatMap((item, index) => {
    const url = isScalar(item) ? item.value : undefined;
    if (typeof url !== "string" || !isQueueUrl(url) || regionOf(url) !== undefined) return [];
    return [`config sqs.queues[${index}]: "${url}" does not tell its region; write sqs.region`];
  });
}

function itemsAt(document: Document, path: readonly string[]): readonly unknown[] {
  const node = document.getIn(path, true);
  return isSeq(node) ? node.items : [];
}

/** How a value stands in a message: strings quoted and cut, numbers as the file spells them. */
function shown(node: unknown): string {
  if (isSeq(node)) return "a list";
  if (isMap(node)) return "a section";
  if (!isScalar(node) || node.value === null) return "nothing";
  if (typeof node.value !== "string") return node.source ?? String(node.value);
  return JSON.stringify(node.value.length > 60 ? `${node.value.slice(0, 60)}…` : node.value);
}

/** `pathOf(["accounts", 1, "id"])` → `"accounts[1].id"` */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

function isQueueUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  if (pathname.length < 2) return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** `isLoopback("sqs.us-east-1.localhost")` → true. Names under .localhost never leave the machine (RFC 6761). */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** `regionOf("https://sqs.eu-west-1.amazonaws.com/111122223333/ids")` → `"eu-west-1"`; undefined for a URL not of AWS. */
function regionOf(url: string): string | undefined {
  const { hostname } = new URL(url);
  return /(?:^|\.)sqs\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.exec(hostname)?.[1];
}

function fromFile(file: string, folder: string): string {
  return isAbsolute(folder) ? folder : join(dirname(file), folder);
}
