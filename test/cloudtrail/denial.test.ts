import assert from "node:assert/strict";
import { type Denial, denialOf, isDenied, isDryRun, POLICY_TYPES } from "../../src/cloudtrail/denial.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";

const A = "111122223333";
const jack = `arn:aws:iam::${A}:user/jack`;
const blob = "kF3".repeat(200);

const failed = (errorCode: string, errorMessage?: string) => parseRecord({ eventName: "X", errorCode, errorMessage });
const denial = (message: string) => denialOf(failed("AccessDenied", message));

describe("isDenied", () => {
  for (const code of [
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "ServiceUnauthorizedException",
    "ForbiddenException",
    "Forbidden",
    "NotAuthorized",
    "NotAuthorizedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "VpceAccessDenied",
    "KMS.AccessDeniedException",
    "LakeFormationAccessDeniedException",
  ])
    it(`says yes to ${code}`, () => {
      assert.equal(isDenied(failed(code)), true);
    });

  for (const code of [
    "Client.InvalidPermission.NotFound",
    "Client.InvalidPermission.Duplicate",
    "Client.InvalidPermission.Malformed",
    "Client.OperationNotPermitted",
    "Client.InstanceLimitExceeded",
    "ThrottlingException",
    "ExpiredToken",
    "RequestExpired",
    "NoSuchEntity",
    "NoSuchBucket",
    "Client.DryRunOperation",
    "Client.AuthFailure",
    "ValidationError",
  ])
    it(`says no to ${code}`, () => {
      assert.equal(isDenied(failed(code)), false);
    });

  it("says yes to EC2's AuthFailure when it is about images", () => {
    assert.equal(isDenied(failed("Client.AuthFailure", "Not authorized for images: [ami-1]")), true);
  });

  it("says no to a success and to a failed sign-in", () => {
    const signIn = {
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      errorMessage: "Failed authentication",
      responseElements: { ConsoleLogin: "Failure" },
    };

    assert.equal(isDenied(parseRecord({ eventName: "X" })), false);
    assert.equal(isDenied(parseRecord(signIn)), false);
  });

  it("reads a code that stands in the response", () => {
    assert.equal(isDenied(parseRecord({ eventName: "X", responseElements: { errorCode: "AccessDenied" } })), true);
  });
});

describe("isDryRun", () => {
  it("knows EC2's dry run that would have succeeded", () => {
    assert.equal(
      isDryRun(failed("Client.DryRunOperation", "Request would have succeeded, but DryRun flag is set.")),
      true,
    );
    assert.equal(isDryRun(failed("AccessDenied")), false);
    assert.equal(isDryRun(parseRecord({ eventName: "X" })), false);
  });
});

