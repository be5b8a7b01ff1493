import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import { attackProblems, parseAttack, tacticsOf } from "../src/detect/attack.ts";
import { type RuleCase, runCase } from "../src/detect/cases.ts";
import type { Correlation } from "../src/detect/correlation.ts";
import { makeDetector } from "../src/detect/detector.ts";
import type { Finding } from "../src/detect/finding.ts";

const compiled = await loadRules([bundledRules()]);
const attack = parseAttack(readFileSync("rules/attack.json", "utf8"));
const cases = await loadCases([bundledRules()], compiled);
/** Those that post by themselves. */
const told = compiled.summaries.filter(({ raises, level }) => raises && level !== "informational");
const scores = new Set(["aws_hands_on_keyboard"]);

/** Correlations, and those that count them. */
const withAbove = (some: readonly Correlation[]): readonly Correlation[] =>
  some.flatMap((one) => [one, ...withAbove(one.countedBy)]);
/** Those that tell the first record, and no more what is done again within so many days. */
const habits = new Map(
  withAbove(compiled.rules.flatMap(({ countedBy }) => countedBy)).flatMap(({ name, check, windowMs }) => {
    const days = windowMs / 86_400_000;
    return check.kind === "new" && check.learningMs === 0 && days > 7 ? [[name, days] as const] : [];
  }),
);

/** Those of them that are the account's, whoever does it. */
const shared = new Set(
  withAbove(compiled.rules.flatMap(({ countedBy }) => countedBy)).flatMap(({ name, check, groupBy }) => {
    const ofAccount = groupBy.length === 1 && groupBy[0]?.name === "ids.account";
    const ofNobody = check.kind === "new" && !check.fields.some(({ path }) => path === "ids.principal");
    return habits.has(name) && ofAccount && ofNobody ? [name] : [];
  }),
);

/** The same record, made by another user or role of its account: `…:user/alice` → `…:user/alice-2`. */
function bySomebodyElse(record: CloudTrailRecord): CloudTrailRecord {
  const text = JSON.stringify(record.userIdentity).replace(/:(user|role)\/[^"]*|assumed-role\/[^/"]*/g, "$&-2");
  return { ...record, userIdentity: JSON.parse(text) };
}

/** What the rules of a case tell of its records, and of the same ones so many days later, none of them refused. */
async function toldAfter(
  days: number,
  { records, rules }: RuleCase,
  by = (record: CloudTrailRecord) => record,
): Promise<readonly [string[], string[]]> {
  const accounts = [...new Set(records.map(({ recipientAccountId: id }) => id))].map((id) => ({ id }));
  const detector = makeDetector(compiled, memoryState(), { accounts });
  const later = records.map((record) => ({
    ...by(record),
    eventID: `${record.eventID}-again`,
    eventTime: new Date(Date.parse(record.eventTime) + days * 86_400_000).toISOString(),
  }));
  const namesOf = (found: readonly Finding[]) =>
    found.flatMap(({ rule, outcome }) => (rules.includes(rule) && outcome === "success" ? [rule] : []));
  return [namesOf(await detector.feedAll(records)), namesOf(await detector.feedAll(later))];
}

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

  it("tell at once what becomes a habit, then no more, and again when it was long forgotten", async () => {
    const heard: string[] = [];
    for (const one of cases.filter(
      ({ expect, rules }) => expect === "match" && rules.some((name) => habits.has(name)),
    )) {
      const own = { ...one, rules: one.rules.filter((name) => habits.has(name)) };
      const [first, weekLater] = await toldAfter(7, own);
      const [, forgotten] = await toldAfter(Math.max(...own.rules.map((name) => habits.get(name) ?? 0)) + 30, own);

      assert.deepEqual(weekLater, [], `${one.file}: ${one.name}`);
      assert.deepEqual(forgotten, first, `${one.file}: ${one.name}`);
      heard.push(...first);
    }

    assert.deepEqual(
      [...habits.keys()].filter((name) => !heard.includes(name)),
      [],
    );
  });

  it("tell what an account does for the first time, and not what somebody else does there the day after", async () => {
    const heard: string[] = [];
    for (const one of cases.filter(
      ({ expect, rules }) => expect === "match" && rules.some((name) => shared.has(name)),
    )) {
      const own = { ...one, rules: one.rules.filter((name) => shared.has(name)) };
      const [first, dayLater] = await toldAfter(1, own, bySomebodyElse);

      assert.deepEqual(dayLater, [], `${one.file}: ${one.name}`);
      heard.push(...first);
    }

    assert.deepEqual(
      [...shared].filter((name) => !heard.includes(name)),
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
