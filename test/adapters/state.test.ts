import assert from "node:assert/strict";
import fc from "fast-check";
import { LATENESS_MS, MAX_MEMBERS, type Mark, type Need, type WindowAdd } from "../../src/detect/state.ts";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const MINUTE = 60_000;

function addOf(eventID: string, at: number, key = "w"): WindowAdd {
  const sighting = { eventID, time: iso(at), action: "s3:ListBuckets", region: "us-east-1", ip: "192.0.2.1" };
  const member = { at, sighting, values: [`v-${eventID}`, "\u0000", "__proto__"] };
  return { key, windowMs: 10 * MINUTE, member, need: { members: 1, sums: [] }, signs: [] };
}

contract("detector state", (stores) => {
  const add = async (...adds: readonly WindowAdd[]) =>
    (await stores().state.ask({ adds, marks: [] })).windows.map((members) =>
      members.map(({ sighting }) => sighting.eventID),
    );

  it("gives back what is near in eventTime, oldest first, itself included", async () => {
    const answers = await add(
      addOf("b", NOON),
      addOf("d", NOON + 11 * MINUTE),
      addOf("a", NOON - 10 * MINUTE),
      addOf("c", NOON + MINUTE),
    );

    assert.deepEqual(answers, [["b"], ["d"], ["a", "b"], ["b", "c", "d"]]);
  });

  it("answers a batch of thousands as it answers one after the other", async () => {
    const all = Array.from({ length: 1_050 }, (_, i) => addOf(`e${i}`, NOON + (i % 7) * 1_000, `w${i % 2}`));
    const alone = Array.from({ length: 1_050 }, (_, i) => addOf(`e${i}`, NOON + (i % 7) * 1_000, `alone${i % 2}`));

    const together = await add(...all);

    const onePerCall: (readonly string[])[] = [];
    for (const one of alone) onePerCall.push(...(await add(one)));
    assert.deepEqual(together, onePerCall);
  });

  it("gives back members as they were added", async () => {
    const { windows } = await stores().state.ask({ adds: [addOf("a", NOON)], marks: [] });
    const [members] = windows;

    assert.deepEqual(members, [addOf("a", NOON).member]);
  });

  it("keeps windows apart, whatever text names them", async () => {
    const answers = await add(addOf("a", NOON, "w"), addOf("b", NOON, "w\u0000"), addOf("c", NOON, "__proto__"));

    assert.deepEqual(answers, [["a"], ["b"], ["c"]]);
  });

  it("is unchanged by a record that it holds already", async () => {
    await add(addOf("a", NOON), addOf("b", NOON));

    assert.deepEqual(await add(addOf("a", NOON)), [["a", "b"]]);
  });

  it("keeps the time of a record that comes again with another one", async () => {
    await add(addOf("a", NOON), addOf("a", NOON + 5 * MINUTE));

    assert.deepEqual(await add(addOf("b", NOON - 6 * MINUTE)), [["b", "a"]]);
  });

  it("keeps the newest members of a flood", async () => {
    const flood = Array.from({ length: MAX_MEMBERS + 50 }, (_, i) => addOf(`e${String(i).padStart(5, "0")}`, NOON + i));
    await add(...flood);
    const [members = []] = await add(addOf("zz", NOON + MINUTE));

    assert.equal(members.length, MAX_MEMBERS);
    assert.equal(members[0], "e00051");
    assert.equal(members.at(-1), "zz");
  });

  it("gives a late record its neighbours although the window is full of newer ones", async () => {
    await add(...Array.from({ length: MAX_MEMBERS }, (_, i) => addOf(`e${String(i).padStart(5, "0")}`, NOON + i)));
    const [members = []] = await add(addOf("late", NOON - MINUTE));

    assert.deepEqual([members.length, members[0], members.at(-1)], [MAX_MEMBERS, "late", "e00998"]);
    assert.equal((await add(addOf("next", NOON)))[0]?.includes("late"), false);
  });

  it("forgets what lies further back than a late record may come", async () => {
    await add(addOf("a", NOON), addOf("b", NOON + LATENESS_MS + 11 * MINUTE));

    assert.deepEqual(await add(addOf("c", NOON + MINUTE)), [["c"]]);
  });

  it("holds the same members for any order and any repetition", async () => {
    const adds = Array.from({ length: 8 }, (_, i) => addOf(`e${i}`, NOON + i * 90_000));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...adds, ...adds], { minLength: 16, maxLength: 16 }), async (shuffled) => {
        round += 1;
        const key = `w${round}`;
        await add(...shuffled.map((one) => ({ ...one, key })));

        assert.deepEqual(await add({ ...addOf("e0", NOON), key }), [["e0", "e1", "e2", "e3", "e4", "e5", "e6"]]);
      }),
      { numRuns: 30 },
    );
  });

  it("answers an empty call", async () => {
    assert.deepEqual(await stores().state.ask({ adds: [], marks: [] }), { windows: [], marks: [] });
  });
});

