import assert from "node:assert/strict";
import { tellBacklog } from "../../handlers/backlog.ts";
import type { MemoryPost } from "../../src/adapters/memory-slack.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { CHANNEL, openLine, recordNamed } from "./line.ts";

const MINUTE = 60_000;

function wordsOf({ channel, versions }: MemoryPost): string {
  const parts = JSON.stringify(versions.at(-1)?.blocks).matchAll(/"text":"([^"]*)"/g);
  return `${channel}: ${[...parts].map(([, part]) => part).join("")}`;
}

async function open() {
  const line = await openLine();
  const vitals = openVitals(line.clock);
  let told: string | undefined;
  let users = 0;
  return {
    ...line,
    vitals,
    look: async () => {
      told = await tellBacklog(told, { ...line, vitals, channel: CHANNEL });
    },
    /** As many alerts, each a second after the one before. */
    async attack(count: number) {
      for (let n = 0; n < count; n += 1) {
        line.clock.advance(1_000);
        users += 1;
        const arn = `arn:aws:iam::111122223333:user/u${users}`;
        const userIdentity = { type: "IAMUser", arn, accountId: "111122223333" };
        await line.take(recordNamed("iam_create_user", { eventID: `e-${users}`, userIdentity }));
      }
    },
    told: () => line.chat.posts.filter(({ key }) => key.startsWith("backlog:")).map(wordsOf),
  };
}

describe("a backlog", () => {
  it("is told once after Slack took no alerts for five minutes: how long, how many alerts, of what levels", async () => {
    const { attack, clock, look, take, told, vitals } = await open();
    await attack(3);
    clock.advance(1);
    vitals.failed("slack", "http 503");
    await attack(5);
    await take(recordNamed("cloudtrail_stop_logging"));
    clock.advance(37 * MINUTE);
    await look();
    assert.deepEqual(told(), [], "nobody would read it yet");
    vitals.ok("slack");
    await look();
    await look();

    const [message = "", ...more] = told();
    assert.deepEqual(more, []);
    assert.match(message, new RegExp(`^${CHANNEL}: .*took no alerts for 37 min\\. 6 wait: 1 high, 5 `));
  });

  it("is told again when Slack fails anew, and says when it took some in between", async () => {
    const { attack, clock, look, told, vitals } = await open();
    for (const _ of [1, 2]) {
      clock.advance(2 * MINUTE);
      vitals.failed("slack", "http 503");
      clock.advance(4 * MINUTE);
      await attack(5);
      vitals.ok("slack");
      await look();
      vitals.failed("slack", "http 503");
      clock.advance(4 * MINUTE);
      vitals.ok("slack");
      await look();
    }

    assert.equal(told().length, 2);
    assert.match(told()[1] ?? "", /took alerts only now and then for 8 min\. 5 wait/);
  });

  it("is not told after a moment, of few alerts, or of those that stand in Slack already", async () => {
    const short = await open();
    short.vitals.failed("slack", "http 503");
    await short.attack(10);
    short.vitals.ok("slack");
    await short.look();

    const few = await open();
    few.vitals.failed("slack", "http 503");
    await few.attack(4);
    few.clock.advance(10 * MINUTE);
    few.vitals.ok("slack");
    await few.look();

    const elsewhere = await open();
    elsewhere.chat.refusals.set(CHANNEL, "is_archived");
    elsewhere.vitals.failed("slack", "is_archived");
    await elsewhere.attack(10);
    await elsewhere.deliverDue();
    elsewhere.clock.advance(10 * MINUTE);
    elsewhere.chat.refusals.clear();
    elsewhere.vitals.ok("slack");
    await elsewhere.look();

    assert.deepEqual(
      [short, few, elsewhere].flatMap(({ told }) => told()),
      [],
    );
  });

  it("is tried again when Slack surely did not take it, or the store does not answer", async () => {
    const { alerts, attack, chat, clock, log, look, told, vitals } = await open();
    vitals.failed("slack", "http 503");
    await attack(5);
    clock.advance(10 * MINUTE);
    vitals.ok("slack");
    chat.answers.push({ answer: { kind: "not-sent", why: "ratelimited", permanent: false }, arrives: false });
    await look();
    assert.deepEqual(told(), []);
    const silent = { ...alerts, alertsOf: () => Promise.reject(new Error("Command timed out")) };
    assert.equal(await tellBacklog(undefined, { alerts: silent, chat, channel: CHANNEL, log, vitals }), undefined);
    await look();

    assert.equal(told().length, 1);
  });
});
