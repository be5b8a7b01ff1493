/**
 * The read-back of a disabled key: IAM is eventually consistent, and a thief with rights may switch it on again.
 */
import { containmentOf, type ReadBack } from "../src/contain/outcome.ts";
import type { IntentRecord } from "../src/ports/containments.ts";
import type { Row } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { type ActDeps, genuineRecord, whileLeased } from "./act.ts";
import { noteIntent } from "./audit.ts";

type VerifyDeps = Omit<ActDeps, "config">;

/** How long IAM may stay unreadable before the read-back says so instead of waiting on. */
const PATIENCE_MS = 5 * 60_000;

/** `onVerify("in_3f9c…:10000", deps)`: the read-back that was due 10 s after the call. */
export async function onVerify(rowId: string, deps: VerifyDeps): Promise<void> {
  const row: Row = { kind: "verify", id: rowId };
  const [, intentId = "", delay] = /^(in_[0-9a-f]{24}):(\d{1,9})$/.exec(rowId) ?? [];
  await whileLeased(intentId, deps, async () => {
    const record = await genuineRecord(intentId, deps);
    if (record === undefined) return deps.outbox.done(row);
    const { state, readBacks } = record.containment;
    const planned = readBacks.find(({ afterMs }) => afterMs === Number(delay));
    if (state.kind !== "deactivated" || planned === undefined || planned.at !== undefined) return deps.outbox.done(row);

    const waitUntil = Date.parse(state.at) + planned.afterMs + PATIENCE_MS;
    const status = await statusOf(record, waitUntil, deps);
    const now = deps.clock.now();
    const readBack: ReadBack = { afterMs: planned.afterMs, at: new Date(now).toISOString(), status };
    await report(record, readBack, row, deps);
  });
}

/** @throws while IAM does not answer and it is not yet `waitUntil`: then the row is tried again. */
async function statusOf(
  { intent }: IntentRecord,
  waitUntil: number,
  { iam, clock }: Pick<Ports, "iam" | "clock">,
): Promise<NonNullable<ReadBack["status"]>> {
  const answer = await iam.keys(intent.account, intent.userName);
  switch (answer.kind) {
    case "ok":
      return answer.value.find(({ id }) => id === intent.keyId)?.status ?? "gone";
    case "not-found":
      return "gone";
    case "denied":
      return "unreadable";
    case "unavailable":
      if (clock.now() < waitUntil) throw new Error(`the key could not be read back (${answer.why})`);
      return "unreadable";
  }
}

async function report(record: IntentRecord, readBack: ReadBack, row: Row, deps: VerifyDeps): Promise<void> {
  const { intent, containment } = record;
  const { afterMs, at = "", status = "unreadable" } = readBack;
  const detail = { status, afterMs: String(afterMs) };
  await noteIntent(intent, { fact: `read-back:${afterMs}`, kind: "read-back", at, actor: "trailhound", detail }, deps);
  const readBacks = containment.readBacks.map((other) => (other.afterMs === afterMs ? readBack : other));
  const read = { ...record, containment: containmentOf(intent, containment.state, readBacks) };
  await deps.containments.saveIntent(read, { done: row }, Date.parse(at));
  const fields = { intent: intent.id, alert: intent.alert, status, afterMs };
  if (status === "Active") deps.log.error(fields, "key.active-again");
  else deps.log.info(fields, "key.read-back");
  await deps.effects.hint([{ kind: "deliver", id: intent.alert, at: Date.parse(at) }]);
}
