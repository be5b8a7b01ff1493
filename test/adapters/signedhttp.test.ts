import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { signatureOf } from "../../demo/interaction.ts";
import { type Door, openDoor } from "../../src/adapters/bolt.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Click, Command } from "../../src/ports/listeners.ts";

/** Slack docs, "Verifying requests from Slack": the worked example. */
const EXAMPLE = {
  secret: "8f742231b10e8888abcd99yyyzzz85a5",
  seconds: 1531420618,
  body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
};
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const REQUEST_MS = 300;
const RUNS = 300;

describe("signed HTTP", () => {
  let door: Door;
  let now = EXAMPLE.seconds * 1_000;
  const log = memoryLog();
  const clicks: Click[] = [];
  const commands: Command[] = [];
  let failing = false;

  before(async () => {
    const clock = { now: () => now };
    const listeners = {
      clicks: { "ids/x/v1": async (click: Click) => void clicks.push(click) },
      submissions: {
        "ids/y/v1": async () => {
          if (failing) throw new Error("redis is gone");
          return { kind: "close" as const };
        },
      },
      commands: { "/webhook-collect": async (command: Command) => void commands.push(command) },
      shortcuts: {},
      homeOpened: async () => undefined,
    };
    door = await openDoor(listeners, {
      token: "xoxb-test",
      door: { mode: "http", signingSecret: EXAMPLE.secret, host: "127.0.0.1", port: 0, requestMs: REQUEST_MS },
      clock,
      vitals: openVitals(clock),
      log,
    });
  });
  beforeEach(() => {
    now = EXAMPLE.seconds * 1_000;
    failing = false;
    for (const list of [clicks, commands, log.lines]) list.length = 0;
  });
  afterEach(() => {
    const told = JSON.stringify(log.lines);
    for (const secret of [EXAMPLE.secret, "xoxb-", "v0=", "hooks.slack.com"])
      assert.ok(!told.includes(secret), `${secret} is in the log`);
  });
  after(() => door.close());

  const sign = (body: string | Buffer, seconds: number | string = EXAMPLE.seconds) =>
    `v0=${createHmac("sha256", EXAMPLE.secret).update(`v0:${seconds}:`).update(body).digest("hex")}`;

  async function send(
    body: string | Buffer,
    { type = FORM, seconds = EXAMPLE.seconds as number | string, signature = sign(body, seconds), path = "" } = {},
  ): Promise<Response> {
    return fetch((door.url ?? "") + path, {
      method: "POST",
      body: typeof body === "string" ? body : new Uint8Array(body),
      headers: { "content-type": type, "x-slack-request-timestamp": String(seconds), "x-slack-signature": signature },
    });
  }
  /** What comes back over a socket that says `head` and `body`, word for word. */
  async function talk(head: readonly string[], body = ""): Promise<string> {
    const { hostname, port } = new URL(door.url ?? "");
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    socket.write(`${[...head, "host: ids", "connection: close"].join("\r\n")}\r\n\r\n${body}`);
    return text(socket).catch(() => "");
  }
  const post = (headers: readonly string[], body = EXAMPLE.body) =>
    talk(["POST /slack/events HTTP/1.1", `content-type: ${FORM}`, `content-length: ${body.length}`, ...headers], body);
  const statusOf = (said: string) => Number(said.split(" ")[1]);
  const nothingHappened = () => assert.deepEqual([clicks, commands], [[], []]);
  const payload = (body: unknown) => new URLSearchParams({ payload: JSON.stringify(body) }).toString();
  const press = (value: string) => ({
    type: "block_actions",
    team: { id: "T1" },
    user: { id: "U1", team_id: "T1" },
    trigger_id: "t.1",
    actions: [{ type: "button", action_id: "ids/x/v1", block_id: "b", value, action_ts: "1.3" }],
  });

  it("takes Slack's documented example, and the demo signs as it does", async () => {
    assert.equal(signatureOf(EXAMPLE.body, EXAMPLE), EXAMPLE.signature);
    assert.equal((await send(EXAMPLE.body, { signature: EXAMPLE.signature })).status, 200);
    assert.deepEqual(
      commands.map(({ user, team, text }) => [user, team, text]),
      [["U2CERLKJA", "T1DC2JH3J", ""]],
    );
  });

  it("takes a body that is right to the byte, with any letters, plus signs and escapes", async () => {
    const value = "Łódź 日本 🐕 a+b%20c & =";
    const bodies = [
      payload(press(value)),
      `payload=${encodeURIComponent(JSON.stringify(press(value)))}`,
      `payload=${JSON.stringify(press(value)).replaceAll("%", "%25").replaceAll("+", "%2B").replaceAll("&", "%26")}`,
    ];
    for (const body of bodies) assert.equal((await send(body)).status, 200);

    assert.deepEqual(
      clicks.map((click) => click.value),
      [value, value, value],
    );
  });

  it("refuses a body in which one byte is another", async () => {
    const body = Buffer.from(payload(press("ok")));
    for (const at of [0, 8, body.length >> 1, body.length - 1]) {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.equal((await send(changed, { signature: sign(body) })).status, 401);
    }
    nothingHappened();
  });

  it("tells bytes apart that are the same text", async () => {
    const [one, other] = [Buffer.from("text=\xff", "latin1"), Buffer.from("text=\xfe", "latin1")];

    assert.equal(one.toString(), other.toString());
    assert.equal((await send(other, { signature: sign(one) })).status, 401);
    assert.notEqual((await send(one)).status, 401);
  });

  for (const [seconds, status] of [
    [-301, 401],
    [-299, 200],
    [299, 200],
    [301, 401],
  ] as const)
    it(`answers ${status} to a signature that is ${Math.abs(seconds)} s ${seconds < 0 ? "old" : "ahead"}`, async () => {
      assert.equal((await send(EXAMPLE.body, { seconds: EXAMPLE.seconds + seconds })).status, status);
      assert.equal(commands.length, status === 200 ? 1 : 0);
    });

  const { seconds, signature } = EXAMPLE;
  const [at, signed] = [`x-slack-request-timestamp: ${seconds}`, `x-slack-signature: ${signature}`];
  const forged: readonly (readonly [string, readonly string[]])[] = [
    ["no headers", []],
    ["no signature", [at]],
    ["no time", [signed]],
    ["an empty signature", [at, "x-slack-signature: "]],
    ["a signature without a hash", [at, "x-slack-signature: v0="]],
    ["the version v1", [at, `x-slack-signature: ${signature.replace("v0", "v1")}`]],
    ["a hash without a version", [at, `x-slack-signature: ${signature.slice(3)}`]],
    ["something after its hash", [at, `${signed}=x`]],
    ["a hash in capitals", [at, `x-slack-signature: v0=${signature.slice(3).toUpperCase()}`]],
    ["two signatures", [at, signed, signed]],
    ["a right and a wrong signature", [at, signed, `x-slack-signature: v0=${"0".repeat(64)}`]],
    ["two times", [at, at, signed]],
    ["a time that is no number", ["x-slack-request-timestamp: now", signed]],
    ["a time in another spelling", [`x-slack-request-timestamp: ${seconds}.0`, signed]],
    ["no end of time", ["x-slack-request-timestamp: Infinity", signed]],
  ];
  it("takes the headers that the forged ones are made of", async () => {
    assert.equal(statusOf(await post([at, signed])), 200);
  });
  for (const [name, headers] of forged)
    it(`refuses a request with ${name}`, async () => {
      assert.equal(statusOf(await post(headers)), 401);
      nothingHappened();
    });

  it("answers 404 to other methods and paths", async () => {
    for (const line of [
      "GET /slack/events",
      "HEAD /slack/events",
      "PUT /slack/events",
      "POST /",
      "POST //",
      "POST /slack/events/",
      "POST /slack/install",
      "POST http://",
    ])
      assert.equal(statusOf(await talk([`${line} HTTP/1.1`, at, signed])), 404, line);
    assert.equal((await send(EXAMPLE.body, { path: "?x=1" })).status, 200);
  });

  it("refuses a body over its limit, whether it says so or not, and reads no more of it", async () => {
    const big = Buffer.alloc(1024 * 1024 + 1, "x");
    assert.equal((await send(big)).status, 413);
    assert.equal((await send(big.subarray(1))).status, 400);
    const chunked = ["POST /slack/events HTTP/1.1", "transfer-encoding: chunked"];
    const said = await talk(chunked, `${big.length.toString(16)}\r\n${big.toString()}\r\n`);

    assert.ok(said === "" || statusOf(said) === 413, said);
    nothingHappened();
  });

  const garbage: readonly (readonly [string, string, string])[] = [
    ["an empty body", FORM, ""],
    ["an empty JSON body", JSON_TYPE, ""],
    ["a form without a payload", FORM, "a=b"],
    ["a payload that is no JSON", FORM, "payload={broken"],
    ["a payload that is null", FORM, "payload=null"],
    ["a payload that is a list", FORM, "payload=[]"],
    ["a payload that is a number", FORM, "payload=7"],
    ["a payload without a type", FORM, "payload={}"],
    ["a payload of an unknown type", FORM, payload({ type: "dance" })],
    ["a press without actions", FORM, payload({ type: "block_actions" })],
    ["a press with null actions", FORM, payload({ type: "block_actions", actions: [null] })],
    ["a submission without a view", FORM, payload({ type: "view_submission" })],
    ["a button of another version", FORM, payload({ ...press("v"), actions: [{ action_id: "ids/x/v0" }] })],
    ["a command that nobody takes", FORM, "command=/other&text="],
    ["JSON that is null", JSON_TYPE, "null"],
    ["JSON that is broken", JSON_TYPE, '{"type":'],
    ["a form that says it is JSON", JSON_TYPE, EXAMPLE.body],
    ["an event without its event", JSON_TYPE, '{"type":"event_callback"}'],
    ["a deep body", JSON_TYPE, `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["another content type", "text/plain", "hello"],
  ];
  for (const [name, type, body] of garbage)
    it(`answers 4xx to ${name} with a right signature`, async () => {
      const { status } = await send(body, { type });

      assert.ok(status >= 400 && status < 500, String(status));
      nothingHappened();
    });

  it("answers whatever is signed, and never with 5xx", async () => {
    const types = ["block_actions", "view_submission", "message_action", "event_callback", "view_closed", "shortcut"];
    const keys = ["actions", "view", "event", "user", "team", "channel", "message", "callback_id", "response_urls"];
    const ids = { action_id: "ids/x/v1", callback_id: "ids/y/v1", type: "app_home_opened", tab: "home" };
    const values = fc.oneof(fc.jsonValue(), fc.constant(ids), fc.constant([ids]));
    const bodies = fc.tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...keys), values));
    await fc.assert(
      fc.asyncProperty(bodies, fc.boolean(), async ([type, rest], form) => {
        const body = { ...rest, type };
        const { status } = await (form ? send(payload(body)) : send(JSON.stringify(body), { type: JSON_TYPE }));
        assert.ok(status < 500, String(status));
      }),
      { numRuns: RUNS },
    );
  });

  it("answers 404 at once when a listener fails before its answer", async () => {
    failing = true;
    const view = { id: "V1", callback_id: "ids/y/v1", private_metadata: "", state: { values: {} } };
    const body = payload({ type: "view_submission", team: { id: "T1" }, user: { id: "U1" }, view });

    assert.equal((await send(body)).status, 404);
    assert.deepEqual(
      log.lines.map(({ name }) => name),
      ["listener.failed"],
    );
  });

  it("answers Slack's challenge when it is signed", async () => {
    const body = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1aB" });

    assert.deepEqual(await (await send(body, { type: JSON_TYPE })).json(), { challenge: "3eZbrw1aB" });
    assert.equal((await send(body, { type: JSON_TYPE, signature: "v0=" })).status, 401);
  });

  it("reads the content type without its parameters", async () => {
    assert.equal((await send(EXAMPLE.body, { type: `${FORM}; charset=utf-8` })).status, 200);
    assert.equal(commands.length, 1);
  });

  it("answers Slack's look at the certificate, which is not signed, and does nothing for it", async () => {
    const body = `ssl_check=1&${EXAMPLE.body}&${payload(press("smuggled"))}`;

    assert.equal((await send(body, { signature: "" })).status, 200);
    nothingHappened();
  });

  it("handles 200 requests at once, each once", async () => {
    const bodies = Array.from({ length: 200 }, (_, n) => payload(press(`al_${n}`)));
    const answers = await Promise.all(bodies.map((body) => send(body)));

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.equal(new Set(clicks.map(({ value }) => value)).size, 200);
    assert.equal(clicks.length, 200);
  });

  it("drops who sends too slowly, and hears others meanwhile", async () => {
    const slow = [
      talk(["POST /slack/events HTTP/1.1", at, signed, "content-length: 9"], "p"),
      talk(["POST /slack/events HTTP/1.1", "transfer-encoding: chunked"], "1\r\np\r\n"),
    ];
    assert.equal((await send(EXAMPLE.body)).status, 200);

    assert.deepEqual((await Promise.all(slow)).map(statusOf), [408, 408]);
  });

  it("survives who breaks off in the middle", async () => {
    const { hostname, port } = new URL(door.url ?? "");
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write("POST /slack/events HTTP/1.1\r\nhost: ids\r\ncontent-length: 100\r\n\r\npay");
    await sleep(20);
    socket.resetAndDestroy();
    await sleep(20);

    assert.equal((await send(EXAMPLE.body)).status, 200);
  });
});

describe("signed HTTP, closing", () => {
  const listeners = { clicks: {}, submissions: {}, commands: {}, shortcuts: {}, homeOpened: async () => undefined };
  const clock = { now: () => Date.now() };
  const open = (port: number) =>
    openDoor(listeners, {
      token: "xoxb-test",
      door: { mode: "http", signingSecret: EXAMPLE.secret, host: "127.0.0.1", port },
      clock,
      vitals: openVitals(clock),
      log: memoryLog(),
    });

  it("does not wait for who never ends sending", async () => {
    const door = await open(0);
    const { hostname, port } = new URL(door.url ?? "");
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined).resume();
    const gone = once(socket, "close");
    socket.write("POST /slack/events HTTP/1.1\r\nhost: ids\r\ncontent-length: 100\r\n\r\npay");
    await sleep(50);
    await door.close();

    await gone;
  });

  it("says so when the port is taken, and leaves nothing open", async () => {
    const door = await open(0);
    await assert.rejects(open(Number(new URL(door.url ?? "").port)), /EADDRINUSE/);
    await door.close();
  });
});
