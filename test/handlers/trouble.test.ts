import assert from "node:assert/strict";
import { type Told, tellTrouble } from "../../handlers/trouble.ts";
import { fixedClock, memoryChat, memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";

const CHANNEL = "C0123456789";
const MINUTE = 60_000;

function open() {
  const clock = fixedClock(Date.parse("2026-11-20T10:00:00Z"));
  const [chat, vitals] = [memoryChat(), openVitals(clock)];
  let told: Told | undefined;
  return {
    clock,
    chat,
    vitals,
    async look() {
      told = await tellTrouble(told, { chat, clock, vitals, channel: CHANNEL, log: memoryLog() });
    },
    shown: () => chat.posts.map(({ versions }) => JSON.stringify(versions.at(-1))),
  };
}

describe("trouble", () => {
  for (const part of ["redis", "queue"] as const)
    it(`is told once when ${part} has failed for five minutes, and edited when it is over`, async () => {
      const { clock, vitals, look, shown } = open();
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
      await look();
      assert.equal(shown().length, 1);
      assert.match(shown()[0] ?? "", /sees again.*for 42 min/s);
    });

  it("is not told for what people see by themselves: Slack, IAM, CloudTrail", async () => {
    const { clock, vitals, look, shown } = open();
    for (const part of ["slack", "door", "iam", "cloudtrail", "s3"] as const) vitals.failed(part, "down");
    clock.advance(60 * MINUTE);
    await look();

    assert.deepEqual(shown(), []);
  });

  it("is told once when nobody knows whether Slack took it", async () => {
    const { clock, chat, vitals, look, shown } = open();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    chat.answers.push({ answer: { kind: "unknown", why: "timed out" }, arrives: true });
    await look();
    clock.advance(MINUTE / 2);
    await look();
    vitals.ok("redis");
    await look();

    assert.equal(shown().length, 1);
    assert.match(shown()[0] ?? "", /sees again/);
  });

  it("is told again when Slack did not take it, and when it comes again", async () => {
    const { clock, chat, vitals, look, shown } = open();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    chat.answers.push({ answer: { kind: "not-sent", why: "ratelimited", permanent: false }, arrives: false });
    await look();
    assert.deepEqual(shown(), []);
    await look();
    vitals.ok("redis");
    await look();
    vitals.failed("redis", "down");
    clock.advance(5 * MINUTE);
    await look();

    assert.equal(shown().length, 2);
  });
});
