/**
 * Socket Mode over two connections at once, kept up by us: Slack ends a connection whenever it likes, and one that is
 * open but deaf is told by nothing. Before one is given up, its successor stands; the old one then drains.
 * Source: Slack "Using Socket Mode" (up to ten connections, each event comes over one of them; `disconnect` messages
 * with `warning` and `refresh_requested`), and what @slack/socket-mode 3.1 does when it is left to reconnect: a refused
 * apps.connections.open ends its tries with an unhandled rejection, and a `disconnect` message closes at once, before
 * another connection is asked for.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type App, type Receiver, SocketModeReceiver, webApi } from "@slack/bolt";
import type { Vitals } from "../ports/vitals.ts";
import type { Log } from "../ports.ts";

export interface SocketModeOptions {
  readonly appToken: string;
  readonly apiUrl?: string;
  readonly logger: webApi.Logger;
  readonly log: Log;
  readonly vitals: Vitals;
  /** No connection for `deafMs`: whoever runs the bot starts it anew. */
  readonly onDeaf: () => void;
  readonly timing?: Partial<typeof TIMING>;
}

export const CONNECTIONS = 2;
export const TIMING = {
  /** From asking for a connection to Slack's hello. */
  connectMs: 15_000,
  /** A connection is renewed at this age, give or take a quarter. */
  ageMs: 4 * 3600_000,
  /** How long an old connection still hears and answers when its successor stands: an answer is due within 3 s. */
  drainMs: 3_500,
  /** First wait after a failure; doubled each time, up to the longest. */
  backoffMs: 1_000,
  longestBackoffMs: 30_000,
  /** Our ping is answered within this. */
  pongMs: 10_000,
  deafMs: 5 * 60_000,
  /** From our close frame to the end of the socket; the library would wait 30 s for Slack's. */
  hangUpMs: 2_000,
};
/** No waiting mends these: the token is wrong, or the app is not what it should be. */
const REFUSED =
  /^(invalid_auth|not_authed|account_inactive|token_revoked|no_permission|missing_scope|not_allowed_token_type|team_access_not_granted)$/;

/** One connection, from asking for it to its end. */
interface Line {
  /** Resolves with Slack's hello. */
  connect(): Promise<void>;
  /** Why a successor is needed: it ended, it is old, Slack asked for it. */
  readonly due: Promise<string>;
  /** The successor stands. */
  drain(): void;
  hangUp(why: string): Promise<void>;
}

