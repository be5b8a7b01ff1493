/** Records, rules and detectors that the tests of detect/ start from. */
import { memoryState } from "../../src/adapters/memory-state.ts";
import { type CloudTrailRecord, parseRecord } from "../../src/cloudtrail/record.ts";
import { type Detector, makeDetector } from "../../src/detect/detector.ts";
import type { AccountContext } from "../../src/detect/facts.ts";
import type { Placeholders } from "../../src/detect/modifier.ts";
import type { RuleError } from "../../src/detect/rule-error.ts";
import { type CompiledRules, compileDocuments } from "../../src/detect/rules.ts";
import { openRules } from "../../src/detect/sigma.ts";

export const ACCOUNT = "111122223333";
export const JACK = `arn:aws:iam::${ACCOUNT}:user/jack`;

/** A call of user jack, with fields changed or added. */
export function recordOf(fields: object = {}): CloudTrailRecord {
  return parseRecord({
    eventVersion: "1.11",
    eventID: "00000000-0000-4000-8000-000000000001",
    eventTime: "2026-11-20T10:00:00Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreateAccessKey",
    awsRegion: "us-east-1",
    recipientAccountId: ACCOUNT,
    sourceIPAddress: "198.51.100.7",
    userIdentity: {
      type: "IAMUser",
      arn: JACK,
      accountId: ACCOUNT,
      userName: "jack",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    },
    requestParameters: { userName: "support2" },
    ...fields,
  });
}

/** `n` minutes after the fixture's time. */
export function minute(n: number): string {
  return new Date(Date.parse("2026-11-20T10:00:00Z") + n * 60_000).toISOString().replace(".000Z", "Z");
}

/** A rule with this `detection`, as YAML; `more` are lines at the top level. */
export function ruleText(detection: string, more = ""): string {
  const head = ["title: A rule", "logsource: { product: aws, service: cloudtrail }", "level: medium"];
  return [...head, more, `detection: ${detection}`].filter((line) => line !== "").join("\n");
}

export function compile(...texts: readonly string[]): CompiledRules {
  return compileRules(texts.map((text, at) => ({ file: `rules/r${at}.yml`, text })));
}

/** Rule files compiled as one set. @throws RuleErrors with every problem. */
export function compileRules(
  sources: readonly { readonly file: string; readonly text: string }[],
  placeholders: Placeholders = {},
): CompiledRules {
  const problems: RuleError[] = [];
  const documents = sources.flatMap(({ file, text }) => openRules(file, text, problems));
  return compileDocuments(documents, placeholders, problems);
}

export function detectorOf(text: string, accounts: readonly AccountContext[] = []): Detector {
  return makeDetector(compile(text), memoryState(), { accounts });
}

/** Whether a rule with this detection raises a finding on the record. */
export async function matches(detection: string, record: CloudTrailRecord): Promise<boolean> {
  const findings = await detectorOf(ruleText(detection)).feed(record);
  return findings.some(({ rule }) => rule === "r0");
}

/** The problems that loading these rule files gives. */
export function problemsOf(...texts: readonly string[]): readonly string[] {
  try {
    compile(...texts);
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split("\n") : [String(error)];
  }
}
