/** Whoever may send to the queue makes up records: they are told as such, and nobody's key is disabled for them. */
import assert from "node:assert/strict";
import { envelopeOf } from "../../demo/trail.ts";
import { type ActionDeps, onDisableClick } from "../../handlers/action.ts";
import { memoryIam } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { SHOWN_ALERTS } from "../../src/alert/subject.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import type { Asker } from "../../src/contain/approval.ts";
import { ACCOUNT, CHANNEL, openLine, recordNamed } from "./line.ts";

const TEAM = "T00000001";
const SAM = "U0SAM1234";
const sam: Asker = { id: SAM, teamId: TEAM, deleted: false, bot: false, guest: false, external: false };
const KEY = "AKIAIOSFODNN7EXAMPLE";
const FORGED = 2_000;

/** A record that accuses one of many users with a key that really is his. */
function accusing(victim: string, fields: Readonly<Record<string, unknown>> = {}) {
  return parseRecord(
    recordNamed("iam_create_user", {
      eventID: crypto.randomUUID(),
      eventTime: "2026-11-20T10:02:00Z",
      awsRegion: "us-east-1",
      userIdentity: {
        type: "IAMUser",
        arn: `arn:aws:iam::${ACCOUNT.id}:user/${victim}`,
        accountId: ACCOUNT.id,
        userName: victim,
        accessKeyId: KEY,
      },
      ...fields,
    }),
  ).json;
}

/** Each way in which a forger gets it wrong; he who gets all of it right is told from CloudTrail by nobody. */
const FORGERIES: readonly ((victim: string) => unknown)[] = [
  (victim) => JSON.stringify(accusing(victim)),
  (victim) => ({ Type: "Notification", Message: JSON.stringify(accusing(victim)) }),
  (victim) => ({ ...envelopeOf(accusing(victim)), account: "444455556666" }),
  (victim) => ({ ...envelopeOf(accusing(victim)), source: "aws.s3" }),
  (victim) => ({ ...envelopeOf(accusing(victim)), source: "custom.app" }),
  (victim) => ({ ...envelopeOf(accusing(victim)), region: "eu-west-1" }),
  (victim) => accusing(victim, { eventTime: "2026-11-21T10:02:00Z" }),
  (victim) => accusing(victim, { eventTime: "2026-10-01T10:02:00Z" }),
];

async function openDesk() {
  const line = await openLine();
  const iam = memoryIam();
  line.chat.users.set(SAM, sam);
  const createdAt = "2025-10-04T08:00:00.000Z";
  iam.keyring.set(KEY, { id: KEY, account: ACCOUNT.id, userName: "victim0", status: "Active", createdAt });
  const arn = `arn:aws:iam::${ACCOUNT.id}:user/victim0`;
  iam.users.set(`${ACCOUNT.id}/victim0`, { arn, userName: "victim0", userId: "AIDACKCEVSQ6C2EXAMPLE", createdAt });
  const config = { accounts: [ACCOUNT], operators: [SAM], protected: [] };
  const vitals = openVitals(line.clock);
  const deps: ActionDeps = { ...line, iam, vitals, config, auditKey: Buffer.alloc(32, 7), advice: () => undefined };
  return { line, iam, deps };
}

