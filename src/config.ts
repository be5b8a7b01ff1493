/**
 * Configuration: the text of `ids.config.yml` → a Config, or every problem in it at once.
 * Pure: the caller reads the file. Secrets are not in it; they come from the environment (secrets.ts).
 * Every key is explained in ids.config.example.yml.
 */
import { dirname, isAbsolute, join } from "node:path";
import { parseDocument } from "yaml";
import { misplaced, problemsOf, queuesWithoutRegion, repeatedAccounts } from "./config/problem.ts";
import { SCHEMA } from "./config/schema.ts";
import { regionOf } from "./config/url.ts";

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
    /** Gets the alerts that `channel` refuses. */
    readonly fallback?: string;
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
  /** Ids of one's own organisations; none: nobody else's can be told from them. */
  readonly organizations: readonly string[];
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

function fromFile(file: string, folder: string): string {
  return isAbsolute(folder) ? folder : join(dirname(file), folder);
}
