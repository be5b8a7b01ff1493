import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openLine, recordNamed } from "./line.ts";

const envelope = (record: unknown) => ({
  version: "0",
  "detail-type": "AWS API Call via CloudTrail",
  source: "aws.iam",
  account: "111122223333",
  region: "us-east-1",
  detail: record,
});

describe("an SQS body", () => {
  it("becomes one alert in Slack when a rule matches", async () => {
    const line = await openLine();

    await line.take(envelope(recordNamed("iam_create_user")));
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    assert.match(line.chat.posts[0]?.versions[0]?.text ?? "", /user/);
    assert.equal(line.effects.hinted.length, 1);
  });

  it("changes nothing when it comes again", async () => {
    const line = await openLine();
    const body = envelope(recordNamed("iam_create_user"));

    for (const count of [1, 2, 3]) await line.take(body, count);
    await line.deliverDue();
    line.clock.advance(60_000);

    assert.equal(await line.deliverDue(), 0);
    assert.equal(line.chat.posts.length, 1);
    assert.equal((await line.alerts.alert(line.chat.posts[0]?.key ?? ""))?.events, 1);
  });

  it("writes nothing when no rule matches", async () => {
    const line = await openLine();

    await line.take(envelope(recordNamed("sts_assume_role_by_service")));

    assert.equal(await line.deliverDue(), 0);
    assert.deepEqual(await line.quarantine.list(10), []);
  });

  it("is quarantined with its reason when it cannot be read, and its neighbours alert", async () => {
    const line = await openLine();

    await line.take([envelope(recordNamed("iam_create_user")), { strange: true }]);
    await line.take('{"detail": {"eventName": "CreateUser"', 4);
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    const kept = await line.quarantine.list(10);
    assert.deepEqual(kept.map(({ reason }) => reason).toSorted(), ["broken-json", "not-a-record"]);
    assert.equal(kept.find(({ reason }) => reason === "broken-json")?.receiveCount, 4);
  });

  it("leaves only its head in quarantine when it inflates to more than 1 MiB", async () => {
    const line = await openLine();
    const owned = { messageType: "DATA_MESSAGE", owner: "111122223333", logGroup: "trail" };
    const huge = JSON.stringify({ strange: "x".repeat(2 ** 20) });
    const data = gzipSync(JSON.stringify({ ...owned, logEvents: [{ id: "1", timestamp: 0, message: huge }] }));
    await line.take({ awslogs: { data: data.toString("base64") } });

    const [kept] = await line.quarantine.list(10);
    assert.equal(kept?.whole, false);
    assert.ok((kept?.bytes ?? 0) > 2 ** 20);
    assert.equal(kept?.head.length, 4_096);
  });

  it("is not taken when the store cannot commit", async () => {
    const line = await openLine();
    line.alerts.commit = async () => {
      throw new Error("redis is down");
    };

    await assert.rejects(line.take(envelope(recordNamed("iam_create_user"))), /redis is down/);
  });
});
