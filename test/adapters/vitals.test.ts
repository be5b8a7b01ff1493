import assert from "node:assert/strict";
import { mrkdwn } from "../../blocks/text.ts";
import { fixedClock, memoryChat, memoryIam, memoryLog, memoryStores } from "../../src/adapters/memory.ts";
import { memoryLogFiles } from "../../src/adapters/memory-logfiles.ts";
import { memoryTrail } from "../../src/adapters/memory-trail.ts";
import { openVitals, watched } from "../../src/adapters/vitals.ts";
import { PARTS, type Part } from "../../src/health/health.ts";
import { StoreError } from "../../src/ports/vitals.ts";
import type { Ports } from "../../src/ports.ts";

const ACCOUNT = "111122223333";

function open() {
  const clock = fixedClock(Date.parse("2026-11-20T10:00:00Z"));
  const vitals = openVitals(clock);
  const stores = memoryStores(clock);
  const chat = memoryChat();
  const iam = memoryIam();
  const trail = memoryTrail();
  const inbox = { start: () => undefined, stop: async () => undefined, depths: async () => [] };
  const effects = { hint: async () => undefined, start: () => undefined, stop: async () => undefined };
  const logFiles = memoryLogFiles();
  const log = memoryLog();
  const plain: Ports = { ...stores, chat, iam, trail, inbox, effects, logFiles, clock, log, vitals };
  const of = (part: Part) => vitals.all().find((vital) => vital.part === part);
  return { clock, vitals, chat, iam, trail, plain, of, ports: watched(plain, vitals, "C1") };
}

describe("vitals", () => {
  it("know nothing of parts that nobody used", () => {
    const { vitals } = open();

    assert.deepEqual(
      vitals.all().map(({ state }) => state),
      PARTS.map(() => "unused"),
    );
  });

  it("remember since when a part is as it is, and what it said", () => {
    const { vitals, clock, of } = open();
    vitals.failed("iam", "timed out");
    clock.advance(5_000);
    vitals.failed("iam", "throttled");

    const at = "2026-11-20T10:00:05.000Z";
    const since = "2026-11-20T10:00:00.000Z";
    const spell = { since, why: "throttled", flaps: false };
    assert.deepEqual(of("iam"), { part: "iam", state: "failing", since, at, why: "throttled", spell });
    vitals.ok("iam");
    assert.deepEqual(of("iam"), { part: "iam", state: "ok", since: at, at, spell });
  });

  it("count failures as one spell until a part was well for a minute", () => {
    const { vitals, clock, of } = open();
    vitals.failed("queue", "throttled");
    clock.advance(300_000);
    vitals.ok("queue");
    clock.advance(59_999);
    vitals.failed("queue", "timed out");
    const since = "2026-11-20T10:00:00.000Z";
    assert.deepEqual(of("queue")?.spell, { since, why: "timed out", flaps: true });

    vitals.ok("queue");
    clock.advance(60_000);
    vitals.failed("queue", "again");
    assert.deepEqual(of("queue")?.spell, { since: of("queue")?.at, why: "again", flaps: false });
  });

  it("are noted from what Slack answers to a post", async () => {
    const { ports, chat, of } = open();
    const message = { text: mrkdwn`x`, blocks: [] };
    chat.answers.push({ answer: { kind: "unknown", why: "http 503" }, arrives: false });

    await ports.chat.post("C1", message, "k");
    assert.deepEqual([of("slack")?.state, of("slack")?.why], ["failing", "http 503"]);
    await ports.chat.post("C1", message, "k");
    assert.equal(of("slack")?.state, "ok");
  });

  it("tell Slack as failing while the alerts' channel refuses them, whichever other place takes them", async () => {
    const { ports, chat, of } = open();
    const message = { text: mrkdwn`x`, blocks: [] };
    chat.refusals.set("C1", "is_archived");

    await ports.chat.post("C1", message, "k");
    const moved = await ports.chat.post("C2", message, "k");
    assert.equal(moved.kind, "sent");
    await ports.chat.update("C2", moved.kind === "sent" ? moved.ts : "", message);
    await ports.chat.user("U0123456789");
    assert.deepEqual([of("slack")?.state, of("slack")?.why], ["failing", "is_archived, in the alerts' channel"]);
    chat.refusals.clear();
    await ports.chat.post("C1", message, "k");
    assert.equal(of("slack")?.state, "ok");
  });

  it("are noted from what IAM answers: not to know a key is an answer, to refuse is not", async () => {
    const { ports, iam, of } = open();

    await ports.iam.keyOwner(ACCOUNT, "AKIAIOSFODNN7EXAMPLE");
    assert.equal(of("iam")?.state, "ok");
    iam.failures.set("keyOwner", { answer: { kind: "denied", missing: "iam:GetAccessKeyLastUsed" } });
    await ports.iam.keyOwner(ACCOUNT, "AKIAIOSFODNN7EXAMPLE");
    assert.deepEqual(of("iam")?.why, "Trailhound's role lacks iam:GetAccessKeyLastUsed");
  });

  it("do not blame CloudTrail for a region that a policy closes", async () => {
    const { ports, trail, of } = open();
    const attribute = { key: "Username", value: "jack" } as const;
    const query = { account: ACCOUNT, region: "eu-north-1", attribute, since: 0, pages: 1 };
    trail.failures.set("eu-north-1", { kind: "denied", missing: "cloudtrail:LookupEvents" });

    await ports.trail.lookup(query);
    assert.equal(of("cloudtrail")?.state, "ok");
    trail.failures.set("eu-north-1", { kind: "unavailable", why: "CloudTrail throttles" });
    await ports.trail.lookup(query, AbortSignal.abort());
    assert.equal(of("cloudtrail")?.state, "ok", "whoever asked went away");
    await ports.trail.lookup(query);
    assert.equal(of("cloudtrail")?.why, "CloudTrail throttles");
  });

  it("are noted from every store that fails, with a StoreError; a read that succeeds does not clear them", async () => {
    const { plain, vitals, of } = open();
    const alerts = { ...plain.alerts, alert: () => Promise.reject(new Error("Command timed out")) };
    const ports = watched({ ...plain, alerts }, vitals, "C1");

    await assert.rejects(ports.alerts.alert("al_1"), (error) => error instanceof StoreError);
    // A full Redis can be read.
    await ports.quarantine.count();
    assert.deepEqual([of("redis")?.state, of("redis")?.why], ["failing", "Command timed out"]);
  });
});
