/**
 * The table: Slack listener id → what happens, each behind the one wrapper that catches and answers.
 * A listener never throws: whoever pressed or typed hears that it failed, the log hears why.
 */
import { ACKNOWLEDGE, DETAILS, DISABLE_KEY } from "../blocks/alert.ts";
import { DISABLE_SUBMIT, REASON } from "../blocks/containment.ts";
import { noticeMessage } from "../blocks/notice.ts";
import type { Click, Command, Listeners, Ports, Submission } from "../src/ports.ts";
import { type ActionDeps, onAcknowledge, onDetails, onDisableClick, onDisableSubmit } from "./action.ts";
import { type CommandDeps, handleCommand } from "./command.ts";

const FAILED =
  "That did not work: Trailhound could not reach Slack, AWS or its own store. Nothing was changed; try again";

export function listenersOf(deps: ActionDeps & CommandDeps): Listeners {
  const click = (handle: (click: Click, deps: ActionDeps) => Promise<void>) => async (click: Click) => {
    await handle(click, deps).catch((error) => sorry(error, click.actionId, click.responseUrl, deps));
  };
  return {
    clicks: {
      [ACKNOWLEDGE]: click(onAcknowledge),
      [DISABLE_KEY]: click(onDisableClick),
      [DETAILS]: click(onDetails),
    },
    submissions: {
      [DISABLE_SUBMIT]: (submission: Submission) =>
        onDisableSubmit(submission, deps).catch((error) => {
          told(error, DISABLE_SUBMIT, deps);
          return { kind: "errors", errors: { [REASON]: FAILED } };
        }),
    },
    commands: {
      "/ids": async (command: Command) => {
        await handleCommand(command, deps).catch((error) => sorry(error, "/ids", command.responseUrl, deps));
      },
    },
  };
}

async function sorry(
  error: unknown,
  listener: string,
  responseUrl: string,
  deps: Pick<Ports, "chat" | "log">,
): Promise<void> {
  told(error, listener, deps);
  await deps.chat.respond(responseUrl, noticeMessage(FAILED)).catch((again) => told(again, listener, deps));
}

function told(error: unknown, listener: string, { log }: Pick<Ports, "log">): void {
  log.error({ listener, err: error instanceof Error ? error.message : String(error) }, "listener.failed");
}
