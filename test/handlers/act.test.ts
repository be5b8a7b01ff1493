import assert from "node:assert/strict";
import { LEASE_MS, onAct } from "../../handlers/act.ts";
import { onVerify } from "../../handlers/verify.ts";
import { verifyChain } from "../../src/contain/audit.ts";
import { makeIntent } from "../../src/contain/intent.ts";
import { containmentOf } from "../../src/contain/outcome.ts";
import type { AuditStore, ContainmentStore } from "../../src/ports/containments.ts";
import { ACCOUNT, AUDIT_KEY, type Desk, EVA, KEY, openDesk, SAM, USER } from "./desk.ts";

const UNANSWERED = { kind: "unavailable", why: "timed out" } as const;

async function kindsOf(desk: Desk): Promise<readonly string[]> {
  return (await desk.entries()).map(({ kind }) => kind);
}

async function readBacksOf(desk: Desk): Promise<readonly (string | undefined)[]> {
  return ((await desk.containment())?.readBacks ?? []).map(({ status }) => status);
}

describe("onAct", () => {
  it("makes the key inactive with one call that names its user, and notes the attempt before it", async () => {
    const desk = await openDesk();
    let kindsAtCall: readonly string[] = [];
    const { deactivateKey } = desk.iam;
    desk.iam.deactivateKey = async (...args) => {
      kindsAtCall = await kindsOf(desk);
      return deactivateKey(...args);
    };
    await desk.ask(SAM);

    await desk.runDue();

    assert.deepEqual(desk.iam.deactivations, [{ account: ACCOUNT, userName: USER, keyId: KEY }]);
    assert.equal(desk.keyStatus(), "Inactive");
    assert.deepEqual(kindsAtCall, ["request", "attempt"]);
    assert.deepEqual(await kindsOf(desk), ["request", "attempt", "deactivated"]);
    assert.deepEqual((await desk.containment())?.state, { kind: "deactivated", at: "2026-11-20T10:05:00.000Z" });
    assert.equal(verifyChain(await desk.entries(), AUDIT_KEY).ok, true);
  });

  it("owes two read-backs after the call, and nothing after those", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);

    await desk.runDue();
    const owed = await desk.owed();
    await desk.pass(301_000);

    assert.deepEqual(owed.map(({ kind, id }) => `${kind}:${id}`).sort(), [
      `verify:${intent}:10000`,
      `verify:${intent}:300000`,
    ]);
    assert.deepEqual(await readBacksOf(desk), ["Inactive", "Inactive"]);
    assert.deepEqual(await desk.owed(), []);
    assert.match(JSON.stringify(desk.chat.posts.at(-1)?.versions.at(-1)), /Key disabled/);
  });

  it("does nothing at a second delivery of the same row", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);

    await desk.runDue();
    await onAct(intent, desk.deps);
    await Promise.all([onAct(intent, desk.deps), onAct(intent, { ...desk.deps, worker: "worker-2" })]);

    assert.equal(desk.iam.deactivations.length, 1);
    assert.equal((await kindsOf(desk)).length, 3);
  });

  it("calls once when two workers take the row at the same moment", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);

    await Promise.all(["worker-1", "worker-2", "worker-3"].map((worker) => onAct(intent, { ...desk.deps, worker })));

    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("makes no call when the attempt cannot be written into the audit log, and goes on when it can", async () => {
    let isDown = false;
    const desk = await openDesk(({ audit }) => ({
      audit: {
        ...audit,
        append: (entry) => (isDown ? Promise.reject(new Error("audit store is down")) : audit.append(entry)),
      } satisfies AuditStore,
    }));
    await desk.ask(SAM);

    isDown = true;
    await desk.pass(10_000);
    assert.equal(desk.iam.deactivations.length, 0);
    assert.equal(desk.keyStatus(), "Active");

    isDown = false;
    await desk.pass(60_000);
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("makes no call when it cannot save that it is about to", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    const containments: ContainmentStore = {
      ...desk.plain.containments,
      saveIntent: async () => Promise.reject(new Error("store is down")),
    };

    await assert.rejects(onAct(intent, { ...desk.deps, containments }), /store is down/);

    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("makes no call when its lease ran out on the way, as in a process that was stopped and woke up", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    const { containments } = desk.plain;
    const slow: ContainmentStore = {
      ...containments,
      saveIntent: async (...args) => {
        await containments.saveIntent(...args);
        desk.clock.advance(LEASE_MS);
      },
    };

    await assert.rejects(onAct(intent, { ...desk.deps, containments: slow }), /lease ran out/);

    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("reads the key back after an unanswered call, and does not call again when it got through", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("deactivateKey", { answer: UNANSWERED, arrives: true });
    await desk.ask(SAM);

    await desk.runDue();
    assert.equal((await desk.containment())?.state.kind, "requested");
    await desk.pass(20_000);

    assert.equal(desk.iam.deactivations.length, 1);
    assert.deepEqual((await desk.containment())?.state, { kind: "deactivated", at: "2026-11-20T10:05:00.000Z" });
  });

  it("calls a second time only when the key is still active 10 s after an unanswered call", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("deactivateKey", { answer: UNANSWERED });
    await desk.ask(SAM);

    await desk.runDue();
    desk.iam.failures.clear();
    await desk.pass(9_000);
    assert.equal(desk.iam.deactivations.length, 1);
    await desk.pass(5_000);

    assert.equal(desk.iam.deactivations.length, 2);
    assert.equal((await desk.containment())?.state.kind, "deactivated");
    assert.equal((await kindsOf(desk)).filter((kind) => kind === "attempt").length, 2);
  });

  it("waits while IAM cannot be read, and calls when it can", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    desk.iam.failures.set("keyOwner", { answer: UNANSWERED });

    await desk.pass(60_000);
    assert.equal((await desk.containment())?.state.kind, "requested");
    desk.iam.failures.clear();
    await desk.pass(120_000);

    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("lets a request expire after five minutes and never calls for it then", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    desk.clock.advance(300_000);

    await desk.pass(120_000);

    assert.equal(desk.iam.deactivations.length, 0);
    assert.equal((await desk.containment())?.state.kind, "expired");
    assert.deepEqual(await desk.owed(), []);
  });

  it("lets a request expire although IAM cannot be read all the time", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    desk.iam.failures.set("keyOwner", { answer: UNANSWERED });

    await desk.pass(420_000);

    assert.equal((await desk.containment())?.state.kind, "expired");
    assert.deepEqual(await desk.owed(), []);
  });

  it("calls an expired request deactivated when its unanswered call had got through", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("deactivateKey", { answer: UNANSWERED, arrives: true });
    await desk.ask(SAM);
    await desk.runDue();
    desk.clock.advance(400_000);

    await desk.runDue();

    assert.equal((await desk.containment())?.state.kind, "deactivated");
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("calls an expired request expired when the key is active after its unanswered call", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("deactivateKey", { answer: UNANSWERED });
    await desk.ask(SAM);
    await desk.runDue();
    desk.clock.advance(400_000);

    await desk.runDue();

    assert.equal((await desk.containment())?.state.kind, "expired");
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("never undoes a person who made the key active again after the request was done", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    await desk.runDue();
    const key = desk.iam.keyring.get(KEY);
    assert.ok(key);
    desk.iam.keyring.set(KEY, { ...key, status: "Active" });
    desk.clock.advance(60_000);

    await onAct(intent, desk.deps);
    await desk.pass(301_000);

    assert.equal(desk.iam.deactivations.length, 1);
    assert.equal(desk.keyStatus(), "Active");
  });

  it("stops for a newer request for the same key", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    const containments: ContainmentStore = { ...desk.plain.containments, currentFence: async () => 2 };

    await onAct(intent, { ...desk.deps, containments });

    assert.equal(desk.iam.deactivations.length, 0);
    assert.equal((await desk.containment())?.state.kind, "superseded");
  });

  it("goes on although another operator took a fence and lost", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.plain.containments.nextFence(ACCOUNT, KEY);

    await desk.runDue();

    assert.equal((await desk.containment())?.state.kind, "deactivated");
  });

  it("says that the key was inactive already, without a call", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    const key = desk.iam.keyring.get(KEY);
    assert.ok(key);
    desk.iam.keyring.set(KEY, { ...key, status: "Inactive" });

    await desk.runDue();

    assert.equal((await desk.containment())?.state.kind, "already-inactive");
    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("says that the key is gone, without a call", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    desk.iam.keyring.delete(KEY);

    await desk.runDue();

    assert.equal((await desk.containment())?.state.kind, "not-found");
    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("names the permission that is missing for the call", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("deactivateKey", { answer: { kind: "denied", missing: "iam:UpdateAccessKey" } });
    await desk.ask(SAM);

    await desk.runDue();

    assert.deepEqual((await desk.containment())?.state, { kind: "denied", missing: "iam:UpdateAccessKey" });
    assert.deepEqual(await desk.owed(), []);
  });

  it("names the permission that is missing for a look", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    desk.iam.failures.set("keys", { answer: { kind: "denied", missing: "iam:ListAccessKeys" } });

    await desk.runDue();

    assert.deepEqual((await desk.containment())?.state, { kind: "denied", missing: "iam:ListAccessKeys" });
    assert.equal(desk.iam.deactivations.length, 0);
  });

  const turns: readonly [string, (desk: Desk) => void][] = [
    ["the user became protected", (desk) => desk.config.protected.push("arn:aws:iam::*:user/deploy-*")],
    ["the key became our own", (desk) => desk.iam.ownKeys.set(ACCOUNT, KEY)],
    ["the key went to another user", (desk) => moveKeyTo(desk, "alice", ACCOUNT)],
    ["the user turns out to be of another account", (desk) => moveKeyTo(desk, USER, "444455556666")],
    ["the key turns out to be root's", (desk) => rootsKey(desk)],
  ];
  for (const [what, turn] of turns)
    it(`refuses at the last moment when ${what}`, async () => {
      const desk = await openDesk();
      await desk.ask(SAM);
      turn(desk);

      await desk.runDue();

      assert.equal((await desk.containment())?.state.kind, "refused");
      assert.equal(desk.iam.deactivations.length, 0);
    });

  it("never calls IAM for an intent that somebody without the audit key wrote", async () => {
    const desk = await openDesk();
    const fields = {
      alert: desk.alert,
      account: ACCOUNT,
      keyId: KEY,
      userName: USER,
      operator: SAM,
      team: "T00000001",
    };
    const requestedAt = new Date(desk.clock.now()).toISOString();
    const intent = makeIntent({ ...fields, reason: "because", requestedAt, fence: 1 }, Buffer.alloc(32, 9));
    const record = { intent, containment: containmentOf(intent, { kind: "requested" }) };
    await desk.plain.containments.intend(record, requestedAt, desk.clock.now());
    const { keyOwner } = desk.iam;
    let looks = 0;
    desk.iam.keyOwner = async (...args) => {
      looks += 1;
      return keyOwner(...args);
    };

    await desk.runDue();

    assert.deepEqual([desk.iam.deactivations.length, looks], [0, 0]);
    assert.deepEqual(await desk.owed(), []);
    assert.ok(desk.log.lines.some(({ level, name }) => level === "error" && name === "intent.forged"));
  });

  it("never calls IAM for a genuine intent that was put under another id", async () => {
    const desk = await openDesk();
    const id = await desk.ask(SAM);
    const { containments } = desk.plain;
    const moved: ContainmentStore = { ...containments, intent: () => containments.intent(id) };

    await onAct("in_000000000000000000000000", { ...desk.deps, containments: moved });

    assert.equal(desk.iam.deactivations.length, 0);
    assert.ok(desk.log.lines.some(({ name }) => name === "intent.forged"));
  });

  it("drops a row whose intent does not exist", async () => {
    const desk = await openDesk();

    await onAct("in_000000000000000000000000", desk.deps);

    assert.equal(desk.iam.deactivations.length, 0);
    assert.deepEqual(await desk.owed(), []);
  });
});

