/**
 * Slack's signed HTTP requests: only what Slack signed within the last five minutes reaches the app.
 * Source: Slack "Verifying requests from Slack", "Slash commands" (ssl_check), "Events API" (url_verification), and
 * what Bolt 5.1's own receiver lacks: it takes signatures from the future and a signature of the body as text, not as
 * bytes, ends the process on a signed `null`, answers an unknown path like `//` with 500, and holds slow senders 5 min.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { App, Receiver } from "@slack/bolt";
import type { Clock, Log } from "../ports.ts";

export interface SignedHttpOptions {
  readonly signingSecret: string;
  readonly host: string;
  /** 0 asks for a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A request that is not whole by then is dropped. Slack itself waits 3 s for an answer. */
  readonly requestMs?: number;
}

export interface SignedHttp extends Receiver {
  /** Where Slack must send its requests; known after start. */
  url(): string;
}

const PATH = "/slack/events";
const BODY_LIMIT = 1024 * 1024;
/** Older and newer signatures are refused. */
const WINDOW_SECONDS = 300;
const REQUEST_MS = 10_000;
const STOP_MS = 2_000;

type Body = Readonly<Record<string, unknown>>;

export function signedHttp(options: SignedHttpOptions): SignedHttp {
  const { log, requestMs = REQUEST_MS } = options;
  let app: App | undefined;
  const server = createServer(
    { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: requestMs / 10 },
    (request, response) =>
      void take(request, response).catch((error: unknown) => {
        log.warn({ err: String(error).slice(0, 200) }, "request.failed");
        answer(response, 400);
      }),
  );

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url?.split("?")[0] !== PATH) return answer(response, 404);
    const raw = await bytesOf(request);
    if (raw === undefined) return answer(response.setHeader("connection", "close"), 413);
    const form = isForm(request) ? formOf(raw) : undefined;
    // Slack's look at the certificate is not signed; nothing is done for it.
    if (form?.["ssl_check"] === "1") return answer(response, 200);
    if (!isSigned(request, raw, options)) {
      log.warn({}, "request.refused");
      return answer(response, 401);
    }
    const body = bodyOf(form, raw);
    if (body === undefined) return answer(response, 400);
    if (body["type"] === "url_verification") return answer(response, 200, { challenge: body["challenge"] });
    await app?.processEvent({ body, ack: async (said) => answer(response, 200, said) });
    // Nothing here takes it: a button of another version, or a listener that failed before its answer.
    answer(response, 404);
  }

  return {
    init(made) {
      app = made;
    },
    start: () =>
      new Promise<void>((resolve, reject) => {
        server.on("error", (error) => {
          log.error({ err: error.message }, "door.failed");
          reject(error);
        });
        server.listen(options.port, options.host, resolve);
      }),
    /** Lets what was begun be answered; who is still sending after STOP_MS is cut off. */
    stop: () =>
      new Promise<void>((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), STOP_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
      }),
    url() {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : options.port;
      return `http://${options.host}:${port}${PATH}`;
    },
  };
}

/** The first answer counts. */
function answer(response: ServerResponse, status: number, body?: unknown): void {
  if (response.headersSent) return;
  if (body === undefined || body === "") response.writeHead(status).end();
  else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** undefined when the body is over the limit; what is left of it is not read. */
async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `x-slack-signature` is `v0=` + HMAC-SHA256 over `v0:SECONDS:` and the body's bytes as they came. */
function isSigned(
  { headers }: IncomingMessage,
  raw: Buffer,
  { signingSecret, clock }: Pick<SignedHttpOptions, "signingSecret" | "clock">,
): boolean {
  const seconds = String(headers["x-slack-request-timestamp"]);
  if (!/^\d{1,12}$/.test(seconds)) return false;
  if (Math.abs(clock.now() / 1_000 - Number(seconds)) > WINDOW_SECONDS) return false;
  const hash = createHmac("sha256", signingSecret).update(`v0:${seconds}:`).update(raw).digest("hex");
  const [ours, theirs] = [Buffer.from(`v0=${hash}`), Buffer.from(String(headers["x-slack-signature"]))];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

function isForm(request: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "");
}

function formOf(raw: Buffer): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(raw.toString()));
}

/** A command is the form itself, an interaction its `payload`, an event a JSON body; undefined for anything else. */
function bodyOf(form: Readonly<Record<string, string>> | undefined, raw: Buffer): Body | undefined {
  if (form?.["command"] !== undefined) return form;
  const json = form === undefined ? raw.toString() : form["payload"];
  if (json === undefined) return undefined;
  try {
    const body: unknown = JSON.parse(json);
    return isBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
