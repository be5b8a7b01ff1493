/**
 * The page's live feed: server-sent events. Every connection begins with a snapshot of everything, so a page that
 * was away for a while is right again at once.
 * Source: HTML Standard, "Server-sent events".
 */
import type { ServerResponse } from "node:http";

export interface Feed {
  publish(name: string, data: object): void;
  connect(response: ServerResponse, snapshot: () => Promise<object>): Promise<void>;
  stop(): void;
}

/** A comment now and then: proxies and laptops drop silent connections. */
const KEEP_ALIVE_MS = 15_000;
const RECONNECT_MS = 1_000;

export function openFeed(): Feed {
  const pages = new Set<ServerResponse>();
  const send = (page: ServerResponse, name: string, data: object) =>
    page.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const keepAlive = setInterval(() => {
    for (const page of pages) page.write(": still here\n\n");
  }, KEEP_ALIVE_MS);
  keepAlive.unref();
  return {
    publish(name, data) {
      for (const page of pages) send(page, name, data);
    },
    async connect(response, snapshot) {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(`retry: ${RECONNECT_MS}\n\n`);
      response.on("close", () => pages.delete(response));
      send(response, "snapshot", await snapshot());
      pages.add(response);
    },
    stop() {
      clearInterval(keepAlive);
      for (const page of pages) page.end();
    },
  };
}
