/** Crash points: the process dies before or after every single call that a row makes, and another one takes over. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { LEASE_MS, onAct } from "../../handlers/act.ts";
import { onVerify } from "../../handlers/verify.ts";
import { verifyChain } from "../../src/contain/audit.ts";
import { AUDIT_KEY, type Desk, type DeskDeps, EVA, KEY, openDesk, SAM } from "./desk.ts";

const PORTS = ["containments", "outbox", "audit", "iam", "effects"] as const;

interface Mortal {
  readonly deps: DeskDeps;
  /** Calls made, the last one included. */
  calls(): number;
}

/** Ports of a process that dies at its `at`th call: that one happens (`after`) or not, later ones never do. */
function mortal(deps: DeskDeps, at: number, after: boolean): Mortal {
  let calls = 0;
  const dying = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...args: unknown[]) => {
          calls += 1;
          if (calls < at) return Reflect.apply(method, target, args);
          if (calls === at && after) await Reflect.apply(method, target, args);
          throw new Error("the process died");
        };
      },
    });
  const { containments, outbox, audit, iam, effects } = deps;
  return {
    deps: {
      ...deps,
      worker: "worker-that-dies",
      containments: dying(containments),
      outbox: dying(outbox),
      audit: dying(audit),
      iam: dying(iam),
      effects: dying(effects),
    },
    calls: () => calls,
  };
}

async function check(desk: Desk): Promise<void> {
  assert.ok(desk.iam.deactivations.length <= 1, `${desk.iam.deactivations.length} calls`);
  assert.equal(desk.keyStatus(), "Inactive");
  const containment = await desk.containment();
  assert.equal(containment?.state.kind, "deactivated");
  assert.deepEqual(
    containment?.readBacks.map(({ status }) => status),
    ["Inactive", "Inactive"],
  );
  assert.deepEqual(await desk.owed(), []);
  const entries = await desk.entries();
  assert.equal(verifyChain(entries, AUDIT_KEY).ok, true);
  assert.equal(entries.filter(({ kind }) => kind === "deactivated").length, 1);
}

describe("a process that dies at any call of an act row", () => {
  for (const after of [false, true])
    it(`leaves a row that another process finishes with one call at most (${after ? "after" : "before"} the call)`, async () => {
      let points = 0;
      for (let at = 1; ; at += 1) {
        const desk = await openDesk();
        const intent = await desk.ask(SAM);
        const process = mortal(desk.deps, at, after);
        const died = await onAct(intent, process.deps).then(
          () => false,
          () => true,
        );
        if (!died && process.calls() < at) break;
        points += 1;

        desk.clock.advance(LEASE_MS);
        await desk.pass(400_000);

        await check(desk);
      }
      assert.ok(points >= PORTS.length * 2, `${points} crash points`);
    });
});

describe("a process that dies at any call of a read-back row", () => {
  for (const after of [false, true])
    it(`leaves a row that another process finishes (${after ? "after" : "before"} the call)`, async () => {
      for (let at = 1; ; at += 1) {
        const desk = await openDesk();
        const intent = await desk.ask(SAM);
        await desk.runDue();
        desk.clock.advance(10_000);
        const process = mortal(desk.deps, at, after);
        await onVerify(`${intent}:10000`, process.deps).catch(() => undefined);
        if (process.calls() < at) break;

        desk.clock.advance(LEASE_MS);
        await desk.pass(400_000);

        await check(desk);
      }
    });
});

type Step =
  | { readonly kind: "ask"; readonly by: string }
  | { readonly kind: "submit again" }
  | { readonly kind: "work"; readonly dieAt: number; readonly after: boolean }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "lose answers"; readonly arrives: boolean }
  | { readonly kind: "answer" }
  | { readonly kind: "switch on" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("ask" as const), by: fc.constantFrom(SAM, EVA) }),
  fc.record({ kind: fc.constant("submit again" as const) }),
  fc.record({ kind: fc.constant("work" as const), dieAt: fc.integer({ min: 1, max: 40 }), after: fc.boolean() }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 11_000, 31_000, 301_000) }),
  fc.record({ kind: fc.constant("lose answers" as const), arrives: fc.boolean() }),
  fc.record({ kind: fc.constant("answer" as const) }),
  fc.record({ kind: fc.constant("switch on" as const) }),
);

describe("any story of clicks, crashes, lost answers and people who switch the key on again", () => {
  it("switches the key once per request at most, never late, and never without an audit entry before it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
        const desk = await openDesk();
        /** Switches from Active to Inactive, by the intent whose attempt was noted last. */
        const switches = new Map<string, number>();
        const { deactivateKey } = desk.iam;
        desk.iam.deactivateKey = async (...args) => {
          const attempt = (await desk.entries()).findLast(({ kind }) => kind === "attempt");
          const id = attempt?.id.split(":")[0] ?? "";
          const intent = (await desk.plain.containments.intent(id))?.intent;
          assert.ok(attempt && intent, "a call without an audit entry before it");
          assert.ok(desk.clock.now() < Date.parse(intent.expiresAt), "a call after the request expired");
          assert.equal(await desk.plain.containments.currentFence(intent.account, intent.keyId), intent.fence);
          const before = desk.keyStatus();
          const answer = await deactivateKey(...args);
          if (before === "Active" && desk.keyStatus() === "Inactive") switches.set(id, (switches.get(id) ?? 0) + 1);
          return answer;
        };
        let dialog = "";
        let isUndone = false;
        for (const now of steps) {
          if (now.kind === "ask") {
            dialog = await desk.openDialog(now.by);
            await desk.submit(now.by, dialog);
          } else if (now.kind === "submit again") {
            await desk.submit(SAM, dialog);
          } else if (now.kind === "work") {
            await desk.runDue(mortal(desk.deps, now.dieAt, now.after).deps);
          } else if (now.kind === "wait") {
            desk.clock.advance(now.ms);
          } else if (now.kind === "lose answers") {
            const answer = { kind: "unavailable", why: "timed out" } as const;
            desk.iam.failures.set("deactivateKey", { answer, arrives: now.arrives });
          } else if (now.kind === "answer") {
            desk.iam.failures.clear();
          } else {
            const state = (await desk.containment())?.state.kind;
            const key = desk.iam.keyring.get(KEY);
            // Only what is settled is undone by a person here: nobody can tell an undone call from a lost one.
            if (state === "requested" || key === undefined) continue;
            desk.iam.keyring.set(KEY, { ...key, status: "Active" });
            isUndone = true;
          }
        }
        desk.iam.failures.clear();
        desk.clock.advance(LEASE_MS);
        await desk.pass(700_000);

        assert.deepEqual(await desk.owed(), []);
        assert.equal(verifyChain(await desk.entries(), AUDIT_KEY).ok, true);
        for (const [id, count] of switches) assert.equal(count, 1, `${id} switched the key ${count} times`);
        const state = (await desk.containment())?.state.kind;
        if (state === "deactivated" && !isUndone) assert.equal(desk.keyStatus(), "Inactive");
      }),
      { numRuns: 150 },
    );
  });
});
