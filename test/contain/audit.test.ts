import assert from "node:assert/strict";
import fc from "fast-check";
import { type AuditEntry, type AuditFact, nextEntry, verifyChain } from "../../src/contain/audit.ts";

const KEY = Buffer.alloc(32, 7);

function fact(n: number): AuditFact {
  return {
    id: `in_${n}:attempt`,
    at: "2026-11-20T10:00:00.000Z",
    kind: "attempt",
    actor: "U0000SAM",
    subject: "111122223333/AKIAIOSFODNN7EXAMPLE",
    detail: { reason: `number ${n}` },
  };
}

function chainOf(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let n = 1; n <= length; n += 1) entries.push(nextEntry(entries.at(-1), fact(n), KEY));
  return entries;
}

describe("verifyChain", () => {
  it("gives the number and the hash of the last entry of a whole chain", () => {
    const entries = chainOf(5);

    assert.deepEqual(verifyChain(entries, KEY), { ok: true, seq: 5, head: entries.at(-1)?.hash });
  });

  it("accepts an empty log", () => {
    assert.deepEqual(verifyChain([], KEY), { ok: true, seq: 0, head: "0".repeat(64) });
  });

  it("goes on with the next page where the last one ended", () => {
    const entries = chainOf(5);
    const first = verifyChain(entries.slice(0, 2), KEY);
    assert.ok(first.ok);

    assert.deepEqual(verifyChain(entries.slice(2), KEY, first), { ok: true, seq: 5, head: entries.at(-1)?.hash });
  });

  it("is the same after the entries went through JSON", () => {
    const entries: AuditEntry[] = JSON.parse(JSON.stringify(chainOf(3)));

    assert.equal(verifyChain(entries, KEY).ok, true);
  });

  it("names the entry that was changed", () => {
    const entries = chainOf(5).map((entry) => (entry.seq === 3 ? { ...entry, actor: "U0000EVE" } : entry));

    assert.deepEqual(verifyChain(entries, KEY), {
      ok: false,
      seq: 3,
      why: "it was changed, or written without the key",
    });
  });

  it("names the place of an entry that was removed", () => {
    const entries = chainOf(5).filter(({ seq }) => seq !== 3);

    const why = "entry 3 is missing: 4 stands in its place";
    assert.deepEqual(verifyChain(entries, KEY), { ok: false, seq: 3, why });
  });

  it("sees entries of a chain that was set back and grew anew, put together with the old ones", () => {
    const old = chainOf(5);
    const anew = [...old.slice(0, 2), nextEntry(old[1], fact(9), KEY), ...old.slice(3)];

    const why = "it does not name the entry before it";
    assert.deepEqual(verifyChain(anew, KEY), { ok: false, seq: 4, why });
  });

  it("sees entries that were renumbered to hide a removed one", () => {
    const entries = chainOf(5)
      .filter(({ seq }) => seq !== 3)
      .map((entry, index) => ({ ...entry, seq: index + 1 }));

    const verified = verifyChain(entries, KEY);

    assert.ok(!verified.ok && verified.seq === 3);
  });

  it("cannot see a cut-off tail, but its head differs from the one noted elsewhere", () => {
    const entries = chainOf(5);

    const cut = verifyChain(entries.slice(0, 3), KEY);

    assert.ok(cut.ok);
    assert.notEqual(cut.head, entries.at(-1)?.hash);
  });

  it("refuses a chain that was rewritten from the start with another key", () => {
    const entries = [nextEntry(undefined, fact(1), Buffer.alloc(32, 8))];

    assert.equal(verifyChain(entries, KEY).ok, false);
  });

  it("sees any one change, removal or swap in any chain", () => {
    const length = fc.integer({ min: 2, max: 8 });
    const where = fc.nat(6);
    const kind = fc.constantFrom("change", "remove", "swap");
    fc.assert(
      fc.property(length, where, kind, (n, at, how) => {
        const entries = chainOf(n);
        const index = at % (n - 1);
        const [here, next] = [entries[index], entries[index + 1]];
        assert.ok(here && next);
        if (how === "change") entries[index] = { ...here, detail: { reason: "other" } };
        else if (how === "remove") entries.splice(index, 1);
        else entries.splice(index, 2, next, here);
        return !verifyChain(entries, KEY).ok;
      }),
    );
  });
});