describe("onVerify", () => {
  it("tells that the key is active again, at the log's highest level too", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.pass(11_000);
    const key = desk.iam.keyring.get(KEY);
    assert.ok(key);
    desk.iam.keyring.set(KEY, { ...key, status: "Active" });

    await desk.pass(300_000);

    assert.deepEqual(await readBacksOf(desk), ["Inactive", "Active"]);
    assert.ok(desk.log.lines.some(({ level, name }) => level === "error" && name === "key.active-again"));
    assert.match(JSON.stringify(desk.chat.posts.at(-1)?.versions.at(-1)), /Active although it was disabled/);
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("tells that the key is gone", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.runDue();
    desk.iam.keyring.delete(KEY);

    await desk.pass(11_000);

    assert.deepEqual(await readBacksOf(desk), ["gone", undefined]);
  });

  it("says that IAM did not say when Trailhound may not look", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.runDue();
    desk.iam.failures.set("keys", { answer: { kind: "denied", missing: "iam:ListAccessKeys" } });

    await desk.pass(11_000);

    assert.deepEqual(await readBacksOf(desk), ["unreadable", undefined]);
  });

  it("tries again while IAM does not answer, and after five minutes says so", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.runDue();
    desk.iam.failures.set("keys", { answer: UNANSWERED });

    await desk.pass(60_000);
    assert.deepEqual(await readBacksOf(desk), [undefined, undefined]);
    await desk.pass(700_000);

    assert.deepEqual(await readBacksOf(desk), ["unreadable", "unreadable"]);
    assert.deepEqual(await desk.owed(), []);
  });

  it("keeps both read-backs when they fall due together, after an outage", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.runDue();
    desk.clock.advance(600_000);

    await desk.pass(5_000);

    assert.deepEqual(await readBacksOf(desk), ["Inactive", "Inactive"]);
  });

  it("changes nothing at a second delivery, and drops rows that name no read-back", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    await desk.pass(301_000);
    const before = [await desk.entries(), await desk.containment()];
    desk.iam.keyring.delete(KEY);

    for (const id of [`${intent}:10000`, `${intent}:5`, intent, "", "in_x:1", `${intent}:10000:1`])
      await onVerify(id, desk.deps);

    assert.deepEqual([await desk.entries(), await desk.containment()], before);
  });
});

