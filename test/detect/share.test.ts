import assert from "node:assert/strict";
import { factsOf, type Known } from "../../src/detect/facts.ts";
import { ACCOUNT, recordOf } from "./fixture.ts";

const OTHER = "444455556666";
const factsFor = (service: string, eventName: string, requestParameters: object, known: Known = {}) =>
  factsOf(recordOf({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters }), undefined, known);

const allow = (more: object) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", ...more }] });
const inOrganisation = { StringEquals: { "aws:PrincipalOrgID": "o-abc1234567" } };
const unit = "arn:aws:organizations::111122223333:ou/o-abc1234567/ou-ab12-cdef3456";

const rows: readonly (readonly [says: string, service: string, call: string, request: object, parties: unknown])[] = [
  [
    "an image for an account",
    "ec2",
    "ModifyImageAttribute",
    { launchPermission: { add: { items: [{ userId: OTHER }] } } },
    [OTHER],
  ],
  [
    "an image for an organisation's unit",
    "ec2",
    "ModifyImageAttribute",
    { launchPermission: { add: { items: [{ organizationalUnitArn: unit }] } } },
    [unit],
  ],
  [
    "a volume's snapshot for all",
    "ec2",
    "ModifySnapshotAttribute",
    { createVolumePermission: { add: { items: [{ group: "all" }] } } },
    ["all"],
  ],
  [
    "a snapshot that is taken back",
    "ec2",
    "ModifySnapshotAttribute",
    { createVolumePermission: { remove: { items: [{ userId: OTHER }] } } },
    undefined,
  ],
  ["a database's snapshot", "rds", "ModifyDBSnapshotAttribute", { valuesToAdd: [OTHER, "all"] }, [OTHER, "all"]],
  ["a warehouse's snapshot", "redshift", "AuthorizeSnapshotAccess", { accountWithRestoreAccess: OTHER }, [OTHER]],
  [
    "a bucket's policy",
    "s3",
    "PutBucketPolicy",
    { bucketPolicy: { Statement: { Effect: "Allow", Principal: { AWS: OTHER } } } },
    [OTHER],
  ],
  ["a bucket's ACL", "s3", "PutBucketAcl", { "x-amz-acl": ["public-read"] }, ["all"]],
  [
    "a bucket's replication",
    "s3",
    "PutBucketReplication",
    { ReplicationConfiguration: { Rule: { Destination: { Account: OTHER } } } },
    [OTHER],
  ],
  ["a repository's policy", "ecr", "SetRepositoryPolicy", { policyText: allow({ Principal: "*" }) }, ["all"]],
  [
    "a key's policy",
    "kms",
    "PutKeyPolicy",
    { policy: allow({ Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }) },
    [OTHER],
  ],
  ["a key's grant", "kms", "CreateGrant", { granteePrincipal: `arn:aws:iam::${OTHER}:role/x` }, [OTHER]],
  ["a key's grant to a service", "kms", "CreateGrant", { granteePrincipal: "ecr.us-west-2.amazonaws.com" }, undefined],
  ["a queue's policy", "sqs", "SetQueueAttributes", { attributes: { Policy: allow({ Principal: "*" }) } }, ["all"]],
  ["a queue's permission", "sqs", "AddPermission", { aWSAccountIds: [OTHER] }, [OTHER]],
  [
    "a topic's policy",
    "sns",
    "SetTopicAttributes",
    { attributeName: "Policy", attributeValue: allow({ Principal: "*" }) },
    ["all"],
  ],
  ["a function's permission", "lambda", "AddPermission20150331v2", { principal: OTHER }, [OTHER]],
  [
    "a function's permission for a service",
    "lambda",
    "AddPermission20150331v2",
    { principal: "s3.amazonaws.com" },
    undefined,
  ],
  [
    "a function's permission for a service of another account",
    "lambda",
    "AddPermission20150331v2",
    { principal: "s3.amazonaws.com", sourceAccount: OTHER },
    [OTHER],
  ],
  [
    "a layer for an organisation",
    "lambda",
    "AddLayerVersionPermission20181031",
    { principal: "*", organizationId: "o-abc1234567" },
    ["all", "o-abc1234567"],
  ],
  ["a document", "ssm", "ModifyDocumentPermission", { accountIdsToAdd: ["all"] }, ["all"]],
  ["a document, as the API spells it", "ssm", "ModifyDocumentPermission", { accountIdsToAdd: ["All"] }, ["all"]],
  ["a resource share", "ram", "CreateResourceShare", { principals: [OTHER, unit] }, [OTHER, unit]],
  [
    "a secret's policy",
    "secretsmanager",
    "PutResourcePolicy",
    { resourcePolicy: allow({ Principal: { AWS: OTHER } }) },
    [OTHER],
  ],
  [
    "a role's trust",
    "iam",
    "UpdateAssumeRolePolicy",
    { policyDocument: allow({ Principal: { AWS: OTHER } }) },
    [OTHER],
  ],
  [
    "everyone of an organisation",
    "sns",
    "SetTopicAttributes",
    { attributeValue: allow({ Principal: "*", Condition: inOrganisation }) },
    ["o-abc1234567"],
  ],
  [
    "everyone of an account",
    "sns",
    "SetTopicAttributes",
    { attributeValue: allow({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": OTHER } } }) },
    [OTHER],
  ],
  [
    "its own account",
    "kms",
    "PutKeyPolicy",
    { policy: allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }) },
    undefined,
  ],
  [
    "a service",
    "s3",
    "PutBucketPolicy",
    { bucketPolicy: allow({ Principal: { Service: "cloudtrail.amazonaws.com" } }) },
    undefined,
  ],
  [
    "what is shut out",
    "s3",
    "PutBucketPolicy",
    { bucketPolicy: { Statement: { Effect: "Deny", Principal: { AWS: OTHER } } } },
    undefined,
  ],
  [
    "what is only read",
    "ec2",
    "DescribeImages",
    { launchPermission: { add: { items: [{ userId: OTHER }] } } },
    undefined,
  ],
];

describe("whom a request lets in", () => {
  for (const [says, service, call, request, parties] of rows) {
    it(`is told of ${says}`, () => {
      assert.deepEqual(factsFor(service, call, request).value("ids.shared_with"), parties);
    });
  }

  it("is not everyone where a function's permission is narrowed", () => {
    const publicly = (more: object) => factsFor("lambda", "AddPermission20150331v2", { principal: "*", ...more });

    assert.equal(publicly({}).value("ids.public_principal"), true);
    assert.equal(publicly({ principalOrgID: "o-abc1234567" }).value("ids.public_principal"), false);
  });
});

describe("a foreign account", () => {
  const sharing = (ids: readonly string[], known: Known = {}) =>
    factsFor("rds", "ModifyDBSnapshotAttribute", { valuesToAdd: ids }, known);

  it("is neither the record's nor configured", () => {
    const facts = sharing([ACCOUNT, "222233334444", OTHER], { accounts: new Set(["222233334444"]) });

    assert.deepEqual(facts.value("ids.foreign_accounts"), [OTHER]);
    assert.equal(facts.value("ids.foreign_account"), true);
  });

  it("is the one that manages the organisation that all of it is shared with", () => {
    const sharedWith = (manager: string, known: Known = {}) =>
      factsFor(
        "ec2",
        "ModifyImageAttribute",
        {
          launchPermission: {
            add: { items: [{ organizationArn: `arn:aws:organizations::${manager}:organization/o-abc1234567` }] },
          },
        },
        known,
      ).value("ids.foreign_accounts");

    assert.deepEqual(sharedWith(OTHER), [OTHER]);
    assert.equal(sharedWith(ACCOUNT), undefined);
    assert.equal(sharedWith(OTHER, { accounts: new Set([OTHER]) }), undefined);
  });

  it("is none of AWS's own", () => {
    const facts = sharing(["127311923021"]);

    assert.equal(facts.value("ids.foreign_accounts"), undefined);
    assert.equal(facts.value("ids.foreign_account"), false);
  });

  it("is AWS's own in a role's trust, where services are trusted by name", () => {
    const policyDocument = {
      Statement: { Effect: "Allow", Principal: { AWS: "127311923021" }, Action: "sts:AssumeRole" },
    };

    assert.equal(factsFor("iam", "UpdateAssumeRolePolicy", { policyDocument }).value("ids.foreign_account"), true);
  });

  it("may be a vendor's, by the table or by the config", () => {
    const facts = sharing(["464622532012", OTHER], { vendors: new Map([[OTHER, "Example"]]) });

    assert.deepEqual(facts.value("ids.vendor"), ["Datadog", "Example"]);
    assert.equal(facts.value("ids.unknown_foreign_account"), false);
    assert.equal(sharing(["464622532012", OTHER]).value("ids.unknown_foreign_account"), true);
  });

  it("is none where nothing is shared", () => {
    const facts = factsFor("iam", "CreateUser", { userName: "support2" });

    assert.equal(facts.value("ids.foreign_account"), false);
    assert.equal(facts.value("ids.vendor"), undefined);
    assert.equal(facts.value("ids.unknown_foreign_account"), false);
  });
});
