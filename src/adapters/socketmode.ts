/**
 * Socket Mode over two connections at once, kept up by us: Slack ends a connection whenever it likes, and one that is
 * open but deaf is told by nothing. Each is renewed after some hours, while the other one hears.
 * Source: Slack "Using Socket Mode" (up to ten connections, each event comes over one of them; `disconnect` messages
 * with `refresh_requested`), and what @slack/socket-mode 3 does when it is left to reconnect: a refused
 * apps.connections.open ends its tries with an unhandled rejection.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type App, type Receiver, SocketModeReceiver, webApi } from "@slack/bolt";
import type { Log, Vitals } from "../ports.ts";

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
  /** First wait after a failure; doubled each time, up to the longest. */
  backoffMs: 1_000,
  longestBackoffMs: 30_000,
  deafMs: 5 * 60_000,
  hangUpMs: 2_000,
};
/** No waiting mends these: the token is wrong, or the app is not what it should be. */
const REFUSED =
  /^(invalid_auth|not_authed|account_inactive|token_revoked|no_permission|missing_scope|not_allowed_token_type|team_access_not_granted)$/;

/** The losers of a race do not hold the process. */
const UNHELD = { ref: false };

export function socketMode(options: SocketModeOptions): Receiver {
  const timing = { ...TIMING, ...options.timing };
  const stopped = new AbortController();
  const halt = aborted(stopped.signal);
  const up = new Set<number>();
  let app: App | undefined;
  let why = "not connected yet";
  let deafTimer: NodeJS.Timeout | undefined;
  let loops: readonly Promise<void>[] = [];

  function tell(): void {
    if (stopped.signal.aborted) return;
    if (up.size > 0) {
      clearTimeout(deafTimer);
      deafTimer = undefined;
      options.vitals.ok("door");
      return;
    }
    options.vitals.failed("door", why);
    deafTimer ??= setTimeout(() => {
      options.log.error({ why }, "door.deaf");
      options.onDeaf();
    }, timing.deafMs);
  }

  function make(): SocketModeReceiver {
    const receiver = new SocketModeReceiver({
      appToken: options.appToken,
      logger: options.logger,
      autoReconnectEnabled: false,
      installerOptions: {
        clientOptions: {
          retryConfig: { retries: 0 },
          timeout: timing.connectMs,
          ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
        },
      },
    });
    if (app !== undefined) receiver.init(app);
    return receiver;
  }

  /** One connection after the other. `first` hears how the very first try went. */
  async function keep(link: number, first: { up(): void; refused(error: Error): void }): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; ) {
      const receiver = make();
      const over = new Promise<string>((resolve) =>
        receiver.client.once("disconnected", () => resolve("ended by Slack")),
      );
      try {
        await Promise.race([receiver.start(), late(timing.connectMs), halt]);
        failures = 0;
        up.add(link);
        tell();
        first.up();
        options.log.info({ link }, "door.connected");
        why = await Promise.race([over, aged(timing.ageMs), halt]);
      } catch (error) {
        failures += 1;
        why = reasonOf(error);
        if (REFUSED.test(why)) first.refused(new Error(`Slack refuses SLACK_APP_TOKEN: ${why}`, { cause: error }));
      }
      if (!stopped.signal.aborted)
        options.log[failures > 0 ? "warn" : "info"]({ link, why, failures }, "door.disconnected");
      up.delete(link);
      tell();
      await Promise.race([
        receiver.client.disconnect().catch(() => undefined),
        sleep(timing.hangUpMs, undefined, UNHELD),
      ]);
      if (failures > 0) await pause(failures);
    }
  }

  async function pause(failures: number): Promise<void> {
    const full = Math.min(timing.longestBackoffMs, timing.backoffMs * 2 ** Math.min(failures - 1, 10));
    await sleep(full * (0.5 + Math.random() / 2), undefined, { signal: stopped.signal }).catch(() => undefined);
  }

  return {
    init(made) {
      app = made;
    },
    /** Resolves when one connection stands, or while Slack cannot be reached. @throws when Slack refuses the token. */
    async start() {
      const started = new Promise<void>((resolve, reject) => {
        const first = { up: resolve, refused: reject };
        loops = Array.from({ length: CONNECTIONS }, (_, link) => keep(link, first));
      });
      tell();
      await Promise.race([started, sleep(timing.connectMs, undefined, UNHELD)]);
    },
    async stop() {
      stopped.abort();
      clearTimeout(deafTimer);
      await Promise.all(loops);
    },
  };
}

async function late(ms: number): Promise<never> {
  await sleep(ms, undefined, UNHELD);
  throw new Error("Slack's hello did not come");
}

async function aged(ms: number): Promise<string> {
  await sleep(ms * (0.75 + Math.random() / 2), undefined, UNHELD);
  return "renewed by age";
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("stopped");
    else signal.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof webApi.WebAPIPlatformError) return error.data.error;
  if (error instanceof Error) return error.message;
  return error === undefined ? "the connection ended before Slack's hello" : String(error);
}
