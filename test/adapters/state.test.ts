import assert from "node:assert/strict";
import fc from "fast-check";
import { LATENESS_MS, MAX_MEMBERS, type Need, type WindowAdd } from "../../src/detect/state.ts";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const MINUTE = 60_000;

function addOf(eventID: string, at: number, group = "w"): WindowAdd {
  const sighting = { eventID, time: iso(at), action: "s3:ListBuckets", region: "us-east-1", ip: "192.0.2.1" };
  const member = { id: eventID, at, sighting, values: [`v-${eventID}`, "\u0000", "__proto__"] };
  return { correlation: "c", group, windowMs: 10 * MINUTE, member, need: { members: 1, sums: [] }, signs: [] };
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
        const group = `w${round}`;
        await add(...shuffled.map((one) => ({ ...one, group })));

        assert.deepEqual(await add({ ...addOf("e0", NOON), group }), [["e0", "e1", "e2", "e3", "e4", "e5", "e6"]]);
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
          group: `w${round}`,
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
