/**
 * Health over HTTP, for supervisors: `/healthz` says the process lives, `/readyz` that it can do its work now.
 * Answers name the part that fails, never a value of it.
 */
import { createServer } from "node:http";

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  /** Part → check; a check rejects when its part does not work now. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
}

export interface Health {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /readyz` → 200 `{"ready":true,"redis":"ok"}` or 503 `{"ready":false,"redis":"failed"}`
 *
 * @throws when the port is taken, naming it.
 */
export async function openHealth(options: HealthOptions): Promise<Health> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: Readonly<Record<string, unknown>>) =>
      response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
    if (request.method !== "GET") return void answer(405, { error: "only GET" });
    if (request.url === "/healthz") return void answer(200, { alive: true });
    if (request.url !== "/readyz") return void answer(404, { error: "only /healthz and /readyz" });
    void results(options.checks).then((parts) => {
      const ready = Object.values(parts).every((state) => state === "ok");
      answer(ready ? 200 : 503, { ready, ...parts });
    });
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

async function results(checks: HealthOptions["checks"]): Promise<Record<string, string>> {
  const entries = Object.entries(checks).map(async ([part, check]) => {
    const state = await check().then(
      () => "ok",
      () => "failed",
    );
    return [part, state] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
