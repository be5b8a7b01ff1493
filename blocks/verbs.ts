/**
 * Verbs: what people say for each action, `iam:CreateUser` → "created". An action without a verb is called by its name.
 * Pure. All of it is our own words.
 */
import { COMPUTE_VERBS } from "./compute-verbs.ts";
import { CREDENTIAL_VERBS } from "./credential-verbs.ts";
import { DATA_VERBS } from "./data-verbs.ts";
import { EDGE_VERBS } from "./edge-verbs.ts";
import { GUARD_VERBS } from "./guard-verbs.ts";
import { IDENTITY_VERBS } from "./identity-verbs.ts";
import { NETWORK_VERBS } from "./network-verbs.ts";
import { PAID_VERBS } from "./paid-verbs.ts";
import { words } from "./text.ts";
import {
  ADD,
  ATTACH,
  act,
  CHANGE,
  CREATE,
  DELETE,
  DETACH,
  DISABLE,
  FOR,
  FROM,
  INCLUDE,
  INTO,
  OF,
  OPEN,
  on,
  pair,
  READ,
  REMOVE,
  SET,
  STOP,
  SWITCH_OFF,
  TO,
  type Verb,
  WRITE,
} from "./verb.ts";
import { WORKLOAD_VERBS } from "./workload-verbs.ts";

/** `"iam:CreateUser"` → created; undefined for an action that has none. */
export function findVerb(action: string): Verb | undefined {
  return Object.hasOwn(VERBS, action) ? VERBS[action] : undefined;
}

const ACCEPT = pair(words`accepted`, words`accept`);
const ASSUME = pair(words`assumed`, words`assume`);
const END = pair(words`ended`, words`end`);
const EMPTY = pair(words`emptied`, words`empty`);
const GIVE = pair(words`gave`, words`give`);
const INVITE = pair(words`invited`, words`invite`);
const MAKE = pair(words`made`, words`make`);
const MOVE = pair(words`moved`, words`move`);
const RESET = pair(words`reset`, words`reset`);
const RUN = pair(words`ran`, words`run`);
const SCHEDULE = pair(words`scheduled`, words`schedule`);
const SIGN_IN = pair(words`signed in`, words`sign in`);
const SILENCE = pair(words`silenced`, words`silence`);
const TAKE = pair(words`took`, words`take`);

