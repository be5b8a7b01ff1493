import assert from "node:assert/strict";
import { handleCommand } from "../../handlers/command.ts";
import { healthOf } from "../../handlers/health.ts";
import { onHomeOpened } from "../../handlers/home.ts";
import { memoryIam } from "../../src/adapters/memory.ts";
import { memoryTrail } from "../../src/adapters/memory-trail.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Asker } from "../../src/contain/approval.ts";
import { statusOf } from "../../src/health/health.ts";
import { ACCOUNT, CHANNEL, openLine, recordNamed } from "./line.ts";

const TEAM = "T00000001";
const SAM = "U0SAM1234";
const sam: Asker = { id: SAM, teamId: TEAM, deleted: false, bot: false, guest: false, external: false };
const hang = () => new Promise<never>(() => undefined);

async function openDesk() {
  const line = await openLine();
  line.chat.users.set(SAM, sam);
  const deps = {
    ...line,
    iam: memoryIam(),
    trail: memoryTrail(),
    inbox: { depths: async () => [{ name: "trailhound", waiting: 2, inFlight: 1, waitedMs: 400_000, dead: 3 }] },
    vitals: openVitals(line.clock),
    startedAt: "2026-11-20T09:00:00.000Z",
    lookups: new Map(),
    auditKey: Buffer.alloc(32, 7),
    channel: CHANNEL,
    config: { accounts: [ACCOUNT, { id: "444455556666", name: "dev" }], operators: [SAM], protected: [] },
  };
  return {
    line,
    deps,
    async ask() {
      const command = {
        text: "health",
        user: SAM,
        team: TEAM,
        channel: "C1",
        triggerId: "t",
        responseUrl: "https://x",
      };
      await handleCommand(command, deps);
      return JSON.stringify(line.chat.responses.at(-1)?.message);
    },
    async home(user: Partial<Asker> = {}) {
      line.chat.users.set(SAM, { ...sam, ...user });
      await onHomeOpened({ user: SAM, team: TEAM }, deps);
      return JSON.stringify(line.chat.homes.get(SAM));
    },
  };
}

describe("/ids health", () => {
  it("tells the last record of each account, how late it came, and who was never heard of", async () => {
    const { line, ask } = await openDesk();
    await line.take(recordNamed("iam_create_user", { eventTime: "2026-11-20T10:01:00Z", awsRegion: "eu-west-1" }));

    const answer = await ask();

    assert.match(answer, /prod.*eu-west-1.*90 s after it happened/s);
    assert.match(answer, /dev: no record yet/);
  });

  it("tells lateness, dead letters and what lies in quarantine", async () => {
    const { line, ask } = await openDesk();
    await line.take("{ no json");

    const answer = await ask();

    assert.match(answer, /not all of it/);
    assert.match(answer, /Behind by 7 min/);
    assert.match(answer, /3 in the dead-letter queue/);
    assert.match(answer, /1 could not be read/);
  });

  it("does not take a record that may be forged for a sign of life", async () => {
    const { line, ask } = await openDesk();
    await line.take(JSON.stringify(recordNamed("iam_create_user")));

    assert.match(await ask(), /prod: no record yet/);
  });

  it("answers while the store and SQS hang, and says so", async () => {
    const { deps, ask } = await openDesk();
    Object.assign(deps, {
      quarantine: { ...deps.quarantine, count: hang },
      outbox: { ...deps.outbox, due: hang },
      intake: { ...deps.intake, seen: hang },
      inbox: { depths: hang },
    });

    const started = Date.now();
    assert.match(await ask(), /Alerts do not come through.*Redis does not answer/s);
    assert.ok(Date.now() - started < 3_000, "whoever asks is answered within 3 s");
    assert.equal(statusOf(await healthOf(deps)), "failing");
  }).timeout(10_000);
});

describe("the Home tab", () => {
  it("shows how Trailhound is and the open alerts, and tells operators that they are", async () => {
    const { line, home, deps } = await openDesk();
    await line.take(recordNamed("iam_create_user"));

    assert.match(await home(), /Open alerts.*create/is);
    assert.match(await home(), /You are an operator/);
    Object.assign(deps, { config: { ...deps.config, operators: [] } });
    line.chat.members.set(CHANNEL, [SAM]);
    assert.match(await home(), /Open alerts.*create.*You may read alerts/is);
  });

  it("shows no alert to who is neither operator nor in their channel, nor when Slack does not say", async () => {
    const { line, home, deps } = await openDesk();
    await line.take(recordNamed("iam_create_user"));
    Object.assign(deps, { config: { ...deps.config, operators: [] } });
    line.chat.members.set(CHANNEL, ["U0EVA1234"]).set("C0000000X", [SAM]);

    const elsewhere = await home();
    Object.assign(line.chat, { isMember: () => Promise.reject(new Error("missing_scope")) });
    for (const shown of [elsewhere, await home()]) {
      assert.match(shown, /are for operators and for members/);
      assert.doesNotMatch(shown, /creat|You may read/i);
    }
  });

  it("leaves out what somebody acknowledged", async () => {
    const { line, home, deps } = await openDesk();
    await line.take(recordNamed("iam_create_user"));
    const [alert] = await line.alerts.alertsOf("*", 10);
    await deps.alerts.acknowledge(alert?.id ?? "", SAM, line.clock.now());

    assert.match(await home(), /none in the last 30 days/);
  });

  it("shows nothing to guests, bots and people of other workspaces", async () => {
    const { line, home } = await openDesk();
    await line.take(recordNamed("iam_create_user"));

    for (const flags of [{ guest: true }, { bot: true }, { external: true }, { deleted: true }, { teamId: "T2" }]) {
      const shown = await home(flags);
      assert.match(shown, /full members/, JSON.stringify(flags));
      assert.doesNotMatch(shown, /prod|Open alerts/);
    }
  });

  it("is shown without alerts when the store does not answer", async () => {
    const { home, deps } = await openDesk();
    Object.assign(deps, { alerts: { ...deps.alerts, alertsOf: () => Promise.reject(new Error("down")) } });

    assert.match(await home(), /not known: Redis does not answer/);
  });
});
