/**
 * The table: Slack listener id → what happens, each behind the one wrapper that catches and answers.
 * A listener never throws: whoever pressed or typed hears that it failed, the log hears why.
 */
import { ACKNOWLEDGE, DETAILS, DISABLE_KEY } from "../blocks/alert.ts";
import { DISABLE_SUBMIT, REASON } from "../blocks/containment.ts";
import { sentenceModal, WHO_PICK, WHO_SHARE } from "../blocks/identity.ts";
import { noticeMessage } from "../blocks/notice.ts";
import { ClosedError } from "../src/ports/chat.ts";
import type { Click, Command, Listeners, Submission } from "../src/ports/listeners.ts";
import { StoreError } from "../src/ports/vitals.ts";
import type { Ports } from "../src/ports.ts";
import { type ActionDeps, onAcknowledge, onDetails, onDisableClick, onDisableSubmit } from "./action.ts";
import { type CommandDeps, handleCommand } from "./command.ts";
import { type HomeDeps, onHomeOpened } from "./home.ts";
import { onLookUp, onPick, onShare } from "./lookup.ts";

/** The menu entry *Look up identity*; the app's manifest names it too. */
export const LOOK_UP = "ids/look_up/v1";

const FAILED = "That did not work: Trailhound could not reach Slack or AWS. Nothing was changed; try again";
const STORE_SILENT =
  "That did not work: Trailhound's own store (Redis) does not answer. Nothing was changed; alerts wait in the queue meanwhile. /ids health says more";

export type ListenerDeps = ActionDeps & CommandDeps & HomeDeps;

export function listenersOf(deps: ListenerDeps): Listeners {
  const click = (handle: (click: Click, deps: ListenerDeps) => Promise<void>) => async (click: Click) => {
    await handle(click, deps).catch((error) => sorry(error, click.actionId, click, deps));
  };
  return {
    clicks: {
      [ACKNOWLEDGE]: click(onAcknowledge),
      [DISABLE_KEY]: click(onDisableClick),
      [DETAILS]: click(onDetails),
      [WHO_PICK]: click(onPick),
      [WHO_SHARE]: click(onShare),
    },
    submissions: {
      [DISABLE_SUBMIT]: (submission: Submission) =>
        onDisableSubmit(submission, deps).catch((error) => {
          told(error, DISABLE_SUBMIT, deps);
          return { kind: "errors", errors: { [REASON]: sentenceOf(error) } };
        }),
    },
    commands: {
      "/ids": async (command: Command) => {
        await handleCommand(command, deps).catch((error) => sorry(error, "/ids", command, deps));
      },
    },
    shortcuts: {
      [LOOK_UP]: async (shortcut) => {
        await onLookUp(shortcut, deps).catch((error) => sorry(error, LOOK_UP, shortcut, deps));
      },
    },
    homeOpened: async (opened) => {
      await onHomeOpened(opened, deps).catch((error) => told(error, "home", deps));
    },
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof StoreError ? STORE_SILENT : FAILED;
}

async function sorry(
  error: unknown,
  listener: string,
  { responseUrl, viewId = "" }: { readonly responseUrl: string; readonly viewId?: string },
  deps: Pick<Ports, "chat" | "log">,
): Promise<void> {
  // Whoever closed the dialog does not want to hear of it, and it is no failure.
  if (error instanceof ClosedError) return deps.log.info({ listener }, "dialog.closed");
  told(error, listener, deps);
  const sentence = sentenceOf(error);
  const answered =
    viewId === ""
      ? deps.chat.respond(responseUrl, noticeMessage(sentence))
      : deps.chat.updateModal(viewId, sentenceModal(sentence));
  await answered.catch((again) => told(again, listener, deps));
}

function told(error: unknown, listener: string, { log }: Pick<Ports, "log">): void {
  log.error({ listener, err: error instanceof Error ? error.message : String(error) }, "listener.failed");
}
