/**
 * Who works at the demo company, from where, and what the company has in AWS.
 * Data, and the day each of it changes. Everything is invented; addresses are documentation ranges.
 */
import type { Day } from "./day.ts";

export const PROD = "111122223333";
/** Development, and where the backups go. */
export const DEV = "444455556666";
/** The vendors that look at the accounts from accounts of their own. */
export const VENDORS = { posture: "777788889999", monitoring: "888877776666", cost: "999988887777" } as const;
export const HOME = "eu-west-1";
export const GLOBAL = "us-east-1";
/** Terraform brings it up in week 3. */
export const NEW_REGION = "eu-central-1";

export interface Person {
  readonly name: string;
  readonly team: "platform" | "product" | "finance";
  readonly office: "berlin" | "lisbon" | "none";
  readonly homeIp: string;
  readonly browser: string;
  readonly cli: string;
  /** Hours before UTC's day begins for this person. */
  readonly utcOffset: number;
}

const cli = (version: string, os: string, python: string): string =>
  `aws-cli/${version} md/awscrt#0.28.4 ua/2.1 os/${os} md/arch#arm64 lang/python#${python} md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off`;
const firefox = (os: string, version: number): string =>
  `Mozilla/5.0 (${os}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
const chrome = (os: string, version: number): string =>
  `Mozilla/5.0 (${os}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const MAC = "Macintosh; Intel Mac OS X 10_15_7";

const STAFF: readonly Person[] = [
  person("alice", "platform", "berlin", 21, chrome(MAC, 142), cli("2.32.4", "macos#25.1", "3.13.9"), 1),
  person(
    "carol",
    "platform",
    "lisbon",
    22,
    firefox("X11; Linux x86_64", 145),
    cli("2.31.9", "linux#6.12", "3.12.11"),
    0,
  ),
  person("bob", "product", "berlin", 23, chrome(MAC, 142), cli("2.30.2", "macos#24.6", "3.13.7"), 1),
  person("dave", "product", "lisbon", 24, chrome("X11; Linux x86_64", 141), cli("2.32.1", "linux#6.8", "3.12.3"), 0),
  person(
    "erin",
    "product",
    "none",
    25,
    chrome("Windows NT 10.0; Win64; x64", 142),
    cli("2.28.0", "windows#11", "3.13.4"),
    -5,
  ),
  person(
    "grace",
    "finance",
    "berlin",
    26,
    chrome("Windows NT 10.0; Win64; x64", 142),
    cli("2.28.0", "windows#11", "3.13.4"),
    1,
  ),
];
/** Starts on Monday of week 2, with a laptop of his own. */
export const NEW_HIRE = person(
  "ivan",
  "product",
  "berlin",
  27,
  chrome("X11; Linux x86_64", 143),
  cli("2.32.6", "linux#6.14", "3.14.0"),
  1,
);
/** Has been there before Identity Center: an IAM user with a key and MFA, for the mail relay. */
export const VETERAN = person(
  "heidi",
  "platform",
  "lisbon",
  28,
  firefox("Windows NT 10.0; Win64; x64", 145),
  cli("2.27.49", "windows#10", "3.13.4"),
  0,
);

function person(
  name: string,
  team: Person["team"],
  office: Person["office"],
  home: number,
  browser: string,
  cliAgent: string,
  utcOffset: number,
): Person {
  return { name, team, office, homeIp: `192.0.2.${home}`, browser, cli: cliAgent, utcOffset };
}

export function staffOn(day: Day): readonly Person[] {
  return day.week >= 2 ? [...STAFF, NEW_HIRE] : STAFF;
}

/** Both offices moved over the weekend before week 3, and with them their addresses. */
const OFFICES = {
  berlin: { before: "198.51.100.10", after: "203.0.113.10" },
  lisbon: { before: "198.51.100.20", after: "203.0.113.20" },
} as const;

/** In the office from Tuesday to Thursday, at home on the other days. */
export function addressOf(who: Person, day: Day): string {
  if (who.office === "none" || day.weekday < 1 || day.weekday > 3) return who.homeIp;
  return OFFICES[who.office][day.week >= 3 ? "after" : "before"];
}

/** The address that the company's machines show: the NAT gateway of their region. */
export const NAT_ADDRESS: Readonly<Record<string, string>> = {
  [HOME]: "198.51.100.200",
  [NEW_REGION]: "198.51.100.210",
};

/** What the company's functions call themselves. */
export const LAMBDA_SDK =
  "aws-sdk-nodejs/3.917.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#24.11.0 exec-env/AWS_Lambda_nodejs24.x";

export const BUCKETS = ["acme-assets", "acme-logs", "acme-tfstate", "acme-invoices", "acme-exports"] as const;
export const SERVICES = ["orders", "payments", "catalog", "mailer", "search"] as const;
export type ServiceName = (typeof SERVICES)[number];
/** Each service reads these, and always these, when it starts. */
export const secretsOf = (service: ServiceName): readonly string[] => [
  `prod/${service}/db`,
  `prod/${service}/api`,
  "prod/shared/sentry",
];