describe("denialOf", () => {
  const what = `User: ${jack} is not authorized to perform: `;
  const messages: readonly (readonly [string, string, Denial])[] = [
    [
      "an implicit denial",
      `${what}iam:CreateUser on resource: arn:aws:iam::${A}:user/eve because no identity-based policy allows the iam:CreateUser action`,
      {
        by: "implicit",
        action: "iam:CreateUser",
        resource: `arn:aws:iam::${A}:user/eve`,
        policyType: "identity-based policy",
        principalArn: jack,
      },
    ],
    [
      "an explicit denial",
      `${what}s3:GetObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a resource-based policy`,
      {
        by: "explicit",
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        policyType: "resource-based policy",
        principalArn: jack,
      },
    ],
    [
      "an explicit denial that names the policy",
      `${what}cloudtrail:StopLogging on resource: * with an explicit deny in a service control policy: arn:aws:organizations::${A}:policy/o-x/service_control_policy/p-y`,
      {
        by: "explicit",
        action: "cloudtrail:StopLogging",
        resource: "*",
        policyType: "service control policy",
        policyArn: `arn:aws:organizations::${A}:policy/o-x/service_control_policy/p-y`,
        principalArn: jack,
      },
    ],
    [
      "an explicit denial without a policy",
      `${what}iam:ListUsers on resource: * with an explicit deny`,
      { by: "explicit", action: "iam:ListUsers", resource: "*", principalArn: jack },
    ],
    [
      "EC2's, with prefix and encoded blob",
      `You are not authorized to perform this operation. ${what}ec2:RunInstances on resource: arn:aws:ec2:eu-west-1:${A}:instance/* because no identity-based policy allows the ec2:RunInstances action Encoded authorization failure message: ${blob}...`,
      {
        by: "implicit",
        action: "ec2:RunInstances",
        resource: `arn:aws:ec2:eu-west-1:${A}:instance/*`,
        policyType: "identity-based policy",
        principalArn: jack,
      },
    ],
    [
      "EC2's old one, of which only the blob is there",
      `You are not authorized to perform this operation. Encoded authorization failure message: ${blob}`,
      { by: "unknown" },
    ],
    [
      "one about a role by name",
      `${what}sts:AssumeRole on resource: role ci because no role trust policy allows the sts:AssumeRole action`,
      {
        by: "implicit",
        action: "sts:AssumeRole",
        resource: "role ci",
        policyType: "role trust policy",
        principalArn: jack,
      },
    ],
    [
      "one about a user by name",
      `${what}iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser action`,
      {
        by: "implicit",
        action: "iam:GetUser",
        resource: "user bob",
        policyType: "identity-based policy",
        principalArn: jack,
      },
    ],
    [
      "one about an access key",
      `${what}iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE`,
      {
        by: "unknown",
        action: "iam:GetAccessKeyLastUsed",
        resource: "access key AKIAIOSFODNN7EXAMPLE",
        principalArn: jack,
      },
    ],
    [
      "KMS's, about a ciphertext",
      `${what}kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
      {
        by: "unknown",
        action: "kms:Decrypt",
        resource: "the resource associated with this ciphertext",
        principalArn: jack,
      },
    ],
    [
      "one without resource",
      `${what}ec2:DescribeInstances because no session policy allows the ec2:DescribeInstances action`,
      { by: "implicit", action: "ec2:DescribeInstances", policyType: "session policy", principalArn: jack },
    ],
    [
      "one without reason",
      `${what}lambda:GetFunction`,
      { by: "unknown", action: "lambda:GetFunction", principalArn: jack },
    ],
    [
      "one that names no user",
      "User is not authorized to perform: rds:CopyDBSnapshot",
      { by: "unknown", action: "rds:CopyDBSnapshot" },
    ],
    ["S3's bare one", "Access Denied", { by: "unknown" }],
    ["Cost Explorer's", "IAM user access not activated", { by: "unknown" }],
    ["none", "", { by: "unknown" }],
    [
      "a VPC endpoint's",
      "The request was denied due to a VPC endpoint policy",
      { by: "unknown", policyType: "VPC endpoint policy" },
    ],
  ];
  for (const [kind, message, expected] of messages)
    it(`reads a message of this kind: ${kind}`, () => {
      assert.deepEqual(denial(message), expected);
    });

  for (const policyType of POLICY_TYPES)
    it(`knows the ${policyType} in both forms`, () => {
      const article = /^[aeiou]/.test(policyType) ? "an" : "a";

      assert.deepEqual(
        denial(`${what}a:B on resource: * because no ${policyType} allows the a:B action`)?.policyType,
        policyType,
      );
      assert.deepEqual(
        denial(`${what}a:B on resource: * with an explicit deny in ${article} ${policyType}`)?.policyType,
        policyType,
      );
    });

  it("leaves out a policy's ARN that CloudTrail cut off", () => {
    const cut = denial(
      `${what}a:B on resource: * with an explicit deny in a service control policy: arn:aws:organizations::1:po...`,
    );

    assert.equal(cut?.policyType, "service control policy");
    assert.equal(cut?.policyArn, undefined);
  });

  it("is not misled by an object's name that quotes a reason", () => {
    const key = "x with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p";

    const told = denial(
      `${what}s3:GetObject on resource: "arn:aws:s3:::b/${key}" because no identity-based policy allows the s3:GetObject action`,
    );
    assert.deepEqual([told?.by, told?.policyType, told?.policyArn], ["implicit", "identity-based policy", undefined]);
    const silent = denial(`${what}s3:GetObject on resource: "arn:aws:s3:::b/${key}"`);
    assert.deepEqual([silent?.by, silent?.resource], ["unknown", `arn:aws:s3:::b/${key}`]);
  });

  it("gives nothing for a call that was not denied", () => {
    assert.equal(denialOf(failed("ThrottlingException", `${what}iam:ListUsers`)), undefined);
    assert.equal(denialOf(parseRecord({ eventName: "X" })), undefined);
  });

  it("reads a megabyte of hostile text in less than 50 ms", () => {
    const hostile = [
      what,
      " on ",
      '"',
      " because no ",
      " with an explicit deny",
      "AccessDenied",
      "Forbidden",
      ": arn:",
    ];
    const started = performance.now();

    for (const part of hostile) denialOf(failed(`Forbidden${part.repeat(50_000)}`, what + part.repeat(100_000)));

    assert.ok(performance.now() - started < 50 * hostile.length);
  });
});
