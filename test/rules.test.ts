import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { attackProblems, parseAttack, tacticsOf } from "../src/detect/attack.ts";
import { runCase } from "../src/detect/cases.ts";

const compiled = await loadRules([bundledRules()]);
const attack = parseAttack(readFileSync("rules/attack.json", "utf8"));
const cases = await loadCases([bundledRules()], compiled);

describe("bundled rules", () => {
  it("are named after their files, helpers of a correlation excepted", () => {
    const named = compiled.summaries.map(({ name, file }) => [name, file.replace(/^.*[/\\]|\.yml$/g, "")] as const);
    const files = new Set(named.map(([, file]) => file));

    assert.deepEqual(
      [...files].filter((file) => !named.some(([name]) => name === file)),
      [],
    );
  });

  it("have what people need to judge them", () => {
    const bare = compiled.summaries.filter(({ description, status, author, tags }) => {
      const told = description && status && author;
      return !(told && tacticsOf(tags, attack).length > 0);
    });

    assert.deepEqual(
      bare.map(({ name }) => name),
      [],
    );
  });

  it("name tactics and techniques that ATT&CK has", () => {
    const wrong = compiled.summaries.flatMap(({ name, tags }) =>
      attackProblems(tags, attack).map((problem) => `${name}: ${problem}`),
    );

    assert.deepEqual(wrong, []);
  });

  for (const file of new Set(cases.map((one) => one.file))) {
    describe(file, () => {
      for (const one of cases.filter((other) => other.file === file)) {
        it(`${one.name}: ${one.expect}`, async () => {
          assert.equal(await runCase(one, compiled, memoryState()), undefined);
        });
      }
    });
  }
});
