import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { attackProblems, parseAttack, tacticsOf } from "../src/detect/attack.ts";
import { runCase } from "../src/detect/cases.ts";

const compiled = await loadRules([bundledRules()]);
const attack = parseAttack(readFileSync("rules/attack.json", "utf8"));
const cases = await loadCases([bundledRules()], compiled);
/** Those that post by themselves. */
const told = compiled.summaries.filter(({ raises, level }) => raises && level !== "informational");
const scores = new Set(["aws_hands_on_keyboard"]);

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

  it("say why, what to do first in three steps, what they miss and when they are wrong, where an alert shows it", () => {
    const bare = told.filter(
      ({ why, steps, gaps, falsepositives, references }) =>
        !(why && gaps && steps.length === 3 && falsepositives.length > 0 && references.length > 0),
    );

    assert.equal(told.length > 300, true);
    assert.deepEqual(
      bare.map(({ name }) => name),
      [],
    );
  });

  it("are titled by their level", () => {
    const wrong = told.filter(({ level, title, name }) => {
      // The level of a score is not the rule's.
      if (scores.has(name)) return false;
      if (level === "medium") return !title.startsWith("Potential ");
      return title.startsWith("Potential ") || (level === "low" && title.startsWith("Suspicious "));
    });

    assert.deepEqual(
      wrong.map(({ level, title }) => `${level}: ${title}`),
      [],
    );
  });

  it("have a case that matches and one that does not, each of them", () => {
    const lacking = told.filter(({ name }) => {
      const own = cases.filter(({ rules }) => rules.includes(name));
      return !["match", "miss"].every((expected) => own.some(({ expect }) => expect === expected));
    });

    assert.deepEqual(
      lacking.map(({ name }) => name),
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
