/**
 * The calendar: what happens once, and on which day.
 * Pure. The office move is in people.ts, the worker without its rights in upkeep.ts.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { adminActor, issued, roleActor, roleArn } from "./actor.ts";
import type { Call } from "./call.ts";
import { accessReview, firstLook, newKey, newPhone, oldKeyGone, oldKeyOff, welcome } from "./credentials.ts";
import { type Day, momentsOn, timeOn } from "./day.ts";
import { DEV, PROD } from "./people.ts";
import {
  newRegion,
  openWeb,
  repaired,
  replication,
  stackRetired,
  trailReads,
  vendorJoins,
  website,
} from "./rollouts.ts";
import { made, type Step } from "./terraform.ts";

/** Day from the first Monday (0) → what happens. Those of the first week happen in the learning period. */
const CALENDAR: Readonly<Record<number, ReadonlyArray<(day: Day) => Generator<Call>>>> = {
  3: [accessReview],
  7: [welcome, firstLook],
  8: [patchTuesday, newKey],
  9: [openWeb, lateDecision],
  10: [oldKeyOff, accessReview],
  11: [repaired, website],
  14: [newPhone, trailReads],
  15: [newRegion],
  16: [oldKeyGone, vendorJoins],
  17: [accessReview, replication],
  18: [stackRetired],
};

export function* calendarDay(day: Day): Generator<Call> {
  for (const happens of CALENDAR[day.index] ?? []) yield* happens(day);
  if (day.weekday === 2) yield* crossAccount(day);
}

/** One command for each tier by tag, then the three that were off the network. */
function* patchTuesday(day: Day): Generator<Call> {
  const admin = adminActor("carol", day, "cli");
  const command = (targets: JsonObject): Step => ({
    action: "ssm:SendCommand",
    params: {
      documentName: "AWS-RunPatchBaseline",
      ...targets,
      parameters: "HIDDEN_DUE_TO_SECURITY_REASONS",
      interactive: false,
    },
  });
  const tiers = ["web", "worker", "search", "mail"].map((tier) =>
    command({ targets: [{ key: "tag:tier", values: [tier] }] }),
  );
  const stragglers = momentsOn(day, 3, 15, 16).map(() => command({ instanceIds: [`i-0${day.random.hex(16)}`] }));
  yield* made([...tiers, ...stragglers], admin, timeOn(day, 14.5), day.random, { stepMs: 240_000 });
  yield* made(
    [{ action: "ec2:RebootInstances", params: { instancesSet: { items: [{ instanceId: "i-02d4c3b2a1f0e9d82" }] } } }],
    admin,
    timeOn(day, 16),
    day.random,
  );
}

/** Carol stops a deployment that went wrong and sets the policy back to its version of yesterday. */
function* lateDecision(day: Day): Generator<Call> {
  const params = { policyArn: `arn:aws:iam::${PROD}:policy/search-read`, versionId: "v7" };
  yield* made(
    [{ action: "iam:SetDefaultPolicyVersion", params }],
    adminActor("carol", day),
    timeOn(day, 15.7),
    day.random,
  );
}

/** Alice goes into the second account from her shell; both accounts record it. */
function* crossAccount(day: Day): Generator<Call> {
  const alice = adminActor("alice", day, "cli");
  const role = { account: DEV, name: "platform-admin" };
  const sharedEventID = day.random.uuid();
  const at = timeOn(day, 14.1);
  const call = {
    at,
    action: "sts:AssumeRole",
    params: { roleArn: roleArn(role), roleSessionName: "alice" },
    answer: issued(roleActor(role, "alice", at, { ip: alice.ip, agent: alice.agent }), at),
    resources: [{ accountId: DEV, type: "AWS::IAM::Role", ARN: roleArn(role) }],
    more: { sharedEventID },
  };
  yield { ...call, by: alice };
  yield { ...call, by: { ...alice, account: DEV } };
}