contract("what is needed of a window", (stores) => {
  const distinct = (least: number): Need => ({
    members: 1,
    sums: [{ least, parts: [{ kind: 0, points: 1, free: 0 }] }],
  });
  const signed = (eventID: string, at: number, need: Need, ...signs: readonly (readonly string[])[]): WindowAdd => ({
    ...addOf(eventID, at),
    need,
    signs,
  });
  const add = async (...adds: readonly WindowAdd[]) =>
    (await stores().state.ask({ adds, marks: [] })).windows.map((members) =>
      members.map(({ sighting }) => sighting.eventID).join(" "),
    );

  it("is a number of members, all of them near", async () => {
    const two: Need = { members: 2, sums: [] };

    assert.deepEqual(
      await add(signed("a", NOON, two), signed("b", NOON + 11 * MINUTE, two), signed("c", NOON + 12 * MINUTE, two)),
      ["", "", "b c"],
    );
  });

  it("is a sum of distinct signs, of which old ones do not count", async () => {
    const adds = [
      signed("a", NOON, distinct(2), ["x"]),
      signed("b", NOON + MINUTE, distinct(2), ["x"]),
      signed("c", NOON + 2 * MINUTE, distinct(2), ["y"]),
      signed("d", NOON + 12 * MINUTE, distinct(2), ["z"]),
      signed("e", NOON + 13 * MINUTE, distinct(2), []),
    ];

    assert.deepEqual(await add(...adds), ["", "", "a b c", "c d", ""]);
  });

  it("weighs kinds of signs, and lets the first of a kind be free", async () => {
    const need: Need = {
      members: 1,
      sums: [
        {
          least: 2,
          parts: [
            { kind: 0, points: 0.5, free: 0 },
            { kind: 1, points: 1, free: 1 },
          ],
        },
      ],
    };

    assert.deepEqual(
      await add(
        signed("a", NOON, need, ["x"], ["x"]),
        signed("b", NOON, need, ["y"], ["x"]),
        signed("c", NOON, need, ["y"], ["y"]),
      ),
      ["", "", "a b c"],
    );
  });

  it("takes signs of any text for what they are", async () => {
    const long = "x".repeat(1_000);
    const texts = [long, `${long}y`, "", "\u0000", "\ud800", "\ud801", "__proto__", "0:x"];

    for (const [i, text] of texts.entries()) {
      const [answer] = await add(signed(`e${i}`, NOON, distinct(texts.length), [text, text]));
      assert.equal(answer === "", i < texts.length - 1);
    }
  });

  it("does not count what a record says when it comes again", async () => {
    await add(signed("a", NOON, distinct(2), ["x"]));

    assert.deepEqual(await add(signed("a", NOON, distinct(2), ["y"])), [""]);
  });

  it("forgets a sign with the last member that had it", async () => {
    const old = signed("old", NOON - MINUTE, distinct(2), ["x"]);
    const flood = Array.from({ length: MAX_MEMBERS }, (_, i) => signed(`e${i}`, NOON + i, distinct(2), ["y"]));

    const answers = await add(old, ...flood, signed("last", NOON + MINUTE, distinct(2), ["y"]));
    assert.deepEqual([answers[0], answers[1], answers.at(-2) === "", answers.at(-1)], ["", "old e0", false, ""]);
  });

  it("is there whenever the neighbours come to it, in whatever order they came", async () => {
    const records = fc.uniqueArray(fc.tuple(fc.nat(40), fc.constantFrom("x", "y", "z")), { maxLength: 12 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 3 }), async (made, least) => {
        round += 1;
        const adds = made.map(([minute, sign], i) => ({
          ...signed(`e${i}`, NOON + minute * MINUTE, distinct(least), [sign]),
          key: `w${round}`,
        }));
        const answers = await add(...adds);

        for (const [i, { member, windowMs }] of adds.entries()) {
          const before = adds.slice(0, i + 1).filter((one) => one.member.at >= member.at - windowMs);
          const isThere = new Set(before.flatMap(({ signs }) => signs[0])).size >= least;
          assert.equal(answers[i] !== "", isThere);
        }
      }),
      { numRuns: 60 },
    );
  });
});

const DAY = 24 * 3600_000;

contract("what is known of a group", (stores) => {
  const markOf = (value: string, at: number, change: Partial<Mark> = {}): Mark => ({
    key: "g",
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

  it("gives the same answers in any order of arrival", async () => {
    const marks = [0, 1, 2, 3, 8, 8.5, 9.5].map((day) => markOf(day >= 8 ? "b" : "a", NOON + day * DAY));
    await ask(...marks);
    const wanted = await ask(...marks);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...marks, ...marks], { minLength: 14 }), async (shuffled) => {
        round += 1;
        const key = `g${round}`;
        await ask(...shuffled.map((mark) => ({ ...mark, key })));
        assert.deepEqual(await ask(...marks.map((mark) => ({ ...mark, key }))), wanted);
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
    const known = await ask(markOf("__proto__", t), markOf("#since", t), markOf("a", t, { key: "g\u0000" }));
    assert.deepEqual(
      known.map((answer) => answer.known),
      [true, false, false],
    );
  });
});
