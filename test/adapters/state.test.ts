import assert from "node:assert/strict";
import fc from "fast-check";
import { LATENESS_MS, MAX_MEMBERS, type WindowAdd } from "../../src/detect/state.ts";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const MINUTE = 60_000;

function addOf(eventID: string, at: number, key = "w"): WindowAdd {
  const sighting = { eventID, time: iso(at), action: "s3:ListBuckets", region: "us-east-1", ip: "192.0.2.1" };
  return { key, windowMs: 10 * MINUTE, member: { sighting, values: [`v-${eventID}`, "\u0000", "__proto__"] } };
}

contract("detector state", (stores) => {
  const add = async (...adds: readonly WindowAdd[]) =>
    (await stores().state.add(adds)).map((members) => members.map(({ sighting }) => sighting.eventID));

  it("gives back what is near in eventTime, oldest first, itself included", async () => {
    const answers = await add(
      addOf("b", NOON),
      addOf("d", NOON + 11 * MINUTE),
      addOf("a", NOON - 10 * MINUTE),
      addOf("c", NOON + MINUTE),
    );

    assert.deepEqual(answers, [["b"], ["d"], ["a", "b"], ["b", "c", "d"]]);
  });

  it("gives back members as they were added", async () => {
    const [members] = await stores().state.add([addOf("a", NOON)]);

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
    assert.deepEqual(await stores().state.add([]), []);
  });
});