describe("a read-back of an intent that is not there", () => {
  it("is dropped", async () => {
    const desk = await openDesk();
    const intent = await desk.ask(SAM);
    await desk.runDue();
    const containments: ContainmentStore = { ...desk.plain.containments, intent: async () => undefined };

    for (const afterMs of [10_000, 300_000]) await onVerify(`${intent}:${afterMs}`, { ...desk.deps, containments });

    assert.deepEqual(await desk.owed(), []);
  });
});

describe("two operators", () => {
  it("get one call: the first one wins, the other is told who and when", async () => {
    const desk = await openDesk();
    const [sams, evas] = [await desk.openDialog(SAM), await desk.openDialog(EVA)];

    const [first, second] = await Promise.all([desk.submit(SAM, sams), desk.submit(EVA, evas)]);
    await desk.runDue();

    assert.match(JSON.stringify(first), /Asked for/);
    assert.match(JSON.stringify(second), /Somebody was first/);
    assert.match(JSON.stringify(second), new RegExp(`"user_id":"${SAM}"`));
    assert.equal(desk.iam.deactivations.length, 1);
    assert.equal((await desk.containment())?.operator, SAM);
    assert.equal((await desk.entries()).filter(({ kind, actor }) => kind === "already" && actor === EVA).length, 1);
  });
});

function moveKeyTo(desk: Desk, userName: string, account: string): void {
  const user = desk.iam.users.get(`${ACCOUNT}/${USER}`);
  const key = desk.iam.keyring.get(KEY);
  assert.ok(user && key);
  desk.iam.users.set(`${ACCOUNT}/${userName}`, { ...user, userName, arn: `arn:aws:iam::${account}:user/${userName}` });
  desk.iam.keyring.set(KEY, { ...key, userName });
}

function rootsKey(desk: Desk): void {
  const key = desk.iam.keyring.get(KEY);
  assert.ok(key);
  const { userName: _, ...rootKey } = key;
  desk.iam.keyring.set(KEY, rootKey);
}