describe("forged records", () => {
  it(`${FORGED.toLocaleString("en-US")} of them are each told as unverified, and no click on any opens a dialog`, async () => {
    const { line, iam, deps } = await openDesk();
    for (let i = 0; i < FORGED; i++) await line.take(FORGERIES[i % FORGERIES.length]?.(`victim${i >> 3}`));
    // Nobody has looked them up yet.
    for (const row of await line.outbox.due(line.clock.now(), 10_000))
      if (row.kind === "confirm") await line.outbox.done(row);
    while ((await line.deliverDue()) > 0);

    const alerts = await line.alerts.alertsOf(SHOWN_ALERTS, 10_000);
    assert.equal(alerts.reduce((sum, { findings }) => sum + findings, 0) >= FORGED, true);
    assert.ok(alerts.every(({ opening, latest }) => opening.doubt !== undefined && latest.doubt !== undefined));
    assert.ok(line.chat.posts.length > 0);
    for (const { versions, key, ts } of line.chat.posts) {
      const told = JSON.stringify(versions.at(-1));
      assert.match(told, /Unverified/);
      assert.doesNotMatch(told, /disable_key/);
      await onDisableClick(
        {
          actionId: "ids/disable_key/v1",
          value: key,
          user: SAM,
          userTeam: TEAM,
          team: TEAM,
          channel: CHANNEL,
          messageTs: ts,
          triggerId: `t.${key}`,
          responseUrl: "https://hooks.slack.com/actions/x",
          viewId: "",
        },
        deps,
      );
    }
    assert.equal(iam.deactivations.length, 0);
    assert.ok(line.chat.modalUpdates.every(({ view }) => view.submit === undefined));
  }).timeout(20_000);

  it("hide nothing that has to be counted, whatever time they claim", async () => {
    const { line } = await openDesk();
    const failure = (fields: Readonly<Record<string, unknown>>) =>
      parseRecord(recordNamed("signin_console_login_failure", fields)).json;
    for (let i = 0; i < 20; i++) {
      const eventTime = `2026-11-20T10:0${Math.floor(i / 10)}:00Z`;
      await line.take(failure({ eventID: `real-${i}`, eventTime }));
      // Far ahead, so that what really happens would be long past.
      await line.take(failure({ eventID: `forged-${i}`, eventTime: "2099-01-01T00:00:00Z" }));
    }

    const alerts = await line.alerts.alertsOf(SHOWN_ALERTS, 100);
    const series = alerts.filter(({ opening }) => opening.finding.rule === "aws_console_signin_failures");
    assert.deepEqual(series.map(({ opening }) => opening.doubt).sort(), ["odd-time", undefined]);
    const real = series.find(({ opening }) => opening.doubt === undefined);
    assert.equal(real?.events, 20);
  });

  it("of hundreds in one body are taken in parts that the store can commit", async () => {
    const { line } = await openDesk();
    const sizes: number[] = [];
    const { commit } = line.alerts;
    line.alerts.commit = async (batch) => {
      sizes.push(batch.folds.length);
      return commit(batch);
    };

    await line.take(
      JSON.stringify([...Array.from({ length: 700 }, (_, i) => accusing(`victim${i}`)), { no: "record" }]),
    );

    assert.equal(sizes.length, 2);
    const alerts = await line.alerts.alertsOf(SHOWN_ALERTS, 100);
    assert.ok(alerts.some(({ findings }) => findings === 700));
    assert.equal(await line.quarantine.count(), 1);
  }).timeout(10_000);

  it("flood neither Slack nor the store: one body of thousands is one message a rule and account", async () => {
    const { line } = await openDesk();
    const small = (i: number) => ({
      eventID: `${i}`,
      eventName: "CreateUser",
      eventSource: "iam.amazonaws.com",
      // Each of them another account, principal, and week.
      recipientAccountId: i % 2 === 0 ? ACCOUNT.id : `${100_000_000_000 + i}`,
      userIdentity: { type: "IAMUser", userName: `v${i}` },
      eventTime: new Date(Date.parse("2026-11-20T10:02:00Z") - i * 7 * 24 * 3600_000).toISOString(),
    });
    await line.take(JSON.stringify(Array.from({ length: 3_000 }, (_, i) => small(i))));
    while ((await line.deliverDue()) > 0)
      for (const row of await line.outbox.due(line.clock.now(), 10_000))
        if (row.kind === "confirm") await line.outbox.done(row);

    const created = (await line.alerts.alertsOf(SHOWN_ALERTS, 10_000)).filter(
      ({ opening }) => opening.finding.rule === "aws_iam_user_created",
    );
    assert.deepEqual(created.map(({ findings }) => findings).sort(), [1_500, 1_500]);
    assert.match(JSON.stringify(line.chat.posts.at(0)?.versions.at(-1)), /whoever it names: only the first/);
    assert.ok(line.chat.posts.length < 20, `${line.chat.posts.length} posts`);
    const listed = await Promise.all(
      Array.from({ length: 3_000 }, (_, i) => line.alerts.alertsOf(`v${i}`, 10).then((found) => found.length)),
    );
    assert.ok(listed.filter((count) => count > 0).length < 1_000, "the store lists an alert under so many names only");
  }).timeout(20_000);

  it("are told after what is sure, however long they wait", async () => {
    const { line } = await openDesk();
    for (let i = 0; i < 30; i++) await line.take(JSON.stringify(accusing(`victim${i}`, { eventName: "CreateUser" })));
    line.clock.advance(1_000);
    await line.take(accusing("jack"));

    const rows = await line.outbox.due(line.clock.now(), 100);
    const alert = await line.alerts.alert(rows.find(({ kind }) => kind === "deliver")?.id ?? "");
    assert.notEqual(alert, undefined);
    assert.equal(alert?.opening.doubt, undefined);
  });

  it("are told once Slack has told what is sure, when it takes no more for a while", async () => {
    const { line } = await openDesk();
    await line.take(JSON.stringify(accusing("victim")));
    await line.take(accusing("jack"));
    const limited = { kind: "not-sent", why: "ratelimited", permanent: false, retryAfterMs: 30_000 } as const;
    for (let i = 0; i < 10; i++) line.chat.answers.push({ answer: limited, arrives: false });
    await line.deliverDue();
    line.chat.answers.length = 0;

    const rows = (await line.outbox.due(Number.MAX_SAFE_INTEGER, 100)).filter(({ kind }) => kind === "deliver");
    const doubts = await Promise.all(rows.map(async ({ id }) => (await line.alerts.alert(id))?.opening.doubt));
    const waits = rows.map(({ at }) => at - line.clock.now());
    const sure = waits.filter((_, i) => doubts[i] === undefined);
    const doubted = waits.filter((_, i) => doubts[i] !== undefined);
    assert.ok(sure.length > 0 && doubted.length > 0);
    // The sweep sees what is due every two seconds, and Slack's adapter spreads by one.
    assert.ok(Math.min(...doubted) >= Math.max(...sure) + 3_000);
  });

  it("in a log group of an account that is not ours are no better", async () => {
    const { line } = await openDesk();
    const group = (owner: string, victim: string) => ({
      messageType: "DATA_MESSAGE",
      owner,
      logEvents: [{ message: JSON.stringify(accusing(victim)) }],
    });
    await line.take(group("444455556666", "victim1"));
    await line.take(group(ACCOUNT.id, "victim2"));

    const doubtOf = async (victim: string) =>
      (await line.alerts.alertsOf(`arn:aws:iam::${ACCOUNT.id}:user/${victim}`, 1))[0]?.opening.doubt;
    assert.deepEqual([await doubtOf("victim1"), await doubtOf("victim2")], ["no-envelope", undefined]);
  });

  it("do not draw what really happens into their alert", async () => {
    const { line } = await openDesk();
    await line.take(JSON.stringify(accusing("victim0")));
    await line.take(accusing("victim0"));
    await line.take(JSON.stringify(accusing("victim0")));

    const alerts = await line.alerts.alertsOf(`arn:aws:iam::${ACCOUNT.id}:user/victim0`, 100);
    const created = alerts.filter(({ opening }) => opening.finding.rule === "aws_iam_user_created");
    assert.deepEqual(
      created.map(({ opening, findings }) => [opening.doubt, findings]).sort(),
      [
        ["no-envelope", 2],
        [undefined, 1],
      ].sort(),
    );
  });
});
