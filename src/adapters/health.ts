/**
 * Health over HTTP, for supervisors: `/healthz` says that the process lives and how it fares, `/readyz` whether alerts
 * come through now. Answers name parts and give counts, never an address, a name or a text of somebody else's.
 */
import { createServer } from "node:http";
import { type Health, LATE_MS, statusOf } from "../health/health.ts";

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly health: () => Promise<Health>;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /healthz` → 200 `{"status":"degraded","parts":{"redis":"ok","iam":"failing",…},"quarantined":0,…}` ·
 * `GET /readyz` → 200, or 503 with `"status":"failing"`, and the same
 *
 * @throws when the port is taken, naming it.
 */
export async function openHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
    if (request.method !== "GET") return void answer(405, { error: "only GET" });
    if (request.url !== "/healthz" && request.url !== "/readyz")
      return void answer(404, { error: "only /healthz and /readyz" });
    options.health().then(
      (health) => {
        const isReady = request.url === "/healthz" || statusOf(health) !== "failing";
        answer(isReady ? 200 : 503, reportOf(health));
      },
      () => answer(500, { error: "health could not be asked" }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new Error(`health: cannot listen on ${options.host}:${options.port}; set health.port in the config`, { cause }),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What is not known is left out. */
function reportOf(health: Health) {
  const { at, startedAt, vitals, queues, seen, quarantined, overdue } = health;
  const newest = seen?.[0]?.seenAt;
  return {
    status: statusOf(health),
    at,
    startedAt,
    parts: Object.fromEntries(vitals.map(({ part, state }) => [part, state])),
    ...(queues === undefined
      ? {}
      : {
          queues: queues.map(({ waiting, inFlight, waitedMs = 0, dead }) => ({
            waiting,
            inFlight,
            dead,
            late: waitedMs > LATE_MS,
          })),
        }),
    ...(newest === undefined ? {} : { lastRecordAt: newest }),
    ...(quarantined === undefined ? {} : { quarantined }),
    ...(overdue === undefined ? {} : { overdue }),
  };
}
