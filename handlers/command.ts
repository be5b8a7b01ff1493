/** A slash command: `/ids help`, `/ids who …`. Answers are for the asker only. */
import { healthMessage } from "../blocks/health.ts";
import { helpMessage } from "../blocks/help.ts";
import { noticeMessage } from "../blocks/notice.ts";
import type { Message } from "../blocks/text.ts";
import { subjectOf, type Verb } from "../src/identity/identity.ts";
import type { Command } from "../src/ports/listeners.ts";
import { approvalOf } from "./authorise.ts";
import { type HealthDeps, healthOf } from "./health.ts";
import { type LookupDeps, lookUp } from "./lookup.ts";

export interface CommandDeps extends LookupDeps, HealthDeps {}

/** Slack's own limit is 3,000 characters or so; nothing that we know needs more. */
const MAX_TEXT = 2_500;

export async function handleCommand(command: Command, deps: CommandDeps): Promise<void> {
  const [typed = "", ...rest] = command.text.slice(0, MAX_TEXT).trim().split(/\s+/);
  const message = await answerTo(typed.toLowerCase(), rest.join(" "), command, deps);
  if (message !== undefined) await deps.chat.respond(command.responseUrl, message);
}

/** @returns undefined when the answer went, or goes, another way. */
async function answerTo(
  verb: string,
  argument: string,
  command: Command,
  deps: CommandDeps,
): Promise<Message | undefined> {
  switch (verb) {
    case "":
    case "help":
      return helpMessage();
    case "health":
      return (await refusal(command, deps)) ?? healthMessage(await healthOf(deps), deps.config.accounts);
    case "who":
    case "key":
    case "ip":
      return (await refusal(command, deps)) ?? look(verb, argument, command, deps);
    default:
      return noticeMessage(`/ids ${verb} is not a command: /ids help lists them`);
  }
}

async function refusal(command: Command, deps: CommandDeps): Promise<Message | undefined> {
  const approval = await approvalOf({ ...command, userTeam: command.team }, "operator", deps);
  if (approval.allowed) return undefined;
  deps.log.warn({ user: command.user, why: approval.why }, "command.refused");
  return noticeMessage(`Not answered: ${approval.why}`);
}

const WANTED: Readonly<Record<Verb, string>> = {
  who: "/ids who wants a user or session name, an ARN, an access key id or an address: /ids who deploy-bot",
  key: "/ids key wants an access key id or its last four characters: /ids key AKIAIOSFODNN7EXAMPLE",
  ip: "/ids ip wants an IPv4 or IPv6 address: /ids ip 198.51.100.23",
};

async function look(verb: Verb, argument: string, command: Command, deps: CommandDeps): Promise<Message | undefined> {
  // Slack turns what looks like a link or an address into <…|text>; the text is what was typed.
  const subject = subjectOf(verb, argument.replace(/^<[^|>]*\|([^>]*)>$/, "$1"));
  if (subject === undefined) return noticeMessage(WANTED[verb]);
  if (subject === "secret")
    return noticeMessage(
      "That looks like a secret access key. It was not looked up or stored, but Slack may have seen it: treat it as leaked, and ask with its key id (AKIA…)",
    );
  await lookUp(subject, command, deps);
  return undefined;
}
