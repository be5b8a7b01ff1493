import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { QUEUE_REGION, startQueue } from "../../demo/queue.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openInbox } from "../../src/adapters/sqs.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { startProxy } from "../e2e/proxy.ts";

describe("the SQS inbox before an SQS that hangs", function () {
  this.timeout(60_000);
  it("tells it within seconds, and hears again when SQS answers", async () => {
    const queue = await startQueue();
    const proxy = await startProxy(queue.endpoint);
    const given = { AWS_ENDPOINT_URL_SQS: proxy.url, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const before = Object.keys(given).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, given);
    const vitals = openVitals({ now: () => Date.now() });
    const state = () => vitals.all().find(({ part }) => part === "queue")?.state;
    const handled: string[] = [];
    const inbox = openInbox({
      queues: [{ url: queue.url, region: QUEUE_REGION }],
      ready: async () => undefined,
      deleteDelayMs: 0,
      pollSeconds: 1,
      vitals,
      log: memoryLog(),
    });
    try {
      await queue.send("before");
      inbox.start(async ({ body }) => void handled.push(body));
      await until(() => handled.length === 1 && queue.counts().inFlight === 0);

      proxy.set({ kind: "hang" });
      await until(() => state() === "failing");
      const tries = proxy.tries();
      await sleep(2_000);
      assert.ok(proxy.tries() - tries <= 6, "it backs off");
      proxy.set({ kind: "pass" });
      await queue.send("after");
      await until(() => handled.includes("after") && state() === "ok");
    } finally {
      await inbox.stop(8_000);
      await proxy.close();
      await queue.stop();
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !check(); await sleep(50)) assert.ok(Date.now() < end, "not within 15 s");
}
