import assert from "node:assert/strict";
import { CHANNEL, openLine, recordNamed } from "./line.ts";

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

  it("keeps the alert, and says so as an error, when only a person can mend the channel", async () => {
    const line = await lineWithAlert();
    line.chat.answers.push({ answer: { kind: "not-sent", why: "is_archived", permanent: true }, arrives: false });
    await line.deliverDue();

    assert.ok(line.log.lines.some(({ level, name }) => level === "error" && name === "alert.not-sent"));
    line.clock.advance(61_000);
    await line.deliverDue();
    assert.equal(line.chat.posts.length, 1);
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
