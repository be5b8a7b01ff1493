/**
 * A doubted alert is looked up: does CloudTrail have this record, does IAM know this key? Until one of them confirms it,
 * the alert offers no containment. Looks again for as long as CloudTrail may need to show a record.
 */
import { alertOf, rankOf, type StoredAlert } from "../src/alert/alert.ts";
import { keyTargetOf } from "../src/alert/disable.ts";
import { type Corroboration, isSettled, PATIENCE_MS } from "../src/alert/trust.ts";
import { accessKeyOf } from "../src/cloudtrail/accesskey.ts";
import { principalOf } from "../src/cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord } from "../src/cloudtrail/record.ts";
import { isRegion } from "../src/cloudtrail/region.ts";
import type { Row } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { type PlanDeps, planFromIam } from "./plan.ts";

export interface ConfirmDeps extends PlanDeps, Pick<Ports, "alerts" | "outbox" | "effects" | "trail" | "log"> {}

const AGAIN_MS = 2 * 60_000;
/** The record's time is its sender's word: looked for over all that CloudTrail keeps. */
const KEPT_MS = 90 * 24 * 3600_000;

export async function onConfirm(id: string, deps: ConfirmDeps): Promise<void> {
  const row: Row = { kind: "confirm", id };
  const stored = await deps.alerts.alert(id);
  const doubt = stored?.opening.doubt;
  if (stored === undefined || doubt === undefined) return deps.outbox.done(row);

  const found = await lookUp(stored, deps);
  const now = deps.clock.now();
  // Nothing new to tell: the message is not edited for that.
  if (found.kind === stored.corroboration?.kind && !isSettled({ doubt, corroboration: found }))
    return deps.outbox.postpone(row, now + AGAIN_MS);
  await deps.alerts.corroborate(
    id,
    found,
    isSettled({ doubt, corroboration: found }) ? undefined : now + AGAIN_MS,
    now,
  );
  deps.log.info({ alert: id, doubt, found: found.kind }, "alert.looked-up");
  await deps.effects.hint([{ kind: "deliver", id, at: now, rank: rankOf(stored.opening.finding.level, doubt) }]);
}

async function lookUp(stored: StoredAlert, deps: ConfirmDeps): Promise<Corroboration> {
  const now = deps.clock.now();
  const at = new Date(now).toISOString();
  const { finding, snapshot } = stored.opening;
  if (!deps.config.accounts.some(({ id }) => id === finding.account))
    return { kind: "unreadable", at, why: "its account is not in the config" };
  if (!isRegion(snapshot.region)) return { kind: "absent", at, last: true };

  const attribute = { key: "EventId" as const, value: snapshot.eventID };
  const since = now - KEPT_MS;
  const answer = await deps.trail.lookup({
    account: finding.account,
    region: snapshot.region,
    attribute,
    since,
    pages: 1,
  });
  const record = answer.kind === "ok" ? answer.records.find(({ eventID }) => eventID === snapshot.eventID) : undefined;
  if (record !== undefined) return { kind: isSame(record, stored) ? "cloudtrail" : "contradicted", at };
  const last = now - Date.parse(stored.seenAt) >= PATIENCE_MS;
  // Once IAM vouched for the key, that stands; only CloudTrail can say more.
  if (stored.corroboration?.kind === "iam") return { ...stored.corroboration, last };
  if (await isKnownKey(stored, deps)) return { kind: "iam", at, last };
  if (answer.kind === "denied") return { kind: "unreadable", at, why: `Trailhound's role lacks ${answer.missing}` };
  return { kind: "absent", at, last };
}

/** Same call by the same principal with the same key: the rest of a record may be told in other words. */
function isSame(record: CloudTrailRecord, { opening: { finding, snapshot } }: StoredAlert): boolean {
  return (
    actionOf(record) === snapshot.action &&
    principalOf(record).id === finding.principal &&
    record.recipientAccountId === finding.account &&
    accessKeyOf(record)?.id === snapshot.key?.id
  );
}

async function isKnownKey(stored: StoredAlert, deps: ConfirmDeps): Promise<boolean> {
  const target = keyTargetOf(alertOf(stored, deps.config.accounts));
  // A key's id alone can be known by whoever makes up a message.
  if (target === undefined || target.expected === "not-told") return false;
  const plan = await planFromIam(target, deps);
  return plan.kind !== "refused";
}
