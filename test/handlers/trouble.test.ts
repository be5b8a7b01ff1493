import assert from "node:assert/strict";
import { tellTrouble } from "../../handlers/trouble.ts";
import { fixedClock, memoryChat, memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";

const CHANNEL = "C0123456789";
const FALLBACK = "C0987654321";
const MINUTE = 60_000;

function open() {
  const clock = fixedClock(Date.parse("2026-11-20T10:00:00Z"));
  const [chat, vitals] = [memoryChat(), openVitals(clock)];
  let kept: string | undefined;
  const write = async (text: string | undefined) => {
    kept = text;
  };
  const memo = { read: async () => kept, write };
  let fresh = vitals;
  return {
    clock,
    chat,
    vitals,
    look: () => tellTrouble({ chat, clock, vitals: fresh, places: [CHANNEL, FALLBACK], log: memoryLog(), memo }),
    /** A new process knows what is kept and nothing else. */
    restart() {
      fresh = openVitals(clock);
      return fresh;
    },
    calm: () => clock.advance(MINUTE),
    shown: () => chat.posts.map(({ versions }) => JSON.stringify(versions.at(-1))),
  };
}

describe("trouble", () => {
  for (const part of ["redis", "queue"] as const)
    it(`is told once when ${part} has failed for five minutes, and edited when it is over`, async () => {
      const { clock, vitals, look, shown, calm } = open();
      vitals.failed(part, "Connection is closed <!channel>");
      clock.advance(4 * MINUTE);
      vitals.failed(part, "Connection is closed <!channel>");
      await look();
      assert.deepEqual(shown(), []);

      clock.advance(MINUTE);
      await look();
      await look();
      assert.equal(shown().length, 1);
      assert.match(shown()[0] ?? "", /does not see what happens.*not answered since/s);

      clock.advance(37 * MINUTE);
      vitals.ok(part);
      await look();
      assert.match(shown()[0] ?? "", /does not see/, "it may fail again at once");
      calm();
      await look();
      await look();
      assert.equal(shown().length, 1);
      assert.match(shown()[0] ?? "", /sees again.*did not answer for 42 min/s);
    });

  it("is told of a part that comes and goes for five minutes, and is over after a minute without failure", async () => {
    const { clock, vitals, look, shown } = open();
    for (let failures = 0; failures < 10; failures += 1) {
      vitals.failed("queue", "throttled");
      vitals.ok("queue");
      await look();
      assert.deepEqual(shown(), []);
      clock.advance(MINUTE / 2);
    }
    vitals.failed("queue", "throttled");
    vitals.ok("queue");
    await look();
    assert.match(shown()[0] ?? "", /sees what happens in AWS late.*SQS has failed again and again since/s);

    clock.advance(MINUTE - 1);
    await look();
    assert.doesNotMatch(shown()[0] ?? "", /sees again/);
    clock.advance(1);
    await look();
    assert.match(shown()[0] ?? "", /sees again.*SQS failed again and again for/s);
    assert.equal(shown().length, 1);
  });

  it("is not told of two failures with a calm minute between them, nor of a long one that has ended", async () => {
    const { clock, vitals, look, shown, calm } = open();
    vitals.failed("redis", "down");
    vitals.ok("redis");
    for (let minutes = 0; minutes < 5; minutes += 1) calm();
    vitals.failed("redis", "down");
    await look();
    clock.advance(4.5 * MINUTE);
    vitals.ok("redis");
    clock.advance(MINUTE / 2);
    await look();

    assert.deepEqual(shown(), []);
  });

  it("is over for a bot that was started anew meanwhile, too, once its parts answer", async () => {
    const { clock, vitals, look, shown, calm, restart } = open();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    await look();
    const fresh = restart();
    calm();
    await look();
    assert.match(shown()[0] ?? "", /does not see/, "nothing is known yet");
    fresh.ok("redis");
    calm();
    await look();

    assert.equal(shown().length, 1);
    assert.match(shown()[0] ?? "", /sees again/);
  });

  it("is not told for what people see by themselves: Slack, IAM, CloudTrail", async () => {
    const { clock, vitals, look, shown } = open();
    for (const part of ["slack", "door", "iam", "cloudtrail", "s3"] as const) vitals.failed(part, "down");
    clock.advance(60 * MINUTE);
    await look();

    assert.deepEqual(shown(), []);
  });

  it("is told once when nobody knows whether Slack took it", async () => {
    const { clock, chat, vitals, look, shown, calm } = open();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    chat.answers.push({ answer: { kind: "unknown", why: "timed out" }, arrives: true });
    await look();
    clock.advance(MINUTE / 2);
    await look();
    vitals.ok("redis");
    calm();
    await look();

    assert.equal(shown().length, 1);
    assert.match(shown()[0] ?? "", /sees again/);
  });

  it("is told again when Slack did not take it, and when it comes again", async () => {
    const { clock, chat, vitals, look, shown, calm } = open();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    chat.answers.push({ answer: { kind: "not-sent", why: "ratelimited", permanent: false }, arrives: false });
    await look();
    assert.deepEqual(shown(), []);
    await look();
    vitals.ok("redis");
    calm();
    await look();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    await look();

    assert.equal(shown().length, 2);
  });

  it("is told in the fallback channel when the alerts' channel takes nothing, and is over there", async () => {
    const { clock, chat, vitals, look, restart, shown, calm } = open();
    chat.refusals.set(CHANNEL, "is_archived");
    vitals.failed("queue", "throttled");
    clock.advance(5 * MINUTE);
    await look();
    await look();
    assert.deepEqual(
      chat.posts.map(({ channel }) => channel),
      [FALLBACK],
    );

    const later = restart();
    later.ok("queue");
    calm();
    chat.refusals.clear();
    await look();
    assert.match(shown().join(), /sees again/);
    assert.equal(chat.posts.length, 1);
  });
});
