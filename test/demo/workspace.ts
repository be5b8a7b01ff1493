/**
 * A workspace with a bot that hears everything, answers as it is told and checks signatures, for the tests of the front.
 */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { WebClient } from "@slack/web-api";
import { startFront } from "../../demo/front.ts";
import { listen, stopServer } from "../../demo/http.ts";

const SECRET = "signing-secret";

export interface Heard {
  readonly form: URLSearchParams;
  /** Of a form its `payload`, else the whole body. */
  readonly payload: ReturnType<typeof JSON.parse>;
  readonly signed: boolean;
}

export const button = {
  type: "button",
  action_id: "go",
  value: "al_1",
  text: { type: "plain_text", text: "Go" },
} as const;
export const blocks = [
  { type: "section", text: { type: "mrkdwn", text: "hello" } },
  { type: "actions", elements: [button] },
];
export const modal = {
  type: "modal" as const,
  callback_id: "why",
  title: { type: "plain_text" as const, text: "Why" },
  submit: { type: "plain_text" as const, text: "Send" },
  blocks: [
    {
      type: "input" as const,
      block_id: "reason",
      label: { type: "plain_text" as const, text: "Reason" },
      element: { type: "plain_text_input" as const, action_id: "text" },
    },
  ],
};

export async function openWorkspace() {
  const heard: Heard[] = [];
  const answer = { status: 200, body: "" };
  const front = await startFront({ port: 0, signingSecret: SECRET });
  const bot = createServer(async (request, response) => {
    const body = await text(request);
    const base = `v0:${request.headers["x-slack-request-timestamp"]}:${body}`;
    const expected = `v0=${createHmac("sha256", SECRET).update(base).digest("hex")}`;
    const isJson = request.headers["content-type"] === "application/json";
    const form = new URLSearchParams(isJson ? "" : body);
    const payload = JSON.parse(isJson ? body : (form.get("payload") ?? "null"));
    heard.push({ form, payload, signed: request.headers["x-slack-signature"] === expected });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  front.aimAt(`http://127.0.0.1:${await listen(bot, 0)}/slack/events`);
  const channel = () => front.workspace().channel.id;
  const client = (token = front.workspace().token) =>
    new WebClient(token, { slackApiUrl: front.apiUrl, retryConfig: { retries: 0 }, timeout: 500 });
  return {
    front,
    heard,
    /** What the bot says to everything it hears. */
    answer,
    channel,
    client,
    person: (name: string) => front.workspace().people.find((p) => p.name === name)?.id ?? "",
    post: (more = {}) => client().chat.postMessage({ channel: channel(), text: "hi", blocks, ...more }),
    async reset() {
      heard.length = 0;
      Object.assign(answer, { status: 200, body: "" });
      front.clearFaults();
      await front.reset();
    },
    async close() {
      await stopServer(bot);
      await front.stop();
    },
  };
}
