/**
 * What looks after the rest by itself: Config, Security Hub, Backup, the janitor of old snapshots; and one worker that was deployed wrong.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { type Actor, roleActor, serviceActor, serviceLinkedActor } from "./actor.ts";
import { type Call, denied } from "./call.ts";
import { beatsOn, DAY_MS, type Day, momentsOn, thinned, timeOn } from "./day.ts";
import { DEV, HOME, LAMBDA_SDK, NAT_ADDRESS, PROD } from "./people.ts";
import { allowing } from "./request.ts";
import { made, type Step } from "./terraform.ts";

/** The key of the shop's disks and databases. */
const KEY_ARN = `arn:aws:kms:${HOME}:${PROD}:key/11112222-3333-4444-5555-666677778888`;

export function* upkeepDay(day: Day): Generator<Call> {
  yield* config(day);
  yield* backups(day);
  yield* janitor(day);
  yield* inspection(day);
  if (day.week === 2 && day.weekday >= 1 && day.weekday <= 3) yield* misconfigured(day);
}

const INVENTORY = [
  "ec2:DescribeInstances",
  "ec2:DescribeVolumes",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeNetworkInterfaces",
  "iam:ListRoles",
  "iam:GetRole",
  "s3:ListBuckets",
  "s3:GetBucketPolicy",
  "lambda:ListFunctions20150331",
  "rds:DescribeDBInstances",
  "kms:ListKeys",
] as const;

/** AWS Config takes stock every two hours and writes what its rules say. */
function* config(day: Day): Generator<Call> {
  for (const account of [PROD, DEV]) {
    const recorder = serviceLinkedActor(
      account,
      "config.amazonaws.com",
      "AWSServiceRoleForConfig",
      "AWSConfig-Describe",
      day.start,
    );
    for (const at of beatsOn(day, 120))
      yield* made(
        INVENTORY.map((action) => ({ action })),
        recorder,
        at,
        day.random,
      );
    for (const at of momentsOn(day, 3, 0, 24))
      yield {
        at,
        by: recorder,
        action: "config:PutEvaluations",
        params: { resultToken: "HIDDEN_DUE_TO_SECURITY_REASONS" },
      };
  }
  if (day.weekday !== 2) return;
  // Security Hub replaces the Config rules of its controls when AWS renews a standard.
  const hub = serviceLinkedActor(
    PROD,
    "securityhub.amazonaws.com",
    "AWSServiceRoleForSecurityHub",
    "securityhub",
    day.start,
  );
  const configRuleName = `securityhub-s3-bucket-logging-enabled-${day.random.hex(8)}`;
  yield { at: timeOn(day, 3.3), by: hub, action: "config:DeleteConfigRule", params: { configRuleName } };
  yield { at: timeOn(day, 3.4), by: hub, action: "config:PutConfigRule", params: { configRule: { configRuleName } } };
}

/** AWS Backup snapshots the disks each night; a function of ours lets the second account copy the newest. */
function* backups(day: Day): Generator<Call> {
  const at = timeOn(day, 1.05);
  const place = { ip: "backup.amazonaws.com", agent: "backup.amazonaws.com" };
  const role = { account: PROD, path: "service-role/", name: "AWSBackupDefaultServiceRole" };
  const backup = roleActor(role, "AWSBackup-AWSBackupDefaultServiceRole", at, place, {
    invokedBy: "backup.amazonaws.com",
  });
  const snapshotId = `snap-0${day.random.hex(16)}`;
  const volumeId = "vol-0fedcba9876543210";
  yield* made(
    [
      {
        action: "ec2:CreateSnapshot",
        params: { volumeId, description: "Created by AWS Backup" },
        answer: { snapshotId },
      },
      {
        action: "rds:CreateDBSnapshot",
        params: { dBInstanceIdentifier: "shop", dBSnapshotIdentifier: `awsbackup-shop-${day.index}` },
      },
      {
        action: "kms:CreateGrant",
        params: {
          keyId: KEY_ARN,
          operations: ["Decrypt", "GenerateDataKey"],
        },
      },
    ],
    backup,
    at,
    day.random,
  );
  const sharer = roleActor({ account: PROD, name: "snapshot-copier" }, "snapshot-copier", at, {
    ip: NAT_ADDRESS[HOME] ?? "",
    agent: LAMBDA_SDK,
  });
  yield* made([shareOf(snapshotId, DEV)], sharer, at + 3_600_000, day.random);
  const copier = roleActor({ account: DEV, name: "snapshot-copier" }, "snapshot-copier", at, {
    ip: NAT_ADDRESS[HOME] ?? "",
    agent: LAMBDA_SDK,
  });
  yield* made(
    [{ action: "ec2:CopySnapshot", params: { sourceSnapshotId: snapshotId, sourceRegion: HOME } }],
    copier,
    at + 3_700_000,
    day.random,
  );
}

