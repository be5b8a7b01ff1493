/**
 * Slack's human side: clicks, dialogs and commands, sent to the bot as Slack sends them, signed.
 * Source: Slack docs "block_actions payload", "view_submission payload", "Slash commands", "Verifying requests".
 */
import { createHmac } from "node:crypto";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { objectOf, objectsOf, textOf } from "./json.ts";
import type { Workspace } from "./workspace.ts";

export interface Delivered {
  /** HTTP status of the bot's answer; 0 when it did not answer in time. */
  readonly status: number;
  readonly body: string;
}

/** Slack waits this long for an answer, then tells the person that it failed. */
const ANSWER_MS = 3_000;

/** Posts a signed form. `signing` can be changed by tests that forge. */
export async function deliver(
  url: string,
  form: Readonly<Record<string, string>>,
  signing: { readonly secret: string; readonly seconds: number },
): Promise<Delivered> {
  const body = new URLSearchParams(form).toString();
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": String(signing.seconds),
        "x-slack-signature": signatureOf(body, signing),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return { status: 0, body: "" };
  }
}

/** `v0=` + HMAC-SHA256 over `v0:SECONDS:BODY`. */
export function signatureOf(body: string, signing: { readonly secret: string; readonly seconds: number }): string {
  return `v0=${createHmac("sha256", signing.secret).update(`v0:${signing.seconds}:${body}`).digest("hex")}`;
}

export interface Gesture {
  readonly workspace: Workspace;
  readonly user: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly seconds: number;
}

/** A click on the element `actionId` of a message; undefined when the message has no such element. */
export function clickForm(message: JsonObject, actionId: string, gesture: Gesture): Record<string, string> | undefined {
  const { workspace, triggerId, responseUrl, seconds } = gesture;
  const found = findAction(message, actionId);
  if (found === undefined) return undefined;
  const ephemeral = message["is_ephemeral"] === true;
  const payload = {
    type: "block_actions",
    ...sharedPart(gesture),
    container: {
      type: "message",
      message_ts: message["ts"],
      channel_id: workspace.channel.id,
      is_ephemeral: ephemeral,
    },
    trigger_id: triggerId,
    channel: workspace.channel,
    ...(ephemeral ? {} : { message }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [{ ...found.element, block_id: found.blockId, action_ts: `${seconds}.000000` }],
  };
  return { payload: JSON.stringify(payload) };
}

/** A dialog sent in; `values` by block id. */
export function submitForm(
  view: JsonObject,
  values: Readonly<Record<string, string>>,
  gesture: Gesture,
): Record<string, string> {
  const inputs = objectsOf(view, "blocks").filter((block) => block["type"] === "input");
  const state = inputs.map((block) => {
    const { type = "", action_id = "" } = objectOf(block, "element");
    const blockId = textOf(block, "block_id");
    return [blockId, { [String(action_id)]: { type, value: values[blockId] || null } }];
  });
  const payload = {
    type: "view_submission",
    ...sharedPart(gesture),
    trigger_id: gesture.triggerId,
    view: { ...view, state: { values: Object.fromEntries(state) } },
    response_urls: [],
  };
  return { payload: JSON.stringify(payload) };
}

/** `/ids who bob` typed in the channel. */
export function commandForm(text: string, gesture: Gesture): Record<string, string> {
  const { workspace } = gesture;
  const [command = ""] = text.trim().split(/\s/, 1);
  return {
    token: LEGACY_TOKEN,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: workspace.channel.id,
    channel_name: workspace.channel.name,
    user_id: gesture.user,
    user_name: nameOf(gesture),
    command,
    text: text.trim().slice(command.length).trim(),
    api_app_id: workspace.app.id,
    is_enterprise_install: "false",
    response_url: gesture.responseUrl,
    trigger_id: gesture.triggerId,
  };
}

/** Slack still sends it; nobody should read it. */
const LEGACY_TOKEN = "deprecated";

function sharedPart(gesture: Gesture): JsonObject {
  const { team, app } = gesture.workspace;
  const name = nameOf(gesture);
  return {
    user: { id: gesture.user, username: name, name, team_id: team.id },
    api_app_id: app.id,
    token: LEGACY_TOKEN,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

function nameOf({ workspace, user }: Gesture): string {
  return workspace.people.find((person) => person.id === user)?.name ?? "";
}

function findAction(
  message: JsonObject,
  actionId: string,
): { readonly blockId: string; readonly element: JsonObject } | undefined {
  for (const block of objectsOf(message, "blocks")) {
    const elements = [...objectsOf(block, "elements"), objectOf(block, "accessory")];
    const element = elements.find((part) => part["action_id"] === actionId);
    if (element !== undefined) return { blockId: textOf(block, "block_id"), element };
  }
  return undefined;
}
