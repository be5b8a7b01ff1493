/** A folder of rules as the Sigma project writes them, for AWS, loads as it is: no name, no cases, nothing of Trailhound's own. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { rules } from "../../bin/rules.ts";
import { scan } from "../../bin/scan.ts";

interface Shape {
  readonly head?: string;
  readonly detection: string;
  readonly match: object;
  readonly miss: object;
}

/** One rule of each shape; the keys of a match and a miss are laid over a plain record. */
const SHAPES: Readonly<Record<string, Shape>> = {
  plain_or_list: {
    head: "fields:\n    - userIdentity.arn\n    - sourceIPAddress",
    detection:
      "selection:\n        eventSource: codecommit.amazonaws.com\n        eventName:\n            - DeleteRepository\n            - DeleteBranch\n    condition: selection",
    match: { eventSource: "codecommit.amazonaws.com", eventName: "DeleteBranch" },
    miss: { eventSource: "codecommit.amazonaws.com", eventName: "DeleteBranches" },
  },
  regular_expression: {
    detection:
      "selection:\n        eventName: CreateStack\n        requestParameters.stackName|re: '^tmp-[0-9]{3,}$'\n    condition: selection",
    match: { eventName: "CreateStack", requestParameters: { stackName: "tmp-0042" } },
    miss: { eventName: "CreateStack", requestParameters: { stackName: "tmp-42" } },
  },
  field_of_another: {
    detection:
      "selection:\n        eventName: TagUser\n    filter_self:\n        requestParameters.userName|fieldref: userIdentity.userName\n    condition: selection and not filter_self",
    match: { eventName: "TagUser", requestParameters: { userName: "other" } },
    miss: { eventName: "TagUser", requestParameters: { userName: "jack" } },
  },
  placeholder: {
    detection:
      "selection:\n        eventName: TagRole\n    filter_known:\n        userIdentity.arn|expand: '%tagging_roles%'\n    condition: selection and not filter_known",
    match: { eventName: "TagRole" },
    miss: { eventName: "TagRole", userIdentity: { arn: "arn:aws:iam::111122223333:role/tagger" } },
  },
  placeholder_in_text: {
    detection:
      "selection:\n        eventName: TagGroup\n        requestParameters.groupName|contains|expand: '%crown_jewels%'\n    condition: selection",
    match: { eventName: "TagGroup", requestParameters: { groupName: "the-payroll-team" } },
    miss: { eventName: "TagGroup", requestParameters: { groupName: "the-lunch-team" } },
  },
  parts_of_texts: {
    detection:
      "selection_name:\n        eventName|startswith: Purge\n    selection_end:\n        eventName|endswith: Everything\n    selection_tool:\n        userAgent|contains:\n            - sweeper\n            - broom\n    condition: all of selection_*",
    match: { eventName: "PurgeNearlyEverything", userAgent: "my-Broom/1.0" },
    miss: { eventName: "PurgeNearlyEverything", userAgent: "my-mop/1.0" },
  },
  all_parts: {
    detection:
      "selection:\n        requestParameters.policy|contains|all:\n            - '\"Effect\":\"Allow\"'\n            - 'glacier:*'\n    condition: selection",
    match: { eventName: "SetVault", requestParameters: { policy: '{"Effect":"Allow","Action":"glacier:*"}' } },
    miss: { eventName: "SetVault", requestParameters: { policy: '{"Effect":"Deny","Action":"glacier:*"}' } },
  },
  nothing_there: {
    detection:
      "selection:\n        eventName: OpenVault\n        requestParameters.kmsKeyId: null\n    condition: selection",
    match: { eventName: "OpenVault", requestParameters: { kmsKeyId: null } },
    miss: { eventName: "OpenVault", requestParameters: { kmsKeyId: "k" } },
  },
  keywords: {
    detection: "keywords:\n        - very-odd-word\n        - another odd word\n    condition: keywords",
    match: { eventName: "TagVault", requestParameters: { tags: [{ key: "a very-odd-word" }] } },
    miss: { eventName: "TagVault", requestParameters: { tags: [{ key: "a very odd word" }] } },
  },
  one_of_many: {
    head: "related:\n    - id: 4c1a9d2e-6c57-44a5-9a3f-7a8b4c2d1e0f\n      type: similar",
    detection:
      "selection_on:\n        eventName: StartMower\n    selection_off:\n        eventName: StopMower\n    filter_main_service:\n        userIdentity.type: AWSService\n    filter_optional_inside:\n        sourceIPAddress|cidr:\n            - 10.0.0.0/8\n            - 2001:db8::/32\n    condition: 1 of selection_* and not 1 of filter_main_* and not 1 of filter_optional_*",
    match: { eventName: "StopMower" },
    miss: { eventName: "StopMower", sourceIPAddress: "2001:db8::7" },
  },
  maps_in_a_list: {
    detection:
      "selection:\n        - eventName: StartRake\n          errorCode: AccessDenied\n        - eventName: StopRake\n    condition: selection",
    match: { eventName: "StopRake" },
    miss: { eventName: "StartRake" },
  },
  written_as_text: {
    detection:
      "selection:\n        eventName: ModifyMower\n        requestParameters.publiclyAccessible: 'true'\n    condition: selection",
    match: { eventName: "ModifyMower", requestParameters: { publiclyAccessible: true } },
    miss: { eventName: "ModifyMower", requestParameters: { publiclyAccessible: false } },
  },
};
const NAMES = Object.keys(SHAPES).sort();
const PLACEHOLDERS = "{ tagging_roles: ['arn:aws:iam::111122223333:role/tagger'], crown_jewels: [payroll, vault] }";

