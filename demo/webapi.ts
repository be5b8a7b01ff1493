/**
 * Slack's Web API as the bot sees it: emulate, and what emulate lacks — Block Kit limits, token check, unknown
 * methods, flags of users and channels, history by time and with metadata, and the dialogs, Home tab and private messages of each person.
 * Source: Slack Web API reference; error names as documented there.
 */
import { randomBytes } from "node:crypto";
import { problemsOf } from "../blocks/limits.ts";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import type { Desk } from "./desk.ts";
import { findJson, isObject, objectOf, objectsOf, textOf } from "./json.ts";
import { historyOf, type Workspace } from "./workspace.ts";

export interface WebApi {
  readonly workspace: Workspace;
  readonly desk: Desk;
  /** A message was posted or edited. */
  readonly shown: (message: JsonObject) => void;
}

const error = (name: string, messages?: readonly string[]): JsonObject => ({
  ok: false,
  error: name,
  ...(messages === undefined ? {} : { response_metadata: { messages } }),
});

/** Arguments that the form encoding carries as JSON text. */
const STRUCTURED: ReadonlySet<string> = new Set(["blocks", "attachments", "metadata", "view"]);

/** `channel=C1&blocks=%5B…%5D` → `{ channel: "C1", blocks: […] }`; JSON bodies as they are. */
export function argumentsOf(body: string, contentType: string): JsonObject {
  if (contentType.includes("json")) {
    const value = findJson(body);
    return isObject(value) ? value : {};
  }
  const pairs = [...new URLSearchParams(body)].map(([name, value]) => {
    const parsed = STRUCTURED.has(name) ? findJson(value) : undefined;
    return [name, parsed ?? value];
  });
  return Object.fromEntries(pairs);
}

export async function answerWebApi(
  method: string,
  args: JsonObject,
  authorization: string,
  api: WebApi,
): Promise<JsonObject> {
  const token = authorization.replace(/^Bearer /, "") || textOf(args, "token");
  if (token === "") return error("not_authed");
  if (token !== api.workspace.token) return error("invalid_auth");
  const answer = await answerMethod(method, args, api);
  return answer ?? { ...error("unknown_method"), req_method: method };
}

async function answerMethod(method: string, args: JsonObject, api: WebApi): Promise<JsonObject | undefined> {
  switch (method) {
    case "chat.postMessage":
    case "chat.update":
      return postOrEdit(method, args, api);
    case "chat.postEphemeral":
      return postEphemeral(args, api);
    case "conversations.history":
      return history(args, api);
    case "conversations.info":
      return channelInfo(args, api);
    case "users.info":
      return userInfo(args, api);
    case "views.open":
    case "views.update":
      return showModal(method, args, api);
    case "views.publish":
      return publishHome(args, api);
    default:
      return api.workspace.call(method, args);
  }
}

/** What Slack says to a message that breaks its limits; undefined when it takes it. */
export function refusalOf(args: JsonObject): JsonObject | undefined {
  const { blocks } = args;
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return error("invalid_blocks_format");
  const problems = problemsOf({ text: args["text"] ?? "none", blocks });
  return problems.length === 0
    ? undefined
    : error(
        "invalid_blocks",
        problems.map((text) => `[ERROR] ${text}`),
      );
}

async function postOrEdit(method: string, args: JsonObject, api: WebApi): Promise<JsonObject> {
  const refused = refusalOf(args);
  if (refused !== undefined) return refused;
  const answer = (await api.workspace.call(method, withBlockIds(args))) ?? {};
  if (answer["ok"] === true) api.shown(objectOf(answer, "message"));
  return answer;
}

async function postEphemeral(args: JsonObject, api: WebApi): Promise<JsonObject> {
  const refused = refusalOf(args);
  if (refused !== undefined) return refused;
  const answer = (await api.workspace.call("chat.postEphemeral", args)) ?? {};
  if (answer["ok"] === true) api.desk.addEphemeral(textOf(args, "user"), contentOf(args));
  return answer;
}

