import assert from "node:assert/strict";
import { type CommandDeps, handleCommand } from "../../handlers/command.ts";
import { onLookUp, onPick, onShare } from "../../handlers/lookup.ts";
import { type MemoryIam, memoryIam } from "../../src/adapters/memory.ts";
import { memoryTrail } from "../../src/adapters/memory-trail.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import type { Asker } from "../../src/contain/approval.ts";
import type { AlertStore } from "../../src/ports/alerts.ts";
import { ClosedError } from "../../src/ports/chat.ts";
import type { Click, Command, Shortcut } from "../../src/ports/listeners.ts";
import { ACCOUNT, openLine, recordNamed } from "./line.ts";

const TEAM = "T00000001";
const OPERATOR = "U0000000A";
const sam: Asker = { id: OPERATOR, teamId: TEAM, deleted: false, bot: false, guest: false, external: false };
const KEY = "AKIAIOSFODNN7EXAMPLE";
const ARN = "arn:aws:iam::111122223333:user/jack";
const JACK = { type: "IAMUser", arn: ARN, accountId: ACCOUNT.id, userName: "jack", accessKeyId: KEY };
const OTHERS: readonly Partial<Asker>[] = [
  { id: "U0000000B" },
  { guest: true },
  { bot: true },
  { deleted: true },
  { external: true },
  { teamId: "T00000002" },
];

function addUser(iam: MemoryIam, account: string = ACCOUNT.id, arn = `arn:aws:iam::${account}:user/jack`): void {
  const createdAt = "2025-10-04T09:00:00.000Z";
  iam.users.set(`${account}/jack`, { arn, userName: "jack", userId: "AIDACKCEVSQ6C2EXAMPLE", createdAt });
  iam.keyring.set(KEY, { account, userName: "jack", id: KEY, status: "Active", createdAt });
}

async function openDesk(user: Asker = sam, operators: readonly string[] = [OPERATOR]) {
  const line = await openLine();
  const iam = memoryIam();
  const trail = memoryTrail();
  line.chat.users.set(user.id, user);
  line.chat.externals.set("C1", false);
  const deps: CommandDeps & { alerts: AlertStore } = {
    ...line,
    iam,
    trail,
    inbox: { depths: async () => [{ name: "trailhound", waiting: 2, inFlight: 1, dead: 0 }] },
    vitals: openVitals(line.clock),
    startedAt: "2026-11-20T09:00:00.000Z",
    lookups: new Map(),
    auditKey: Buffer.alloc(32, 7),
    config: { accounts: [{ ...ACCOUNT, regions: ["eu-west-1"] }], operators, protected: [] },
  };
  let requests = 0;
  const from = () => ({
    user: user.id,
    team: TEAM,
    channel: "C1",
    triggerId: `t.${++requests}`,
    responseUrl: "https://x",
  });
  /** What the last dialog shows, or the last answer when no dialog was opened. */
  const shown = () => {
    const { chat } = line;
    const view = chat.modalUpdates.at(-1)?.view ?? chat.modals.at(-1)?.view;
    return JSON.stringify(view ?? chat.responses.at(-1)?.message);
  };
  return {
    line,
    iam,
    trail,
    deps,
    shown,
    async ask(text: string, change: Partial<Command> = {}) {
      await handleCommand({ text, ...from(), ...change }, deps);
      return shown();
    },
    async lookUp(text: string, change: Partial<Shortcut> = {}) {
      await onLookUp({ text, userTeam: TEAM, ...from(), ...change }, deps);
      return shown();
    },
    /** Presses a button in the dialog that was opened last. */
    async press(
      handle: (click: Click, deps: CommandDeps) => Promise<void>,
      value: string,
      change: Partial<Click> = {},
    ) {
      const viewId = line.chat.modals.at(-1)?.viewId ?? "";
      const click = {
        actionId: "",
        value,
        messageTs: "",
        userTeam: TEAM,
        viewId,
        ...from(),
        responseUrl: "",
        ...change,
      };
      await handle(click, deps);
      return shown();
    },
    /** Every state of the dialog, oldest first. */
    states: () => line.chat.modalUpdates.map(({ view }) => JSON.stringify(view)),
    responses: () => line.chat.responses.map(({ message, to }) => `${to} ${JSON.stringify(message)}`),
  };
}