/** Status, date and what the Sigma project's own tests add differ from file to file there. */
function ruleFile({ head = "", detection }: Shape, at: number): string {
  const [status, date] = at % 2 === 0 ? ["stable", "2020/01/31"] : ["test", "2020-01-31"];
  return `title: Shape number ${at}
id: 00000000-0000-4000-8000-${String(at).padStart(12, "0")}
status: ${status}
description: |
    Two lines
    of text.
references:
    - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/
author: jack @jackson, 'somebody else'
date: ${date}
modified: 2022-10-09
tags:
    - attack.defense-evasion
    - attack.t1562.001
${head}
logsource:
    product: aws
    service: cloudtrail
detection:
    ${detection}
falsepositives:
    - Unknown
    - Somebody who may; see the change's ticket
level: ${["low", "medium", "high"][at % 3]}
${at === 0 ? "regression_tests_path: regression_data/shape/info.yml\nsimulation:\n    - type: stratus-red-team\n      name: some.technique\n" : ""}`;
}

const recordOf = (fields: object, eventID: string): string =>
  JSON.stringify({
    eventVersion: "1.11",
    eventTime: "2026-11-20T10:00:00Z",
    eventSource: "garden.amazonaws.com",
    awsRegion: "us-east-1",
    recipientAccountId: "111122223333",
    sourceIPAddress: "198.51.100.7",
    userIdentity: {
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/jack",
      accountId: "111122223333",
      userName: "jack",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    },
    eventID,
    ...fields,
  });

async function run(command: typeof scan, argv: readonly string[], stdin = "") {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const code = await command(argv, { stdin: Readable.from([stdin]), stdout: into("stdout"), stderr: into("stderr") });
  return { code, ...written };
}

describe("a folder of Sigma rules for CloudTrail, unmodified", () => {
  let folder = "";
  let own = "";
  let config = "";
  const configure = (placeholders: string) => {
    config = join(folder, "ids.config.yml");
    writeFileSync(
      config,
      `accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
placeholders: ${placeholders}
`,
    );
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-sigma-"));
    own = join(folder, "cloud", "aws");
    mkdirSync(own, { recursive: true });
    for (const [at, [name, shape]] of Object.entries(SHAPES).entries())
      writeFileSync(join(own, `${name}.yml`), ruleFile(shape, at));
    configure(PLACEHOLDERS);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is listed by file name, with the bundled rules", async () => {
    const { code, stdout, stderr } = await run(rules, ["list", "--rules", own, "--config", config, "--format", "json"]);
    const listed: readonly { readonly name: string; readonly file: string }[] = code === 0 ? JSON.parse(stdout) : [];

    assert.equal(code, 0, stderr);
    const inOwn = listed.filter(({ file }) => file.startsWith(own));
    assert.deepEqual(inOwn.map(({ name }) => name).sort(), NAMES);
    assert.ok(listed.length > NAMES.length + 100);
  });

  it("finds what each of its rules is about, and nothing beside it", async () => {
    const log = Object.entries(SHAPES)
      .flatMap(([name, { match, miss }]) => [recordOf(match, `${name}-match`), recordOf(miss, `${name}-miss`)])
      .join("\n");
    const argv = ["--rules", own, "--config", config, "--format", "ndjson", "-"];
    const { stdout, stderr } = await run(scan, argv, log);
    const found = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
      .filter(({ rule }) => NAMES.includes(rule))
      .map(({ rule, eventIDs }) => `${rule}: ${eventIDs}`)
      .sort();

    assert.deepEqual(found, NAMES.map((name) => `${name}: ${name}-match`).sort(), stderr);
  });

  it("is refused with the list's name, file and line where a placeholder has no list", async () => {
    configure("{ crown_jewels: [payroll] }");
    const { code, stderr } = await run(rules, ["list", "--rules", own, "--config", config]);

    assert.equal(code, 2);
    assert.match(
      stderr,
      /placeholder\.yml:\d+: .*placeholder %tagging_roles% has no values: write placeholders\.tagging_roles in the config/,
    );
    assert.doesNotMatch(stderr, /crown_jewels|placeholder_in_text/);
  });
});
