import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainmentState } from "../../src/contain/outcome.ts";
import type { Dialog, IntentRecord } from "../../src/ports/containments.ts";
import { contract } from "./contract.ts";
import { foldOf, iso, NOON } from "./fold.ts";

const ACCOUNT = "111122223333";
const KEY = "AKIAIOSFODNN7EXAMPLE";
const ALERT = "al_key-1_a";
const SECOND = 1_000;

const DIALOG: Dialog = {
  id: "di_1",
  alert: ALERT,
  account: ACCOUNT,
  keyId: KEY,
  userName: "deploy-bot",
  operator: "U1",
  openedAt: iso(NOON),
};

function recordOf(fence: number, state: ContainmentState = { kind: "requested" }, alert = ALERT): IntentRecord {
  const id = `in_${fence}`;
  const common = {
    keyId: KEY,
    userName: "deploy-bot",
    operator: "U1",
    reason: "leaked \ud800",
    requestedAt: iso(NOON),
  };
  return {
    intent: {
      ...common,
      id,
      verb: "deactivate-access-key",
      alert,
      account: ACCOUNT,
      team: "T1",
      expiresAt: iso(NOON + 300 * SECOND),
      fence,
      mac: "00",
    },
    containment: { ...common, intent: id, state, readBacks: [] },
  };
}

