/**
 * What the bench feeds to the engine: a week of the demo company, with recorded calls that rules are about among it.
 * Deterministic, as JSON texts in the order of eventTime.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMPANY, companyRecords } from "../demo/company/company.ts";
import { randomOf } from "../demo/company/random.ts";

/** Share of the texts that are recorded calls, each with an id and a time of its own. */
const RECORDED_SHARE = 0.005;

export function trafficTexts(rulesFolder: string): readonly string[] {
  const folder = join(rulesFolder, "records");
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort();
  const recorded = files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  const random = randomOf("bench/traffic");
  const texts: string[] = [];
  for (const record of companyRecords({ ...COMPANY, weeks: 1 })) {
    texts.push(JSON.stringify(record));
    if (!random.chance(RECORDED_SHARE)) continue;
    texts.push(JSON.stringify({ ...random.pick(recorded), eventID: random.uuid(), eventTime: record["eventTime"] }));
  }
  return texts;
}

/** The event in which EventBridge delivers a record. */
export function eventText(text: string): string {
  const { eventID, eventTime, eventSource, awsRegion, recipientAccountId } = JSON.parse(text);
  return JSON.stringify({
    version: "0",
    id: eventID,
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${String(eventSource).split(".", 1)}`,
    account: recipientAccountId,
    time: eventTime,
    region: awsRegion,
    resources: [],
    detail: JSON.parse(text),
  });
}

/** What a few workloads do all day: three IAM users' keys ask who they are, a record a second. */
export function workloadTexts(count: number): readonly string[] {
  const random = randomOf("bench/workload");
  return Array.from({ length: count }, (_, at) => {
    const userName = `workload-${at % 3}`;
    const eventTime = new Date(Date.UTC(2026, 10, 20, 10, 0, at)).toISOString().replace(".000Z", "Z");
    return JSON.stringify({
      eventVersion: "1.11",
      eventID: random.uuid(),
      eventTime,
      eventSource: "sts.amazonaws.com",
      eventName: "GetCallerIdentity",
      awsRegion: "us-east-1",
      sourceIPAddress: "192.0.2.1",
      userAgent: "aws-cli/2.15.0",
      readOnly: true,
      eventType: "AwsApiCall",
      recipientAccountId: "111122223333",
      userIdentity: {
        type: "IAMUser",
        arn: `arn:aws:iam::111122223333:user/${userName}`,
        accountId: "111122223333",
        accessKeyId: `AKIAIOSFODNN7EXAMPL${at % 3}`,
        userName,
      },
    });
  });
}
