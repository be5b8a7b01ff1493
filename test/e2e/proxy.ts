/**
 * A TCP proxy that stands before a server and has bad days on demand: cut, hung, slow, or answering for it.
 */
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Mode =
  | { readonly kind: "pass" }
  /** Resets what is connected and whoever connects. */
  | { readonly kind: "cut" }
  /** Takes everything and passes nothing on, until the mode changes: then all that was held goes its way. */
  | { readonly kind: "hang"; readonly when?: RegExp }
  /** Each piece comes so much later. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** Answers in the server's place and closes; `when` names the requests that meet this. */
  | { readonly kind: "answer"; readonly text: string; readonly when?: RegExp };

export interface TcpProxy {
  readonly port: number;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  set(mode: Mode): void;
  /** Connections that were tried so far; each request that is answered here closes its own. */
  tries(): number;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/** A proxy before `http://127.0.0.1:1234`, or whatever listens on that port. */
export async function startProxy(target: string | number): Promise<TcpProxy> {
  const targetPort = typeof target === "number" ? target : Number(new URL(target).port);
  const links = new Set<Link>();
  let mode: Mode = { kind: "pass" };
  let tries = 0;
  let release: () => void = () => undefined;
  let released = Promise.resolve();

  const cut = ({ client, server }: Link) => {
    client.resetAndDestroy();
    server.destroy();
  };

  async function deliver(chunk: Buffer, at: number, given: Mode, held: Promise<void>, to: Socket): Promise<void> {
    if (given.kind === "slow") await sleep(Math.max(0, at + given.delayMs - Date.now()));
    if (given.kind === "hang") await held;
    if (!to.destroyed) to.write(chunk);
  }

  /** Keeps the order of the pieces, however late each is. */
  function pipe(from: Socket, to: Socket, link: Link): void {
    let last = Promise.resolve();
    let answered = false;
    from.on("data", (chunk: Buffer) => {
      if (answered) return;
      const given = modeFor(chunk, mode);
      if (given.kind === "answer" && from === link.client) {
        answered = true;
        link.server.destroy();
        link.client.end(given.text);
        return;
      }
      const [at, held] = [Date.now(), released];
      last = last.then(() => deliver(chunk, at, given, held, to));
    });
    // Whoever gives up is gone at once, whatever is still held.
    from.on("close", () => to.destroy());
    from.on("error", () => undefined);
    from.on("end", () => void last.then(() => to.end()));
  }

  const front = createServer((client) => {
    tries += 1;
    if (mode.kind === "cut") return void client.resetAndDestroy();
    const link = { client, server: createConnection({ host: "127.0.0.1", port: targetPort }) };
    links.add(link);
    client.once("close", () => links.delete(link));
    pipe(client, link.server, link);
    pipe(link.server, client, link);
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const address = front.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    set(next) {
      release();
      mode = next;
      released = new Promise((resolve) => {
        release = resolve;
      });
      if (next.kind === "cut") for (const link of links) cut(link);
    },
    tries: () => tries,
    async close() {
      release();
      for (const link of links) cut(link);
      front.close();
      await once(front, "close");
    },
  };
}

/** A hang or an answer for certain requests only lets all others pass. */
function modeFor(chunk: Buffer, mode: Mode): Mode {
  const isMeant = !("when" in mode) || mode.when === undefined || mode.when.test(chunk.toString("latin1"));
  return isMeant ? mode : { kind: "pass" };
}