contract("containment store", (stores) => {
  const containments = () => stores().containments;
  const intend = (record: IntentRecord, openedAt = NOON, now = NOON) =>
    containments().intend(record, iso(openedAt), now);
  const names = async () =>
    (await stores().outbox.due(NOON + 3600 * SECOND, 10)).map(({ kind, id }) => `${kind}:${id}`);

  beforeEach(() => stores().alerts.commit({ folds: [foldOf({ id: "a" })], quarantined: [], now: NOON }));

  it("keeps a dialog for its time", async () => {
    await containments().keepDialog(DIALOG, 60_000);
    await containments().keepDialog({ ...DIALOG, id: "di_2" }, 20);
    await sleep(50);

    assert.deepEqual(await containments().dialog("di_1"), DIALOG);
    assert.equal(await containments().dialog("di_2"), undefined);
    assert.equal(await containments().dialog("di_none"), undefined);
  });

  it("hands out growing fences, each key its own", async () => {
    const fences = await Promise.all([1, 2, 3].map(() => containments().nextFence(ACCOUNT, KEY)));

    assert.deepEqual(fences.sort(), [1, 2, 3]);
    assert.equal(await containments().nextFence("444455556666", KEY), 1);
  });

  it("counts as current only a fence that an intent was recorded with", async () => {
    await containments().nextFence(ACCOUNT, KEY);
    await containments().nextFence(ACCOUNT, KEY);
    assert.equal(await containments().currentFence(ACCOUNT, KEY), 0);
    await intend(recordOf(1));

    assert.equal(await containments().currentFence(ACCOUNT, KEY), 1);
  });

  it("records an intent, owes its act and shows it on the alert", async () => {
    assert.deepEqual(await intend(recordOf(1)), { kind: "intended" });

    assert.deepEqual(await containments().intent("in_1"), recordOf(1));
    assert.deepEqual((await stores().alerts.alert(ALERT))?.containment, recordOf(1).containment);
    assert.deepEqual((await stores().alerts.alert(ALERT))?.rev, 2);
    assert.deepEqual((await names()).sort(), ["act:in_1", `deliver:${ALERT}`]);
  });

  it("lets one of two operators win who submit at once, and tells the other whose intent it is", async () => {
    const answers = await Promise.all([intend(recordOf(1)), intend(recordOf(2))]);

    const [winner, loser] = answers[0]?.kind === "intended" ? answers : [...answers].reverse();
    assert.equal(winner?.kind, "intended");
    assert.equal(loser?.kind, "already");
    const recorded = await containments().intent(`in_${await containments().currentFence(ACCOUNT, KEY)}`);
    assert.deepEqual(loser?.kind === "already" && loser.record, recorded);
    assert.equal((await names()).filter((name) => name.startsWith("act:")).length, 1);
  });

  it("gives an intent that was recorded already for a repeated call", async () => {
    await intend(recordOf(1));

    assert.deepEqual(await intend(recordOf(1)), { kind: "already", record: recordOf(1) });
  });

  it("refuses a dialog that showed the key as it was before the last intent ended", async () => {
    const ended = recordOf(1, { kind: "deactivated", at: iso(NOON + 5 * SECOND) });
    await intend(recordOf(1));
    await containments().saveIntent(ended, {}, NOON + 5 * SECOND);

    assert.deepEqual(await intend(recordOf(2), NOON + 4 * SECOND), { kind: "already", record: ended });
    assert.deepEqual(await intend(recordOf(2), NOON + 6 * SECOND), { kind: "intended" });
    assert.equal(await containments().currentFence(ACCOUNT, KEY), 2);
  });

  it("keeps the end of an intent when a read-back is saved later", async () => {
    const ended = recordOf(1, { kind: "deactivated", at: iso(NOON) });
    await intend(recordOf(1));
    await containments().saveIntent(ended, {}, NOON);
    await containments().saveIntent(ended, {}, NOON + 300 * SECOND);

    assert.deepEqual(await intend(recordOf(2), NOON + SECOND), { kind: "intended" });
  });

  it("never records a fence that is not newer", async () => {
    await intend(recordOf(2));
    await containments().saveIntent(recordOf(2, { kind: "expired" }), {}, NOON);

    assert.equal((await intend(recordOf(1), NOON + SECOND)).kind, "already");
  });

  it("saves progress, drops the row that is done and adds the next ones in one step", async () => {
    await intend(recordOf(1));
    const record = recordOf(1, { kind: "deactivated", at: iso(NOON + SECOND) });
    const rows = [10_000, 300_000].map((ms) => ({ kind: "verify", id: `in_1:${ms}`, at: NOON + ms }) as const);
    await containments().saveIntent(record, { done: { kind: "act", id: "in_1" }, rows }, NOON + SECOND);

    assert.deepEqual(await containments().intent("in_1"), record);
    assert.deepEqual((await stores().alerts.alert(ALERT))?.containment, record.containment);
    assert.deepEqual(await names(), [`deliver:${ALERT}`, "verify:in_1:10000", "verify:in_1:300000"]);
  });

  it("does not show an older intent over a newer one", async () => {
    await intend(recordOf(1));
    await containments().saveIntent(recordOf(1, { kind: "expired" }), {}, NOON);
    await intend(recordOf(2), NOON + SECOND);
    await containments().saveIntent(recordOf(1, { kind: "superseded" }), {}, NOON + SECOND);

    assert.equal((await stores().alerts.alert(ALERT))?.containment?.intent, "in_2");
  });

  it("records an intent whose alert is gone without bringing the alert back", async () => {
    assert.deepEqual(await intend(recordOf(1, { kind: "requested" }, "al_gone")), { kind: "intended" });

    assert.equal(await stores().alerts.alert("al_gone"), undefined);
  });

  it("leaves nothing of an alert that is gone in the way of the same alert opening again", async () => {
    await intend(recordOf(1, { kind: "requested" }, "al_key-2_z"));
    await stores().alerts.commit({ folds: [foldOf({ id: "z", key: "key-2" })], quarantined: [], now: NOON });

    assert.equal((await stores().alerts.alert("al_key-2_z"))?.findings, 1);
  });

  it("owes a delivery no longer once there is nothing to show", async () => {
    await stores().alerts.confirm(ALERT, { channel: "C1", ts: "1.1", rev: 9 }, NOON);
    await containments().saveIntent(
      recordOf(1, { kind: "expired" }, "al_gone"),
      { rows: [{ kind: "deliver", id: ALERT, at: NOON }] },
      NOON,
    );
    assert.deepEqual(await names(), [`deliver:${ALERT}`]);

    assert.deepEqual(await stores().alerts.reserve(ALERT, "w1", NOON), { kind: "nothing" });
    assert.deepEqual(await names(), []);
  });

  it("knows no intent that was not recorded", async () => {
    assert.equal(await containments().intent("in_9"), undefined);
  });

  it("sees a request id once within its time", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => containments().firstUse("v0=abc", 60_000)));

    assert.equal(answers.filter(Boolean).length, 1);
    assert.equal(await containments().firstUse("v0=def", 20), true);
    await sleep(50);
    assert.equal(await containments().firstUse("v0=def", 20), true);
  });
});