/** A call by jack as CloudTrail has it. */
function pastCall(eventName: string, patch: Readonly<Record<string, unknown>> = {}) {
  return parseRecord(
    recordNamed("iam_create_user", {
      eventID: crypto.randomUUID(),
      eventName,
      userIdentity: JACK,
      awsRegion: "eu-west-1",
      eventTime: "2026-11-19T08:00:00Z",
      ...patch,
    }),
  );
}

describe("/ids", () => {
  it("help lists the commands, also when nothing or something unknown was typed", async () => {
    const { ask } = await openDesk();

    assert.match(await ask("help"), /\/ids who/);
    assert.match(await ask(""), /\/ids who/);
    assert.match(await ask("  HELP  "), /\/ids who/);
    assert.match(await ask("wh alice"), /not a command/);
  });

  it("answers operators only", async () => {
    for (const question of ["who jack", `key ${KEY}`, "ip 198.51.100.23", "health"]) {
      for (const flags of OTHERS) {
        const { line, ask } = await openDesk({ ...sam, ...flags });
        assert.match(await ask(question), /Not answered/, `${question} ${JSON.stringify(flags)}`);
        assert.deepEqual([line.chat.responses.length, line.chat.modals.length], [1, 0]);
      }
      const nobody = await openDesk(sam, []);
      assert.match(await nobody.ask(question), /Not answered/);
      const elsewhere = await openDesk();
      assert.match(await elsewhere.ask(question, { team: "T00000002" }), /Not answered/);
    }
  });

  it("says what is wanted when the question is none", async () => {
    const { ask } = await openDesk();

    assert.match(await ask("who"), /wants a user/);
    assert.match(await ask("key deploy-bot"), /last four/);
    assert.match(await ask("ip deploy-bot"), /IPv4/);
    assert.match(await ask("ip 300.1.1.1"), /IPv4/);
  });

  it("refuses a pasted secret key without looking it up", async () => {
    const { ask, line } = await openDesk();

    for (const verb of ["who", "key"]) {
      const answer = await ask(`${verb} wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`);
      assert.match(answer, /secret access key/);
      assert.doesNotMatch(answer, /wJalrXUtnFEMI/);
    }
    assert.equal(line.chat.modals.length, 0);
  });
});

