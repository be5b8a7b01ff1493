import assert from "node:assert/strict";
import type { JsonObject } from "../../src/cloudtrail/json.ts";
import { trustsEveryone } from "../../src/detect/federation.ts";

const GITHUB = "token.actions.githubusercontent.com";
const trust = (host: string, Condition?: JsonObject) => ({
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: host.includes(".") ? `arn:aws:iam::111122223333:oidc-provider/${host}` : host },
      ...(Condition && { Condition }),
    },
  ],
});
const like = (key: string, ...values: readonly string[]) => ({ StringLike: { [key]: values } });
const forAudience = { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } };

const rows: readonly (readonly [says: string, document: JsonObject, expected: boolean])[] = [
  ["GitHub without a condition", trust(GITHUB), true],
  ["GitHub for an audience alone", trust(GITHUB, forAudience), true],
  ["GitHub for any repository", trust(GITHUB, like(`${GITHUB}:sub`, "repo:*")), true],
  ["GitHub for one repository or any", trust(GITHUB, like(`${GITHUB}:sub`, "repo:example/app:*", "*")), true],
  ["GitHub for one repository", trust(GITHUB, like(`${GITHUB}:sub`, "repo:example/app:*")), false],
  ["GitHub for one organisation", trust(GITHUB, like(`${GITHUB}:sub`, "repo:example/*")), false],
  ["GitHub for one owner", trust(GITHUB, { StringEquals: { [`${GITHUB}:repository_owner`]: "example" } }), false],
  ["GitHub for all but one", trust(GITHUB, { StringNotLike: { [`${GITHUB}:sub`]: "repo:example/app:*" } }), true],
  ["GitHub for another provider's subject", trust(GITHUB, like("gitlab.com:sub", "project_path:example/app:*")), true],
  ["GitLab for one group", trust("gitlab.com", like("gitlab.com:sub", "project_path:example/*")), false],
  ["a cluster of one's own", trust("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"), false],
  ["a service", { Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" } } }, false],
  ["nobody", { Statement: { Effect: "Deny", Principal: { Federated: "accounts.google.com" } } }, false],
  [
    "Google without an application",
    { Statement: { Effect: "Allow", Principal: { Federated: "accounts.google.com" } } },
    true,
  ],
];

describe("a role's trust", () => {
  for (const [says, document, expected] of rows) {
    it(`is ${expected ? "" : "not "}everyone's: ${says}`, () => assert.equal(trustsEveryone(document), expected));
  }
});
