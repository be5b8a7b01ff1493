import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../src/cloudtrail/json.ts";
import { grantsEveryone, isOpenNetwork } from "../../src/detect/audience.ts";
import { grantsAdmin } from "../../src/detect/policy.ts";

const policy = (...statements: readonly { readonly [key: string]: Json }[]): Json => ({
  Version: "2012-10-17",
  Statement: statements,
});
const allow = (more: { readonly [key: string]: Json }) => ({ Effect: "Allow", Resource: "*", ...more });
const deny = (more: { readonly [key: string]: Json }) => ({ Effect: "Deny", Resource: "*", ...more });

const admin: readonly (readonly [says: string, document: Json, expected: boolean])[] = [
  ["everything", policy(allow({ Action: "*" })), true],
  ["everything, hidden in a list", policy(allow({ Action: "sns:*" }), allow({ Action: ["s3:*", "*"] })), true],
  ["everything, spelt otherwise", policy(allow({ Action: "*:*", Resource: ["arn:aws:s3:::x", "**"] })), true],
  ["everything but STS, by NotAction", policy(allow({ NotAction: "sts:*" })), true],
  ["nothing, by NotAction *", policy(allow({ NotAction: "*" })), false],
  [
    "NotAction * as a decoy beside PutUserPolicy",
    policy(allow({ NotAction: "*" }), allow({ Action: "iam:PutUserPolicy" })),
    true,
  ],
  [
    "everything but IAM, as PowerUserAccess does",
    policy(allow({ NotAction: ["iam:*", "organizations:*", "account:*"] })),
    false,
  ],
  ["all of IAM", policy(allow({ Action: "IAM:*" })), true],
  ["IAM reads", policy(allow({ Action: ["iam:Get*", "iam:List*"] })), false],
  ["IAM writes by a wildcard inside", policy(allow({ Action: "iam:*Policy" })), true],
  [
    "PutUserPolicy on one user",
    policy({ ...allow({ Action: "iam:PutUserPolicy" }), Resource: "arn:aws:iam::111122223333:user/ci" }),
    false,
  ],
  [
    "PutUserPolicy on all users",
    policy({ ...allow({ Action: "iam:PutUserPolicy" }), Resource: "arn:aws:iam::111122223333:user/*" }),
    true,
  ],
  [
    "PutUserPolicy on oneself",
    policy({ ...allow({ Action: "iam:PutUserPolicy" }), Resource: `arn:aws:iam::111122223333:user/\${aws:username}` }),
    true,
  ],
  [
    "everything on everything but one bucket",
    policy({ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::logs" }),
    true,
  ],
  ["everything on S3", policy(allow({ Action: ["s3:*", "ec2:*"] })), false],
  [
    "everything, under a condition that may always hold",
    policy(allow({ Action: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } })),
    true,
  ],
  ["everything, and a Deny of all IAM", policy(allow({ Action: "*" }), deny({ Action: "iam:*" })), false],
  [
    "everything, and a Deny under a condition",
    policy(allow({ Action: "*" }), deny({ Action: "iam:*", Condition: { Bool: { x: "true" } } })),
    true,
  ],
  [
    "everything, and a Deny of something else",
    policy(allow({ Action: "*" }), deny({ Action: "s3:DeleteBucket" })),
    true,
  ],
  ["a single statement without a list", { Statement: allow({ Action: "*" }) }, true],
  ["a resource policy", policy(allow({ Action: "*", Principal: { AWS: "arn:aws:iam::111122223333:root" } })), false],
  ["JSON text", JSON.stringify(policy(allow({ Action: "*" }))), true],
  ["URL-encoded JSON text", encodeURIComponent(JSON.stringify(policy(allow({ Action: "*" })))), true],
  ["text that is cut off", '{"Statement": [{"Effect": "Allow", "Action": "*", "Reso', false],
  ["badly encoded text", "%7B%ZZ", false],
  ["no policy at all", null, false],
];

const everyone: readonly (readonly [says: string, statement: { readonly [key: string]: Json }, expected: boolean])[] = [
  ["Principal *", { Principal: "*" }, true],
  ["AWS *", { Principal: { AWS: "*" } }, true],
  ["AWS * in a list", { Principal: { AWS: ["arn:aws:iam::111122223333:root", "*"] } }, true],
  ["one account", { Principal: { AWS: "arn:aws:iam::111122223333:root" } }, false],
  ["a service", { Principal: { Service: "*" } }, false],
  ["NotPrincipal", { NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } }, true],
  [
    "* of one organisation",
    { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-example" } } },
    false,
  ],
  ["* of any organisation", { Principal: "*", Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }, true],
  [
    "* outside one organisation",
    { Principal: "*", Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-example" } } },
    true,
  ],
  [
    "* if there is an organisation",
    { Principal: "*", Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-example" } } },
    true,
  ],
  ["* from one network", { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "198.51.100.0/24" } } }, false],
  [
    "* from one network or all",
    { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": ["198.51.100.0/24", "0.0.0.0/0"] } } },
    true,
  ],
  [
    "* under a condition that tells nothing of the caller",
    { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } },
    true,
  ],
];

describe("grantsAdmin", () => {
  for (const [says, document, expected] of admin) {
    it(`says ${expected} of ${says}`, () => assert.equal(grantsAdmin(document), expected));
  }
});

describe("grantsEveryone", () => {
  for (const [says, statement, expected] of everyone) {
    it(`says ${expected} of ${says}`, () => {
      assert.equal(grantsEveryone(policy({ Effect: "Allow", Action: "s3:GetObject", ...statement })), expected);
      assert.equal(grantsEveryone(policy({ Effect: "Deny", Action: "s3:GetObject", ...statement })), false);
    });
  }
});

describe("policies", () => {
  it("never make their readers throw", () => {
    const keys = fc.constantFrom(
      "Statement",
      "Effect",
      "Action",
      "NotAction",
      "Resource",
      "Principal",
      "AWS",
      "Condition",
      "StringLike",
      "aws:SourceIp",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom("Allow", "Deny", "*", "", "${", 1, true, null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(keys, tie("value"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(value, (raw) => {
        const document: Json = JSON.parse(JSON.stringify(raw));
        for (const form of [document, JSON.stringify(document), { Statement: document }]) {
          assert.equal(typeof grantsAdmin(form), "boolean");
          assert.equal(typeof grantsEveryone(form), "boolean");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("isOpenNetwork", () => {
  const open = ["0.0.0.0/0", "::/0", "0::0/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3", " 0.0.0.0/0 "];
  const closed = ["10.0.0.0/8", "192.0.2.1/32", "fc00::/7", "0.0.0.0", "any/0", "0.0.0.0/x", "", "sg-0123/0"];

  it("takes the internet and its halves for open, private ranges and other text not", () => {
    assert.deepEqual(
      open.filter((network) => !isOpenNetwork(network)),
      [],
    );
    assert.deepEqual(closed.filter(isOpenNetwork), []);
  });
});