export function socketMode(options: SocketModeOptions): Receiver {
  const { log, vitals } = options;
  const timing = { ...TIMING, ...options.timing };
  const stopped = new AbortController();
  const lines = new Set<Line>();
  const hearing = new Set<Line>();
  let app: App | undefined;
  let why = "not connected yet";
  let deafTimer: NodeJS.Timeout | undefined;
  let loops: readonly Promise<void>[] = [];

  function tell(): void {
    if (stopped.signal.aborted) return;
    if (hearing.size > 0) {
      clearTimeout(deafTimer);
      deafTimer = undefined;
      vitals.ok("door");
      return;
    }
    vitals.failed("door", why);
    deafTimer ??= setTimeout(() => {
      log.error({ why }, "door.deaf");
      options.onDeaf();
    }, timing.deafMs);
  }

  function dial(ageMs: number): Line {
    const dropped = new AbortController();
    const receiver = receiverOf(options, timing, dropped.signal);
    if (app !== undefined) receiver.init(app);
    const { client } = receiver;
    let timer: NodeJS.Timeout | undefined;
    let isDue = (_why: string): void => undefined;
    const line: Line = {
      due: new Promise((resolve) => {
        isDue = resolve;
      }),
      async connect() {
        timer = setTimeout(() => line.hangUp("Slack's hello did not come"), timing.connectMs);
        await receiver.start().catch((error: unknown) => {
          throw dropped.signal.aborted ? dropped.signal.reason : error;
        });
      },
      drain() {
        if (!lines.has(line)) return;
        clearTimeout(timer);
        timer = setTimeout(() => line.hangUp("drained"), timing.drainMs);
      },
      async hangUp(reason) {
        clearTimeout(timer);
        dropped.abort(new Error(reason));
        // The second time, the library does not wait for Slack's close frame.
        const forced = setTimeout(() => client.disconnect(), timing.hangUpMs);
        await client.disconnect();
        clearTimeout(forced);
        lines.delete(line);
      },
    };
    takeOver(client, isDue, log);
    client.on("connected", () => {
      clearTimeout(timer);
      hearing.add(line);
      timer = setTimeout(() => isDue("renewed by age"), ageMs);
    });
    client.on("disconnected", () => {
      clearTimeout(timer);
      lines.delete(line);
      isDue("the connection ended");
      if (!hearing.delete(line)) return;
      if (hearing.size === 0) why = "the connection ended";
      tell();
    });
    lines.add(line);
    return line;
  }

  /** One connection after the other. `first` hears how the very first try went. */
  async function keep(link: number, first: { up(): void; refused(error: Error): void }): Promise<void> {
    let failures = 0;
    let old: Line | undefined;
    while (!stopped.signal.aborted) {
      // Each link has its own half of the range: they are not renewed at the same moment.
      const line = dial(timing.ageMs * (0.75 + (link + Math.random()) / CONNECTIONS / 2));
      let waitMs = 0;
      try {
        await line.connect();
        const since = performance.now();
        first.up();
        tell();
        log.info({ link }, "door.connected");
        old?.drain();
        old = line;
        const reason = await line.due;
        if (!stopped.signal.aborted) log.info({ link, why: reason }, "door.renewing");
        // One that ends right after its hello is a failure, too: it must not be asked for again and again.
        failures = performance.now() - since < timing.longestBackoffMs ? failures + 1 : 0;
      } catch (error) {
        await line.hangUp("it failed");
        failures += 1;
        why = reasonOf(error);
        // Slack lets apps.connections.open be called about once a minute.
        if (error instanceof webApi.WebAPIRateLimitedError) waitMs = error.retryAfter * 1_000;
        if (REFUSED.test(why)) first.refused(refusal(why, error));
        if (!stopped.signal.aborted) log.warn({ link, why, failures }, "door.not-connected");
        tell();
      }
      if (failures > 0) await pause(failures, waitMs);
    }
  }

  async function pause(failures: number, atLeastMs: number): Promise<void> {
    const full = Math.min(timing.longestBackoffMs, timing.backoffMs * 2 ** Math.min(failures - 1, 10));
    const ms = Math.max(full * (0.5 + Math.random() / 2), Math.min(atLeastMs, timing.deafMs));
    await sleep(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  }

  return {
    init(made) {
      app = made;
    },
    /** Resolves when one connection stands, or while Slack cannot be reached. @throws when Slack refuses the token. */
    async start() {
      let patience: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        patience = setTimeout(resolve, timing.connectMs);
        const first = { up: resolve, refused: reject };
        loops = Array.from({ length: CONNECTIONS }, (_, link) => keep(link, first));
        tell();
      }).finally(() => clearTimeout(patience));
    },
    async stop() {
      stopped.abort();
      clearTimeout(deafTimer);
      await Promise.all([...lines].map((line) => line.hangUp("stopped")));
      await Promise.all(loops);
    },
  };
}

function receiverOf(options: SocketModeOptions, timing: typeof TIMING, signal: AbortSignal): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken: options.appToken,
    logger: options.logger,
    autoReconnectEnabled: false,
    clientPingTimeout: timing.pongMs,
    installerOptions: {
      clientOptions: {
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        // An answer that comes after we gave up would open a connection that nobody knows of.
        fetch: (url, init) => fetch(url, { ...init, signal }),
        ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
      },
    },
  });
}

/**
 * Stands between the connection and the library: when Slack asks for a new connection, this one goes on hearing, and
 * a message that the library trips over is no unhandled rejection.
 */
function takeOver(client: SocketModeReceiver["client"], onAsked: (why: string) => void, log: Log): void {
  const takes = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", async (data: unknown, isBinary: boolean) => {
    try {
      const asked = typeof data === "string" ? disconnectReason(JSON.parse(data)) : undefined;
      if (asked !== undefined) return onAsked(`Slack asked for it: ${asked}`);
      for (const take of takes) await take(data, isBinary);
    } catch (error) {
      log.warn({ err: reasonOf(error) }, "door.message-unread");
    }
  });
}

/** `{ type: "disconnect", reason: "refresh_requested" }` → `"refresh_requested"`; undefined for other messages. */
function disconnectReason(message: object): string | undefined {
  if (!("type" in message) || message.type !== "disconnect") return undefined;
  return "reason" in message && typeof message.reason === "string" ? message.reason.slice(0, 50) : "";
}

function refusal(why: string, cause: unknown): Error {
  return new Error(
    `Slack refuses SLACK_APP_TOKEN: ${why}; it takes an app-level token of this app (xapp-…) with connections:write`,
    { cause },
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof webApi.WebAPIPlatformError) return error.data.error;
  if (error instanceof Error) return error.message.slice(0, 200);
  return error === undefined ? "the connection ended before Slack's hello" : String(error);
}
