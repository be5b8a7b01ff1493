import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describeFacts, FACT_NAMES, type FactValue, factsOf, type Known } from "../../src/detect/facts.ts";
import { ACCOUNT, JACK, recordOf } from "./fixture.ts";

const factOf = (name: string, fields: object, { regions, ...known }: Context = {}) =>
  factsOf(recordOf(fields), regions && { id: ACCOUNT, regions }, known).value(name);

const role = {
  type: "AssumedRole",
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci/build-7`,
  sessionContext: {
    sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/ci`, userName: "ci" },
    attributes: { mfaAuthenticated: "false" },
  },
};
const federated = (issuer: string) => ({
  ...role,
  sessionContext: {
    ...role.sessionContext,
    webIdFederationData: { federatedProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`, attributes: {} },
  },
});
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

const putUserPolicy = '{"Statement":{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}}';
const allButSts = '{"Statement":{"Effect":"Allow","NotAction":"sts:*","Resource":"*"}}';
const shareImage = (add: object) => ec2("ModifyImageAttribute", { launchPermission: { add: { items: [add] } } });
const FOREIGN_KEY = "arn:aws:kms:us-east-1:444455556666:key/k";
const OWN_KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/k`;
const forGithub =
  '{"Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}}}';
const ORGANIZATION = "arn:aws:organizations::444455556666:organization/o-abc1234567";
const organizations = new Set(["o-own1234567"]);
const vendors = new Map([["444455556666", "Example"]]);

type Context = Known & { readonly regions?: readonly string[] };
type Row = readonly [name: string, says: string, fields: object, expected: FactValue, context?: Context];
const table: readonly Row[] = [
  ["ids.action", "service and call", {}, "iam:CreateAccessKey"],
  ["ids.outcome", "a refused call", { errorCode: "AccessDenied" }, "failure"],
  ["ids.outcome", "a call that worked", {}, "success"],
  ["ids.denied", "a refused call", { errorCode: "Client.UnauthorizedOperation" }, true],
  ["ids.denied", "a missing user", { errorCode: "NoSuchEntityException" }, false],
  ["ids.denied", "a dry run", { errorCode: "Client.DryRunOperation" }, false],
  ["ids.dry_run", "a dry run", { errorCode: "Client.DryRunOperation" }, true],
  ["ids.dry_run", "a refused call", { errorCode: "AccessDenied" }, false],
  ["ids.refused_action", "a dry run", { errorCode: "Client.DryRunOperation" }, "iam:CreateAccessKey"],
  ["ids.refused_action", "a refused call", { errorCode: "AccessDenied" }, "iam:CreateAccessKey"],
  ["ids.refused_action", "a call that was allowed", {}, undefined],
  ["ids.account", "where it happened", { recipientAccountId: "444455556666" }, "444455556666"],
  ["ids.principal", "a user", {}, JACK],
  ["ids.principal", "a role session", { userIdentity: role }, `arn:aws:iam::${ACCOUNT}:role/ci`],
  ["ids.principal_kind", "a role session", { userIdentity: role }, "AssumedRole"],
  ["ids.key_type", "a long-term key", {}, "long-term"],
  [
    "ids.key_type",
    "a session's key, and no account named",
    { userIdentity: { accessKeyId: "ASIAIOSFODNN7EXAMPLE" } },
    "temporary",
  ],
  ["ids.key_type", "a key that somebody made unreadable", { userIdentity: { accessKeyId: "AKIA****" } }, "long-term"],
  ["ids.key_type", "another kind of id", { userIdentity: { accessKeyId: "AIDAIOSFODNN7EXAMPLE" } }, undefined],
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
  ["ids.invoked_by_service", "the servers of the console, for a user", { sourceIPAddress: "AWS Internal" }, false],
  [
    "ids.invoked_by_service",
    "AWS itself",
    { userIdentity: { accountId: "111122223333" }, sourceIPAddress: "AWS Internal" },
    true,
  ],
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
  [
    "ids.big_instance",
    "a fleet of ten",
    ec2("CreateFleet", { CreateFleetRequest: { TargetCapacitySpecification: { TotalTargetCapacity: 10 } } }),
    true,
  ],
  [
    "ids.big_instance",
    "a spot fleet of nine",
    ec2("RequestSpotFleet", { spotFleetRequestConfig: { targetCapacity: 9 } }),
    false,
  ],
  ["ids.big_instance", "no launch", ec2("ModifyInstanceAttribute", { instanceType: "p4d.24xlarge" }), false],
  [
    "ids.instances_named",
    "two, one of them twice",
    ec2("TerminateInstances", {
      instancesSet: { items: [{ instanceId: "i-0a" }, { instanceId: "i-0b" }, { instanceId: "i-0b" }] },
    }),
    2,
  ],
  ["ids.instances_named", "a list", ec2("SendCommand", { instanceIds: ["i-0a", "mi-0b", "lab"] }), 2],
  ["ids.instances_named", "none", ec2("RunInstances", { instanceType: "m7i.large" }), undefined],
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
  ["ids.region_unused", "a region that is not used", ec2("RunInstances", {}), true, { regions: ["eu-central-1"] }],
  ["ids.region_unused", "a region that is used", ec2("RunInstances", {}), false, { regions: ["us-east-1"] }],
  ["ids.region_unused", "a global service", {}, false, { regions: ["eu-central-1"] }],
  ["ids.region_unused", "no configured regions", ec2("RunInstances", {}), undefined, { regions: [] }],
  ["ids.region_unused", "an unknown account", ec2("RunInstances", {}), undefined],
  ["ids.read_only", "a call that only reads", { eventName: "ListUsers", readOnly: true }, true],
  ["ids.read_only", "a call of that name whose record does not say", { eventName: "ListUsers" }, true],
  ["ids.read_only", "a call that writes", {}, false],
  ["ids.read_only", "an Insight, which is no call", { eventName: null, eventCategory: "Insight" }, undefined],
  ["ids.read_only", "a token made, whatever AWS says", { eventName: "CreateOAuth2Token", readOnly: true }, false],
  ["ids.read_only", "a role assumed", { eventName: "AssumeRole", readOnly: true }, true],
  ["ids.opt_in_region", "one that must be enabled", { awsRegion: "me-south-1" }, true],
  ["ids.opt_in_region", "one that is there", { awsRegion: "eu-west-1" }, false],
  ["ids.opt_in_region", "one in China", { awsRegion: "cn-north-1" }, false],
  ["ids.opt_in_region", "no region", { awsRegion: "" }, undefined],
  ["ids.principal_name", "a user", {}, "jack"],
  ["ids.session_name", "a role session", { userIdentity: role }, "build-7"],
  ["ids.session_name", "a user", {}, undefined],
  ["ids.human", "a user", {}, "jack"],
  ["ids.human_proof", "a user", {}, "proven"],
  ["ids.via_sso", "a user", {}, false],
  ["ids.caller_account", "a user", {}, ACCOUNT],
  ["ids.own_account", "a user of the account", {}, true],
  ["ids.session_age_minutes", "a user without a session", {}, undefined],
  [
    "ids.role_chaining",
    "a user who assumes a role",
    { eventSource: "sts.amazonaws.com", eventName: "AssumeRole" },
    false,
  ],
  ["ids.from_instance", "a role session", { userIdentity: role }, false],
  ["ids.from_lambda", "a user", {}, false],
  ["ids.from_container", "a user", {}, false],
  [
    "ids.from_pipeline",
    "a workflow of GitHub Actions",
    { userIdentity: federated("token.actions.githubusercontent.com") },
    true,
  ],
  [
    "ids.from_pipeline",
    "a pod of a Kubernetes cluster",
    { userIdentity: federated("oidc.eks.eu-west-1.amazonaws.com/id/ABC") },
    false,
  ],
  [
    "ids.from_pipeline",
    "an issuer that only ends so",
    { userIdentity: federated("evil.example.com/gitlab.com") },
    false,
  ],
  ["ids.from_pipeline", "a role session", { userIdentity: role }, false],
  ["ids.from_cloudshell", "a user", {}, false],
  ["ids.instance_credentials_outside", "a user", {}, undefined],
  ["ids.tool", "boto", { userAgent: "Boto3/1.34.0 md/Botocore#1.34.0" }, "boto3"],
  ["ids.tool_kind", "boto", { userAgent: "Boto3/1.34.0 md/Botocore#1.34.0" }, "sdk"],
  ["ids.attack_tool", "boto", { userAgent: "Boto3/1.34.0 md/Botocore#1.34.0" }, false],
  ["ids.client_os", "no user agent", {}, undefined],
  ["ids.source_kind", "a public address", {}, "public"],
  ["ids.country", "no database", {}, undefined],
  ["ids.country", "a database", {}, "DE", { geo: () => ({ country: "DE" }) }],
  ["ids.asn", "a database", {}, 64496, { geo: () => ({ asn: 64496 }) }],
  ["ids.as_org", "a database", {}, "EXAMPLE", { geo: () => ({ org: "EXAMPLE" }) }],
  ["ids.target_principal", "another user", {}, "user/support2"],
  [
    "ids.policy_escalates",
    "a policy for oneself",
    iam("PutUserPolicy", { policyDocument: putUserPolicy }),
    ["iam-007"],
  ],
  [
    "ids.policy_escalation_kinds",
    "a policy for oneself",
    iam("PutUserPolicy", { policyDocument: putUserPolicy }),
    ["self"],
  ],
  ["ids.policy_not_action", "an allowance by exclusion", iam("PutUserPolicy", { policyDocument: allButSts }), true],
  ["ids.policy_not_action", "everything", iam("PutUserPolicy", { policyDocument: everything }), false],
  ["ids.federation_open", "a role for all of GitHub", iam("CreateRole", { assumeRolePolicyDocument: forGithub }), true],
  ["ids.federation_open", "a role for a service", iam("CreateRole", { assumeRolePolicyDocument: everything }), false],
  ["ids.shared_with", "an image for all", shareImage({ group: "all" }), ["all"]],
  ["ids.foreign_accounts", "an image for an account", shareImage({ userId: "444455556666" }), ["444455556666"]],
  [
    "ids.foreign_organizations",
    "an image for another organisation",
    shareImage({ organizationArn: ORGANIZATION }),
    ["o-abc1234567"],
    { organizations },
  ],
  ["ids.foreign_organizations", "none configured", shareImage({ organizationArn: ORGANIZATION }), undefined],
  ["ids.unknown_organizations", "none configured", shareImage({ organizationArn: ORGANIZATION }), ["o-abc1234567"]],
  ["ids.canonical_users", "an ACL for an owner", s3("PutBucketAcl", { "x-amz-grant-read": 'id="8b1c"' }), ["8b1c"]],
  ["ids.vendor", "an account of a configured vendor", shareImage({ userId: "444455556666" }), ["Example"], { vendors }],
  ["ids.unknown_foreign_account", "an account of a vendor", shareImage({ userId: "444455556666" }), false, { vendors }],
  ["ids.unknown_foreign_account", "an account of nobody's", shareImage({ userId: "444455556666" }), true],
  [
    "ids.target_account",
    "a role of another account",
    { requestParameters: { roleArn: "arn:aws:iam::444455556666:role/x" } },
    "444455556666",
  ],
  [
    "ids.foreign_arns",
    "a bucket encrypted with another account's key",
    s3("PutBucketEncryption", { rules: [{ kMSMasterKeyID: FOREIGN_KEY }, { kMSMasterKeyID: OWN_KEY }] }),
    [FOREIGN_KEY],
  ],
  ["ids.foreign_arns", "a key of one's own", s3("PutBucketEncryption", { key: OWN_KEY }), undefined],
  [
    "ids.foreign_arns",
    "a key of another account of one's own",
    s3("PutBucketEncryption", { key: FOREIGN_KEY }),
    undefined,
    { accounts: new Set(["444455556666"]) },
  ],
  [
    "ids.foreign_arns",
    "a policy of AWS's",
    iam("AttachUserPolicy", { policyArn: "arn:aws:iam::aws:policy/X" }),
    undefined,
  ],
  ["ids.ports_open", "SSH for the world", ec2("AuthorizeSecurityGroupIngress", rules("0.0.0.0/0")), ["22"]],
  ["ids.ports_open", "SSH for an office", ec2("AuthorizeSecurityGroupIngress", rules("198.51.100.0/24")), undefined],
  ["ids.admin_port_open", "SSH for the world", ec2("AuthorizeSecurityGroupIngress", rules("0.0.0.0/0")), true],
  ["ids.credential_file", "a key", s3("GetObject", { key: "backup/id_rsa" }), true],
  ["ids.ransom_note_name", "a note", s3("PutObject", { key: "HOW_TO_DECRYPT_FILES.txt" }), true],
];

describe("fact", () => {
  for (const [name, says, fields, expected, context] of table) {
    it(`${name}: ${says}`, () => assert.deepEqual(factOf(name, fields, context), expected));
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
