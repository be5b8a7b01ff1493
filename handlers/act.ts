/**
 * A key is to be disabled: guards on what IAM says now → audit entry → one call → outcome.
 * Whatever throws leaves the row due; the next try starts from what was saved, and reads before it calls again.
 */
import { isGenuine } from "../src/contain/intent.ts";
import { type ContainmentState, containmentOf, isFinal, READ_BACKS_MS } from "../src/contain/outcome.ts";
import type { RefusedPlan } from "../src/contain/plan.ts";
import type { IntentRecord } from "../src/ports/containments.ts";
import type { DueRow, Row } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { noteIntent } from "./audit.ts";
import { accountOf, type ContainConfig, planFromIam } from "./plan.ts";

export interface ActDeps
  extends Pick<Ports, "containments" | "outbox" | "effects" | "audit" | "iam" | "clock" | "log"> {
  readonly config: ContainConfig;
  readonly auditKey: Buffer;
  /** Names this worker in leases; any string unique to the process. */
  readonly worker: string;
}

/** Longer than the slowest way through: three IAM answers of 5 s and a few of Redis. */
export const LEASE_MS = 30_000;
/** IAM shows a change after seconds only: an unanswered call is believed lost when the key is Active this long after. */
const SETTLE_MS = 10_000;

export async function onAct(intentId: string, deps: ActDeps): Promise<void> {
  const row: Row = { kind: "act", id: intentId };
  await whileLeased(intentId, deps, async (leaseEnds) => {
    const record = await genuineRecord(intentId, deps);
    if (record === undefined || isFinal(record.containment.state)) return deps.outbox.done(row);

    const { intent, attemptedAt } = record;
    const newest = await deps.containments.currentFence(intent.account, intent.keyId);
    if (newest > intent.fence) return settle(record, { kind: "superseded" }, deps);
    const isExpired = deps.clock.now() >= Date.parse(intent.expiresAt);
    if (isExpired && attemptedAt === undefined) return settle(record, { kind: "expired" }, deps);

    const { account, keyId, userName } = intent;
    const plan = await planFromIam({ account: accountOf(account, deps.config), keyId, expected: { userName } }, deps);
    if (plan.kind === "refused") return settle(record, stateOf(plan), deps);
    if (plan.kind === "already-inactive") {
      // Our earlier call got through although its answer was lost, or the process ended before it was noted.
      const state = attemptedAt === undefined ? { kind: plan.kind } : { kind: "deactivated" as const, at: attemptedAt };
      return settle(record, state, deps);
    }
    const callableAt = attemptedAt === undefined ? 0 : Date.parse(attemptedAt) + SETTLE_MS;
    if (deps.clock.now() < callableAt) return deps.outbox.postpone(row, callableAt);
    if (isExpired) return settle(record, { kind: "expired" }, deps);
    return attempt(record, leaseEnds, deps);
  });
}

/** Nobody else works on this intent meanwhile, its read-backs included; when somebody does, the row stays due. */
export async function whileLeased(
  intentId: string,
  deps: Pick<ActDeps, "outbox" | "clock" | "worker">,
  work: (leaseEnds: number) => Promise<void>,
): Promise<void> {
  const row: Row = { kind: "act", id: intentId };
  const leaseEnds = deps.clock.now() + LEASE_MS;
  if (!(await deps.outbox.lease(row, deps.worker, LEASE_MS))) return;
  try {
    await work(leaseEnds);
  } finally {
    await deps.outbox.unlease(row, deps.worker);
  }
}

/** Undefined when there is no such intent, or when somebody without the audit key wrote it. */
export async function genuineRecord(
  intentId: string,
  deps: Pick<ActDeps, "containments" | "auditKey" | "log">,
): Promise<IntentRecord | undefined> {
  const record = await deps.containments.intent(intentId);
  if (record === undefined) {
    deps.log.warn({ intent: intentId }, "intent.missing");
    return undefined;
  }
  if (record.intent.id === intentId && isGenuine(record.intent, deps.auditKey)) return record;
  deps.log.error({ intent: intentId }, "intent.forged");
  return undefined;
}

/** @throws when IAM could not be read: then the row is tried again until the intent expires. */
function stateOf(plan: RefusedPlan): ContainmentState {
  switch (plan.why) {
    case "key-gone":
      return { kind: "not-found" };
    case "iam-denied":
      return { kind: "denied", missing: plan.missing ?? "unknown" };
    case "iam-unavailable":
      throw new Error("IAM could not be read, so nothing was called");
    default:
      return { kind: "refused", why: plan.steps[0] ?? plan.why };
  }
}

async function attempt(record: IntentRecord, leaseEnds: number, deps: ActDeps): Promise<void> {
  const { intent, attemptedAt: before } = record;
  const { account, keyId, userName } = intent;
  const attemptedAt = iso(deps.clock.now());
  // A second attempt has its own entry, named after the first: a retried append of either is kept once.
  const fact = before === undefined ? "attempt" : `attempt-after:${before}`;
  const detail = { reason: intent.reason, requestedAt: intent.requestedAt, fence: String(intent.fence) };
  await noteIntent(intent, { fact, kind: "attempt", at: attemptedAt, actor: intent.operator, detail }, deps);
  const attempted = { ...record, attemptedAt };
  await deps.containments.saveIntent(attempted, {}, deps.clock.now());
  // A process that slept must not call late: another worker may be at it, or a person may have decided otherwise.
  if (deps.clock.now() >= leaseEnds) throw new Error("the lease ran out before the call, so nothing was called");

  const answer = await deps.iam.deactivateKey(account, userName, keyId, intent.id);
  switch (answer.kind) {
    case "ok":
      return settle(attempted, { kind: "deactivated", at: iso(deps.clock.now()) }, deps, answer.value);
    case "not-found":
      return settle(attempted, { kind: "not-found" }, deps);
    case "denied":
      return settle(attempted, { kind: "denied", missing: answer.missing }, deps);
    case "unavailable":
      throw new Error(`UpdateAccessKey went unanswered (${answer.why}): the key is read before another try`);
  }
}

async function settle(
  record: IntentRecord,
  state: ContainmentState,
  deps: ActDeps,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { intent } = record;
  const now = deps.clock.now();
  await noteIntent(intent, { fact: state.kind, kind: state.kind, at: iso(now), actor: "trailhound", detail }, deps);
  const called = state.kind === "deactivated" ? Date.parse(state.at) : undefined;
  const rows: readonly DueRow[] =
    called === undefined
      ? []
      : READ_BACKS_MS.map((afterMs) => ({ kind: "verify", id: `${intent.id}:${afterMs}`, at: called + afterMs }));
  const readBacks = called === undefined ? [] : READ_BACKS_MS.map((afterMs) => ({ afterMs }));
  const settled = { ...record, containment: containmentOf(intent, state, readBacks) };
  await deps.containments.saveIntent(settled, { done: { kind: "act", id: intent.id }, rows }, now);
  deps.log.info(
    { intent: intent.id, alert: intent.alert, operator: intent.operator, outcome: state.kind },
    "key.acted",
  );
  await deps.effects.hint([...rows, { kind: "deliver", id: intent.alert, at: now }]);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
