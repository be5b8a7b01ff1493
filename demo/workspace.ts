/**
 * Slack's memory in the demo and the tests: emulate as the Web API, with one channel, one app and a few people.
 * Ids are new at every start; ask for them, as one would in a real workspace.
 */
import { createEmulator } from "emulate";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { isObject, objectOf, objectsOf, textOf } from "./json.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  /** What the page tells about them. */
  readonly role: "operator" | "member" | "guest";
}
export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: { readonly id: string; readonly userId: string };
  readonly channel: { readonly id: string; readonly name: string };
  readonly people: readonly Person[];
  readonly token: string;
  /** Asks emulate; undefined: it knows no such method. */
  call(method: string, body: JsonObject): Promise<JsonObject | undefined>;
  stop(): Promise<void>;
}

const TEAM = { name: "Acme", domain: "acme" };
const CHANNEL = "security-alerts";
const APP_ID = "A0TRAILHOUND";
const APP_NAME = "trailhound";
const TOKEN = "xoxb-demo";
const PEOPLE = [
  { name: "sam", realName: "Sam Okafor", role: "operator" },
  { name: "lee", realName: "Lee Brandt", role: "operator" },
  { name: "kim", realName: "Kim Duarte", role: "member" },
  { name: "gus", realName: "Gus Hale", role: "guest" },
] as const;

export async function startWorkspace(): Promise<Workspace> {
  const emulator = await createEmulator({
    service: "slack",
    port: 0,
    seed: {
      slack: {
        team: TEAM,
        users: PEOPLE.map(({ name, realName }) => ({ name, real_name: realName })),
        channels: [{ name: CHANNEL, topic: "What happens in our AWS account" }],
        oauth_apps: [
          {
            client_id: "1.2",
            client_secret: "none",
            app_id: APP_ID,
            name: "Trailhound",
            bot_name: APP_NAME,
            redirect_uris: [],
            scopes: [],
          },
        ],
        tokens: [{ token: TOKEN, user: APP_NAME, app_id: APP_ID }],
      },
    },
  });
  const call = async (method: string, body: JsonObject) => {
    const answer = await fetch(`http://127.0.0.1:${new URL(emulator.url).port}/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const value: unknown = await answer.json();
    return answer.status === 404 || !isObject(value) ? undefined : value;
  };
  const who = (await call("auth.test", {})) ?? {};
  const members = objectsOf((await call("users.list", {})) ?? {}, "members");
  const channels = objectsOf((await call("conversations.list", {})) ?? {}, "channels");
  const idOf = (list: readonly JsonObject[], name: string) =>
    textOf(list.find((item) => item["name"] === name) ?? {}, "id");
  return {
    team: { id: textOf(who, "team_id"), ...TEAM },
    app: { id: APP_ID, userId: textOf(who, "user_id") },
    channel: { id: idOf(channels, CHANNEL), name: CHANNEL },
    people: PEOPLE.map((person) => ({ ...person, id: idOf(members, person.name) })),
    token: TOKEN,
    call,
    stop: () => emulator.close(),
  };
}

/** All messages of the channel, newest first. */
export async function historyOf(workspace: Workspace, channel: string): Promise<readonly JsonObject[]> {
  const messages: JsonObject[] = [];
  for (let cursor = ""; ; ) {
    const page = (await workspace.call("conversations.history", { channel, limit: 1000, cursor })) ?? {};
    messages.push(...objectsOf(page, "messages"));
    cursor = textOf(objectOf(page, "response_metadata"), "next_cursor");
    if (cursor === "") return messages;
  }
}
