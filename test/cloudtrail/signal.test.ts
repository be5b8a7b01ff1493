import assert from "node:assert/strict";
import { accessKeyOf } from "../../src/cloudtrail/accesskey.ts";
import { openEnvelope } from "../../src/cloudtrail/envelope.ts";
import { principalOf } from "../../src/cloudtrail/principal.ts";
import { actionOf } from "../../src/cloudtrail/record.ts";

const event = (source: string, type: string, detail: object, more: object = {}) => ({
  version: "0",
  id: "e-1",
  "detail-type": type,
  source,
  account: "111122223333",
  time: "2026-11-20T10:05:00Z",
  region: "eu-west-1",
  resources: [],
  detail,
  ...more,
});
const open = (body: unknown) => openEnvelope(JSON.stringify(body));
const GUARDDUTY = {
  schemaVersion: "2.0",
  accountId: "111122223333",
  region: "eu-west-1",
  type: "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
  severity: 8,
  resource: {
    resourceType: "AccessKey",
    accessKeyDetails: {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      userType: "IAMUser",
      userName: "deploy-bot",
    },
  },
  service: {
    eventLastSeen: "2026-11-20T10:02:03.000Z",
    count: 1,
    action: { awsApiCallAction: { remoteIpDetails: { ipAddressV4: "198.51.100.23" } } },
  },
};

describe("an event of another AWS service", () => {
  it("of GuardDuty becomes a record of whose key it names, where it came from and when", () => {
    const [record, ...more] = open(event("aws.guardduty", "GuardDuty Finding", GUARDDUTY)).records;

    assert.ok(record !== undefined && more.length === 0);
    assert.equal(actionOf(record), "guardduty:GuardDutyFinding");
    assert.equal(principalOf(record).id, "arn:aws:iam::111122223333:user/deploy-bot");
    assert.equal(accessKeyOf(record)?.id, "AKIAIOSFODNN7EXAMPLE");
    assert.equal(record.sourceIPAddress, "198.51.100.23");
    assert.equal(record.eventTime, "2026-11-20T10:02:03.000Z");
    assert.deepEqual([record.eventType, record.awsRegion], ["AwsServiceFinding", "eu-west-1"]);
    assert.deepEqual(record.requestParameters, GUARDDUTY);
  });

  it("has the same id when it comes again under another id of EventBridge, another one when it was updated", () => {
    const idOf = (detail: object, id: string) =>
      open(event("aws.guardduty", "GuardDuty Finding", detail, { id })).records[0]?.eventID;
    const updated = { ...GUARDDUTY, service: { ...GUARDDUTY.service, count: 2 } };

    assert.equal(idOf(GUARDDUTY, "e-1"), idOf(GUARDDUTY, "e-2"));
    assert.notEqual(idOf(GUARDDUTY, "e-1"), idOf(updated, "e-1"));
  });

  it("of GuardDuty about a call over IPv6 says from where", () => {
    const action = { awsApiCallAction: { remoteIpDetails: { ipAddressV6: "2001:db8::17" } } };
    const detail = { ...GUARDDUTY, service: { ...GUARDDUTY.service, action } };
    const [record] = open(event("aws.guardduty", "GuardDuty Finding", detail)).records;

    assert.equal(record?.sourceIPAddress, "2001:db8::17");
  });

  it("of GuardDuty about an instance names the instance", () => {
    const detail = { ...GUARDDUTY, resource: { instanceDetails: { instanceId: "i-0123456789abcdef0" } } };
    const [record] = open(event("aws.guardduty", "GuardDuty Finding", detail)).records;

    assert.equal(record && principalOf(record).id, "i-0123456789abcdef0");
  });

  it("of AWS Health about exposed keys becomes one record a key", () => {
    const keys = ["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE"];
    const detail = {
      eventTypeCode: "AWS_RISK_CREDENTIALS_EXPOSED",
      affectedEntities: [...keys, "not a key", keys[0]].map((entityValue) => ({ entityValue })),
    };
    const { records } = open(event("aws.health", "AWS Health Event", detail));

    assert.deepEqual(
      records.map((record) => accessKeyOf(record)?.id),
      keys,
    );
    assert.equal(new Set(records.map(({ eventID }) => eventID)).size, 2);
  });

  for (const [source, type, name] of [
    ["aws.access-analyzer", "Access Analyzer Finding", "access-analyzer:AccessAnalyzerFinding"],
    ["aws.ce", "Anomaly Detected", "ce:CostAnomaly"],
    ["aws.signin", "Sign-in Anomaly Alert", "signin:SigninAnomaly"],
    ["aws.health", "AWS Health Event", "health:HealthEvent"],
  ] as const)
    it(`of ${source} becomes a record of that service`, () => {
      const [record] = open(event(source, type, { accountId: "111122223333" })).records;

      assert.equal(record && actionOf(record), name);
      assert.equal(record?.eventTime, "2026-11-20T10:05:00Z");
    });

  it("is doubted when its source is not AWS's, or its account another one", () => {
    const doubts = (body: object) => [...open(body).doubts.values()];

    assert.deepEqual(doubts(event("aws.guardduty", "GuardDuty Finding", GUARDDUTY)), []);
    const forged = event("aws.guardduty", "GuardDuty Finding", GUARDDUTY, { account: "444455556666" });
    assert.deepEqual(doubts(forged), ["other-account"]);
    assert.equal(open(event("my.guardduty", "GuardDuty Finding", GUARDDUTY)).rejected[0]?.reason, "other-event");
  });

  it("of any odd shape is a record or rejected, never an error", () => {
    for (const detail of [
      {},
      { resource: 7 },
      { resource: { accessKeyDetails: [] } },
      { affectedEntities: "x" },
      { service: null },
    ])
      for (const [source, type] of [
        ["aws.guardduty", "GuardDuty Finding"],
        ["aws.health", "AWS Health Event"],
      ] as const) {
        const { records, rejected } = open(event(source, type, detail));
        assert.equal(records.length + rejected.length, 1);
      }
  });
});
