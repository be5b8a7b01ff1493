/**
 * People at work in the workspace: what a click, a sent dialog, a typed command, an entry of a message's menu or a look
 * at the Home tab does, from the gesture to what its person sees of the bot's answer.
 * Source: Slack docs, "Responding to users", "Modals: view_submission" (response_action).
 */
import { problemsOf } from "../blocks/limits.ts";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import type { Desk, Modal } from "./desk.ts";
import { type Delivered, deliver, type Parcel } from "./interaction.ts";
import { findObject, objectOf, objectsOf, textOf } from "./json.ts";
import {
  type Clicked,
  type Gesture,
  homeOpened,
  messageClick,
  messageShortcut,
  slashCommand,
  viewClick,
  viewSubmission,
} from "./payload.ts";
import { contentOf } from "./webapi.ts";
import type { Workspace } from "./workspace.ts";

export interface People {
  /** Clicks an element of a message in the channel, or of one only `user` sees. @throws Error when it is not there. */
  click(click: Clicked & { readonly user: string; readonly ts: string }): Promise<Delivered>;
  /** Clicks an element of the dialog that `user` has open. @throws Error when it is not there. */
  clickInModal(click: Clicked & { readonly user: string }): Promise<Delivered>;
  /** Sends the dialog that `user` has open; `values` by block id. @throws Error when it is not open. */
  submit(submission: {
    readonly user: string;
    readonly viewId: string;
    readonly values: Readonly<Record<string, string>>;
  }): Promise<Delivered>;
  command(command: { readonly user: string; readonly text: string }): Promise<Delivered>;
  /** Chooses an entry of the menu of a message in the channel. @throws Error when there is no such message. */
  shortcut(shortcut: { readonly user: string; readonly ts: string; readonly callbackId: string }): Promise<Delivered>;
  openHome(user: string): Promise<Delivered>;
}

export interface PeopleOptions {
  readonly signingSecret: string;
  readonly eventsUrl: () => string;
  readonly responseUrl: (path: string) => string;
  readonly workspace: () => Workspace;
  readonly desk: () => Desk;
  readonly messages: () => Promise<readonly JsonObject[]>;
}

const NO_ANSWER: JsonObject = { text: "Trailhound did not answer in time (operation_timeout). Try again." };
const TROUBLE = "We had some trouble connecting. Try again?";

export function openPeople(options: PeopleOptions): People {
  const { workspace, desk } = options;
  const gestureOf = async (user: string): Promise<Gesture> => {
    const answer = (await workspace().call("views.generateTriggerId", { user_id: user })) ?? {};
    const triggerId = textOf(answer, "trigger_id");
    desk().keepTrigger(triggerId, user);
    const responseUrl = options.responseUrl(desk().openResponse(user, workspace().channel.id));
    return { workspace: workspace(), user, triggerId, responseUrl, seconds: Math.floor(Date.now() / 1000) };
  };
  const send = (parcel: Parcel, { seconds }: Gesture) =>
    deliver(options.eventsUrl(), parcel, { secret: options.signingSecret, seconds });
  return {
    async click({ user, ts, ...clicked }) {
      const gesture = await gestureOf(user);
      const seen = [...(await options.messages()), ...desk().ephemerals(user)];
      const parcel = messageClick(seen.find((message) => message["ts"] === ts) ?? {}, clicked, gesture);
      if (parcel === undefined) throw new Error(`no element ${clicked.actionId} in message ${ts}`);
      const delivered = await send(parcel, gesture);
      if (delivered.status !== 200) desk().addEphemeral(user, NO_ANSWER);
      return delivered;
    },
    async clickInModal({ user, ...clicked }) {
      const gesture = await gestureOf(user);
      const parcel = viewClick(desk().modal(user)?.view ?? {}, clicked, gesture);
      if (parcel === undefined) throw new Error(`no element ${clicked.actionId} in a dialog of ${user}`);
      const delivered = await send(parcel, gesture);
      const open = desk().modal(user);
      if (delivered.status !== 200 && open !== undefined) desk().setModal(user, { ...open, problem: TROUBLE });
      return delivered;
    },
    async submit({ user, viewId, values }) {
      const modal = desk().modal(user);
      if (modal === undefined || modal.view["id"] !== viewId) throw new Error(`${user} has no dialog ${viewId} open`);
      const gesture = await gestureOf(user);
      const delivered = await send(viewSubmission(modal.view, values, gesture), gesture);
      desk().setModal(user, afterSubmit(modal, delivered));
      return delivered;
    },
    async command({ user, text }) {
      const gesture = await gestureOf(user);
      const delivered = await send(slashCommand(text, gesture), gesture);
      const answer = findObject(delivered.body);
      if (delivered.status !== 200) desk().addEphemeral(user, NO_ANSWER);
      else if (answer !== undefined) desk().addEphemeral(user, contentOf(answer));
      return delivered;
    },
    async shortcut({ user, ts, callbackId }) {
      const gesture = await gestureOf(user);
      const message = (await options.messages()).find((candidate) => candidate["ts"] === ts);
      if (message === undefined) throw new Error(`no message ${ts}`);
      const delivered = await send(messageShortcut(message, callbackId, gesture), gesture);
      if (delivered.status !== 200) desk().addEphemeral(user, NO_ANSWER);
      return delivered;
    },
    async openHome(user) {
      const gesture = await gestureOf(user);
      return send(homeOpened(desk().home(user), gesture), gesture);
    },
  };
}

/** What becomes of a dialog after the bot answered its submission; undefined: it closes. */
function afterSubmit(modal: Modal, { status, body }: Delivered): Modal | undefined {
  const answer = findObject(body) ?? {};
  const view = objectOf(answer, "view");
  const badView = answer["response_action"] === "update" && problemsOf(view).length > 0;
  if (status !== 200 || badView) return { ...modal, problem: TROUBLE };
  switch (answer["response_action"]) {
    case "errors": {
      const errors = Object.entries(objectOf(answer, "errors")).map(([block, told]) => [block, String(told)]);
      return { view: modal.view, errors: Object.fromEntries(errors) };
    }
    case "update": {
      const blocks = objectsOf(contentOf(view), "blocks");
      return { view: { ...modal.view, submit: null, close: null, ...view, blocks }, errors: {} };
    }
    default:
      return undefined;
  }
}
