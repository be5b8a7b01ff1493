import assert from "node:assert/strict";
import { CHANNEL, FALLBACK, OPERATOR, openLine, recordNamed } from "./line.ts";

const unsure = { kind: "unknown", why: "timeout" } as const;

describe("delivering an alert", () => {
  async function lineWithAlert() {
    const line = await openLine();
    await line.take(recordNamed("iam_create_user"));
    const [row] = await line.outbox.due(line.clock.now(), 1);
    return { ...line, id: row?.id ?? "" };
  }

  it("posts once and edits that message afterwards", async () => {
    const line = await lineWithAlert();
    await line.deliverDue();

    await line.take(recordNamed("iam_create_user", { eventID: "second", eventTime: "2026-11-20T10:02:20Z" }));
    line.clock.advance(60_000);
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    assert.equal(line.chat.posts[0]?.channel, CHANNEL);
    assert.equal(line.chat.posts[0]?.versions.length, 2);
    assert.equal(await line.deliverDue(), 0);
  });

  it("folds a thousand findings into one post and few edits", async () => {
    const line = await lineWithAlert();
    await line.deliverDue();
    for (let n = 0; n < 1000; n++) {
      await line.take(recordNamed("iam_create_user", { eventID: `e-${n}` }));
      line.clock.advance(60);
      if (n % 10 === 0) await line.deliverDue();
    }
    line.clock.advance(60_000);
    await line.deliverDue();

    const [post] = line.chat.posts;
    assert.equal(line.chat.posts.length, 1);
    // One minute: five edits a second apart, then one every ten seconds.
    assert.ok((post?.versions.length ?? 0) <= 13, `${post?.versions.length} versions`);
    assert.equal((await line.alerts.alert(line.id))?.events, 1001);
  });

  it("does not post again when the unanswered post is found in the channel", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: unsure, arrives: true });
    await line.deliverDue();
    line.clock.advance(20_000);
    for (let n = 0; n < 5; n++) {
      await line.deliverDue();
      line.clock.advance(20_000);
    }

    assert.equal(line.chat.posts.length, 1);
    assert.equal(await line.deliverDue(), 0);
  });

  it("posts again only after the channel was searched twice, five seconds apart", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: unsure, arrives: false });
    await line.deliverDue();
    line.clock.advance(20_000);

    await line.deliverDue();
    assert.equal(line.chat.posts.length, 0);
    line.clock.advance(4_000);
    await line.deliverDue();
    assert.equal(line.chat.posts.length, 0);
    line.clock.advance(1_500);
    await line.deliverDue();
    assert.equal(line.chat.posts.length, 1);
  });

  it("posts again at once when history cannot be read: a repeat is better than a loss", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: unsure, arrives: false });
    line.chat.searches.push({ kind: "unsearchable", why: "missing_scope" });
    await line.deliverDue();
    line.clock.advance(20_000);
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 1);
    assert.ok(line.log.lines.some(({ name }) => name === "alert.posted-again"));
  });

  it("shows what came while it waited as one message, as it stands when its turn comes", async () => {
    const line = await lineWithAlert();
    for (let n = 0; n < 100; n++) await line.take(recordNamed("iam_create_user", { eventID: `e-${n}` }));
    await line.alerts.acknowledge(line.id, OPERATOR, line.clock.now());
    await line.deliverDue();
    line.clock.advance(60_000);

    assert.equal(await line.deliverDue(), 0);
    assert.deepEqual(
      line.chat.posts.map(({ versions }) => versions.length),
      [1],
    );
    assert.match(JSON.stringify(line.chat.posts), /101 events.*Acknowledged/s);
  });

  it("knocks every ten seconds while Slack is away and it is one of the worst, every minute when it is not", async () => {
    for (const [record, waitMs] of [
      ["cloudtrail_stop_logging", 10_000],
      ["iam_create_user", 60_000],
    ] as const) {
      const line = await openLine();
      await line.take(recordNamed(record));
      const [row] = await line.outbox.due(line.clock.now(), 1);
      for (let n = 0; n < 10; n++) {
        line.chat.answers.push({ answer: unsure, arrives: false });
        line.chat.searches.push({ kind: "unsearchable", why: "missing_scope" });
        line.clock.advance(60_000);
        await line.deliver(row?.id ?? "");
      }

      line.clock.advance(waitMs - 1);
      assert.equal(await line.deliverDue(), 0, record);
      line.clock.advance(1);
      await line.deliverDue();
      assert.equal(line.chat.posts.length, 1);
    }
  });

  it("waits as long as Slack says when it was told to slow down", async () => {
    const line = await lineWithAlert();
    const slow = { kind: "not-sent", why: "ratelimited", permanent: false, retryAfterMs: 30_000 } as const;
    line.chat.answers.push({ answer: slow, arrives: false });
    await line.deliverDue();

    line.clock.advance(29_000);
    assert.equal(await line.deliverDue(), 0);
    line.clock.advance(1_500);
    await line.deliverDue();
    assert.equal(line.chat.posts.length, 1);
  });

  it("keeps the alert, and says so as an error, when only a person can let the bot in again", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: { kind: "not-sent", why: "token_revoked", permanent: true }, arrives: false });
    await line.deliverDue();

    assert.ok(line.log.lines.some(({ level, name }) => level === "error" && name === "alert.not-sent"));
    line.clock.advance(61_000);
    await line.deliverDue();
    assert.equal(line.chat.posts.length, 1);
  });

  it("goes to the fallback channel while its own takes none, and is edited there", async () => {
    const line = await lineWithAlert();
    line.chat.refusals.set(CHANNEL, "is_archived");
    await line.deliverDue();
    await line.take(recordNamed("iam_create_user", { eventID: "second", eventTime: "2026-11-20T10:02:20Z" }));
    line.clock.advance(60_000);
    await line.deliverDue();

    const [post] = line.chat.posts;
    assert.deepEqual([line.chat.posts.length, post?.channel, post?.versions.length], [1, FALLBACK, 2]);
    assert.deepEqual((await line.alerts.alert(line.id))?.post, { channel: FALLBACK, ts: post?.ts });
    assert.ok(line.log.lines.some(({ level, name }) => level === "error" && name === "channel.closed"));
    assert.equal(await line.deliverDue(), 0);
  });

  it("goes to an operator when both channels take none, and is kept where that stands", async () => {
    const line = await lineWithAlert();
    for (const channel of [CHANNEL, FALLBACK]) line.chat.refusals.set(channel, "not_in_channel");
    await line.deliverDue();
    await line.alerts.acknowledge(line.id, OPERATOR, line.clock.now());
    await line.deliverDue();

    const [post] = line.chat.posts;
    assert.deepEqual([post?.channel, post?.versions.length], ["D0123456789", 2]);
    assert.deepEqual((await line.alerts.alert(line.id))?.post, { channel: "D0123456789", ts: post?.ts });
  });

  it("is tried again each minute when every place refuses it, first in its own channel", async () => {
    const line = await lineWithAlert();
    for (const place of [CHANNEL, FALLBACK, OPERATOR]) line.chat.refusals.set(place, "channel_not_found");
    await line.deliverDue();
    line.clock.advance(59_000);
    assert.equal(await line.deliverDue(), 0);
    line.chat.refusals.clear();
    line.clock.advance(2_000);
    await line.deliverDue();

    assert.deepEqual(
      line.chat.posts.map(({ channel }) => channel),
      [CHANNEL],
    );
  });

  it("stays where the bot is shut out: no other place would help", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: { kind: "not-sent", why: "token_revoked", permanent: true }, arrives: false });
    await line.deliverDue();

    assert.equal(line.chat.posts.length, 0);
    assert.equal(line.chat.answers.length, 0);
  });

  it("moves with what is new about it when its channel is archived, or somebody deleted its message", async () => {
    for (const lose of ["archived", "deleted"] as const) {
      const line = await lineWithAlert();
      await line.deliverDue();
      if (lose === "archived") line.chat.refusals.set(CHANNEL, "is_archived");
      else line.chat.posts.splice(0);
      await line.alerts.acknowledge(line.id, OPERATOR, line.clock.now());
      line.clock.advance(1_000);
      await line.deliverDue();

      const post = line.chat.posts.at(-1);
      assert.equal(post?.channel, lose === "archived" ? FALLBACK : CHANNEL);
      assert.match(JSON.stringify(post?.versions), /Acknowledged/);
      assert.deepEqual((await line.alerts.alert(line.id))?.post, { channel: post?.channel, ts: post?.ts });
      assert.equal(await line.deliverDue(), 0);
    }
  });

  it("is found again in the fallback channel after an unanswered post there", async () => {
    for (const isPosted of [false, true]) {
      const line = await lineWithAlert();
      if (isPosted) {
        await line.deliverDue();
        await line.alerts.acknowledge(line.id, OPERATOR, line.clock.now());
        line.clock.advance(60_000);
      }
      line.chat.refusals.set(CHANNEL, "is_archived");
      line.chat.answers.push({ answer: unsure, arrives: true });
      for (let n = 0; n < 8; n++) {
        await line.deliverDue();
        line.clock.advance(10_000);
      }

      assert.equal(line.chat.posts.filter(({ channel }) => channel === FALLBACK).length, 1);
      assert.equal((await line.alerts.alert(line.id))?.post?.channel, FALLBACK);
      assert.equal(await line.deliverDue(), 0);
    }
  });

  it("is left to the worker that has it", async () => {
    const line = await lineWithAlert();
    await line.alerts.reserve(line.id, "worker-0", line.clock.now());

    await line.deliver(line.id);

    assert.equal(line.chat.posts.length, 0);
    line.clock.advance(16_000);
    // worker-0 died between reserve and post: its message is looked for first.
    await line.deliver(line.id);
    line.clock.advance(5_000);
    await line.deliver(line.id);
    assert.equal(line.chat.posts.length, 1);
  });
});
