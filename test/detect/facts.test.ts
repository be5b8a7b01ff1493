import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describeFacts, FACT_NAMES, type FactValue, factsOf } from "../../src/detect/facts.ts";
import { ACCOUNT, JACK, recordOf } from "./fixture.ts";

const factOf = (name: string, fields: object, regions?: readonly string[]) =>
  factsOf(recordOf(fields), regions && { id: ACCOUNT, regions }).value(name);

const role = {
  type: "AssumedRole",
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci/build-7`,
  sessionContext: {
    sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/ci`, userName: "ci" },
    attributes: { mfaAuthenticated: "false" },
  },
};
const root = { type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };
const signIn = { eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin" };
const s3 = (eventName: string, requestParameters: object) => ({
  eventSource: "s3.amazonaws.com",
  eventName,
  requestParameters,
});
const ec2 = (eventName: string, requestParameters: unknown) => ({
  eventSource: "ec2.amazonaws.com",
  eventName,
  requestParameters,
});
const iam = (eventName: string, requestParameters: unknown) => ({ eventName, requestParameters });
const refusedFor = (resource: string) => ({
  requestParameters: null,
  errorCode: "AccessDenied",
  errorMessage: `User: ${JACK} is not authorized to perform: iam:CreateAccessKey on resource: ${resource} because no identity-based policy allows the iam:CreateAccessKey action`,
});
const everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const rules = (cidrIp: string) => ({
  ipPermissions: {
    items: [{ fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: "192.0.2.0/24" }, { cidrIp }] } }],
  },
});

