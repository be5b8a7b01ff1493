import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { openInbox } from "../../src/adapters/sqs.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Inbox, InboxMessage } from "../../src/ports/inbox.ts";
import type { Log } from "../../src/ports.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

describe("the SQS inbox", () => {
  let server: FauxqsServer;
  let client: SQSClient;
  let url: string;
  let inbox: Inbox;
  const warned: string[] = [];
  const vitals = openVitals({ now: () => Date.now() });
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_, name) => void warned.push(name),
    error: (_, name) => void warned.push(name),
  };

  beforeEach(async () => {
    server = await startFauxqs({ port: 0, logger: false });
    client = new SQSClient({ region, endpoint: server.address, credentials, useQueueUrlAsEndpoint: false });
    url = (await client.send(new CreateQueueCommand({ QueueName: "ids" }))).QueueUrl ?? "";
    process.env["AWS_ENDPOINT_URL_SQS"] = server.address;
    process.env["AWS_ACCESS_KEY_ID"] = "test";
    process.env["AWS_SECRET_ACCESS_KEY"] = "test";
    warned.length = 0;
  });
  afterEach(async () => {
    client.destroy();
    await server.stop();
    delete process.env["AWS_ENDPOINT_URL_SQS"];
  });

  const open = (ready = async () => undefined as undefined) =>
    openInbox({ queues: [{ url, region }], ready, deleteDelayMs: 0, pollSeconds: 1, vitals, log });
  const send = (body: string) => client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  const left = async () => {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return (
      Number(Attributes?.["ApproximateNumberOfMessages"]) +
      Number(Attributes?.["ApproximateNumberOfMessagesNotVisible"])
    );
  };
  const until = async (what: () => boolean | Promise<boolean>) => {
    for (let i = 0; i < 200 && !(await what()); i++) await sleep(25);
    assert.ok(await what(), "not reached in 5 s");
  };

  it("deletes a message only after its handler resolved", async () => {
    await send("slow");
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const seen: InboxMessage[] = [];
    inbox = open();
    inbox.start(async (message) => {
      seen.push(message);
      await held;
    });
    await until(() => seen.length === 1);

    assert.equal(await left(), 1);
    finish();
    await until(async () => (await left()) === 0);

    assert.equal(seen[0]?.body, "slow");
    assert.equal(seen[0]?.receiveCount, 1);
    await inbox.stop(15_000);
  });

  it("keeps a message whose handler failed, and deletes its neighbours", async () => {
    for (const body of ["good 1", "poison", "good 2"]) await send(body);
    const handled: string[] = [];
    inbox = open();
    inbox.start(async ({ body }) => {
      if (body === "poison") throw new Error("cannot");
      handled.push(body);
    });
    await until(async () => handled.length === 2 && (await left()) === 1);

    assert.ok(warned.includes("message.failed"));
    await inbox.stop(15_000);
  });

  it("receives nothing while the store is not ready, and starts when it is", async () => {
    await send("waits");
    let ready = false;
    const handled: string[] = [];
    inbox = openInbox({
      queues: [{ url, region }],
      deleteDelayMs: 0,
      pollSeconds: 1,
      vitals,
      log,
      ready: async () => {
        if (!ready) throw new Error("redis is down");
      },
    });
    inbox.start(async ({ body }) => void handled.push(body));
    await sleep(700);

    assert.deepEqual(handled, []);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    assert.equal(Attributes?.["ApproximateNumberOfMessages"], "1");
    assert.deepEqual(warned.includes("queue.failed"), false, "SQS is not to blame");
    ready = true;
    await until(() => handled.length === 1);
    await inbox.stop(15_000);
  });

  it("does not wait for the end of a long poll when it stops", async () => {
    inbox = openInbox({
      queues: [{ url, region }],
      ready: async () => undefined,
      deleteDelayMs: 0,
      pollSeconds: 20,
      vitals,
      log,
    });
    inbox.start(async () => undefined);
    await send("one");
    await until(async () => (await left()) === 0);
    await sleep(300);
    const asked = Date.now();
    await inbox.stop(15_000);

    assert.ok(Date.now() - asked < 10_000, "it waited for the poll");
    assert.deepEqual(warned, []);
  });

  it("stops only when the handlers under way and their deletes are over", async () => {
    await send("under way");
    let finished = false;
    let started = false;
    inbox = open();
    inbox.start(async () => {
      started = true;
      await sleep(400);
      finished = true;
    });
    await until(() => started);
    await inbox.stop(15_000);

    assert.equal(finished, true);
    assert.equal(await left(), 0);
  });

  it("tells how full the queue is, how long the last message waited, and what lies in its dead-letter queue", async () => {
    const dead = (await client.send(new CreateQueueCommand({ QueueName: "ids-dead" }))).QueueUrl ?? "";
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:ids-dead",
      maxReceiveCount: 10,
    });
    await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy } }));
    await client.send(new SendMessageCommand({ QueueUrl: dead, MessageBody: "failed ten times" }));
    for (const body of ["a", "b", "c"]) await send(body);

    const [before] = await open().depths();
    inbox = open();
    inbox.start(async () => undefined);
    await until(async () => (await left()) === 0);
    const [after] = await inbox.depths();
    await inbox.stop(15_000);

    assert.deepEqual(before, { name: "ids", waiting: 3, inFlight: 0, dead: 1 });
    assert.ok(after?.waitedMs !== undefined && after.waitedMs < 10_000);
    assert.equal(vitals.all().find(({ part }) => part === "queue")?.state, "ok");
  });

  it("says when a queue has no dead-letter queue, and fails when SQS does not answer", async () => {
    const watched = open();
    assert.equal((await watched.depths())[0]?.dead, "none");

    await server.stop();
    await assert.rejects(open().depths());
  });
});
