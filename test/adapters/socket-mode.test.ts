import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Door, openDoor } from "../../src/adapters/bolt.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import type { TIMING } from "../../src/adapters/socketmode.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Click, HomeOpened, Listeners, Submission, SubmissionAnswer } from "../../src/ports/listeners.ts";
import { type Manner, openRefused, openWell, type SlackSockets, startSlackSockets } from "./socket-stand-in.ts";

const clock = { now: () => Date.now() };
/** Long enough for a slow machine, short enough for a test. */
const QUICK = {
  connectMs: 400,
  drainMs: 250,
  backoffMs: 20,
  longestBackoffMs: 60,
  deafMs: 60_000,
  hangUpMs: 150,
};

const press = (envelope: string) => ({
  type: "interactive",
  envelope_id: envelope,
  accepts_response_payload: true,
  payload: {
    type: "block_actions",
    team: { id: "T1" },
    user: { id: "U1", team_id: "T1" },
    channel: { id: "C1" },
    message: { ts: "1.2" },
    trigger_id: `t.${envelope}`,
    response_url: "https://hooks.slack.com/actions/1",
    actions: [{ type: "button", action_id: "ids/x/v1", block_id: "b", value: "al_1", action_ts: "1.3" }],
  },
});
const submit = (envelope: string) => ({
  type: "interactive",
  envelope_id: envelope,
  accepts_response_payload: true,
  payload: {
    type: "view_submission",
    team: { id: "T1" },
    user: { id: "U1", team_id: "T1" },
    trigger_id: `t.${envelope}`,
    view: { id: "V1", callback_id: "ids/y/v1", private_metadata: "", state: { values: {} } },
  },
});
const opened = (envelope: string, attempt = 0) => ({
  type: "events_api",
  envelope_id: envelope,
  accepts_response_payload: false,
  retry_attempt: attempt,
  retry_reason: attempt === 0 ? "" : "timeout",
  payload: {
    type: "event_callback",
    event_id: "Ev1",
    team_id: "T1",
    api_app_id: "A1",
    event: { type: "app_home_opened", user: "U1", channel: "D1", tab: "home", event_ts: "1.4" },
  },
});
/** As Slack sends them. */
const goodbye = (reason: "warning" | "refresh_requested" | "link_disabled") => ({
  type: "disconnect",
  reason,
  debug_info: { host: "applink-1" },
});

