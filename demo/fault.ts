/**
 * Faults on demand: what Slack's Web API does on a bad day, for the tests.
 * Shapes as measured: see the design's list of answers that WebClient does and does not retry.
 */
import type { ServerResponse } from "node:http";

export interface Fault {
  /** `chat.postMessage`; `*` for any. */
  readonly method: string;
  readonly kind:
    | "http-500"
    | "http-503"
    /** A maintenance page, HTTP 200. */
    | "html"
    /** Accepts the connection and never answers. */
    | "hang"
    /** Resets the connection. */
    | "drop"
    /** Half of a JSON answer. */
    | "truncated"
    /** HTTP 429; Retry-After is `retryAfterSeconds`, left out when that is undefined. */
    | "ratelimited"
    /** The older form: HTTP 200 with an error. */
    | "ratelimited-200"
    | "internal_error"
    /** The right answer, `delayMs` late. */
    | "slow";
  /** True: Slack did it, and only the answer is bad. */
  readonly accepted?: boolean;
  /** How often; once where absent. */
  readonly times?: number;
  readonly retryAfterSeconds?: number;
  readonly delayMs?: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault that the next call of `method` meets; it is used up by asking. */
  take(method: string): Fault | undefined;
  clear(): void;
}

export function openFaults(): Faults {
  let waiting: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    take(method) {
      const found = waiting.find(({ fault }) => fault.method === method || fault.method === "*");
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left === 0) waiting = waiting.filter((entry) => entry !== found);
      return found.fault;
    },
    clear() {
      waiting = [];
    },
  };
}

/** Answers badly; `right` is the answer Slack would have given. */
export function failWith(fault: Fault, response: ServerResponse, right: string): void {
  const json = (status: number, body: object, headers: Record<string, string> = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  switch (fault.kind) {
    case "http-500":
      return void response.writeHead(500, { "content-type": "text/plain" }).end("Internal Server Error");
    case "http-503":
      return void response.writeHead(503, { "content-type": "text/plain" }).end("Service Unavailable");
    case "html":
      return void response
        .writeHead(200, { "content-type": "text/html" })
        .end("<!doctype html><title>Slack is down for maintenance</title>");
    case "hang":
      return;
    case "drop":
      return void response.socket?.resetAndDestroy();
    case "truncated":
      return void response
        .writeHead(200, { "content-type": "application/json" })
        .end(right.slice(0, Math.floor(right.length / 2)));
    case "ratelimited":
      return void json(
        429,
        { ok: false, error: "ratelimited" },
        fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) },
      );
    case "ratelimited-200":
      return void json(200, { ok: false, error: "ratelimited" });
    case "internal_error":
      return void json(200, { ok: false, error: "internal_error" });
    case "slow":
      return void setTimeout(
        () => response.writeHead(200, { "content-type": "application/json" }).end(right),
        fault.delayMs ?? 1_000,
      );
  }
}
