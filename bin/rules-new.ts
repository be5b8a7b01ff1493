/**
 * `ids rules new`: a rule to start from, with its cases. It passes `ids rules test` as it is.
 * Writes two files, and none over another.
 */
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { bundledRules } from "../src/adapters/rulefolder.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage.ts";

/** As the rule language has it, and safe as a file name. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/** @returns the exit code. */
export async function newRule(argv: readonly string[], { stdout }: Output): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { dir: { type: "string", default: "." } },
  });
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError("no NAME given: ids rules new aws_s3_website_changed --dir my-rules");
  if (more.length > 0) throw new UsageError(`"${more.join(" ")}" is one NAME too many: one rule at a time`);
  if (!NAME.test(name)) {
    throw new UsageError(`NAME "${name}" is not lower-case letters, digits, _ and -, such as aws_s3_website_changed`);
  }
  const [rule, cases] = [join(values.dir, `${name}.yml`), join(values.dir, `${name}.cases.yml`)];
  const schema = (file: string) => relative(resolve(values.dir), join(bundledRules(), file)).replaceAll(sep, "/");
  const today = new Date().toISOString().slice(0, 10);
  await writeNew(rule, ruleText(name, schema("rule.schema.json"), today));
  await writeNew(cases, casesText(schema("cases.schema.json")));
  stdout.write(`${rule}\n${cases}\nWhat next: docs/rules.md, then ids rules test ${values.dir}\n`);
  return 0;
}

/** @throws UsageError when the file is there already, or the folder is not. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") throw new UsageError(`${file} is there already; choose another NAME`, { cause: error });
    const why = code === "ENOENT" ? "its folder is not there; make it first" : String(error);
    throw new UsageError(`${file} cannot be written: ${why}`, { cause: error });
  }
}

function ruleText(name: string, schema: string, today: string): string {
  return `# yaml-language-server: $schema=${schema}
title: IAM Group Created                # critical, high: "Suspicious …" or the plain fact; medium: "Potential …"; below: the bare act
name: ${name}
id: ${randomUUID()}
status: experimental
description: >-
  A group was created in IAM. Say what the rule sees, why it matters, and what it does not see.
references:
    - https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
author: your name
date: ${today}
tags: [attack.persistence, attack.t1136.003]  # one tactic and one technique at least: rules/attack.json
logsource: { product: aws, service: cloudtrail }
detection:
    selection: { eventSource: iam.amazonaws.com, eventName: CreateGroup }
    service: { ids.invoked_by_service: true } # docs/facts.md lists the facts
    condition: selection and not service
falsepositives:
    - Administrators
level: low
`;
}

function casesText(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
- name: a group is created
  record: &call                            # as CloudTrail wrote it; ids replaced by those of AWS's examples
    eventVersion: "1.11"
    eventID: 5b1f6c60-7d0e-4d0b-9c11-2f7c0c5f3a01
    eventTime: "2026-11-20T10:00:00Z"
    eventSource: iam.amazonaws.com
    eventName: CreateGroup
    eventType: AwsApiCall
    awsRegion: us-east-1
    recipientAccountId: "111122223333"
    sourceIPAddress: 198.51.100.23
    userAgent: aws-cli/2.17.0
    readOnly: false
    userIdentity:
      type: IAMUser
      principalId: AIDAEXAMPLE
      arn: arn:aws:iam::111122223333:user/jack
      accountId: "111122223333"
      accessKeyId: AKIAIOSFODNN7EXAMPLE
      userName: jack
    requestParameters: { groupName: auditors }
    responseElements: null
  expect: match
  level: low
- name: near-miss, another call
  record: *call
  patch: { eventName: CreateGroupPolicy }
  expect: miss
- name: a service does it
  record: *call
  patch: { userIdentity: { type: AWSService, invokedBy: config.amazonaws.com } }
  expect: miss
`;
}
