/** How alerts read. */
import assert from "node:assert/strict";
import { headline, newest, sentence } from "../../blocks/sentence.ts";
import type { Inline } from "../../blocks/text.ts";
import type { Alert } from "../../src/alert/alert.ts";
import { alertWith, ROOT } from "../alert/fixture.ts";

/** Values in quotes, so that it is seen what our own words are. */
function read(elements: readonly Inline[]): string {
  const told = elements.map((element) => {
    if (element.type !== "text") return element.type === "date" ? element.fallback : "";
    return element.style?.code ? `'${element.text}'` : element.text;
  });
  return told.join("");
}

const FROM = "from '198.51.100.23'";
const DENIED = { errorCode: "AccessDenied", errorMessage: "Access Denied", responseElements: null };

function calling(call: string, requestParameters: object | null, fields: object = {}): Alert {
  const [service, eventName] = call.split(":");
  return alertWith({
    eventSource: `${service}.amazonaws.com`,
    eventName,
    requestParameters,
    responseElements: null,
    ...fields,
  });
}

/** As src/cloudtrail/signal.ts writes what AWS found. */
const finding = (call: string, detail: object, userIdentity: object) =>
  calling(call, detail, { eventType: "AwsServiceFinding", userIdentity, sourceIPAddress: undefined });
const nobody = (service: string) => ({ type: "AWSService", invokedBy: `${service}.amazonaws.com` });

