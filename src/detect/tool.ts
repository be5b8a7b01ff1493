/**
 * Tool: which program a user agent claims to be.
 * Pure. The caller writes the user agent: a tool that is named may be pretended, and one that hides is not named.
 */

import { memoOf } from "../cloudtrail/memo.ts";
import type { FactGroup } from "./fact.ts";

type ToolKind =
  | "console"
  | "cli"
  | "iac"
  | "sdk"
  | "storage"
  | "audit"
  | "attack"
  | "wipe"
  | "service"
  | "browser"
  | "http";

/** What stands in the user agent (lower case) → the tool. The first match wins: a tool stands before what it is built on. */
const TOOLS: readonly (readonly [mark: string, tool: string, kind: ToolKind])[] = [
  ["pacu", "pacu", "attack"],
  ["cloudfox", "cloudfox", "attack"],
  ["trufflehog", "trufflehog", "attack"],
  ["stratus-red-team", "stratus-red-team", "attack"],
  ["enumerate-iam", "enumerate-iam", "attack"],
  ["aws_consoler", "aws_consoler", "attack"],
  ["aws-consoler", "aws_consoler", "attack"],
  ["weirdaal", "weirdaal", "attack"],
  ["endgame", "endgame", "attack"],
  ["leonidas", "leonidas", "attack"],
  ["cloudgoat", "cloudgoat", "attack"],
  ["peirates", "peirates", "attack"],
  ["quiet-riot", "quiet-riot", "attack"],
  ["cloud_enum", "cloud_enum", "attack"],
  ["s3scanner", "s3scanner", "attack"],
  ["bucketstream", "bucket-stream", "attack"],
  ["awsbucketdump", "awsbucketdump", "attack"],
  ["gitleaks", "gitleaks", "attack"],
  ["aws-nuke", "aws-nuke", "wipe"],
  ["cloud-nuke", "cloud-nuke", "wipe"],
  ["prowler", "prowler", "audit"],
  ["scout suite", "scoutsuite", "audit"],
  ["scoutsuite", "scoutsuite", "audit"],
  ["cloudsploit", "cloudsploit", "audit"],
  ["cloudmapper", "cloudmapper", "audit"],
  ["principalmapper", "pmapper", "audit"],
  ["steampipe", "steampipe", "audit"],
  ["cartography", "cartography", "audit"],
  ["cloudquery", "cloudquery", "audit"],
  ["cloudcustodian", "cloud-custodian", "audit"],
  ["s3 browser", "s3-browser", "storage"],
  ["s3browser", "s3-browser", "storage"],
  ["cyberduck", "cyberduck", "storage"],
  ["mountain duck", "mountain-duck", "storage"],
  ["winscp", "winscp", "storage"],
  ["filezilla", "filezilla", "storage"],
  ["cloudberry", "cloudberry", "storage"],
  ["msp360", "cloudberry", "storage"],
  ["expandrive", "expandrive", "storage"],
  ["rclone", "rclone", "storage"],
  ["s3cmd", "s3cmd", "storage"],
  ["s5cmd", "s5cmd", "storage"],
  ["minio", "minio", "storage"],
  ["terraform", "terraform", "iac"],
  ["opentofu", "opentofu", "iac"],
  ["pulumi", "pulumi", "iac"],
  ["cloudformation.amazonaws.com", "cloudformation", "iac"],
  ["aws-cdk", "cdk", "iac"],
  ["cdk-cli", "cdk", "iac"],
  ["ansible", "ansible", "iac"],
  ["crossplane", "crossplane", "iac"],
  ["packer", "packer", "iac"],
  ["signin.amazonaws.com", "console", "console"],
  ["console.amazonaws.com", "console", "console"],
  ["console.aws.amazon.com", "console", "console"],
  ["aws-cli", "cli", "cli"],
  ["aws-shell", "cli", "cli"],
  ["awspowershell", "powershell", "cli"],
  ["aws-toolkit", "toolkit", "cli"],
  ["console", "console", "console"],
  ["boto", "boto3", "sdk"],
  ["aws-sdk-go", "sdk:go", "sdk"],
  ["aws-sdk-js", "sdk:js", "sdk"],
  ["aws-sdk-nodejs", "sdk:js", "sdk"],
  ["aws-sdk-java", "sdk:java", "sdk"],
  ["aws-sdk-php", "sdk:php", "sdk"],
  ["aws-sdk-ruby", "sdk:ruby", "sdk"],
  ["aws-sdk-rust", "sdk:rust", "sdk"],
  ["aws-sdk-dotnet", "sdk:dotnet", "sdk"],
  ["aws-sdk-net", "sdk:dotnet", "sdk"],
  ["aws-sdk-cpp", "sdk:cpp", "sdk"],
  ["aws-sdk-swift", "sdk:swift", "sdk"],
  ["aws-sdk-kotlin", "sdk:kotlin", "sdk"],
  ["aws-sdk-", "sdk:other", "sdk"],
  ["rusoto", "sdk:rust", "sdk"],
  ["aws internal", "aws", "service"],
  ["aws-internal", "aws", "service"],
  ["mozilla/", "browser", "browser"],
  ["curl/", "curl", "http"],
  ["wget/", "wget", "http"],
  ["postman", "postman", "http"],
  ["python-requests", "python-requests", "http"],
  ["python-urllib", "python-urllib", "http"],
  ["python-httpx", "python-httpx", "http"],
  ["go-http-client", "go-http", "http"],
  ["okhttp", "okhttp", "http"],
  ["apache-httpclient", "apache-httpclient", "http"],
];

