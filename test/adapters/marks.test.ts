import assert from "node:assert/strict";
import fc from "fast-check";
import type { Mark } from "../../src/detect/state.ts";
import { contract } from "./contract.ts";
import { NOON } from "./fold.ts";

const MINUTE = 60_000;
const DAY = 24 * 3600_000;

contract("what is known of a group", (stores) => {
  const markOf = (value: string, at: number, change: Partial<Mark> = {}): Mark => ({
    correlation: "c",
    group: "g",
    value,
    eventID: `${value}-${at}`,
    at,
    forgetMs: 30 * DAY,
    learningMs: 7 * DAY,
    learns: true,
    ...change,
  });
  const askAll = async (...marks: readonly Mark[]) => (await stores().state.ask({ adds: [], marks })).marks;
  const ask = async (...marks: readonly Mark[]) =>
    (await askAll(...marks)).map(({ known, learning }) => ({ known, learning }));
  /** Seven days of a habit, a record a day. */
  const habit = (value: string, days = 8) =>
    ask(...Array.from({ length: days }, (_, i) => markOf(value, NOON + i * DAY)));

  it("is learning in its first week", async () => {
    const answers = await habit("a", 7);

    assert.ok(answers.every(({ learning }) => learning));
    assert.deepEqual(
      answers.slice(0, 3).map(({ known }) => known),
      [false, true, true],
    );
  });

  it("learns for no time when it is told so, and knows a habit all the same", async () => {
    const at = (day: number, value = "a") => markOf(value, NOON + day * DAY, { learningMs: 0 });

    assert.deepEqual(await ask(at(0), at(2), at(2, "b")), [
      { known: false, learning: false },
      { known: true, learning: false },
      { known: false, learning: false },
    ]);
  });

  it("is learning as long as it was seen on less than three days before", async () => {
    await ask(markOf("a", NOON), markOf("a", NOON + DAY));

    assert.deepEqual(await ask(markOf("b", NOON + 10 * DAY)), [{ known: false, learning: true }]);
    assert.deepEqual(await ask(markOf("c", NOON + 11 * DAY)), [{ known: false, learning: false }]);
  });

  it("knows a value a day after it came first, and all records of the first day are new", async () => {
    await habit("a");
    const t = NOON + 8 * DAY;

    assert.deepEqual(
      (await ask(markOf("b", t), markOf("b", t + 1_000), markOf("b", t + DAY - 1), markOf("b", t + DAY))).map(
        ({ known }) => known,
      ),
      [false, false, false, true],
    );
  });

  it("gives a record that comes again the same answer", async () => {
    await habit("a");
    const late = markOf("b", NOON + 8 * DAY);
    const [first] = await ask(late);
    await ask(markOf("b", NOON + 9 * DAY), markOf("b", NOON + 10 * DAY));

    assert.deepEqual(await ask(late), [first]);
  });

  it("knows the same in any order of arrival", async () => {
    const marks = [0, 1, 2, 3, 8, 8.5, 9.5].map((day) => markOf(day >= 8 ? "b" : "a", NOON + day * DAY));
    /** Whether the group is learning is asked with values that nobody told: of others it may be out of date. */
    const knownIn = async (group: string) => {
      const answers = await ask(...marks.map((mark) => ({ ...mark, group })));
      const strangers = marks.map(({ at }, i) => markOf(`stranger ${i}`, at, { group, learns: false }));
      return [answers.map(({ known }) => known), (await ask(...strangers)).map(({ learning }) => learning)];
    };
    await ask(...marks);
    const wanted = await knownIn("g");
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...marks, ...marks], { minLength: 14 }), async (shuffled) => {
        round += 1;
        const group = `g${round}`;
        await ask(...shuffled.map((mark) => ({ ...mark, group })));
        assert.deepEqual(await knownIn(group), wanted);
      }),
      { numRuns: 20 },
    );
  });

  it("learns nothing from what must not be learnt from", async () => {
    await habit("a");
    const denied = (at: number) => markOf("b", at, { learns: false });

    await ask(denied(NOON + 8 * DAY), denied(NOON + 9 * DAY));
    assert.deepEqual(await ask(denied(NOON + 12 * DAY)), [{ known: false, learning: false }]);
    assert.deepEqual(await ask(markOf("b", NOON + 12 * DAY)), [{ known: false, learning: false }]);
  });

  it("forgets a value that was not seen for long", async () => {
    await habit("a");
    await habit("b");

    assert.deepEqual((await ask(markOf("a", NOON + 36 * DAY)))[0]?.known, true);
    assert.deepEqual((await ask(markOf("b", NOON + 38 * DAY)))[0]?.known, false);
  });

  it("tells a new value once a day, by the record that came first with it", async () => {
    await habit("a");
    const t = NOON + 8 * DAY;
    const marks = [0, 60_000, 120_000].map((ms) => markOf("b", t + ms, { learns: false }));

    const told = async (...asked: readonly Mark[]) => (await askAll(...asked)).map((answer) => answer.told);
    assert.deepEqual(await told(...marks), [false, true, true]);
    assert.deepEqual(await told(...marks.toReversed()), [true, true, false]);
    assert.deepEqual(await told(markOf("b", t + DAY, { learns: false }), ...marks), [false, true, true, true]);
    assert.deepEqual(await told(markOf("c", t)), [false]);
  });

  it("tells a new value again for the record that told it, however many came in between", async () => {
    const t = NOON + 8 * DAY;
    await habit("a");
    const told: boolean[] = [];
    for (const ms of [0, 60_000, 120_000, 0, 13 * 3600_000, 13 * 3600_000 + 1, 120_000])
      told.push(...(await askAll(markOf("b", t + ms))).map((answer) => answer.told));

    assert.deepEqual(told, [false, true, true, false, false, true, true]);
  });

  it("learns the days of a busy group as those of a quiet one", async () => {
    for (const day of [0, 1, 2, 3, 4, 5, 6, 7])
      for (const minute of [0, 1, 2]) await ask(markOf("a", NOON + day * DAY + minute * MINUTE));
    const t = NOON + 8 * DAY;

    assert.deepEqual(await ask(markOf("a", t)), [{ known: true, learning: false }]);
    assert.deepEqual(await ask(markOf("b", t)), [{ known: false, learning: false }]);
  });

  it("keeps groups and values apart, whatever text they are", async () => {
    await habit("a");
    await habit("__proto__");

    const t = NOON + 8 * DAY;
    const known = await ask(markOf("__proto__", t), markOf("#since", t), markOf("a", t, { group: "g\u0000" }));
    assert.deepEqual(
      known.map((answer) => answer.known),
      [true, false, false],
    );
  });
});
