/** A slash command: `/ids help`, `/ids who …`. Answers are for the asker only. */
import { helpMessage } from "../blocks/help.ts";
import { whoMessage } from "../blocks/identity.ts";
import { noticeMessage } from "../blocks/notice.ts";
import type { Message } from "../blocks/text.ts";
import type { AccountView } from "../src/alert/alert.ts";
import { mayContain } from "../src/contain/approval.ts";
import { subjectOf } from "../src/identity/identity.ts";
import type { Command, Ports } from "../src/ports.ts";
import { whoIs } from "./who.ts";

export interface CommandDeps extends Pick<Ports, "alerts" | "iam" | "chat" | "clock" | "log"> {
  readonly config: { readonly accounts: readonly AccountView[]; readonly operators: readonly string[] };
}

/** Slack's own limit is 3,000 characters or so; nothing that we know needs more. */
const MAX_TEXT = 2_500;

export async function handleCommand(command: Command, deps: CommandDeps): Promise<void> {
  const [verb = "help", ...rest] = command.text.slice(0, MAX_TEXT).trim().split(/\s+/);
  await deps.chat.respond(command.responseUrl, await answerTo(verb.toLowerCase(), rest.join(" "), command, deps));
}

async function answerTo(verb: string, argument: string, command: Command, deps: CommandDeps): Promise<Message> {
  switch (verb) {
    case "":
    case "help":
      return helpMessage();
    case "who":
      return who(argument, command, deps);
    default:
      return noticeMessage(`/ids ${verb} is not a command: /ids help lists them`);
  }
}

async function who(argument: string, command: Command, deps: CommandDeps): Promise<Message> {
  const { team, user } = command;
  const asker = await deps.chat.user(user);
  const installed = await deps.chat.team();
  const { accounts, operators } = deps.config;
  const approval = mayContain(asker, { operators, team: installed, payloadTeam: team, userTeam: team });
  if (!approval.allowed) {
    deps.log.warn({ user, why: approval.why }, "command.refused");
    return noticeMessage(`Not answered: ${approval.why}`);
  }
  // Slack turns what looks like a link or an address into <…|text>; the text is what was typed.
  const subject = subjectOf(argument.replace(/^<[^|>]*\|([^>]*)>$/, "$1"));
  if (subject === undefined)
    return noticeMessage("/ids who wants a user name, an ARN or an access key id: /ids who deploy-bot");
  if (subject === "secret")
    return noticeMessage(
      "That looks like a secret access key. It was not looked up or stored, but Slack may have seen it: treat it as leaked, and ask with its key id (AKIA…)",
    );
  return whoMessage(await whoIs(subject, accounts, deps));
}
