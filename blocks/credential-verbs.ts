/**
 * Verbs of credentials: what people say for calls that make, replace or read them, one line an action.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import { ADD, act, CHANGE, CREATE, DELETE, FOR, OF, on, pair, READ, TO, type Verb, WRITE } from "./verb.ts";

const GIVE = pair(words`gave`, words`give`);
const REGISTER = pair(words`registered`, words`register`);
const RUN = pair(words`ran`, words`run`);
const TAKE = pair(words`took`, words`take`);

export const CREDENTIAL_VERBS: Readonly<Record<string, Verb>> = {
  "batch:RegisterJobDefinition": on(WRITE, "job definition"),
  "batch:SubmitJob": on(RUN, "job", OF),
  "ec2:AssociateIamInstanceProfile": act(GIVE, words`a role to`, "instance"),
  "ec2:CreateKeyPair": on(CREATE, "key pair"),
  "ec2:ImportKeyPair": on(ADD, "key pair"),
  "ec2:ReplaceIamInstanceProfileAssociation": act(CHANGE, words`the role of an instance`),
  "ecr-public:GetAuthorizationToken": act(TAKE, words`a token for public container images`),
  "ecr:GetAuthorizationToken": act(TAKE, words`a token for container images`),
  "ecs:RegisterTaskDefinition": on(WRITE, "task definition"),
  "ecs:RunTask": on(RUN, "task definition"),
  "ecs:StartTask": on(RUN, "task definition"),
  "iam:AddRoleToInstanceProfile": on(ADD, "role", TO),
  "iam:ChangePassword": act(CHANGE, words`their own console password`),
  "iam:CreateInstanceProfile": on(CREATE, "instance profile"),
  "iam:CreateVirtualMFADevice": on(CREATE, "MFA device"),
  "iam:DeleteAccessKey": on(DELETE, "access key", OF),
  "iam:DeleteGroup": on(DELETE, "group"),
  "iam:DeleteLoginProfile": act(DELETE, words`the console password of`, "user"),
  "iam:EnableMFADevice": on(REGISTER, "MFA device", FOR),
  "iam:UpdateGroup": act(CHANGE, words`the name or path of`, "group"),
  "iam:UpdateUser": act(CHANGE, words`the name or path of`, "user", TO),
  "iam:UploadSSHPublicKey": act(ADD, words`an SSH key`, undefined, FOR),
  "iam:UploadSigningCertificate": act(ADD, words`a signing certificate`, undefined, FOR),
  "lightsail:CreateKeyPair": on(CREATE, "key pair"),
  "lightsail:DownloadDefaultKeyPair": act(READ, words`the account's default key pair`),
  "lightsail:ImportKeyPair": on(ADD, "key pair"),
  "lightsail:UpdateRelationalDatabase": on(CHANGE, "database"),
  "rds:ModifyDBCluster": on(CHANGE, "database cluster"),
  "redshift-serverless:UpdateNamespace": on(CHANGE, "namespace"),
  "redshift:ModifyCluster": on(CHANGE, "cluster"),
  "s3:CopyObject": act(WRITE, words`a copy of an object into`, "bucket"),
  "s3:GetObject": on(READ, "object", [words`of`]),
  "ssm:GetParameterHistory": act(READ, words`all versions of`, "parameter"),
  "ssm:GetParametersByPath": act(READ, words`all below`, "parameter"),
};
