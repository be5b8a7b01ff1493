/**
 * Both doors of Slack, through Bolt: Socket Mode (no inbound port) and signed HTTP. What comes in is turned into the
 * plain Click, Submission and Command of ports.ts; nothing is decided here.
 */
import { App, type BlockAction, type MessageShortcut, type Receiver, type ViewSubmitAction, webApi } from "@slack/bolt";
import type { Click, Command, Listeners, Shortcut, Submission, SubmissionAnswer } from "../ports/listeners.ts";
import type { Vitals } from "../ports/vitals.ts";
import type { Clock, Log } from "../ports.ts";
import { type SignedHttpOptions, signedHttp } from "./signedhttp.ts";
import { webClientOptions } from "./slack.ts";
import { type SocketModeOptions, socketMode } from "./socketmode.ts";

export interface DoorOptions {
  readonly token: string;
  readonly apiUrl?: string;
  readonly door:
    | ({ readonly mode: "socket" } & Pick<SocketModeOptions, "appToken" | "onDeaf" | "timing">)
    | ({ readonly mode: "http" } & Omit<SignedHttpOptions, "clock" | "log">);
  readonly clock: Clock;
  readonly vitals: Vitals;
  readonly log: Log;
}

export interface Door {
  /** Where Slack must send its requests; undefined in Socket Mode. */
  readonly url?: string;
  close(): Promise<void>;
}

export async function openDoor(listeners: Listeners, options: DoorOptions): Promise<Door> {
  const { door } = options;
  const logger = boltLogger(options.log);
  if (door.mode === "socket") {
    const { apiUrl, vitals, log } = options;
    const app = appOf(
      socketMode({ ...door, ...(apiUrl === undefined ? {} : { apiUrl }), logger, vitals, log }),
      listeners,
      options,
      logger,
    );
    const close = async () => void (await app.stop());
    await app.start().catch(async (error) => {
      await close();
      throw error;
    });
    return { close };
  }
  const receiver = signedHttp({ ...door, clock: options.clock, log: options.log });
  const app = appOf(receiver, listeners, options, logger);
  await app.start();
  options.vitals.ok("door");
  return { url: receiver.url(), close: async () => void (await app.stop()) };
}

function appOf(receiver: Receiver, listeners: Listeners, options: DoorOptions, logger: webApi.Logger): App {
  const app = new App({
    receiver,
    logger,
    clientOptions: webClientOptions(options),
    // One workspace, one token: nothing has to be asked of Slack before a request is handled.
    authorize: async () => ({ botToken: options.token }),
    ignoreSelf: false,
    convoStore: false,
  });
  for (const [id, listener] of Object.entries(listeners.clicks))
    app.action(id, async ({ ack, body }) => {
      await ack();
      if (body.type === "block_actions") await listener(clickOf(body, id));
    });
  for (const [id, listener] of Object.entries(listeners.submissions))
    app.view(id, async ({ ack, body }) => {
      if (body.type !== "view_submission") return ack();
      await ack(responseOf(await listener(submissionOf(body))));
    });
  for (const [name, listener] of Object.entries(listeners.commands))
    app.command(name, async ({ ack, command }) => {
      await ack();
      await listener(commandOf(command));
    });
  for (const [id, listener] of Object.entries(listeners.shortcuts))
    app.shortcut({ callback_id: id, type: "message_action" }, async ({ ack, shortcut }) => {
      await ack();
      await listener(shortcutOf(shortcut));
    });
  app.event("app_home_opened", async ({ event, body }) => {
    if (event.tab === "home") await listeners.homeOpened({ user: event.user, team: body.team_id });
  });
  app.error(async (error) => options.log.error({ err: error.message }, "listener.failed"));
  return app;
}

function clickOf(body: BlockAction, id: string): Click {
  const action = body.actions.find((a) => a.action_id === id);
  return {
    actionId: id,
    value: action !== undefined && "value" in action && typeof action.value === "string" ? action.value : "",
    user: body.user.id,
    userTeam: body.user.team_id ?? body.team?.id ?? "",
    team: body.team?.id ?? "",
    channel: body.channel?.id ?? "",
    messageTs: body.message?.ts ?? "",
    triggerId: body.trigger_id,
    responseUrl: body.response_url ?? "",
    viewId: body.view?.id ?? "",
  };
}

function shortcutOf({ user, team, channel, message, trigger_id, response_url }: MessageShortcut): Shortcut {
  return {
    user: user.id,
    userTeam: user.team_id ?? team?.id ?? "",
    team: team?.id ?? "",
    channel: channel.id,
    text: [message.text ?? "", ...textsIn([message["blocks"], message["attachments"]])].join("\n"),
    triggerId: trigger_id,
    responseUrl: response_url,
  };
}

const DEPTH = 12;

/** What the parts of a message say: an app's own `text` is but a short stand-in for its blocks. */
function textsIn(value: unknown, depth = DEPTH): string[] {
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    typeof part === "string" ? (name === "text" ? [part] : []) : textsIn(part, depth - 1),
  );
}

function submissionOf(body: ViewSubmitAction): Submission {
  const values: Record<string, string> = Object.create(null);
  for (const [block, inputs] of Object.entries(body.view.state.values))
    for (const input of Object.values(inputs)) values[block] = input.value ?? "";
  return {
    callbackId: body.view.callback_id,
    privateMetadata: body.view.private_metadata,
    values,
    user: body.user.id,
    userTeam: body.user.team_id ?? body.team?.id ?? "",
    team: body.team?.id ?? "",
    viewId: body.view.id,
    triggerId: "trigger_id" in body && typeof body.trigger_id === "string" ? body.trigger_id : "",
  };
}

function commandOf(command: {
  text?: string;
  user_id: string;
  team_id: string;
  channel_id: string;
  trigger_id: string;
  response_url: string;
}): Command {
  return {
    text: command.text ?? "",
    user: command.user_id,
    team: command.team_id,
    channel: command.channel_id,
    triggerId: command.trigger_id,
    responseUrl: command.response_url,
  };
}

function responseOf(answer: SubmissionAnswer) {
  switch (answer.kind) {
    case "close":
      return undefined;
    case "errors":
      return { response_action: "errors" as const, errors: { ...answer.errors } };
    case "show":
      return { response_action: "update" as const, view: answer.view };
  }
}

/** Bolt's lines carry request data: they are kept at debug, its warnings and errors under one fixed name. */
function boltLogger(log: Log): webApi.Logger {
  const told = (...parts: readonly unknown[]) => ({ record: parts.map(String).join(" ").slice(0, 500) });
  return {
    debug: () => undefined,
    info: (...parts) => log.debug(told(...parts), "bolt.told"),
    warn: (...parts) => log.warn(told(...parts), "bolt.warned"),
    error: (...parts) => log.error(told(...parts), "bolt.failed"),
    setLevel: () => undefined,
    getLevel: () => webApi.LogLevel.INFO,
    setName: () => undefined,
  };
}
