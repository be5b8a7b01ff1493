/**
 * Slack's side of Socket Mode, small: apps.connections.open hands out its own address, and each connection is one that
 * a test speaks over, breaks, or leaves unanswered. Its bad days are changed through `manner`.
 * Source: Slack "Using Socket Mode"; RFC 6455 §5.2 for the frames.
 */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface Manner {
  /** How apps.connections.open is answered. */
  open: (response: ServerResponse, url: string) => void;
  /** What follows the upgrade: Slack's hello, nothing, a hello and the end or nonsense in one write, no upgrade. */
  greeting: "hello" | "silent" | "hello-and-end" | "hello-and-nonsense" | "no-upgrade";
  /** Answers neither pings nor close frames. */
  mute: boolean;
}

export interface Line {
  readonly isOpen: () => boolean;
  /** What the app sent: its acknowledgements. */
  readonly received: { readonly envelope_id?: string; readonly payload?: unknown }[];
  /** An object is sent as JSON, a text as it is. */
  send(message: object | string): void;
  /** The socket breaks. */
  break(): void;
}

export interface SlackSockets {
  readonly apiUrl: string;
  readonly port: number;
  readonly manner: Manner;
  /** In the order they came; those that ended, too. */
  readonly lines: readonly Line[];
  readonly asked: readonly string[];
  /** The connections that stood when one of them ended. */
  readonly leftStanding: readonly number[];
  standing(): readonly Line[];
  stop(): Promise<void>;
}

export const openWell: Manner["open"] = (response, url) => json(response, { ok: true, url });

/** `{ ok: false, error: "invalid_auth" }` */
export const openRefused =
  (error: string): Manner["open"] =>
  (response) =>
    json(response, { ok: false, error });

/** `port` 0 asks for a free one. */
export async function startSlackSockets(port = 0): Promise<SlackSockets> {
  const lines: Line[] = [];
  const asked: string[] = [];
  const leftStanding: number[] = [];
  const manner: Manner = { open: openWell, greeting: "hello", mute: false };
  const standing = () => lines.filter((line) => line.isOpen());
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    manner.open(response, `ws://127.0.0.1:${at}/link`);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket: Socket) => {
    const line = lineOf(socket, manner);
    lines.push(line);
    socket.on("close", () => leftStanding.push(standing().length));
    if (manner.greeting === "no-upgrade") return;
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const hello = frame(TEXT, JSON.stringify({ type: "hello", num_connections: 1, connection_info: { app_id: "A1" } }));
    if (manner.greeting === "hello") socket.write(hello);
    if (manner.greeting === "hello-and-end") socket.end(Buffer.concat([hello, frame(CLOSE, "")]));
    if (manner.greeting === "hello-and-nonsense") socket.write(Buffer.concat([hello, frame(RESERVED, "")]));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  const at = typeof address === "object" && address !== null ? address.port : 0;
  return {
    apiUrl: `http://127.0.0.1:${at}/api/`,
    port: at,
    manner,
    lines,
    asked,
    leftStanding,
    standing,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const [TEXT, RESERVED, CLOSE, PING, PONG] = [1, 3, 8, 9, 10];

function lineOf(socket: Socket, manner: Manner): Line {
  const received: Line["received"] = [];
  let rest = Buffer.alloc(0);
  // A server's socket stays half open otherwise.
  socket.on("end", () => socket.end());
  socket.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    for (let next = readFrame(rest); next !== undefined; next = readFrame(rest)) {
      rest = rest.subarray(next.length);
      if (next.opcode === TEXT) received.push(JSON.parse(next.text));
      if (manner.mute) continue;
      if (next.opcode === PING) socket.write(frame(PONG, next.text));
      if (next.opcode === CLOSE) socket.end(frame(CLOSE, ""));
    }
  });
  return {
    isOpen: () => !socket.destroyed && !socket.writableEnded,
    received,
    send: (message) => socket.write(frame(TEXT, typeof message === "string" ? message : JSON.stringify(message))),
    break: () => socket.destroy(),
  };
}

function frame(opcode: number, text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), body]);
}

/** The first frame of a client, which masks what it sends; undefined until it is whole. Up to 64 KiB. */
function readFrame(
  data: Buffer,
): { readonly opcode: number; readonly text: string; readonly length: number } | undefined {
  if (data.length < 4) return undefined;
  const short = data.readUInt8(1) & 0x7f;
  const [size, at] = short === 126 ? [data.readUInt16BE(2), 4] : [short, 2];
  const length = at + 4 + size;
  if (data.length < length) return undefined;
  const mask = data.subarray(at, at + 4);
  const body = data.subarray(at + 4, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: data.readUInt8(0) & 0x0f, text: Buffer.from(body).toString(), length };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
