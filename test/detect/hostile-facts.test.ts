import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { FACT_NAMES, factsOf } from "../../src/detect/facts.ts";

/** Keys and texts that facts look for, so that odd values stand where they are read. */
const KEYS = [
  "policyDocument",
  "bucketPolicy",
  "attributes",
  "Policy",
  "Statement",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "Principal",
  "AWS",
  "Condition",
  "StringEquals",
  "aws:PrincipalOrgID",
  "ipPermissions",
  "items",
  "ipRanges",
  "cidrIp",
  "fromPort",
  "toPort",
  "ipProtocol",
  "launchPermission",
  "add",
  "userId",
  "key",
  "delete",
  "roleArn",
  "principal",
  "valuesToAdd",
  "userName",
  "sessionContext",
  "sessionIssuer",
  "arn",
  "attributes",
  "creationDate",
  "inScopeOf",
];
const TEXTS = [
  "Allow",
  "Deny",
  "*",
  "iam:*",
  "iam:PassRole",
  "arn:aws:iam::444455556666:root",
  "444455556666",
  "all",
  "0.0.0.0/0",
  "-1",
  "22",
  "%7B%22Statement",
  '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  "i-0abc1234def567890",
  "2026-11-20T09:00:00Z",
  ".aws/credentials",
  "__proto__",
  "constructor",
  "\ud800",
  "AssumedRole",
  "IAMUser",
  "Root",
];
const NAMES = [
  "PutUserPolicy",
  "CreateRole",
  "PutBucketPolicy",
  "AuthorizeSecurityGroupIngress",
  "ModifyImageAttribute",
  "GetObject",
  "ModifySecurityGroupRules",
  "RunInstances",
  "AssumeRole",
  "GetFederationToken",
  "PutBucketReplication",
  "AddPermission",
];
const SOURCES = ["iam", "s3", "ec2", "sts", "lambda", "rds", "kms", "signin"].map((name) => `${name}.amazonaws.com`);

const odd = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...TEXTS),
    fc.string(),
    fc.constantFrom(null, true, false, 0, -1, 22, 1e300),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie("value"), { maxKeys: 5 }),
  ),
})).value;

const record = fc.record({
  eventName: fc.oneof(fc.constantFrom(...NAMES), fc.string({ minLength: 1 })),
  eventSource: fc.oneof(fc.constantFrom(...SOURCES), odd),
  userIdentity: odd,
  requestParameters: odd,
  responseElements: odd,
  userAgent: odd,
  sourceIPAddress: odd,
  errorCode: odd,
  errorMessage: odd,
  readOnly: odd,
  awsRegion: odd,
});

const isFactValue = (value: unknown) =>
  value === undefined ||
  ["string", "number", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string"));

describe("facts of hostile records", () => {
  it("are texts, numbers, flags or lists of texts, and nothing throws", () => {
    fc.assert(
      fc.property(record, (json) => {
        const facts = factsOf(parseRecord(json), undefined, {});

        for (const name of FACT_NAMES) assert.equal(isFactValue(facts.value(name)), true, name);
      }),
      { numRuns: 500 },
    );
  });

  const long = (text: string) => text.repeat(Math.ceil(90_000 / text.length));
  const traps: readonly (readonly [says: string, fields: object])[] = [
    ["a user agent of dashes", { userAgent: long("-") }],
    [
      "an object name made of gaps",
      { eventSource: "s3.amazonaws.com", requestParameters: { key: `data${long("-")}` } },
    ],
    ["a note's words over and over", { eventSource: "s3.amazonaws.com", requestParameters: { key: long("how to ") } }],
    [
      "a Resource of open variables",
      { requestParameters: { policyDocument: policy("*", `arn:aws:iam:::user/${long("${")}`) } },
    ],
    ["an Action of stars", { requestParameters: { policyDocument: policy(long("*a"), "*") } }],
    ["a thousand short Actions", { requestParameters: { policyDocument: policy(long("*a,").split(","), "*") } }],
    [
      "a network without an end",
      { eventName: "AuthorizeSecurityGroupIngress", requestParameters: { cidrIp: long("0.") } },
    ],
    [
      "an ARN of colons",
      { requestParameters: { bucketPolicy: { Statement: { Effect: "Allow", Principal: { AWS: long(":") } } } } },
    ],
    [
      "a session name of dashes",
      { userIdentity: { type: "AssumedRole", arn: `arn:aws:sts::1:assumed-role/a/eks-${long("-")}` } },
    ],
  ];
  function policy(Action: unknown, Resource: unknown) {
    return { Statement: [{ Effect: "Allow", Action, Resource }] };
  }
  for (const [says, fields] of traps) {
    it(`are there soon for ${says}`, () => {
      const facts = factsOf(
        parseRecord({ eventName: "PutUserPolicy", eventSource: "iam.amazonaws.com", ...fields }),
        undefined,
      );

      assert.doesNotThrow(() => FACT_NAMES.map((name) => facts.value(name)));
    });
  }
});
