/** Records, findings and alerts for the tests of alerts and of what is drawn from them. */
import { type Alert, alertOf, foldOf, type StoredAlert } from "../../src/alert/alert.ts";
import { type CloudTrailRecord, parseRecord } from "../../src/cloudtrail/record.ts";
import type { Containment } from "../../src/contain/outcome.ts";
import type { Finding } from "../../src/detect/finding.ts";

export const ACCOUNTS = [
  { id: "111122223333", name: "acme-prod", owner: "platform team" },
  { id: "444455556666", name: "acme-dev" },
];

export const KEY = "AKIAIOSFODNN7EXAMPLE";

const DEPLOY_BOT = {
  type: "IAMUser",
  principalId: "AIDACKCEVSQ6C2EXAMPLE",
  arn: "arn:aws:iam::111122223333:user/deploy-bot",
  accountId: "111122223333",
  accessKeyId: KEY,
  userName: "deploy-bot",
};

/** `deploy-bot` creates user `support2`; `fields` replace whole fields of the record. */
export function recordWith(fields: Readonly<Record<string, unknown>> = {}): CloudTrailRecord {
  return parseRecord({
    eventVersion: "1.11",
    userIdentity: DEPLOY_BOT,
    eventTime: "2026-11-20T10:02:03Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreateUser",
    awsRegion: "us-east-1",
    sourceIPAddress: "198.51.100.23",
    userAgent: "python-requests/2.31.0",
    requestParameters: { userName: "support2" },
    responseElements: { user: { userName: "support2", userId: "AIDAJQABLZS4A3QDU576Q" } },
    eventID: "c2f1a6a2-1111-4222-8333-444455556666",
    readOnly: false,
    eventType: "AwsApiCall",
    recipientAccountId: "111122223333",
    ...fields,
  });
}

export const ROLE_SESSION = {
  type: "AssumedRole",
  principalId: "AROA3XFRBF535PLBIFPI4:alice",
  arn: "arn:aws:sts::111122223333:assumed-role/Deploy/alice",
  accountId: "111122223333",
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  sessionContext: {
    sessionIssuer: {
      type: "Role",
      arn: "arn:aws:iam::111122223333:role/ops/Deploy",
      accountId: "111122223333",
      userName: "Deploy",
    },
    attributes: { mfaAuthenticated: "true", creationDate: "2026-11-20T09:00:00Z" },
  },
};

export const ROOT = {
  type: "Root",
  principalId: "111122223333",
  arn: "arn:aws:iam::111122223333:root",
  accountId: "111122223333",
  accessKeyId: KEY,
};

export function findingOf(record: CloudTrailRecord, fields: Partial<Finding> = {}): Finding {
  return {
    id: "fi_000000000000000000000001",
    rule: "aws_iam_user_created",
    title: "Suspicious IAM user created",
    level: "high",
    eventID: record.eventID,
    eventIDs: [record.eventID],
    time: record.eventTime,
    account: record.recipientAccountId,
    principal: "arn:aws:iam::111122223333:user/deploy-bot",
    outcome: record.errorCode === undefined ? "success" : "failure",
    evidence: [
      { selection: "selection", field: "eventSource", value: record.eventSource },
      { selection: "selection", field: "eventName", value: record.eventName },
    ],
    suppressed: false,
    group: [],
    sightings: [
      {
        eventID: record.eventID,
        time: record.eventTime,
        action: `iam:${record.eventName}`,
        region: record.awsRegion,
        ip: record.sourceIPAddress ?? "",
      },
    ],
    ...fields,
  };
}

/** As the store would hold the first finding of an alert. */
export function storedOf(
  record: CloudTrailRecord,
  finding = findingOf(record),
  fields: Partial<StoredAlert> = {},
): StoredAlert {
  const fold = foldOf(finding, record);
  const { sightings } = fold;
  return {
    id: fold.alert,
    opening: fold.chapter,
    latest: fold.chapter,
    seenAt: "2026-11-20T10:02:44Z",
    shows: fold.shows,
    findings: 1,
    events: sightings.length,
    actions: Object.fromEntries(sightings.map(({ action }) => [action, 1])),
    regions: [...new Set(sightings.map(({ region }) => region))],
    addresses: [...new Set(sightings.map(({ ip }) => ip))],
    first: finding.time,
    last: finding.time,
    rev: 1,
    shown: 0,
    edits: 0,
    ...fields,
  };
}

export function alertWith(
  record: Readonly<Record<string, unknown>> = {},
  finding: Partial<Finding> = {},
  stored: Partial<StoredAlert> = {},
): Alert {
  const opened = recordWith(record);
  return alertOf(storedOf(opened, findingOf(opened, finding), stored), ACCOUNTS);
}

export const CONTAINMENT: Containment = {
  intent: "in_000000000000000000000001",
  keyId: KEY,
  userName: "deploy-bot",
  operator: "U0SAM1234",
  reason: "key found in a public gist",
  requestedAt: "2026-11-20T10:05:38Z",
  state: { kind: "deactivated", at: "2026-11-20T10:05:40Z" },
  readBacks: [{ afterMs: 10_000, at: "2026-11-20T10:05:51Z", status: "Inactive" }, { afterMs: 300_000 }],
};
