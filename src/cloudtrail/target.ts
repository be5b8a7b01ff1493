/**
 * Targets: short names of what a call acted upon, for people.
 * Pure. The names come from the call's parameters: raw, untrusted text, bounded in number and length.
 */
import { isAccessKeyId, maskedKeyId } from "./accesskey.ts";
import { arnOf } from "./arn.ts";
import { type Json, type JsonObject, textAt, valueAt } from "./json.ts";
import { type CloudTrailRecord, serviceOf } from "./record.ts";

const MAX_TARGETS = 5;
const MAX_LENGTH = 200;

/**
 * What a record acted upon, the most telling first, at most 5; of more, the fifth says how many.
 *
 * AttachUserPolicy `{ userName: "support2", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }`
 *   → `["user support2", "policy AdministratorAccess"]`
 * RunInstances of eight → `["8 x p3.16xlarge"]`; a call without known parameters → `[]`
 */
export function targetsOf(record: CloudTrailRecord): readonly string[] {
  const launched = launchedBy(record);
  if (launched !== undefined) return [launched];
  const service = serviceOf(record);
  const found = new Set<string>();
  const named = new Set<string>();
  for (const [only, path, noun] of PARAMETERS) {
    if ((only !== "" && only !== service) || named.has(path)) continue;
    const inRequest = textsAt(record.requestParameters, path);
    const names = inRequest.length > 0 ? inRequest : textsAt(record.responseElements, path);
    if (names.length > 0) named.add(path);
    for (const name of names) found.add(cut(`${noun} ${shown(name)}`));
  }
  const all = [...found];
  return all.length <= MAX_TARGETS ? all : [...all.slice(0, MAX_TARGETS - 1), `${all.length - MAX_TARGETS + 1} more`];
}

function launchedBy(record: CloudTrailRecord): string | undefined {
  const type = textAt(record.requestParameters, "instanceType");
  if (record.eventName !== "RunInstances" || type === undefined) return undefined;
  const started = valueAt(record.responseElements, "instancesSet.items");
  const wanted = valueAt(record.requestParameters, "instancesSet.items.0.maxCount");
  const count = Array.isArray(started) ? started.length : wanted;
  return cut(typeof count === "number" ? `${count} x ${type}` : `instance ${type}`);
}

/** Texts at a path; `"items[].id"` names the id of every item, `"names[]"` every item itself. */
function textsAt(json: JsonObject | undefined, path: string): readonly string[] {
  const [head = "", tail] = path.split("[]");
  const texts = tail === undefined ? [textAt(json, path)] : listAt(json, head).map((item) => itemText(item, tail));
  return texts.filter((text) => text !== undefined);
}

function listAt(json: JsonObject | undefined, path: string): readonly Json[] {
  const list = valueAt(json, path);
  return Array.isArray(list) ? list : [];
}

function itemText(item: Json, tail: string): string | undefined {
  if (tail !== "") return textAt(item, tail.slice(1));
  return typeof item === "string" ? item : undefined;
}

/** A key id is masked, an ARN or a queue's URL says its name only. */
function shown(name: string): string {
  if (isAccessKeyId(name)) return maskedKeyId(name);
  if (name.startsWith("https://sqs.")) return name.slice(name.lastIndexOf("/") + 1);
  return arnOf(name)?.resource.replace(/^[\w-]+[:/]/, "") ?? name;
}

/** Never between the halves of a surrogate pair. */
function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Service ("" for any), where the name stands, and what to call it. Order: who, then what they get, then things. */
const PARAMETERS: readonly (readonly [service: string, path: string, noun: string])[] = [
  ["guardduty", "type", "finding"],
  ["access-analyzer", "resource", "resource"],
  ["ce", "monitorName", "monitor"],
  ["", "userName", "user"],
  ["iam", "accessKey.userName", "user"],
  ["iam", "newUserName", "user"],
  ["sts", "name", "federated user"],
  ["", "roleName", "role"],
  ["", "roleArn", "role"],
  ["ec2", "groupName", "security group"],
  ["", "groupName", "group"],
  ["iam", "instanceProfileName", "instance profile"],
  ["", "policyArn", "policy"],
  ["", "policyName", "policy"],
  ["", "accessKeyId", "key"],
  ["iam", "accessKey.accessKeyId", "key"],
  ["iam", "serialNumber", "MFA device"],
  ["cloudtrail", "name", "trail"],
  ["cloudtrail", "trailName", "trail"],
  ["guardduty", "detectorId", "detector"],
  ["config", "configurationRecorderName", "recorder"],
  ["config", "deliveryChannelName", "delivery channel"],
  ["", "bucketName", "bucket"],
  ["s3", "key", "object"],
  ["ec2", "groupId", "security group"],
  ["ec2", "instanceId", "instance"],
  ["ec2", "instancesSet.items[].instanceId", "instance"],
  ["ssm", "instanceIds[]", "instance"],
  ["ssm", "target", "instance"],
  ["ec2", "imageId", "image"],
  ["ec2", "snapshotId", "snapshot"],
  ["ec2", "volumeId", "volume"],
  ["ec2", "networkAclId", "network ACL"],
  ["ec2", "subnetId", "subnet"],
  ["ec2", "vpcId", "VPC"],
  ["ec2", "keyName", "key pair"],
  ["rds", "dBInstanceIdentifier", "database"],
  ["rds", "dBSnapshotIdentifier", "database snapshot"],
  ["rds", "targetDBSnapshotIdentifier", "database snapshot"],
  ["", "functionName", "function"],
  ["secretsmanager", "secretId", "secret"],
  ["secretsmanager", "secretIdList[]", "secret"],
  ["secretsmanager", "name", "secret"],
  ["ssm", "name", "parameter"],
  ["ssm", "names[]", "parameter"],
  ["kms", "keyId", "KMS key"],
  ["", "tableName", "table"],
  ["", "queueUrl", "queue"],
  ["", "topicArn", "topic"],
  ["", "repositoryName", "repository"],
  ["", "logGroupName", "log group"],
  ["", "stackName", "stack"],
  ["", "clusterName", "cluster"],
  ["", "hostedZoneId", "hosted zone"],
  ["events", "rule", "event rule"],
  ["events", "name", "event rule"],
  ["", "resourceArn", "resource"],
  ["", "name", "name"],
];