describe("the Socket Mode door", () => {
  let slack: SlackSockets;
  let door: Door | undefined;
  let clicks: Click[];
  let homes: HomeOpened[];
  let onSubmit: (submission: Submission) => Promise<SubmissionAnswer>;
  let deaf: number;
  let log: ReturnType<typeof memoryLog>;
  let vitals: ReturnType<typeof openVitals>;

  beforeEach(async () => {
    slack = await startSlackSockets();
    [door, clicks, homes, deaf, log, vitals] = [undefined, [], [], 0, memoryLog(), openVitals(clock)];
    onSubmit = async () => ({ kind: "close" });
  });
  afterEach(async () => {
    const before = performance.now();
    await door?.close();
    assert.ok(performance.now() - before < 3_000, "close() took longer than 3 s");
    await until(() => slack.standing().length === 0, "a connection outlives the door");
    await slack.stop();
    assert.ok(!JSON.stringify(log.lines).includes("xapp-"), "the token is in the log");
  });

  async function start(timing: Partial<typeof TIMING> = {}, apiUrl = slack.apiUrl): Promise<void> {
    const listeners: Listeners = {
      clicks: { "ids/x/v1": async (click) => void clicks.push(click) },
      submissions: { "ids/y/v1": (submission) => onSubmit(submission) },
      commands: {},
      shortcuts: {},
      homeOpened: async (home) => void homes.push(home),
    };
    door = await openDoor(listeners, {
      token: "xoxb-test",
      apiUrl,
      door: { mode: "socket", appToken: "xapp-test", onDeaf: () => (deaf += 1), timing: { ...QUICK, ...timing } },
      clock,
      vitals,
      log,
    });
  }
  const both = () => until(() => slack.standing().length === 2, "two connections do not stand");
  const vital = () => vitals.all().find(({ part }) => part === "door");

  it("asks for two connections with the app-level token", async () => {
    await start();
    await both();

    const asked = "/api/apps.connections.open Bearer xapp-test";
    assert.deepEqual(slack.asked, [asked, asked]);
    assert.equal(vital()?.state, "ok");
  });

  it("acknowledges a press and hands it on as the HTTP door does", async () => {
    await start();
    await both();
    slack.lines[1]?.send(press("e1"));
    await until(() => clicks.length === 1);

    assert.deepEqual(acks(), [[], ["e1"]]);
    const { value, channel, messageTs, triggerId } = clicks[0] ?? {};
    assert.deepEqual([value, channel, messageTs, triggerId], ["al_1", "C1", "1.2", "t.e1"]);
  });

  it("answers a submission over the connection it came from", async () => {
    onSubmit = async () => ({ kind: "errors", errors: { reason: "too short" } });
    await start();
    await both();
    slack.lines[0]?.send(submit("e1"));
    await until(() => slack.lines[0]?.received.length === 1);

    const payload = { response_action: "errors", errors: { reason: "too short" } };
    assert.deepEqual(slack.lines[0]?.received, [{ envelope_id: "e1", payload }]);
  });

  it("acknowledges and hands on an event that Slack sends again over the other connection", async () => {
    await start();
    await both();
    slack.lines[0]?.send(opened("e1"));
    slack.lines[1]?.send(opened("e2", 1));
    await until(() => homes.length === 2);

    assert.deepEqual(acks(), [["e1"], ["e2"]]);
  });

  it("connects again when both connections break, and goes on", async () => {
    // A connection that is gone is not drained: its timer would hold this test's process.
    await start({ drainMs: 60_000 });
    await both();
    for (const line of slack.lines) line.break();
    await until(() => slack.lines.length === 4);
    await both();
    slack.standing()[0]?.send(press("e2"));

    await until(() => clicks.length === 1);
  });

  for (const reason of ["warning", "refresh_requested", "link_disabled"] as const)
    it(`hears on over a connection that Slack wants renewed (${reason}) until its successor stands`, async () => {
      await start();
      await both();
      const [asked, other] = slack.lines;
      asked?.send(goodbye(reason));
      asked?.send(press("e1"));
      other?.send(press("e2"));
      await until(() => slack.lines.length === 3);
      asked?.send(press("e3"));
      await until(() => asked?.isOpen() === false, "the old connection stays");
      slack.lines[2]?.send(press("e4"));
      await until(() => clicks.length === 4);

      assert.deepEqual(acks(), [["e1", "e3"], ["e2"], ["e4"]]);
      assert.deepEqual(slack.leftStanding, [2]);
    });

  it("loses nothing when Slack wants both renewed at once", async () => {
    await start();
    await both();
    const old = [...slack.lines];
    for (const line of old) line.send(goodbye("warning"));
    for (let n = 0; n < 20; n++) {
      slack
        .standing()
        .at(n % slack.standing().length)
        ?.send(press(`e${n}`));
      await sleep(5);
    }
    await until(() => slack.leftStanding.length === 2 && clicks.length === 20);

    assert.equal(new Set(acks().flat()).size, 20);
    assert.deepEqual([slack.leftStanding.at(-1), old.some((line) => line.isOpen())], [2, false]);
  });

  it("renews connections by age, and two stand all the time", async () => {
    await start({ ageMs: 300, drainMs: 100 });
    await both();
    await until(() => slack.leftStanding.length >= 4, "connections are not renewed");

    assert.ok(Math.min(...slack.leftStanding) >= 2, `left standing: ${slack.leftStanding}`);
  });

  it("keeps an old connection while no new one can be had", async () => {
    await start({ ageMs: 50 });
    await both();
    slack.manner.open = openRefused("internal_error");
    await until(() => slack.asked.length > 6);

    assert.deepEqual(slack.leftStanding, []);
    assert.equal(vital()?.state, "ok");
  });

  const failing: readonly (readonly [string, Manner["open"], RegExp])[] = [
    ["answers 500", (response) => response.writeHead(500).end("oops"), /500/],
    ["answers HTML", (response) => response.writeHead(200).end("<html>maintenance</html>"), /./],
    ["has no address", (response) => response.writeHead(200).end('{"ok":true}'), /URL/],
    ["says too_many_websockets", openRefused("too_many_websockets"), /too_many_websockets/],
    ["hangs", () => undefined, /hello did not come/],
    ["breaks off", (response) => response.destroy(), /./],
  ];
  for (const [name, open, why] of failing)
    it(`tries again while apps.connections.open ${name}`, async () => {
      slack.manner.open = open;
      await start({ connectMs: 150 });
      await until(() => slack.asked.length >= 4);

      assert.equal(vital()?.state, "failing");
      assert.match(vital()?.why ?? "", why);
      slack.manner.open = openWell;
      await both();
      await until(() => vital()?.state === "ok");
    });

  it("waits as long as apps.connections.open asks it to (429)", async () => {
    slack.manner.open = (response) => response.writeHead(429, { "retry-after": "1" }).end('{"ok":false}');
    const before = performance.now();
    await start();
    slack.manner.open = openWell;
    assert.equal(slack.asked.length, 2);
    await both();

    assert.ok(performance.now() - before >= 990, "it did not wait");
  });

  const unfinished: readonly (readonly [string, Manner["greeting"]])[] = [
    ["is not upgraded", "no-upgrade"],
    ["opens but hears no hello", "silent"],
    ["ends with its hello", "hello-and-end"],
    ["breaks the protocol with its hello", "hello-and-nonsense"],
  ];
  for (const [name, greeting] of unfinished)
    it(`gives up a connection that ${name}, and makes another one`, async () => {
      slack.manner.greeting = greeting;
      await start({ connectMs: 150 });
      await until(() => slack.lines.length >= 4);
      slack.manner.greeting = "hello";
      await until(() => slack.standing().length === 2 && vital()?.state === "ok");
      slack.standing()[0]?.send(press("e1"));

      await until(() => clicks.length === 1);
    });

  for (const greeting of ["hello-and-end", "hello-and-nonsense"] as const)
    it(`does not call itself well over connections that say ${greeting.replaceAll("-", " ")}`, async () => {
      slack.manner.greeting = greeting;
      await start();
      await until(() => slack.lines.length >= 6 && vital()?.state === "failing");

      assert.match(vital()?.why ?? "", /^the connection ended/);
    });

  it("waits before it asks again for connections that end with their hello", async () => {
    slack.manner.greeting = "hello-and-end";
    await start({ backoffMs: 5_000, longestBackoffMs: 5_000 });
    await until(() => vital()?.state === "failing" && slack.lines.length === 2);
    await sleep(150);

    assert.equal(slack.asked.length, 2);
  });

  it("is refused with a token that Slack refuses, and leaves nothing running", async () => {
    slack.manner.open = openRefused("invalid_auth");

    await assert.rejects(start(), /^Error: Slack refuses SLACK_APP_TOKEN: invalid_auth; .*xapp-….*connections:write$/);
    await sleep(150);
    assert.ok(slack.asked.length <= 2, "it goes on asking");
  });

  it("keeps trying when the token is revoked later, and says once that it is deaf", async () => {
    await start({ deafMs: 300 });
    await both();
    slack.manner.open = openRefused("token_revoked");
    for (const line of slack.lines) line.break();
    await until(() => deaf === 1);
    await sleep(400);

    assert.deepEqual([deaf, vital()?.state, vital()?.why], [1, "failing", "token_revoked"]);
    assert.ok(slack.asked.length > 5, "it gave up");
    slack.manner.open = openWell;
    await both();
    await until(() => vital()?.state === "ok");
  });

  it("is not deaf while one connection stands", async () => {
    await start({ deafMs: 150 });
    await both();
    slack.manner.open = openRefused("internal_error");
    slack.lines[0]?.break();
    await until(() => slack.asked.length > 5);
    await sleep(200);

    assert.deepEqual([deaf, vital()?.state], [0, "ok"]);
  });

  it("makes a new connection when Slack answers no ping", async () => {
    await start({ pongMs: 150 });
    await both();
    slack.manner.mute = true;
    await until(() => slack.standing().length === 0, "the dead connections stay");
    slack.manner.mute = false;

    await until(() => slack.lines.length >= 4);
    await both();
  });

  it("opens while Slack cannot be reached, and connects later", async () => {
    const { port, apiUrl } = slack;
    await slack.stop();
    await start({ connectMs: 150 }, apiUrl);
    assert.equal(vital()?.state, "failing");

    slack = await startSlackSockets(port);
    await both();
    await until(() => vital()?.state === "ok");
  });

  it("survives an answer whose connection is gone", async () => {
    let answer = (_answer: SubmissionAnswer): void => undefined;
    onSubmit = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await start();
    await both();
    slack.lines[0]?.send(submit("e1"));
    await until(() => answer.length === 1);
    slack.lines[0]?.break();
    await until(() => slack.lines.length === 3);
    answer({ kind: "close" });

    await until(() => log.lines.some(({ name }) => name === "listener.failed"));
    slack.standing()[0]?.send(press("e2"));
    await until(() => clicks.length === 1);
  });

  it("survives messages that are not what Slack sends", async () => {
    await start();
    await both();
    const odd = ["null", "no JSON", "[]", "7", '{"type":"events_api"}', '{"type":"interactive","envelope_id":"e0"}'];
    for (const text of odd) slack.lines[0]?.send(text);
    slack.lines[0]?.send(press("e1"));

    await until(() => clicks.length === 1);
    assert.equal(slack.lines.length, 2);
  });

  const endings: readonly (readonly [string, Partial<Manner>])[] = [
    ["an answer of apps.connections.open is awaited", { open: () => undefined }],
    ["an upgrade is awaited", { greeting: "no-upgrade" }],
    ["a hello is awaited", { greeting: "silent" }],
  ];
  for (const [name, manner] of endings)
    it(`closes at once while ${name}`, async () => {
      Object.assign(slack.manner, manner);
      await start({ connectMs: 100 });
      const { length } = slack.asked;
      await door?.close();
      slack.manner.open = openWell;
      await sleep(150);

      assert.equal(slack.asked.length, length);
      assert.deepEqual([slack.standing().length, deaf], [0, 0]);
    });

  it("closes connections whose end Slack does not answer", async () => {
    await start();
    await both();
    slack.manner.mute = true;
    await door?.close();

    await until(() => slack.standing().length === 0);
  });

  /** The envelopes acknowledged over each connection. */
  const acks = () => slack.lines.map(({ received }) => received.map(({ envelope_id }) => envelope_id));
});

async function until(what: () => boolean, otherwise = "not within 10 s"): Promise<void> {
  for (const end = Date.now() + 10_000; !what() && Date.now() < end; ) await sleep(10);
  assert.ok(what(), otherwise);
}