const shareOf = (snapshotId: string, userId: string): Step => ({
  action: "ec2:ModifySnapshotAttribute",
  params: {
    snapshotId,
    createVolumePermission: { add: { items: [{ userId }] } },
    attributeType: "CREATE_VOLUME_PERMISSION",
  },
  answer: { _return: true },
});

/** Deletes what is older than the company keeps; once a week images as well. */
function* janitor(day: Day): Generator<Call> {
  const at = timeOn(day, 4.5);
  const session = roleActor({ account: DEV, name: "snapshot-janitor" }, "snapshot-janitor", at, {
    ip: NAT_ADDRESS[HOME] ?? "",
    agent: LAMBDA_SDK,
  });
  const steps: Step[] = [{ action: "ec2:DescribeSnapshots", params: { ownersSet: { items: [{ owner: DEV }] } } }];
  for (let nth = 0; nth < day.random.between(1, 3); nth++)
    steps.push({ action: "ec2:DeleteSnapshot", params: { snapshotId: `snap-0${day.random.hex(16)}` } });
  if (day.weekday === 5)
    steps.push({ action: "ec2:DeregisterImage", params: { imageId: `ami-0${day.random.hex(16)}` } });
  yield* made(steps, session, at, day.random);
}

/** Inspector looks at what runs, RDS at its key; KMS renews that key once a year, by itself. */
function* inspection(day: Day): Generator<Call> {
  const inspector = serviceLinkedActor(
    PROD,
    "inspector2.amazonaws.com",
    "AWSServiceRoleForAmazonInspector2",
    "inspector2",
    day.start,
  );
  const looks = [
    "ssm:DescribeInstanceInformation",
    "ec2:DescribeInstances",
    "ec2:DescribeImages",
    "ecr:DescribeRepositories",
    "lambda:ListFunctions20150331",
  ];
  for (const at of beatsOn(day, 240))
    yield* made(
      looks.map((action) => ({ action })),
      inspector,
      at,
      day.random,
    );
  for (const at of beatsOn(day, 480)) {
    const params = { keyId: KEY_ARN, keySpec: "AES_256", encryptionContext: { "aws:rds:db-id": "shop" } };
    yield { at, by: serviceActor(PROD, "rds.amazonaws.com"), action: "kms:GenerateDataKey", params };
  }
  yield serviceEvent(timeOn(day, 1.2), "backup:BackupJobStarted", { resourceType: "EBS", state: "RUNNING" });
  yield serviceEvent(timeOn(day, 1.9), "backup:BackupJobCompleted", { resourceType: "EBS", state: "COMPLETED" });
  if (day.index === 12) yield serviceEvent(timeOn(day, 6.6), "kms:RotateKey", { keyId: KEY_ARN });
}

/** What a service did by itself: nobody called, and the identity has no type. */
function serviceEvent(at: number, action: string, serviceEventDetails: JsonObject): Call {
  const by = {
    identity: { accountId: PROD, invokedBy: "AWS Internal" },
    arn: "",
    account: PROD,
    ip: "AWS Internal",
    agent: "AWS Internal",
  };
  return { at, by, action, more: { eventType: "AwsServiceEvent", serviceEventDetails } };
}

/** A worker that was deployed without its right to decrypt: the same call refused every minute, for three days. */
function* misconfigured(day: Day): Generator<Call> {
  const thumbnailer: Actor = roleActor({ account: PROD, name: "thumbnailer" }, "i-0777d4c3b2a1f0e98", day.start, {
    ip: NAT_ADDRESS[HOME] ?? "",
    agent: "Boto3/1.40.2 md/Botocore#1.40.2 ua/2.1 os/linux#6.1 lang/python#3.12.9",
  });
  const count = thinned(day, 1440);
  for (let nth = 0; nth < count; nth++) {
    const at = day.start + Math.floor((nth * DAY_MS) / count);
    const error = denied(thumbnailer, "kms:Decrypt", KEY_ARN);
    yield { at, by: thumbnailer, action: "kms:Decrypt", params: { encryptionAlgorithm: "SYMMETRIC_DEFAULT" }, error };
  }
}

/** The policy that repairs it, for the day after. */
export const REPAIR: Step = {
  action: "iam:PutRolePolicy",
  params: {
    roleName: "thumbnailer",
    policyName: "decrypt",
    policyDocument: allowing(["kms:Decrypt"], KEY_ARN),
  },
};