/** Systems that are made for attacking; botocore names the kernel's release (`5.10.0-kali7-amd64`), others the distribution. */
const ATTACK_SYSTEMS: readonly (readonly [mark: RegExp, system: string])[] = [
  [/\bkali|kali\d/, "kali"],
  [/parrot(?!ed)/, "parrot"],
  [/pentoo/, "pentoo"],
  [/blackarch/, "blackarch"],
];
const SYSTEMS: readonly (readonly [mark: RegExp, system: string])[] = [
  ...ATTACK_SYSTEMS,
  [/darwin|mac ?os|macintosh/, "macos"],
  [/windows/, "windows"],
  [/android/, "android"],
  [/iphone|ipad|os\/ios/, "ios"],
  [/linux|ubuntu|amzn/, "linux"],
];

export const TOOL_FACTS: FactGroup = {
  "ids.tool": {
    says: "program that the user agent claims to be; `other` for one not in the table of `src/detect/tool.ts`, absent without a user agent",
    values: "`console`, `cli`, `boto3`, `sdk:go`, `terraform`, `cloudformation`, `s3-browser`, `pacu`, `other`",
    from: ["userAgent"],
    of: ({ record }) => toolOf(record.userAgent)?.tool,
  },
  "ids.tool_kind": {
    says: "what kind of program that is: `storage` moves files (S3 Browser, rclone), `audit` reads everything (Prowler), `wipe` deletes everything (aws-nuke)",
    values:
      "`console`, `cli`, `sdk`, `iac`, `storage`, `audit`, `attack`, `wipe`, `service`, `browser`, `http`, `other`",
    from: ["userAgent"],
    of: ({ record }) => toolOf(record.userAgent)?.kind,
  },
  "ids.attack_tool": {
    says: "the user agent names a tool or a system made for attacks (Pacu, TruffleHog, Kali); false is no proof of another",
    values: "true, false",
    from: ["userAgent"],
    of: ({ record }) => isAttackTool(record.userAgent),
  },
  "ids.client_os": {
    says: "operating system that the user agent claims; absent when it names none",
    values: "`linux`, `macos`, `windows`, `kali`, `parrot`, `pentoo`, `blackarch`, `android`, `ios`",
    from: ["userAgent"],
    of: ({ record }) => toolOf(record.userAgent)?.system,
  },
};

/** CloudTrail cuts user agents at 1 KB. */
const MAX_AGENT = 1100;

interface Tool {
  readonly tool: string;
  readonly kind: ToolKind | "other";
  /** The operating system that it names. */
  readonly system: string | undefined;
  /** The one made for attacks. */
  readonly attackSystem: string | undefined;
}

/** Few programs make most calls, and the table is long. */
const KNOWN = memoOf<string, Tool>(1_000);

/** `"Boto3/1.34.0 md/Botocore#1.34.0 os/linux"` → `{ tool: "boto3", kind: "sdk", system: "linux", attackSystem: undefined }` */
export function toolOf(userAgent: string | undefined): Tool | undefined {
  if (userAgent === undefined) return undefined;
  const before = KNOWN.get(userAgent);
  if (before !== undefined) return before;
  const tool = toolIn(userAgent);
  if (userAgent.length <= MAX_AGENT) KNOWN.add(userAgent, tool);
  return tool;
}

function toolIn(userAgent: string): Tool {
  const text = userAgent.slice(0, MAX_AGENT).toLowerCase();
  const [, tool, kind] = TOOLS.find(([mark]) => text.includes(mark)) ?? unlisted(text);
  return { tool, kind, system: systemIn(SYSTEMS, text), attackSystem: systemIn(ATTACK_SYSTEMS, text) };
}

function unlisted(text: string): readonly [mark: string, tool: string, kind: Tool["kind"]] {
  return /^[\w.-]{1,100}\.amazonaws\.com$/.test(text) ? ["", "aws", "service"] : ["", "other", "other"];
}

function isAttackTool(userAgent: string | undefined): boolean {
  const tool = toolOf(userAgent);
  return tool?.kind === "attack" || tool?.attackSystem !== undefined;
}

function systemIn(systems: typeof SYSTEMS, text: string): string | undefined {
  return systems.find(([mark]) => mark.test(text))?.[1];
}
