import assert from "node:assert/strict";
import fc from "fast-check";
import { PARAMETERS } from "../../src/cloudtrail/parameter.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { partsOf, targetsOf } from "../../src/cloudtrail/target.ts";

const A = "111122223333";

const OPENED = {
  groupId: "sg-1",
  ipPermissions: {
    items: [
      { ipProtocol: "tcp", fromPort: 22, toPort: 25, ipRanges: { items: [{ cidrIp: "192.0.2.0/24" }, { cidrIp: 7 }] } },
      { ipProtocol: "udp", ipv6Ranges: { items: [{ cidrIpv6: "2001:db8::/32" }] } },
      { ipProtocol: "-1", ipRanges: {}, ipv6Ranges: { items: [{ cidrIpv6: "::/0" }] } },
      "odd",
    ],
  },
};
const OPENED_TO = [
  "security group sg-1",
  "::/0 on all ports",
  "192.0.2.0/24 on tcp 22-25",
  "2001:db8::/32 on udp, all ports",
] as const;

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
      ["user support2", "access key AKIA…MPLE"],
    ],
    [
      "iam:CreateAccessKey",
      null,
      { accessKey: { userName: "jack", accessKeyId: "AKIAIOSFODNN7EXAMPLE" } },
      ["user jack", "access key AKIA…MPLE"],
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
    ["ec2:AuthorizeSecurityGroupIngress", OPENED, null, OPENED_TO],
    [
      "ec2:CreateRouteTable",
      { vpcId: "vpc-1" },
      { routeTable: { routeTableId: "rtb-1" } },
      ["route table rtb-1", "VPC vpc-1"],
    ],
    [
      "ec2:ModifySnapshotAttribute",
      {
        snapshotId: "snap-1",
        createVolumePermission: { add: { items: [{ group: "all" }, { userId: "444455556666" }] } },
      },
      null,
      ["snapshot snap-1", "everyone", "account 444455556666"],
    ],
    [
      "ec2:ModifySnapshotAttribute",
      { snapshotId: "snap-1", createVolumePermission: { remove: { items: [{ group: "all" }] } } },
      null,
      ["snapshot snap-1"],
    ],
    [
      "lambda:AddPermission20150331v2",
      { functionName: "hook", principal: "s3.amazonaws.com" },
      null,
      ["function hook", "principal s3.amazonaws.com"],
    ],
    [
      "lambda:AddPermission20150331v2",
      { functionName: "hook", principal: "arn:aws:iam::444455556666:root" },
      null,
      ["function hook", "account 444455556666"],
    ],
    [
      "iam:CreateOpenIDConnectProvider",
      { url: "https://oidc.example.com" },
      { openIDConnectProviderArn: `arn:aws:iam::${A}:oidc-provider/oidc.example.com` },
      ["identity provider https://oidc.example.com"],
    ],
    [
      "organizations:CreateAccount",
      { accountName: "HIDDEN_DUE_TO_SECURITY_REASONS", name: "HIDDEN_DUE_TO_SECURITY_REASONS" },
      null,
      [],
    ],
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

describe("targetsOf, whatever a request says", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("*", "all", "arn:", "arn:a:b:c:d:e"),
  );
  const value = fc.oneof(text, fc.array(text, { maxLength: 8 }), fc.jsonValue());

  it("gives at most 5 short texts", () => {
    const call = fc.constantFrom(...PARAMETERS.map(([service, path]) => [service || "iam", path] as const));
    fc.assert(
      fc.property(call, value, fc.jsonValue(), ([service, path], named, other) => {
        const [first = "", ...rest] = path.replaceAll("[]", ".0").split(".");
        const nested = rest.reduceRight<unknown>(
          (inner, key) => (key === "0" ? [inner, inner] : { [key]: inner }),
          named,
        );
        const found = targets(`${service}:Call`, { [first]: nested, ipPermissions: { items: [other, named] } });

        assert.ok(found.length <= 5);
        for (const target of found) assert.ok(target.length <= 200 && partsOf(target).join("").length > 0);
      }),
    );
  });
});

describe("partsOf", () => {
  for (const [target, noun, name] of [
    ["user support2", "user", "support2"],
    ["database snapshot user x", "database snapshot", "user x"],
    ["security group sg-1", "security group", "sg-1"],
    ["account 444455556666", "account", "444455556666"],
    ["4 x p3.16xlarge", "", "4 x p3.16xlarge"],
    ["everyone", "", "everyone"],
    ["users x", "", "users x"],
  ] as const)
    it(`tells ${target} by its noun: ${noun || "none"}`, () => {
      assert.deepEqual(partsOf(target), [noun, name]);
    });
});
