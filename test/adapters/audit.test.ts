import assert from "node:assert/strict";
import type { AuditEntry } from "../../src/contain/audit.ts";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const ZEROS = "0".repeat(64);

function entryOf(seq: number, prev: string, id = `in_1:${seq}`): AuditEntry {
  return {
    seq,
    id,
    at: iso(NOON),
    kind: "attempt",
    actor: "U1",
    subject: "AKIAIOSFODNN7EXAMPLE",
    detail: { reason: "leaked" },
    prev,
    hash: String(seq).repeat(64).slice(0, 64),
  };
}

contract("audit store", (stores) => {
  const audit = () => stores().audit;
  const [first, second] = [entryOf(1, ZEROS), entryOf(2, "1".repeat(64))];

  it("is empty at first", async () => {
    assert.equal(await audit().head(), undefined);
    assert.deepEqual(await audit().entries(1, 10), []);
  });

  it("appends to the head and reads back in order", async () => {
    assert.deepEqual([await audit().append(first), await audit().append(second)], ["appended", "appended"]);

    assert.deepEqual(await audit().head(), second);
    assert.deepEqual(await audit().entries(1, 10), [first, second]);
    assert.deepEqual(await audit().entries(2, 1), [second]);
    assert.deepEqual(await audit().entries(3, 10), []);
  });

  it("keeps an entry of one id once, whatever came after it", async () => {
    await audit().append(first);
    await audit().append(second);

    assert.equal(await audit().append(first), "kept");
    assert.deepEqual(await audit().entries(1, 10), [first, second]);
  });

  it("refuses an entry whose head has moved or whose number is not the next", async () => {
    await audit().append(first);

    assert.equal(await audit().append(entryOf(1, ZEROS, "other")), "moved");
    assert.equal(await audit().append(entryOf(3, first.hash)), "moved");
    assert.deepEqual(await audit().head(), first);
  });

  it("lets one of several writers of the same place win", async () => {
    const answers = await Promise.all(["a", "b", "c"].map((id) => audit().append(entryOf(1, ZEROS, id))));

    assert.deepEqual(answers.sort(), ["appended", "moved", "moved"]);
  });
});