/** The part of a message that people see. */
export function contentOf(args: JsonObject): JsonObject {
  const { text = "", blocks } = withBlockIds(args);
  return { text, ...(blocks === undefined ? {} : { blocks }) };
}

/** Newest first, by time and in pages; metadata only when asked for. */
async function history(args: JsonObject, api: WebApi): Promise<JsonObject> {
  const first = (await api.workspace.call("conversations.history", { ...args, limit: 1, cursor: "" })) ?? {};
  if (first["ok"] !== true) return first;
  const oldest = Number(args["oldest"] ?? 0);
  const latest = args["latest"] === undefined ? Number.POSITIVE_INFINITY : Number(args["latest"]);
  const inclusive = String(args["inclusive"]) === "true";
  const fits = (ts: number) => (ts > oldest && ts < latest) || (inclusive && (ts === oldest || ts === latest));
  const all = (await historyOf(api.workspace, textOf(args, "channel"))).filter((m) => fits(Number(m["ts"])));
  const start = Number(Buffer.from(textOf(args, "cursor"), "base64").toString() || "0");
  const end = start + Math.min(Number(args["limit"] ?? 100), 999);
  const withMetadata = String(args["include_all_metadata"]) === "true";
  const more = end < all.length;
  return {
    ok: true,
    messages: all.slice(start, end).map(({ metadata, ...m }) => (withMetadata && metadata ? { ...m, metadata } : m)),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(String(end)).toString("base64") : "" },
  };
}

async function channelInfo(args: JsonObject, api: WebApi): Promise<JsonObject> {
  const answer = (await api.workspace.call("conversations.info", args)) ?? {};
  const flags = { is_ext_shared: false, is_pending_ext_shared: false };
  return answer["ok"] === true ? { ...answer, channel: { ...objectOf(answer, "channel"), ...flags } } : answer;
}

async function userInfo(args: JsonObject, api: WebApi): Promise<JsonObject> {
  const answer = (await api.workspace.call("users.info", args)) ?? {};
  const guest = api.workspace.people.some((person) => person.id === args["user"] && person.role === "guest");
  const flags = { is_restricted: guest, is_ultra_restricted: false, is_stranger: false, is_app_user: false };
  return answer["ok"] === true ? { ...answer, user: { ...objectOf(answer, "user"), ...flags } } : answer;
}

async function showModal(method: string, args: JsonObject, api: WebApi): Promise<JsonObject> {
  const user =
    method === "views.update"
      ? api.desk.viewerOf(textOf(args, "view_id"))
      : api.desk.ownerOf(textOf(args, "trigger_id"));
  // A dialog that its person closed meanwhile is gone; emulate keeps it.
  if (method === "views.update" && user === undefined) return error("not_found");
  const answer = await callWithView(method, args, api);
  const shown = objectOf(answer, "view");
  if (answer["ok"] === true && user !== undefined) api.desk.setModal(user, { view: shown, errors: {} });
  return answer;
}

async function publishHome(args: JsonObject, api: WebApi): Promise<JsonObject> {
  const answer = await callWithView("views.publish", args, api);
  if (answer["ok"] === true) api.desk.setHome(textOf(args, "user_id"), objectOf(answer, "view"));
  return answer;
}

async function callWithView(method: string, args: JsonObject, api: WebApi): Promise<JsonObject> {
  const view = objectOf(args, "view");
  const problems = problemsOf(view);
  if (problems.length > 0)
    return error(
      "invalid_arguments",
      problems.map((text) => `[ERROR] ${text}`),
    );
  return (await api.workspace.call(method, { ...args, view: withBlockIds(view) })) ?? {};
}

/** Slack names every block that has no name. */
function withBlockIds(holder: JsonObject): JsonObject {
  if (!Array.isArray(holder["blocks"])) return holder;
  const blocks = objectsOf(holder, "blocks").map((block) => ({
    block_id: randomBytes(4).toString("base64url"),
    ...block,
  }));
  return { ...holder, blocks };
}
