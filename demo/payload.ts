/**
 * Slack's human side: what Slack tells a bot when somebody clicks, sends a dialog, types a command, chooses an entry of
 * a message's menu or opens the Home tab.
 * Pure. Source: Slack docs, "block_actions payload" (a view's has `container.view_id` and `view`, and neither a channel
 * nor a response_url), "view_submission payload", "Slash commands", "Shortcuts payload", "app_home_opened event".
 */
import type { JsonObject } from "../src/cloudtrail/record.ts";
import type { Parcel } from "./interaction.ts";
import { objectOf, objectsOf, textOf } from "./json.ts";
import type { Workspace } from "./workspace.ts";

export interface Gesture {
  readonly workspace: Workspace;
  readonly user: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  readonly seconds: number;
}

/** Which element was clicked; `value` tells several of one action apart. */
export interface Clicked {
  readonly actionId: string;
  readonly value?: string;
}

/** A click in a message; undefined when the message has no such element. */
export function messageClick(message: JsonObject, clicked: Clicked, gesture: Gesture): Parcel | undefined {
  const { workspace, triggerId, responseUrl } = gesture;
  const action = actionOf(message, clicked, gesture);
  if (action === undefined) return undefined;
  const ephemeral = message["is_ephemeral"] === true;
  const payload = {
    type: "block_actions",
    ...sharedPart(gesture),
    container: {
      type: "message",
      message_ts: message["ts"] ?? "",
      channel_id: workspace.channel.id,
      is_ephemeral: ephemeral,
    },
    trigger_id: triggerId,
    channel: { ...workspace.channel },
    ...(ephemeral ? {} : { message }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [action],
  };
  return { kind: "interaction", payload };
}

/** A click in a dialog; undefined when it has no such element. */
export function viewClick(view: JsonObject, clicked: Clicked, gesture: Gesture): Parcel | undefined {
  const action = actionOf(view, clicked, gesture);
  if (action === undefined) return undefined;
  const payload = {
    type: "block_actions",
    ...sharedPart(gesture),
    container: { type: "view", view_id: view["id"] ?? "" },
    trigger_id: gesture.triggerId,
    view: { ...view, state: { values: {} } },
    actions: [action],
  };
  return { kind: "interaction", payload };
}

/** A dialog sent in; `values` by block id. */
export function viewSubmission(view: JsonObject, values: Readonly<Record<string, string>>, gesture: Gesture): Parcel {
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
  return { kind: "interaction", payload };
}

/** An entry of a message's menu. */
export function messageShortcut(message: JsonObject, callbackId: string, gesture: Gesture): Parcel {
  const { workspace, triggerId, responseUrl } = gesture;
  const payload = {
    type: "message_action",
    ...sharedPart(gesture),
    callback_id: callbackId,
    action_ts: `${gesture.seconds}.000000`,
    trigger_id: triggerId,
    response_url: responseUrl,
    message_ts: message["ts"] ?? "",
    channel: { ...workspace.channel },
    message: { ...message, type: "message" },
  };
  return { kind: "interaction", payload };
}

/** `/ids who bob` typed in the channel. */
export function slashCommand(text: string, gesture: Gesture): Parcel {
  const { workspace } = gesture;
  const [command = ""] = text.trim().split(/\s/, 1);
  const fields = {
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
  return { kind: "command", fields };
}

/** The Home tab came into view; `shown` is what was published there before. */
export function homeOpened(shown: JsonObject | undefined, { workspace, user, seconds }: Gesture): Parcel {
  const { team, app } = workspace;
  const body = {
    type: "event_callback",
    token: LEGACY_TOKEN,
    team_id: team.id,
    api_app_id: app.id,
    event: {
      type: "app_home_opened",
      user,
      channel: `D${user.slice(1)}`,
      tab: "home",
      event_ts: `${seconds}.000000`,
      ...(shown === undefined ? {} : { view: shown }),
    },
    event_id: `Ev${user.slice(1)}${seconds}`,
    event_time: seconds,
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.userId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
  return { kind: "event", body };
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

/** The clicked element as Slack names it in `actions`. */
function actionOf(holder: JsonObject, { actionId, value }: Clicked, { seconds }: Gesture): JsonObject | undefined {
  for (const block of objectsOf(holder, "blocks")) {
    const elements = [...objectsOf(block, "elements"), objectOf(block, "accessory")];
    const element = elements.find(
      (part) => part["action_id"] === actionId && (value === undefined || part["value"] === value),
    );
    if (element !== undefined)
      return { ...element, block_id: textOf(block, "block_id"), action_ts: `${seconds}.000000` };
  }
  return undefined;
}