describe("the sentence of a call", () => {
  for (const [call, request, expected] of [
    [
      "iam:AttachUserPolicy",
      { userName: "bob", policyArn: "arn:aws:iam::aws:policy/A" },
      "attached policy 'A' to user 'bob'",
    ],
    [
      "iam:UpdateAccessKey",
      { userName: "bob", accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" },
      "set access key 'AKIA…MPLE' for user 'bob' to status 'Active'",
    ],
    [
      "iam:UpdateAccessKey",
      { accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" },
      "set access key 'AKIA…MPLE' to status 'Active'",
    ],
    ["iam:CreateAccessKey", { userName: "bob" }, "created an access key for user 'bob'"],
    ["iam:CreateAccessKey", null, "created an access key"],
    ["iam:DeactivateMFADevice", null, "switched off an MFA device"],
    ["iam:CreateLoginProfile", { userName: "bob" }, "set a console password for user 'bob'"],
    ["cloudtrail:StopLogging", null, "stopped logging of a trail"],
    [
      "ec2:AuthorizeSecurityGroupIngress",
      {
        groupId: "sg-1",
        ipPermissions: {
          items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }],
        },
      },
      "opened security group 'sg-1' to '0.0.0.0/0 on tcp 22'",
    ],
    ["ec2:CreateRouteTable", { vpcId: "vpc-1" }, "created a route table in VPC 'vpc-1'"],
    [
      "ec2:ModifySnapshotAttribute",
      { snapshotId: "snap-1", createVolumePermission: { add: { items: [{ group: "all" }] } } },
      "changed who may use snapshot 'snap-1' to include everyone",
    ],
    [
      "ec2:RunInstances",
      { instanceType: "p3.16xlarge", instancesSet: { items: [{ maxCount: 8 }] } },
      "started '8 x p3.16xlarge'",
    ],
    [
      "secretsmanager:BatchGetSecretValue",
      { secretIdList: ["a", "b", "c", "d"] },
      "read secret 'a', secret 'b', secret 'c' and 1 more",
    ],
    ["widgets:Spin", { name: "w" }, "called 'widgets:Spin' on name 'w'"],
    ["iam:constructor", null, "called 'iam:constructor'"],
  ] as const)
    it(`reads: ${expected}`, () => {
      assert.equal(read(sentence(calling(call, request))), `'deploy-bot' ${expected} ${FROM}.`);
    });

  it("says that it was tried and denied, whatever the request left out", () => {
    const alert = calling("cloudtrail:StopLogging", null, DENIED);

    assert.equal(read(sentence(alert)), `'deploy-bot' tried to stop logging of a trail ${FROM} and was denied.`);
    assert.equal(headline(alert), "deploy-bot tried to stop logging of a trail and was denied");
  });

  it("calls root by that name, an account by its number and a hidden name by neither", () => {
    const by = (userIdentity: object) => headline(calling("iam:CreateUser", { userName: "x" }, { userIdentity }));

    assert.equal(by(ROOT), "root created user x");
    assert.equal(by({ type: "AWSAccount", accountId: "444455556666" }), "account 444455556666 created user x");
    assert.match(
      by({ type: "IAMUser", userName: "HIDDEN_DUE_TO_SECURITY_REASONS" }),
      /^somebody under an unknown name /,
    );
  });

  it("marks a name in look-alike letters, and never our own ellipsis", () => {
    const key = { userName: "аdmin", accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" };

    assert.match(read(sentence(calling("iam:UpdateAccessKey", key))), /'AKIA…MPLE' for user 'аdmin' ⚠ non-ASCII to/);
  });

  it("says that a correlation tells one call of many", () => {
    const evidence = [{ selection: "correlation", field: "records", value: "10 within 10 minutes" }];
    const one = calling("secretsmanager:GetSecretValue", { secretId: "s9" });
    const alert = { ...one, evidence, counters: { ...one.counters, events: 10 } };

    assert.equal(read(sentence(alert)), `'deploy-bot' read secret 's9' ${FROM}, one of 10 such calls.`);
  });

  it("tells the newest call when it is another one than the first", () => {
    const first = calling("iam:CreateUser", { userName: "a" });
    const last = calling("iam:CreateUser", { userName: "b" }, { eventID: "d3a0b7b3-1111-4222-8333-444455556666" });

    assert.equal(newest(first).length, 0);
    assert.equal(
      read(newest({ ...first, latest: last.opening })),
      `Last: created user 'b' ${FROM} 2026-11-20 10:02:03 UTC`,
    );
  });
});

describe("the sentence of what AWS found", () => {
  const user = { type: "IAMUser", userName: "deploy-bot", accountId: "111122223333" };
  for (const [alert, expected] of [
    [
      finding("guardduty:GuardDutyFinding", { type: "CredentialAccess:IAMUser/AnomalousBehavior" }, user),
      "GuardDuty reported finding 'CredentialAccess:IAMUser/AnomalousBehavior' about 'deploy-bot'.",
    ],
    [
      finding("guardduty:GuardDutyFinding", { type: "Policy:S3/BucketPublicAccessGranted" }, nobody("guardduty")),
      "GuardDuty reported finding 'Policy:S3/BucketPublicAccessGranted'.",
    ],
    [
      finding(
        "health:HealthEvent",
        { eventTypeCode: "AWS_RISK_CREDENTIALS_EXPOSED" },
        { type: "IAMUser", principalId: "AKIAIOSFODNN7EXAMPLE", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
      ),
      "AWS found in public the access key 'AKIA…MPLE'.",
    ],
    [
      finding("health:HealthEvent", { eventTypeCode: "AWS_RISK_IAM_QUARANTINE" }, nobody("health")),
      "AWS Health reported event 'AWS_RISK_IAM_QUARANTINE'.",
    ],
    [
      finding(
        "access-analyzer:AccessAnalyzerFinding",
        { resource: "arn:aws:s3:::data", principal: { AWS: "*" } },
        nobody("access-analyzer"),
      ),
      "Access Analyzer found access from outside to resource 'data' for everyone.",
    ],
    [
      finding("ce:CostAnomaly", { rootCauses: [{ service: "Amazon EC2" }], monitorName: "all" }, nobody("ce")),
      "AWS found unusual costs of service 'Amazon EC2', monitor 'all'.",
    ],
    [finding("signin:SigninAnomaly", {}, nobody("signin")), "AWS found an unusual sign-in."],
    [finding("signin:SigninAnomaly", {}, user), "AWS found an unusual sign-in of 'deploy-bot'."],
  ] as const)
    it(`reads: ${expected}`, () => {
      assert.equal(read(sentence(alert)), expected);
    });
});
