import assert from "node:assert/strict";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startQueue } from "../../demo/queue.ts";

describe("queue", () => {
  it("gives a sent body to the real SQS client, counts it, and forgets it when deleted", async () => {
    const queue = await startQueue();
    const sqs = new SQSClient({
      region: "eu-west-1",
      endpoint: queue.endpoint,
      credentials: { accessKeyId: "none", secretAccessKey: "none" },
    });

    await queue.send('{"a":"<ä>"}');
    const before = queue.counts();
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 1 }));
    const during = queue.counts();
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: Messages[0]?.ReceiptHandle }));

    assert.equal(Messages[0]?.Body, '{"a":"<ä>"}');
    assert.deepEqual([before, during, queue.counts()].map(Object.values), [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    sqs.destroy();
    await queue.stop();
  });
});
