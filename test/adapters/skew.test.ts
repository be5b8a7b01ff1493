import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryLog } from "../../src/adapters/memory.ts";
import { clockJudge } from "../../src/adapters/skew.ts";
import { openInbox } from "../../src/adapters/sqs.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { clockFault } from "../../src/health/health.ts";

/** An SQS without messages, whose clock is so much ahead of ours. */
async function startSqs() {
  const stand = { aheadMs: 0, status: 200, answers: 0, queueUrl: "", stop: async () => {} };
  const server = createServer((request, response) => {
    request.resume();
    stand.answers += 1;
    const date = new Date(Date.now() + stand.aheadMs).toUTCString();
    const body = stand.status === 200 ? {} : { __type: "com.amazonaws.sqs#AccessDenied", message: "no" };
    const headers = { date, "content-type": "application/x-amz-json-1.0" };
    setTimeout(() => response.writeHead(stand.status, headers).end(JSON.stringify(body)), 20);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  stand.queueUrl = `http://127.0.0.1:${port}/111122223333/trailhound`;
  stand.stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return stand;
}

function openClock() {
  const vitals = openVitals({ now: () => Date.now() });
  const log = memoryLog();
  return { vitals, log, fault: () => clockFault(vitals.all()), told: () => log.lines.map(({ name }) => name) };
}

describe("the clock, by the answers of SQS", function () {
  this.timeout(20_000);
  const given = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

  it("is told as off while theirs is 90 s ahead, also in refusals, and as right again afterwards", async () => {
    const sqs = await startSqs();
    const environment = { ...given, AWS_ENDPOINT_URL_SQS: new URL(sqs.queueUrl).origin };
    const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, environment);
    const { vitals, log, fault, told } = openClock();
    const inbox = openInbox({
      queues: [{ url: sqs.queueUrl, region: "us-east-1" }],
      ready: async () => undefined,
      deleteDelayMs: 0,
      pollSeconds: 1,
      vitals,
      log,
    });
    const state = () => vitals.all().find(({ part }) => part === "clock")?.state;
    try {
      assert.equal(state(), "unused");
      inbox.start(async () => undefined);
      await until(() => state() === "ok");

      sqs.aheadMs = 90_000;
      await until(() => state() === "failing");
      assert.match(fault() ?? "", /^(89|90) s behind AWS$/);
      sqs.aheadMs = 0;
      await until(() => state() === "ok");

      Object.assign(sqs, { aheadMs: -90_000, status: 403 });
      await until(() => state() === "failing");
      assert.match(fault() ?? "", /^(89|90|91) s ahead of AWS$/);
      assert.deepEqual(
        told().filter((name) => name.startsWith("clock")),
        ["clock.off", "clock.right", "clock.off"],
      );
    } finally {
      await inbox.stop(5_000);
      await sqs.stop();
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it("is not told as off for one odd answer, nor for slow ones", () => {
    const { vitals, log, fault, told } = openClock();
    const judge = clockJudge({ vitals, log });
    const now = Date.parse("2026-11-20T10:00:00Z");
    const answer = (aheadMs: number, tookMs: number) =>
      judge({ date: new Date(now - aheadMs).toUTCString(), sentAt: now - tookMs, receivedAt: now });

    answer(90_000, 100);
    answer(0, 100);
    answer(90_000, 100);
    assert.equal(fault(), undefined);
    answer(0, 100);
    for (let slow = 0; slow < 5; slow += 1) answer(95_000, 100_000);
    assert.deepEqual([fault(), told()], [undefined, []]);

    answer(90_000, 100);
    answer(90_000, 100);
    answer(90_000, 100);
    assert.equal(fault(), "89 s ahead of AWS");
    assert.deepEqual(told(), ["clock.off"]);
  });
});

async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !check(); await sleep(20)) assert.ok(Date.now() < end, "not within 10 s");
}