type Row = readonly [name: string, says: string, fields: object, expected: FactValue, regions?: readonly string[]];
const table: readonly Row[] = [
  ["ids.action", "service and call", {}, "iam:CreateAccessKey"],
  ["ids.outcome", "a refused call", { errorCode: "AccessDenied" }, "failure"],
  ["ids.outcome", "a call that worked", {}, "success"],
  ["ids.denied", "a refused call", { errorCode: "Client.UnauthorizedOperation" }, true],
  ["ids.denied", "a missing user", { errorCode: "NoSuchEntityException" }, false],
  ["ids.denied", "a dry run", { errorCode: "Client.DryRunOperation" }, false],
  ["ids.dry_run", "a dry run", { errorCode: "Client.DryRunOperation" }, true],
  ["ids.dry_run", "a refused call", { errorCode: "AccessDenied" }, false],
  ["ids.account", "where it happened", { recipientAccountId: "444455556666" }, "444455556666"],
  ["ids.principal", "a user", {}, JACK],
  ["ids.principal", "a role session", { userIdentity: role }, `arn:aws:iam::${ACCOUNT}:role/ci`],
  ["ids.principal_kind", "a role session", { userIdentity: role }, "AssumedRole"],
  ["ids.key_type", "a long-term key", {}, "long-term"],
  ["ids.key_type", "no key", { userIdentity: root }, undefined],
  ["ids.mfa", "a sign-in with MFA", { ...signIn, additionalEventData: { MFAUsed: "YES" } }, true],
  ["ids.mfa", "a sign-in without MFA", { ...signIn, additionalEventData: { MFAUsed: "No" } }, false],
  ["ids.mfa", "a session without MFA", { userIdentity: role }, false],
  ["ids.mfa", "a record that does not say", {}, undefined],
  ["ids.invoked_by_service", "a user", {}, false],
  [
    "ids.invoked_by_service",
    "a service for the user",
    { userIdentity: { type: "IAMUser", invokedBy: "cloudformation.amazonaws.com" } },
    true,
  ],
  ["ids.invoked_by_service", "the address of a service", { sourceIPAddress: "ec2.amazonaws.com" }, true],
  ["ids.invoked_by_service", "an address made to look so", { sourceIPAddress: "ec2.amazonaws.com.example.com" }, false],
  ["ids.actor_is_target", "another user", {}, false],
  ["ids.actor_is_target", "a user with a longer name", iam("CreateAccessKey", { userName: "jackson" }), false],
  ["ids.actor_is_target", "oneself by name", iam("CreateAccessKey", { userName: "jack" }), true],
  ["ids.actor_is_target", "oneself by default", iam("CreateAccessKey", null), true],
  [
    "ids.actor_is_target",
    "another user whom only the answer names",
    { requestParameters: null, responseElements: { accessKey: { userName: "support2" } } },
    false,
  ],
  ["ids.actor_is_target", "no user where IAM has no default", iam("CreateUser", {}), false],
  ["ids.actor_is_target", "refused for another user", refusedFor("user support2"), false],
  [
    "ids.actor_is_target",
    "refused for another user with a path",
    refusedFor(`arn:aws:iam::${ACCOUNT}:user/ops/support2`),
    false,
  ],
  ["ids.actor_is_target", "refused for oneself", refusedFor(`arn:aws:iam::${ACCOUNT}:user/jack`), true],
  ["ids.actor_is_target", "a role for a user", { userIdentity: role }, false],
  [
    "ids.actor_is_target",
    "a role for itself",
    { userIdentity: role, ...iam("UpdateAssumeRolePolicy", { roleName: "ci" }) },
    true,
  ],
  [
    "ids.actor_is_target",
    "a role for another role",
    { userIdentity: role, ...iam("UpdateAssumeRolePolicy", { roleName: "cicd" }) },
    false,
  ],
  [
    "ids.actor_is_target",
    "root for itself",
    { userIdentity: root, requestParameters: null, responseElements: { accessKey: { userName: "alias" } } },
    true,
  ],
  ["ids.actor_is_target", "root for a user", { userIdentity: root }, false],
  [
    "ids.actor_is_target",
    "another service",
    { eventSource: "sso.amazonaws.com", requestParameters: { userName: "jack" } },
    false,
  ],
  [
    "ids.policy_grants_admin",
    "AdministratorAccess",
    iam("AttachUserPolicy", { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
    true,
  ],
  [
    "ids.policy_grants_admin",
    "AdministratorAccess in China",
    iam("AttachRolePolicy", { policyArn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" }),
    true,
  ],
  [
    "ids.policy_grants_admin",
    "IAMFullAccess",
    iam("AttachGroupPolicy", { policyArn: "arn:aws:iam::aws:policy/IAMFullAccess" }),
    true,
  ],
  [
    "ids.policy_grants_admin",
    "a longer name",
    iam("AttachRolePolicy", { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess-Amplify" }),
    false,
  ],
  [
    "ids.policy_grants_admin",
    "PowerUserAccess",
    iam("AttachUserPolicy", { policyArn: "arn:aws:iam::aws:policy/PowerUserAccess" }),
    false,
  ],
  ["ids.policy_grants_admin", "an inline policy", iam("PutUserPolicy", { policyDocument: everything }), true],
  [
    "ids.policy_grants_admin",
    "a permission set's inline policy",
    { eventSource: "sso.amazonaws.com", ...iam("PutInlinePolicyToPermissionSet", { inlinePolicy: everything }) },
    true,
  ],
  ["ids.policy_grants_admin", "parameters left out", iam("PutUserPolicy", null), false],
  [
    "ids.public_principal",
    "a bucket policy for everyone",
    s3("PutBucketPolicy", {
      bucketPolicy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }] },
    }),
    true,
  ],
  [
    "ids.public_principal",
    "a bucket policy for one account",
    s3("PutBucketPolicy", { bucketPolicy: { Statement: [{ Effect: "Allow", Principal: { AWS: ACCOUNT } }] } }),
    false,
  ],
  [
    "ids.public_principal",
    "a queue's policy",
    {
      eventSource: "sqs.amazonaws.com",
      eventName: "SetQueueAttributes",
      requestParameters: { attributes: { Policy: '{"Statement":{"Effect":"Allow","Principal":"*"}}' } },
    },
    true,
  ],
  ["ids.public_principal", "a canned ACL", s3("PutBucketAcl", { "x-amz-acl": ["public-read"] }), true],
  ["ids.public_principal", "a private ACL", s3("PutBucketAcl", { "x-amz-acl": ["private"] }), false],
  [
    "ids.public_principal",
    "a grant to AllUsers",
    s3("PutBucketAcl", {
      AccessControlPolicy: {
        AccessControlList: { Grant: { Grantee: { URI: "http://acs.amazonaws.com/groups/global/AllUsers" } } },
      },
    }),
    true,
  ],
  [
    "ids.public_principal",
    "a grant to the log delivery group",
    s3("PutBucketAcl", {
      AccessControlPolicy: {
        AccessControlList: { Grant: { Grantee: { URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" } } },
      },
    }),
    false,
  ],
  ["ids.public_principal", "a block taken away", s3("DeleteBucketPublicAccessBlock", {}), true],
  [
    "ids.public_principal",
    "a block with one flag off",
    s3("PutBucketPublicAccessBlock", {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: "false" },
    }),
    true,
  ],
  [
    "ids.public_principal",
    "a block with all flags on",
    s3("PutBucketPublicAccessBlock", {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true },
    }),
    false,
  ],
  [
    "ids.public_principal",
    "an image for all",
    ec2("ModifyImageAttribute", { launchPermission: { add: { items: [{ group: "all" }] } } }),
    true,
  ],
  [
    "ids.public_principal",
    "an image no longer for all",
    ec2("ModifyImageAttribute", { launchPermission: { remove: { items: [{ group: "all" }] } } }),
    false,
  ],
  [
    "ids.public_principal",
    "a database snapshot for all",
    {
      eventSource: "rds.amazonaws.com",
      eventName: "ModifyDBSnapshotAttribute",
      requestParameters: { valuesToAdd: ["all"] },
    },
    true,
  ],
  [
    "ids.public_principal",
    "a function for everyone",
    {
      eventSource: "lambda.amazonaws.com",
      eventName: "AddPermission20150331v2",
      requestParameters: { principal: "*" },
    },
    true,
  ],
  ["ids.world_open", "the whole internet among others", ec2("AuthorizeSecurityGroupIngress", rules("0.0.0.0/0")), true],
  ["ids.world_open", "half of it", ec2("AuthorizeSecurityGroupIngress", rules("128.0.0.0/1")), true],
  ["ids.world_open", "an office", ec2("AuthorizeSecurityGroupIngress", rules("198.51.100.0/24")), false],
  ["ids.world_open", "outgoing traffic", ec2("AuthorizeSecurityGroupEgress", rules("0.0.0.0/0")), false],
  [
    "ids.world_open",
    "a rule changed",
    ec2("ModifySecurityGroupRules", {
      ModifySecurityGroupRulesRequest: { SecurityGroupRule: { SecurityGroupRule: { CidrIpv6: "::/0" } } },
    }),
    true,
  ],
  ["ids.big_instance", "GPUs", ec2("RunInstances", { instanceType: "p4d.24xlarge" }), true],
  ["ids.big_instance", "a small GPU", ec2("RunInstances", { instanceType: "g4dn.xlarge" }), true],
  ["ids.big_instance", "a big plain one", ec2("RunInstances", { instanceType: "m7i.16xlarge" }), true],
  ["ids.big_instance", "metal", ec2("RunInstances", { instanceType: "c7g.metal" }), true],
  [
    "ids.big_instance",
    "a small one",
    ec2("RunInstances", { instanceType: "t3.micro", instancesSet: { items: [{ maxCount: 9 }] } }),
    false,
  ],
  [
    "ids.big_instance",
    "ten small ones",
    ec2("RunInstances", { instanceType: "t3.micro", instancesSet: { items: [{ maxCount: 10 }] } }),
    true,
  ],
  [
    "ids.big_instance",
    "a fleet's override",
    ec2("CreateFleet", {
      CreateFleetRequest: { LaunchTemplateConfigs: { Overrides: { InstanceType: "p5.48xlarge" } } },
    }),
    true,
  ],
  ["ids.big_instance", "no launch", ec2("ModifyInstanceAttribute", { instanceType: "p4d.24xlarge" }), false],
  [
    "ids.foreign_account",
    "a role's trust for another account",
    iam("CreateRole", {
      assumeRolePolicyDocument:
        '{"Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444455556666:root"]}}}',
    }),
    true,
  ],
  [
    "ids.foreign_account",
    "a role's trust for its own account",
    iam("CreateRole", {
      assumeRolePolicyDocument: `{"Statement":{"Effect":"Allow","Principal":{"AWS":"${ACCOUNT}"}}}`,
    }),
    false,
  ],
  [
    "ids.foreign_account",
    "a policy that shuts another account out",
    iam("CreateRole", {
      assumeRolePolicyDocument: '{"Statement":{"Effect":"Deny","Principal":{"AWS":"444455556666"}}}',
    }),
    false,
  ],
  [
    "ids.foreign_account",
    "an image shared with another account",
    ec2("ModifyImageAttribute", { launchPermission: { add: { items: [{ userId: "444455556666" }] } } }),
    true,
  ],
  [
    "ids.foreign_account",
    "an image not shared any more",
    ec2("ModifyImageAttribute", { launchPermission: { remove: { items: [{ userId: "444455556666" }] } } }),
    false,
  ],
  ["ids.foreign_account", "a request without parameters", iam("CreateRole", null), false],
  ["ids.region_unused", "a region that is not used", ec2("RunInstances", {}), true, ["eu-central-1"]],
  ["ids.region_unused", "a region that is used", ec2("RunInstances", {}), false, ["us-east-1"]],
  ["ids.region_unused", "a global service", {}, false, ["eu-central-1"]],
  ["ids.region_unused", "no configured regions", ec2("RunInstances", {}), undefined, []],
  ["ids.region_unused", "an unknown account", ec2("RunInstances", {}), undefined],
];

describe("fact", () => {
  for (const [name, says, fields, expected, regions] of table) {
    it(`${name}: ${says}`, () => assert.equal(factOf(name, fields, regions), expected));
  }

  it("of every name is in this table", () => {
    assert.deepEqual(
      FACT_NAMES.filter((name) => !table.some(([row]) => row === name)),
      [],
    );
  });

  it("is described in docs/facts.md", () => {
    const file = new URL("../../docs/facts.md", import.meta.url);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, describeFacts());

    assert.equal(readFileSync(file, "utf8"), describeFacts());
  });
});