describe("/ids who", () => {
  it("opens a dialog at once and completes it: alerts, then IAM, then CloudTrail", async () => {
    const { line, iam, trail, ask, states, deps } = await openDesk();
    addUser(iam);
    await line.take(recordNamed("iam_create_user", { userIdentity: JACK }));
    trail.records.push(
      pastCall("ListUsers"),
      pastCall("ListUsers"),
      pastCall("DeleteTrail", { errorCode: "AccessDenied" }),
    );

    // Each look at the clock is a second later, so that no state of the dialog is left out.
    const clock = { now: () => line.clock.now() + 1_000 * line.chat.modalUpdates.length };
    await handleCommand(
      { text: "who jack", user: sam.id, team: TEAM, channel: "C1", triggerId: "t", responseUrl: "https://x" },
      { ...deps, clock },
    );

    const [first = "", ...later] = states();
    assert.match(first, /Recorded in alerts/);
    assert.match(first, /IAM: asking/);
    assert.doesNotMatch(first, /IAM user"/);
    const last = later.at(-1) ?? "";
    assert.match(last, /MPLE/);
    assert.match(last, /In CloudTrail.*3 events.*1 denied.*iam:ListUsers/s);
    assert.match(last, /17 of 17 regions/);
    assert.ok(later.some((state) => /Partial.*0 of 17 regions so far/.test(state)));
    assert.match(await ask("who jack"), /Share here/);
  });

  it("lists alerts that were posted before those that were only counted", async () => {
    const { line, ask } = await openDesk();
    await line.take(recordNamed("iam_create_user", { userIdentity: JACK }));
    const later = { eventID: "later", eventTime: "2026-11-20T10:02:20Z", eventName: "ListUsers", readOnly: true };
    await line.take(recordNamed("iam_create_user", { ...later, userIdentity: JACK, sourceIPAddress: "192.0.2.77" }));

    const levels = [...(await ask("who jack")).matchAll(/"(CRITICAL|HIGH|MEDIUM|LOW|INFO)"/g)].map(
      ([, level]) => level,
    );

    assert.ok(levels.includes("INFO") && levels.includes("LOW"), levels.join());
    assert.deepEqual(
      levels.slice(levels.indexOf("INFO")),
      levels.filter((level) => level === "INFO"),
    );
  });

  it("finds the same by name, key id, shown key and ARN", async () => {
    const { line, iam, ask } = await openDesk();
    addUser(iam);
    await line.take(recordNamed("iam_create_user", { userIdentity: JACK }));

    for (const question of ["who jack", `who ${KEY}`, `who ${ARN}`, "who AKIA…MPLE", "key mple", `key ${KEY}`]) {
      const answer = await ask(question);
      assert.match(answer, /jack/, question);
      assert.match(answer, /MPLE/, question);
      assert.match(answer, /iam:CreateUser/, question);
    }
  });

  it("takes no other key of the same alert for one that ends so", async () => {
    const { line, iam, ask } = await openDesk();
    addUser(iam);
    await line.take(recordNamed("iam_create_user", { userIdentity: JACK }));
    const other = { ...JACK, accessKeyId: "AKIAI44QH8DHBEXAMPQR" };
    await line.take(
      recordNamed("iam_create_user", {
        userIdentity: other,
        eventID: "5c1cb7b5-0000-4000-8000-000000000002",
        eventTime: "2026-11-20T10:03:03Z",
      }),
    );

    const answer = await ask("key mple");

    assert.doesNotMatch(answer, /Which one/);
    assert.match(answer, /jack/);
  });

  it("says where it looked when it found nothing, and what could not be asked", async () => {
    const { ask, trail, iam } = await openDesk();
    assert.match(await ask("who nobody"), /Nothing found.*IAM users: prod.*17 of 17 regions/s);

    trail.failures.set("eu-west-1", { kind: "denied", missing: "cloudtrail:LookupEvents" });
    trail.failures.set("us-east-1", { kind: "unavailable", why: "CloudTrail throttles" });
    iam.failures.set("user", { answer: { kind: "unavailable", why: "Throttling" } });
    const answer = await ask("who nobody");
    assert.match(answer, /Partial.*15 of 17 regions/s);
    assert.match(answer, /prod eu-west-1: Trailhound's role lacks cloudtrail:LookupEvents/);
    assert.match(answer, /prod us-east-1: CloudTrail throttles/);
  });

  it("does not show a user of another account than the one asked for", async () => {
    const { iam, ask } = await openDesk();
    addUser(iam, ACCOUNT.id, "arn:aws:iam::444455556666:user/jack");

    const answer = await ask("who jack");
    assert.match(answer, /belongs to another account/);
    assert.match(answer, /Nothing found/);
  });

  it("lets the asker pick when several accounts know the name, and asks CloudTrail of the picked one only", async () => {
    const desk = await openDesk();
    const accounts = [ACCOUNT, { id: "444455556666", name: "dev", regions: ["eu-west-1"] }];
    Object.assign(desk.deps, { config: { ...desk.deps.config, accounts } });
    for (const { id } of accounts) addUser(desk.iam, id);

    assert.match(await desk.ask("who jack"), /2 accounts.*Which one/s);
    assert.equal(desk.trail.asked.length, 0);
    const answer = await desk.press(onPick, "1");

    assert.match(answer, /dev/);
    assert.doesNotMatch(answer, /Which one/);
    assert.deepEqual([...new Set(desk.trail.asked.map(({ account }) => account))], ["444455556666"]);
  });

  it("tells a temporary key from CloudTrail, which IAM does not know", async () => {
    const { trail, ask } = await openDesk();
    const session = {
      type: "AssumedRole",
      arn: "arn:aws:sts::111122223333:assumed-role/ci/build-7",
      accountId: ACCOUNT.id,
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      sessionContext: { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/ci", userName: "ci", type: "Role" } },
    };
    trail.records.push(pastCall("ListUsers", { userIdentity: session }));

    const answer = await ask("key ASIAIOSFODNN7EXAMPLE");
    assert.match(answer, /In CloudTrail/);
    assert.match(answer, /build-7/);
    assert.doesNotMatch(answer, /IAM users: prod/);
  });

  it("says of a role that nobody was asked, and of a role's session that IAM was not", async () => {
    const { ask, trail } = await openDesk();

    const role = await ask("who arn:aws:iam::111122223333:role/ci");
    assert.match(role, /IAM and CloudTrail not asked: .*give the ARN of one/);
    assert.doesNotMatch(role, /IAM users|of 17 regions/);
    assert.equal(trail.asked.length, 0);

    const session = await ask("who arn:aws:sts::111122223333:assumed-role/ci/build-7");
    assert.match(session, /IAM not asked: it is asked for users alone.*17 of 17 regions/s);
    assert.doesNotMatch(session, /IAM users/);
    assert.deepEqual([...new Set(trail.asked.map(({ attribute }) => attribute.value))], ["build-7"]);
  });

  it("answers from IAM and CloudTrail when the store is silent, and says so", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    const alerts = { ...desk.deps.alerts, alertsOf: () => new Promise<never>(() => undefined) };
    Object.assign(desk.deps, { alerts });

    const started = Date.now();
    assert.match(await desk.ask("who jack"), /IAM user.*own store does not answer/s);
    assert.ok(Date.now() - started < 10_000);
  }).timeout(15_000);

  it("answers with a message when no dialog can be opened", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    Object.assign(desk.deps.chat, { openModal: () => Promise.reject(new Error("expired_trigger_id")) });

    await desk.ask("who jack");

    assert.match(desk.responses().join(), /author .*IAM user/);
  });

  it("shows the whole answer also when Slack took no edits for a while", async () => {
    const { ask, line, iam, states, trail } = await openDesk();
    addUser(iam);
    trail.records.push(pastCall("CreateUser"));
    const { updateModal } = line.chat;
    let refusals = 2;
    line.chat.updateModal = async (viewId, view) => {
      if (refusals-- > 0) throw new Error("A rate limit was exceeded (url: views.update, retry-after: 10)");
      return updateModal(viewId, view);
    };

    await ask("who jack");

    assert.match(states().at(-1) ?? "", /17 of 17 regions/);
  });

  it("stops asking when the dialog was closed", async () => {
    const desk = await openDesk();
    Object.assign(desk.deps.chat, { updateModal: () => Promise.reject(new ClosedError("closed")) });

    await desk.ask("who jack");

    assert.equal(desk.trail.asked.length, 0);
  });
});

describe("/ids ip", () => {
  it("tells which alerts name the address, and that CloudTrail cannot be asked for it", async () => {
    const { line, ask, trail } = await openDesk();
    await line.take(recordNamed("iam_create_user", { userIdentity: JACK, sourceIPAddress: "198.51.100.23" }));

    const answer = await ask("ip 198.51.100.23");

    assert.match(answer, /iam:CreateUser/);
    assert.match(answer, /CloudTrail cannot be asked for an address/);
    assert.equal(trail.asked.length, 0);
    assert.match(await ask("ip 198.51.100.24"), /Nothing found/);
  });
});

describe("share here", () => {
  it("posts the answer where it was asked for, once, without the buttons", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    await desk.ask("who jack");

    assert.match(await desk.press(onShare, "share"), /Shared/);
    assert.match(await desk.press(onShare, "share"), /[Aa]sk again/);

    const [shared = "", ...more] = desk.responses();
    assert.match(shared, /^channel .*IAM user/);
    assert.doesNotMatch(shared, /Share here/);
    assert.deepEqual(more, []);
  });

  it("is refused to others than the asker, and to who is no operator any more", async () => {
    const eva = { ...sam, id: "U0000000E" };
    const desk = await openDesk(sam, [sam.id, eva.id]);
    desk.line.chat.users.set(eva.id, eva);
    await desk.ask("who jack");

    assert.match(await desk.press(onShare, "share", { user: eva.id }), /[Aa]sk again/);
    desk.line.chat.users.set(sam.id, { ...sam, deleted: true });
    assert.match(await desk.press(onShare, "share"), /Not answered/);
    assert.deepEqual(desk.responses(), []);
  });
});

