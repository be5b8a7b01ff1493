import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Door, openDoor } from "../../src/adapters/bolt.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Click } from "../../src/ports.ts";

const clock = { now: () => Date.now() };

/** Slack's side of Socket Mode, small: hands out its own address and keeps what the app sends over the connection. */
async function startSlack() {
  const sockets: Socket[] = [];
  const received: { readonly envelope_id?: string; readonly payload?: unknown }[] = [];
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}/link` }));
  });
  server.on("upgrade", (request, socket: Socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.push(socket);
    socket.on("data", (data) => {
      // A close frame is answered by one, then the connection ends.
      if (((data[0] ?? 0) & 0x0f) === 8) return socket.end(Buffer.from([0x88, 0]));
      const text = unmasked(data);
      if (text.startsWith("{")) received.push(JSON.parse(text));
    });
    socket.on("error", () => undefined);
    socket.write(frame(JSON.stringify({ type: "hello", num_connections: 1, connection_info: { app_id: "A1" } })));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    apiUrl: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/`,
    sockets,
    received,
    asked,
    send: (message: unknown) => sockets.at(-1)?.write(frame(JSON.stringify(message))),
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** One text frame from a server: RFC 6455 §5.2. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, body.length])
      : Buffer.from([0x81, 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, body]);
}

/** The text of one short frame from a client, which masks what it sends. */
function unmasked(data: Buffer): string {
  const long = ((data[1] ?? 0) & 0x7f) === 126;
  const at = long ? 4 : 2;
  const mask = data.subarray(at, at + 4);
  return Buffer.from(data.subarray(at + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString();
}

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

describe("the Socket Mode door", () => {
  let slack: Awaited<ReturnType<typeof startSlack>>;
  let door: Door;
  const clicks: Click[] = [];

  before(async () => {
    slack = await startSlack();
    const listeners = {
      clicks: { "ids/x/v1": async (click: Click) => void clicks.push(click) },
      submissions: {},
      commands: {},
      shortcuts: {},
      homeOpened: async () => undefined,
    };
    door = await openDoor(listeners, {
      token: "xoxb-test",
      apiUrl: slack.apiUrl,
      door: { mode: "socket", appToken: "xapp-test", onDeaf: () => undefined },
      clock,
      vitals: openVitals(clock),
      log: memoryLog(),
    });
  });
  after(async () => {
    await door.close();
    slack.stop();
  });

  const until = async (what: () => boolean) => {
    for (let n = 0; n < 400 && !what(); n++) await sleep(25);
    assert.ok(what(), "not within 10 s");
  };

  it("asks for two connections with the app-level token", async () => {
    await until(() => slack.sockets.length === 2);

    const asked = "/api/apps.connections.open Bearer xapp-test";
    assert.deepEqual(slack.asked, [asked, asked]);
  });

  it("acknowledges a press and hands it on as the HTTP door does", async () => {
    slack.send(press("e1"));
    await until(() => clicks.length === 1);

    assert.deepEqual(
      slack.received.map(({ envelope_id }) => envelope_id),
      ["e1"],
    );
    assert.deepEqual(
      [clicks[0]?.value, clicks[0]?.channel, clicks[0]?.messageTs, clicks[0]?.triggerId],
      ["al_1", "C1", "1.2", "t.e1"],
    );
  });

  it("connects again when the connection breaks, and goes on", async () => {
    slack.sockets.at(-1)?.destroy();
    await until(() => slack.sockets.length === 3);
    await sleep(100);
    slack.send(press("e2"));

    await until(() => clicks.length === 2);
    assert.equal(clicks[1]?.triggerId, "t.e2");
  });
});
