import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { attackProblems, matrixOf, parseAttack, tacticsOf, techniquesOf } from "../../src/detect/attack.ts";

const attack = parseAttack(readFileSync("rules/attack.json", "utf8"));

describe("rules/attack.json", () => {
  it("has every technique once, each with tactics that are there, sub-techniques with their parent", () => {
    const { techniques } = JSON.parse(readFileSync("rules/attack.json", "utf8"));
    const tactics = new Set(attack.tactics.map(({ id }) => id));

    assert.equal(techniques.length, attack.techniques.size);
    for (const { id, name, tactics: own } of attack.techniques.values()) {
      assert.match(id, /^T\d{4}(\.\d{3})?$/);
      assert.ok(name.length > 2, id);
      assert.ok(own.length > 0 && own.every((tactic) => tactics.has(tactic)), id);
      assert.ok(attack.techniques.has(id.slice(0, 5)), id);
    }
  });

  it("carries the licence that its terms ask for", () => {
    assert.match(readFileSync("rules/attack.json", "utf8"), /The MITRE Corporation.*royalty-free license/);
  });
});

describe("attackProblems", () => {
  it("is content with known techniques, tactics in both spellings, groups, software and other namespaces", () => {
    const tags = ["attack.t1098.001", "attack.T1078", "attack.privilege_escalation", "attack.privilege-escalation"];

    assert.deepEqual(
      attackProblems([...tags, "attack.ta0003", "attack.g0016", "attack.s0650", "cve.2026-1"], attack),
      [],
    );
  });

  it("names tags that name nothing", () => {
    assert.deepEqual(attackProblems(["attack.t9999", "attack.persistance", "attack.ta0099", "attack.t1098"], attack), [
      "tag attack.t9999 names no tactic or technique of ATT&CK 16",
      "tag attack.persistance names no tactic or technique of ATT&CK 16",
      "tag attack.ta0099 names no tactic or technique of ATT&CK 16",
    ]);
  });
});

describe("tags", () => {
  it("give techniques and tactics", () => {
    const tags = ["attack.persistence", "attack.t1098.001", "attack.ta0006", "attack.t1552"];

    assert.deepEqual(techniquesOf(tags), ["T1098.001", "T1552"]);
    assert.deepEqual(
      tacticsOf(tags, attack).map(({ id }) => id),
      ["TA0003", "TA0006"],
    );
  });
});

describe("matrixOf", () => {
  const cellsOf = (...tags: readonly string[]) =>
    matrixOf([{ tags }], attack).map(({ tactic, technique }) => `${tactic.tag} ${technique.id}`);

  it("puts a technique under those of its tactics that the rule names", () => {
    assert.deepEqual(cellsOf("attack.persistence", "attack.t1098.001"), ["persistence T1098.001"]);
  });

  it("puts it under all of its tactics when the rule names none of them", () => {
    assert.deepEqual(cellsOf("attack.impact", "attack.t1098"), ["persistence T1098", "privilege-escalation T1098"]);
  });

  it("has no cell for a rule without a known technique", () => {
    assert.deepEqual(cellsOf("attack.impact", "attack.t9999"), []);
  });
});