describe("share here, where others may read", () => {
  it("posts nothing into a channel shared with other organisations", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    desk.line.chat.externals.set("C1", true);
    await desk.ask("who jack");

    assert.match(await desk.press(onShare, "share"), /people of other organisations read this channel/);
    assert.deepEqual(desk.responses(), []);
  });

  it("posts nothing into a channel of which Slack does not say who reads it, whatever the click says", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    await desk.ask("who jack", { channel: "C0UNKNOWN" });

    assert.match(await desk.press(onShare, "share"), /does not tell.*Invite it.*channels:read/s);
    assert.deepEqual(desk.responses(), []);
  });

  it("asks about the channel of a message whose menu was used", async () => {
    const desk = await openDesk();
    addUser(desk.iam);
    desk.line.chat.externals.set("C2", true);

    await desk.lookUp(`${KEY} from 198.51.100.23`, { channel: "C2" });
    await desk.press(onPick, "0");
    assert.match(await desk.press(onShare, "share"), /other organisations/);
    assert.deepEqual(desk.responses(), []);
  });
});

describe("look up identity", () => {
  it("looks up the one thing that a message names", async () => {
    const { iam, lookUp } = await openDesk();
    addUser(iam);

    assert.match(await lookUp(`is this ours? ${KEY}`), /jack/);
    assert.match(await lookUp("see `arn:aws:iam::111122223333:user/jack`, please"), /jack/);
  });

  it("asks which one when there are several", async () => {
    const { iam, lookUp, press } = await openDesk();
    addUser(iam);

    const asked = await lookUp(`${KEY} from 198.51.100.23, again ${KEY}`);
    assert.match(asked, /Which one.*MPLE.*198\.51\.100\.23/s);
    assert.equal(asked.match(/who_pick/g)?.length, 2);
    assert.match(await press(onPick, "0"), /jack/);
  });

  it("says when there is nothing to look up", async () => {
    const { lookUp } = await openDesk();

    assert.match(await lookUp("lunch at 12.30?"), /names no ARN/);
    assert.match(await lookUp(""), /names no ARN/);
  });

  it("tells nothing to who is no operator", async () => {
    for (const flags of OTHERS) {
      const { iam, lookUp, trail } = await openDesk({ ...sam, ...flags });
      addUser(iam);
      assert.match(await lookUp(KEY), /Not answered/);
      assert.equal(trail.asked.length, 0);
    }
  });

  it("does nothing for a value that no button has", async () => {
    const { lookUp, press, trail } = await openDesk();
    await lookUp(`${KEY} 198.51.100.23`);

    for (const value of ["2", "-1", "x", "__proto__", KEY])
      assert.match(await press(onPick, value), /Ask again/, value);

    assert.equal(trail.asked.length, 0);
  });
});