const VERBS: Readonly<Record<string, Verb>> = {
  ...COMPUTE_VERBS,
  ...EDGE_VERBS,
  ...GUARD_VERBS,
  ...IDENTITY_VERBS,
  ...CREDENTIAL_VERBS,
  ...DATA_VERBS,
  ...WORKLOAD_VERBS,
  ...NETWORK_VERBS,
  ...PAID_VERBS,

  "access-analyzer:DeleteAnalyzer": on(DELETE, "analyzer"),
  "cloudtrail:CreateTrail": on(CREATE, "trail"),
  "cloudtrail:DeleteTrail": on(DELETE, "trail"),
  "cloudtrail:PutEventSelectors": act(CHANGE, words`what is logged by`, "trail"),
  "cloudtrail:PutInsightSelectors": act(CHANGE, words`the insights of`, "trail"),
  "cloudtrail:StopLogging": act(STOP, words`logging of`, "trail"),
  "cloudtrail:UpdateTrail": on(CHANGE, "trail"),
  "config:DeleteConfigRule": on(DELETE, "Config rule"),
  "config:DeleteConfigurationRecorder": on(DELETE, "Config recorder"),
  "config:DeleteDeliveryChannel": on(DELETE, "Config delivery channel"),
  "config:PutConfigurationRecorder": on(CHANGE, "Config recorder"),
  "config:PutDeliveryChannel": on(CHANGE, "Config delivery channel"),
  "config:StopConfigurationRecorder": on(STOP, "Config recorder"),
  "detective:DeleteGraph": act(SWITCH_OFF, words`Detective:`, "graph"),
  "detective:DisableOrganizationAdminAccount": act(REMOVE, words`the administrator account of Detective`),
  "ecr:SetRepositoryPolicy": act(CHANGE, words`the policy of`, "repository"),
  "events:DeleteRule": on(DELETE, "event rule"),
  "events:DisableRule": on(DISABLE, "event rule"),
  "events:RemoveTargets": act(REMOVE, words`targets of`, "event rule"),
  "guardduty:DeleteDetector": act(DELETE, words`GuardDuty`, "detector"),
  "guardduty:DeleteMembers": act(DELETE, words`the membership in GuardDuty of`, "account", OF),
  "guardduty:DisableOrganizationAdminAccount": act(REMOVE, words`the administrator account of GuardDuty`),
  "guardduty:DisassociateFromAdministratorAccount": act(
    REMOVE,
    words`the administrator account of GuardDuty`,
    "detector",
  ),
  "guardduty:DisassociateFromMasterAccount": act(REMOVE, words`the administrator account of GuardDuty`, "detector"),
  "guardduty:DisassociateMembers": act(END, words`the membership in GuardDuty of`, "account", OF),
  "guardduty:StopMonitoringMembers": act(STOP, words`GuardDuty's watch over`, "account", OF),
  "guardduty:UpdateDetector": act(CHANGE, words`GuardDuty`, "detector"),

  "iam:AddClientIDToOpenIDConnectProvider": act(ADD, words`a client to`, "identity provider"),
  "iam:AddUserToGroup": on(ADD, "user", TO),
  "iam:AttachGroupPolicy": on(ATTACH, "policy", TO),
  "iam:AttachRolePolicy": on(ATTACH, "policy", TO),
  "iam:AttachUserPolicy": on(ATTACH, "policy", TO),
  "iam:CreateAccessKey": on(CREATE, "access key", FOR),
  "iam:CreateGroup": on(CREATE, "group"),
  "iam:CreateLoginProfile": act(SET, words`a console password`, undefined, FOR),
  "iam:CreateOpenIDConnectProvider": on(CREATE, "identity provider"),
  "iam:CreatePolicy": on(CREATE, "policy"),
  "iam:CreatePolicyVersion": act(WRITE, words`a new version of`, "policy"),
  "iam:CreateRole": on(CREATE, "role"),
  "iam:CreateSAMLProvider": on(CREATE, "identity provider"),
  "iam:CreateServiceSpecificCredential": act(CREATE, words`a credential of`, "service", FOR),
  "iam:CreateUser": on(CREATE, "user"),
  "iam:DeactivateMFADevice": on(SWITCH_OFF, "MFA device", OF),
  "iam:DeleteAccountPasswordPolicy": act(DELETE, words`the account's password policy`),
  "iam:DeleteGroupPolicy": on(DELETE, "policy", OF),
  "iam:DeletePolicy": on(DELETE, "policy"),
  "iam:DeletePolicyVersion": act(DELETE, words`a version of`, "policy"),
  "iam:DeleteRolePermissionsBoundary": act(REMOVE, words`the permissions boundary of`, "role"),
  "iam:DeleteRolePolicy": on(DELETE, "policy", OF),
  "iam:DeleteUser": on(DELETE, "user"),
  "iam:DeleteUserPermissionsBoundary": act(REMOVE, words`the permissions boundary of`, "user"),
  "iam:DeleteUserPolicy": on(DELETE, "policy", OF),
  "iam:DeleteVirtualMFADevice": on(DELETE, "MFA device", OF),
  "iam:DetachGroupPolicy": on(DETACH, "policy", FROM),
  "iam:DetachRolePolicy": on(DETACH, "policy", FROM),
  "iam:DetachUserPolicy": on(DETACH, "policy", FROM),
  "iam:PutGroupPolicy": on(WRITE, "policy", INTO),
  "iam:PutRolePolicy": on(WRITE, "policy", INTO),
  "iam:PutUserPolicy": on(WRITE, "policy", INTO),
  "iam:PutRolePermissionsBoundary": act(SET, words`the permissions boundary of`, "role", TO),
  "iam:PutUserPermissionsBoundary": act(SET, words`the permissions boundary of`, "user", TO),
  "iam:ResetServiceSpecificCredential": on(RESET, "service credential", FOR),
  "iam:SetDefaultPolicyVersion": act(CHANGE, words`the default version of`, "policy", TO),
  "iam:UpdateAccessKey": on(SET, "access key", FOR),
  "iam:UpdateAccountPasswordPolicy": act(CHANGE, words`the account's password policy`),
  "iam:UpdateAssumeRolePolicy": act(CHANGE, words`who may assume`, "role"),
  "iam:UpdateLoginProfile": act(CHANGE, words`the console password of`, "user"),
  "iam:UpdateOpenIDConnectProviderThumbprint": act(CHANGE, words`the thumbprint of`, "identity provider"),
  "iam:UpdateSAMLProvider": on(CHANGE, "identity provider"),
  "iam:UpdateServiceSpecificCredential": on(SET, "service credential", FOR),

  "kms:DeleteImportedKeyMaterial": act(DELETE, words`the material of`, "KMS key"),
  "kms:DisableKey": on(DISABLE, "KMS key"),
  "kms:ScheduleKeyDeletion": act(SCHEDULE, words`the deletion of`, "KMS key"),
  "lambda:AddPermission20150331": act(CHANGE, words`who may call`, "function", INCLUDE),
  "lambda:AddPermission20150331v2": act(CHANGE, words`who may call`, "function", INCLUDE),
  "lambda:PutResourcePolicy": act(CHANGE, words`who may call`, "function", INCLUDE),
  "lambda:CreateFunctionUrlConfig": act(GIVE, words`a URL to`, "function"),
  "lambda:UpdateFunctionUrlConfig": act(CHANGE, words`the URL of`, "function"),
  "logs:DeleteLogGroup": on(DELETE, "log group"),
  "logs:DeleteLogStream": act(DELETE, words`a stream of`, "log group"),
  "logs:DeleteMetricFilter": act(DELETE, words`a metric filter of`, "log group"),
  "logs:DeleteSubscriptionFilter": act(DELETE, words`a subscription of`, "log group"),
  "macie2:DisableMacie": act(SWITCH_OFF, words`Macie`),
  "macie2:DisableOrganizationAdminAccount": act(REMOVE, words`the administrator account of Macie`),
  "monitoring:DeleteAlarms": on(DELETE, "alarm"),
  "monitoring:DisableAlarmActions": on(SILENCE, "alarm"),
  "organizations:AcceptHandshake": act(ACCEPT, words`an invitation to an organization`),
  "organizations:AttachPolicy": on(ATTACH, "organization policy", TO),
  "organizations:CreateAccount": on(CREATE, "account"),
  "organizations:CreatePolicy": on(CREATE, "organization policy"),
  "organizations:DeleteOrganization": act(DELETE, words`the organization`),
  "organizations:DeletePolicy": on(DELETE, "organization policy"),
  "organizations:DetachPolicy": on(DETACH, "organization policy", FROM),
  "organizations:DisablePolicyType": act(DISABLE, words`organization policies of`, "type", FOR),
  "organizations:InviteAccountToOrganization": on(INVITE, "account"),
  "organizations:LeaveOrganization": act(TAKE, words`this account out of its organization`),
  "organizations:MoveAccount": on(MOVE, "account", [words`from`, words`to`]),
  "organizations:RegisterDelegatedAdministrator": act(MAKE, words`a delegated administrator of`, "account", FOR),
  "organizations:RemoveAccountFromOrganization": act(END, words`the organization membership of`, "account"),
  "organizations:UpdatePolicy": on(CHANGE, "organization policy"),

  "rds:AuthorizeDBSecurityGroupIngress": on(OPEN, "database security group", TO),
  "rds:CreateDBInstance": on(CREATE, "database"),
  "rds:CreateDBSecurityGroup": on(CREATE, "database security group"),
  "rds:DeleteDBCluster": on(DELETE, "database cluster"),
  "rds:DeleteDBInstance": on(DELETE, "database"),
  "rds:ModifyDBClusterSnapshotAttribute": act(CHANGE, words`who may restore`, "database snapshot", INCLUDE),
  "rds:ModifyDBInstance": on(CHANGE, "database"),
  "rds:ModifyDBSnapshotAttribute": act(CHANGE, words`who may restore`, "database snapshot", INCLUDE),
  "s3:CreateBucket": on(CREATE, "bucket"),
  "s3:DeleteAccountPublicAccessBlock": act(REMOVE, words`the public access block of the whole account`),
  "s3:DeleteBucket": on(DELETE, "bucket"),
  "s3:DeleteBucketCors": act(REMOVE, words`the CORS rules of`, "bucket"),
  "s3:DeleteBucketLifecycle": act(REMOVE, words`the lifecycle of`, "bucket"),
  "s3:DeleteBucketPolicy": act(REMOVE, words`the policy of`, "bucket"),
  "s3:DeleteBucketPublicAccessBlock": act(REMOVE, words`the public access block of`, "bucket"),
  "s3:DeleteBucketReplication": act(STOP, words`the replication of`, "bucket"),
  "s3:PutAccountPublicAccessBlock": act(CHANGE, words`the public access block of the whole account`),
  "s3:PutBucketAcl": act(CHANGE, words`the access list of`, "bucket"),
  "s3:PutBucketCors": act(CHANGE, words`the CORS rules of`, "bucket"),
  "s3:PutBucketLifecycle": act(CHANGE, words`the lifecycle of`, "bucket"),
  "s3:PutBucketPolicy": act(CHANGE, words`the policy of`, "bucket"),
  "s3:PutBucketPublicAccessBlock": act(CHANGE, words`the public access block of`, "bucket"),
  "s3:PutBucketReplication": act(CHANGE, words`the replication of`, "bucket", TO),
  "s3:PutBucketVersioning": act(CHANGE, words`the versioning of`, "bucket", TO),
  "secretsmanager:BatchGetSecretValue": on(READ, "secret"),
  "secretsmanager:GetSecretValue": on(READ, "secret"),
  "securityhub:DisableOrganizationAdminAccount": act(REMOVE, words`the administrator account of Security Hub`),
  "securityhub:DisableSecurityHub": act(SWITCH_OFF, words`Security Hub`),
  "securityhub:DisableSecurityHubV2": act(SWITCH_OFF, words`Security Hub`),
  "signin:ConsoleLogin": act(SIGN_IN, words`to the console`),
  "signin:EmailUpdated": act(CHANGE, words`root's e-mail address`),
  "signin:PasswordUpdated": act(CHANGE, words`root's password`),
  "sqs:DeleteQueue": on(DELETE, "queue"),
  "sqs:PurgeQueue": on(EMPTY, "queue"),
  "ssm:GetParameter": on(READ, "parameter"),
  "ssm:GetParameters": on(READ, "parameter"),
  "ssm:SendCommand": on(RUN, "command", [words`on`]),
  "ssm:StartSession": act(OPEN, words`a session on`, "instance"),
  "sso:AttachManagedPolicyToPermissionSet": on(ATTACH, "policy", TO),
  "sso:PutInlinePolicyToPermissionSet": act(WRITE, words`a policy into`, "permission set"),
  "sts:AssumeRole": on(ASSUME, "role"),
  "sts:AssumeRoot": act(TAKE, words`a session of root in`, "account"),
  "sts:GetFederationToken": act(MAKE, words`a federation token for`, "federated user"),
  "sts:GetSessionToken": act(MAKE, words`a session token`),
};
