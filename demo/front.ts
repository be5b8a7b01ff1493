/**
 * The front: one server on 127.0.0.1 that is Slack to the bot (`/api/…`, response URLs), Slack to people (the page
 * and its feed), and Slack's bad days to the tests (faults on demand).
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { type Desk, type Modal, openDesk } from "./desk.ts";
import { type Fault, failWith, openFaults } from "./fault.ts";
import { openFeed } from "./feed.ts";
import { listen, stopServer } from "./http.ts";
import { findObject, objectOf, textOf } from "./json.ts";
import { sendPageFile } from "./pagefile.ts";
import type { Clicked } from "./payload.ts";
import { openPeople, type People } from "./people.ts";
import { answerWebApi, argumentsOf, contentOf, refusalOf, type WebApi } from "./webapi.ts";
import { historyOf, startWorkspace, type Workspace } from "./workspace.ts";

export interface FrontOptions {
  /** 0 asks for a free one. */
  readonly port: number;
  readonly signingSecret: string;
  /** The page asked for something beyond Slack: `again`. */
  readonly onAsk?: (what: string) => void;
  /** What the page shows beside the channel. */
  readonly story?: () => object;
  /** Sees every call of the Web API, before it is answered. */
  readonly onCall?: (method: string, args: JsonObject) => void;
}

export interface Front extends People {
  /** The page. */
  readonly url: string;
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  workspace(): Workspace;
  /** Where the bot takes Slack's requests. */
  aimAt(eventsUrl: string): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  closeModal(user: string): void;
  /** Oldest first. */
  messages(): Promise<readonly JsonObject[]>;
  ephemerals(user: string): readonly JsonObject[];
  modal(user: string): Modal | undefined;
  /** The Home tab as the bot published it for `user`. */
  home(user: string): JsonObject | undefined;
  /** Tells the page. */
  publish(name: string, data: object): void;
  /** An empty workspace with new ids. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const feed = openFeed();
  const faults = openFaults();
  let workspace = await startWorkspace();
  let desk = freshDesk();
  let eventsUrl = "";

  function freshDesk(): Desk {
    return openDesk(Date.now, (user, kind) => {
      switch (kind) {
        case "modal":
          return feed.publish("modal", { user, modal: desk.modal(user) ?? null });
        case "home":
          return feed.publish("home", { user, view: desk.home(user) ?? null });
        case "ephemeral":
          return feed.publish("ephemerals", { user, messages: desk.ephemerals(user) });
      }
    });
  }

  const api = (): WebApi => ({ workspace, desk, shown: (message) => feed.publish("message", message) });
  const messages = async () => [...(await historyOf(workspace, workspace.channel.id))].reverse();
  const snapshot = async () => {
    const { team, channel, people, app } = workspace;
    return { team, channel, people, app, messages: await messages(), ...desk.all(), story: options.story?.() ?? {} };
  };

  const people = openPeople({
    signingSecret: options.signingSecret,
    eventsUrl: () => eventsUrl,
    responseUrl: (path) => `${url}/response/${path}`,
    workspace: () => workspace,
    desk: () => desk,
    messages,
  });

  const front: Omit<Front, "url" | "apiUrl" | "stop"> = {
    workspace: () => workspace,
    aimAt(target) {
      eventsUrl = target;
    },
    fault: faults.add,
    clearFaults: faults.clear,
    ...people,
    closeModal: (user) => desk.setModal(user, undefined),
    messages,
    ephemerals: (user) => desk.ephemerals(user),
    modal: (user) => desk.modal(user),
    home: (user) => desk.home(user),
    publish: feed.publish,
    async reset() {
      await workspace.stop();
      workspace = await startWorkspace();
      desk = freshDesk();
      feed.publish("snapshot", await snapshot());
    },
  };

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://front").pathname;
    if (path.startsWith("/api/")) return answerBot(path.slice("/api/".length), request, response);
    if (path.startsWith("/response/")) return answerResponseUrl(path.slice("/response/".length), request, response);
    if (!isOwnPage(request, port)) return void response.writeHead(403).end();
    if (path === "/feed") return feed.connect(response, snapshot);
    if (path === "/do" && request.method === "POST") return answerPage(request, response);
    if (request.method !== "GET" || !(await sendPageFile(path, response))) response.writeHead(404).end();
  }

  async function answerBot(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = "", "content-type": type = "" } = request.headers;
    const args = argumentsOf(await text(request), type);
    options.onCall?.(method, args);
    const fault = faults.take(method);
    if (fault !== undefined && fault.kind !== "slow" && fault.accepted !== true && fault.kind !== "truncated")
      return failWith(fault, response, "");
    const right = JSON.stringify(await answerWebApi(method, args, authorization, api()));
    if (fault !== undefined) return failWith(fault, response, right);
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(right);
  }

  async function answerResponseUrl(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, body: object) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const message = findObject(await text(request)) ?? {};
    const use = desk.useResponse(path);
    if (use === undefined) return reply(404, { ok: false, error: "used_url" });
    const refused = refusalOf(message);
    if (refused !== undefined) return reply(400, refused);
    if (message["response_type"] === "in_channel") {
      const posted = { ...contentOf(message), channel: use.channel };
      return reply(200, await answerWebApi("chat.postMessage", posted, workspace.token, api()));
    }
    desk.addEphemeral(use.user, contentOf(message));
    reply(200, { ok: true });
  }

  /** What a person does on the page. */
  async function answerPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ask = findObject(await text(request)) ?? {};
    const user = textOf(ask, "user");
    const values = Object.entries(objectOf(ask, "values")).map(([name, value]) => [name, String(value)]);
    try {
      switch (ask["kind"]) {
        case "click":
          await front.click({ user, ts: textOf(ask, "ts"), ...clickedOf(ask) });
          break;
        case "click-in-modal":
          await front.clickInModal({ user, ...clickedOf(ask) });
          break;
        case "submit":
          await front.submit({ user, viewId: textOf(ask, "viewId"), values: Object.fromEntries(values) });
          break;
        case "command":
          await front.command({ user, text: textOf(ask, "text") });
          break;
        case "shortcut":
          await front.shortcut({ user, ts: textOf(ask, "ts"), callbackId: textOf(ask, "callbackId") });
          break;
        case "home":
          await front.openHome(user);
          break;
        case "close":
          front.closeModal(user);
          break;
        default:
          options.onAsk?.(textOf(ask, "kind"));
      }
      response.writeHead(204).end();
    } catch (error) {
      // A page that shows what is no longer there: its next snapshot puts it right.
      response.writeHead(409, { "content-type": "text/plain" }).end(error instanceof Error ? error.message : "");
    }
  }

  const server = createServer((request, response) => {
    answerRequest(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(error.message);
    });
  });
  const port = await listen(server, options.port).catch(async (error) => {
    await workspace.stop();
    throw error;
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    ...front,
    url,
    apiUrl: `${url}/api/`,
    async stop() {
      feed.stop();
      await stopServer(server);
      await workspace.stop();
    },
  };
}

function clickedOf(ask: JsonObject): Clicked {
  const value = ask["value"];
  return { actionId: textOf(ask, "actionId"), ...(typeof value === "string" ? { value } : {}) };
}

/** The page talks to its own server only: no other site's script, no rebound name. */
function isOwnPage(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = "", origin, "content-type": type = "" } = request.headers;
  if (!hosts.includes(host)) return false;
  if (request.method !== "POST") return true;
  return (
    type.startsWith("application/json") && (origin === undefined || hosts.some((own) => origin === `http://${own}`))
  );
}
