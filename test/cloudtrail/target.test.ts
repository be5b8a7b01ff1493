import assert from "node:assert/strict";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { targetsOf } from "../../src/cloudtrail/target.ts";

const A = "111122223333";

function targets(call: string, requestParameters: object | null, responseElements: object | null = null) {
  const [service, eventName] = call.split(":");
  return targetsOf(
    parseRecord({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, responseElements }),
  );
}

describe("targetsOf", () => {
  for (const [call, request, response, expected] of [
    ["iam:CreateUser", { userName: "support2" }, null, ["user support2"]],
    [
      "iam:CreateAccessKey",
      { userName: "support2" },
      { accessKey: { userName: "support2", accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" } },
      ["user support2", "key AKIA…MPLE"],
    ],
    [
      "iam:CreateAccessKey",
      null,
      { accessKey: { userName: "jack", accessKeyId: "AKIAIOSFODNN7EXAMPLE" } },
      ["user jack", "key AKIA…MPLE"],
    ],
    [
      "iam:AttachUserPolicy",
      { userName: "support2", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      null,
      ["user support2", "policy AdministratorAccess"],
    ],
    ["iam:AddUserToGroup", { groupName: "admins", userName: "jack" }, null, ["user jack", "group admins"]],
    ["iam:PutRolePolicy", { roleName: "ci", policyName: "all" }, null, ["role ci", "policy all"]],
    ["sts:AssumeRole", { roleArn: `arn:aws:iam::${A}:role/ops/ci` }, null, ["role ops/ci"]],
    ["sts:GetFederationToken", { name: "temp" }, null, ["federated user temp"]],
    ["cloudtrail:StopLogging", { name: `arn:aws:cloudtrail:us-east-1:${A}:trail/main` }, null, ["trail main"]],
    ["cloudtrail:DeleteTrail", { name: "main" }, null, ["trail main"]],
    ["guardduty:DeleteDetector", { detectorId: "d-1" }, null, ["detector d-1"]],
    ["s3:PutBucketPolicy", { bucketName: "data", bucketPolicy: {} }, null, ["bucket data"]],
    ["s3:GetObject", { bucketName: "data", key: "in/1.csv" }, null, ["bucket data", "object in/1.csv"]],
    ["ec2:AuthorizeSecurityGroupIngress", { groupId: "sg-1" }, null, ["security group sg-1"]],
    ["sqs:SetQueueAttributes", { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${A}/jobs` }, null, ["queue jobs"]],
    [
      "secretsmanager:GetSecretValue",
      { secretId: `arn:aws:secretsmanager:eu-west-1:${A}:secret:prod/db` },
      null,
      ["secret prod/db"],
    ],
    ["ssm:GetParameters", { names: ["/a", "/b"] }, null, ["parameter /a", "parameter /b"]],
    [
      "ec2:TerminateInstances",
      { instancesSet: { items: [{ instanceId: "i-1" }, { instanceId: "i-2" }] } },
      null,
      ["instance i-1", "instance i-2"],
    ],
    ["widgets:CreateWidget", { name: "w" }, null, ["name w"]],
    ["ec2:DescribeInstances", { filterSet: {} }, null, []],
    ["sts:GetCallerIdentity", null, null, []],
  ] as const)
    it(`names what ${call} acted upon: ${expected.join(", ") || "nothing"}`, () => {
      assert.deepEqual(targets(call, request, response), expected);
    });

  it("counts the instances that were started", () => {
    const started = { instancesSet: { items: Array.from({ length: 8 }, (_, at) => ({ instanceId: `i-${at}` })) } };

    assert.deepEqual(targets("ec2:RunInstances", { instanceType: "p3.16xlarge" }, started), ["8 x p3.16xlarge"]);
  });

  it("counts the instances that were asked for when none started", () => {
    const asked = { instanceType: "p3.16xlarge", instancesSet: { items: [{ minCount: 1, maxCount: 4 }] } };

    assert.deepEqual(targets("ec2:RunInstances", asked), ["4 x p3.16xlarge"]);
    assert.deepEqual(targets("ec2:RunInstances", { instanceType: "p3.16xlarge" }), ["instance p3.16xlarge"]);
  });

  it("tells how many more than four there are", () => {
    const names = Array.from({ length: 9 }, (_, at) => `/p${at}`);

    assert.deepEqual(targets("ssm:GetParameters", { names }).slice(3), ["parameter /p3", "5 more"]);
    assert.equal(targets("ssm:GetParameters", { names: names.slice(0, 5) }).length, 5);
  });

  it("cuts a long name to 200 characters, never through a pair", () => {
    const [long = ""] = targets("iam:CreateUser", { userName: `x${"💥".repeat(1_000)}` });

    assert.ok(long.length <= 200);
    assert.ok(!/\p{Surrogate}/u.test(long) && long.endsWith("…"));
  });

  it("gives names as they were written, and passes over what is no text", () => {
    const odd = { userName: "<!channel>\n*x*", roleName: 7, names: "x", policyArn: { a: 1 }, bucketName: "" };

    assert.deepEqual(targets("ssm:GetParameters", odd), ["user <!channel>\n*x*"]);
  });
});
