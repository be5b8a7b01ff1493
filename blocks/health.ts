/**
 * Health in Slack: the answer to `/ids health`, and the top of the Home tab.
 * Pure. What went wrong comes first; what a part said is shown, never parsed.
 */
import { type Health, type Part, type Status, statusOf, type Trouble, troublesOf } from "../src/health/health.ts";
import { durationIn } from "./proof.ts";
import { between, bold, code, lines, moment, rich, say } from "./rich.ts";
import { type Block, type Inline, type Message, mrkdwn, type Plain, shown, words } from "./text.ts";

/** Accounts and regions that are listed. */
const SHOWN = 12;
/** Nothing from an account and region for so long is worth a look. */
const QUIET_MS = 24 * 3600_000;
const DOT = words` · `;

export function healthMessage(
  health: Health,
  accounts: readonly { readonly id: string; readonly name?: string }[],
): Message {
  return { text: mrkdwn`Trailhound: how it is`, blocks: healthBlocks(health, accounts) };
}

export function healthBlocks(
  health: Health,
  accounts: readonly { readonly id: string; readonly name?: string }[],
): Block[] {
  const troubles = troublesOf(health);
  return [
    rich(
      lines(
        [bold(STATUS[statusOf(health)]), say(words`, running since `), moment(health.startedAt)],
        ...troubles.map(troubleLine),
      ),
    ),
    rich(lines([bold(words`Parts`)], partsLine(health)), ...(health.queues === undefined ? [] : [queuesPart(health)])),
    rich(seenPart(health, accounts)),
  ];
}

const STATUS: Readonly<Record<Status, Plain>> = {
  ok: words`✔ Trailhound works`,
  degraded: words`▲ Trailhound works, but not all of it`,
  failing: words`■ Alerts do not come through now`,
};

const PARTS: Readonly<Record<Part, Plain>> = {
  redis: words`Redis`,
  queue: words`SQS`,
  slack: words`Slack's Web API`,
  door: words`connection from Slack`,
  iam: words`IAM`,
  cloudtrail: words`CloudTrail's history`,
  s3: words`S3`,
  clock: words`clock`,
};

/** What it means stands with it: who reads this at night should not have to know. */
const MEANING: Readonly<Record<Part, Plain>> = {
  redis: words`nothing is taken from the queue until it answers; SQS keeps the messages`,
  queue: words`no records come in; they wait in the queue`,
  slack: words`alerts wait in Redis until it takes them, or stand in the fallback channel`,
  door: words`buttons and commands are not heard`,
  iam: words`keys cannot be looked up or disabled from here`,
  cloudtrail: words`/ids who is told without history`,
  s3: words`log files wait in the queue`,
  clock: words`no key is disabled from here until it is set right`,
};

function troubleLine(trouble: Trouble): Inline[] {
  switch (trouble.kind) {
    case "part":
      return [
        bold(trouble.part === "clock" ? words`This machine's clock is off` : words`${PARTS[trouble.part]} fails`),
        say(words` since `),
        moment(trouble.since),
        say(words`: `),
        code(trouble.why, 160),
        say(words`; ${MEANING[trouble.part]}`),
      ];
    case "store-silent":
      return [bold(words`Redis does not answer`), say(words`; ${MEANING.redis}`)];
    case "queue-silent":
      return [bold(words`SQS does not say how full the queues are`)];
    case "late":
      return [
        bold(words`Behind by ${durationIn(trouble.waitedMs)}`),
        say(words`: the newest message from ${shown(trouble.queue, 80)} had waited that long`),
      ];
    case "dead-letters":
      return [
        bold(words`${trouble.count} in the dead-letter queue`),
        say(words` of ${shown(trouble.queue, 80)}: each failed ten times; read them there, then redrive them`),
      ];
    case "no-dead-letter-queue":
      return [
        say(words`${shown(trouble.queue, 80)} has no dead-letter queue: what fails for ever is lost after 14 days`),
      ];
    case "quarantined":
      return [say(words`${trouble.count} could not be read and lie in quarantine: `), code("ids quarantine list", 40)];
    case "overdue":
      return [
        bold(words`${trouble.count} overdue`),
        say(words`: posts, look-ups or read-backs that keep failing, or more alerts than Slack takes at once`),
      ];
  }
}

function partsLine({ vitals }: Health): Inline[] {
  return between(DOT, ...vitals.map(({ part, state }) => [say(words`${PARTS[part]} ${STATES[state]}`)]));
}

const STATES: Readonly<Record<"ok" | "failing" | "unused", Plain>> = {
  ok: words`✔`,
  failing: words`✘`,
  unused: words`not used yet`,
};

function queuesPart({ queues = [] }: Health) {
  return lines(
    ...queues
      .slice(0, 6)
      .map(({ name, waiting, inFlight, waitedMs, dead }) =>
        between(
          DOT,
          [bold(words`Queue`), say(words` `), code(name, 80)],
          [say(words`${waiting} waiting, ${inFlight} being handled`)],
          waitedMs === undefined ? [] : [say(words`the last one had waited ${durationIn(waitedMs)}`)],
          [say(deadWords(dead))],
        ),
      ),
  );
}

function deadWords(dead: number | "none" | "unreadable"): Plain {
  if (dead === "none") return words`no dead-letter queue`;
  if (dead === "unreadable") return words`its dead-letter queue may not be asked`;
  return words`${dead} in its dead-letter queue`;
}

function seenPart({ seen, at }: Health, accounts: readonly { readonly id: string; readonly name?: string }[]) {
  if (seen === undefined) return lines([bold(words`Last record`), say(words` not known: Redis does not answer`)]);
  const nameOf = (id: string) => accounts.find((account) => account.id === id)?.name;
  const silent = accounts.filter(({ id }) => !seen.some(({ account }) => account === id));
  const rows = seen.slice(0, SHOWN).map(({ account, region, eventAt, seenAt }) => {
    const isQuiet = Date.parse(at) - Date.parse(seenAt) > QUIET_MS;
    const isKnown = accounts.some(({ id }) => id === account);
    return between(
      DOT,
      [say(shown(nameOf(account) ?? account, 60)), say(isKnown ? words`` : words` (not in the config)`)],
      [say(shown(region, 30))],
      [moment(seenAt)],
      [say(words`${durationIn(Date.parse(seenAt) - Date.parse(eventAt))} after it happened`)],
      isQuiet ? [bold(words`quiet for ${durationIn(Date.parse(at) - Date.parse(seenAt))}`)] : [],
    );
  });
  return lines(
    [bold(words`Last record`)],
    ...rows,
    ...(seen.length > SHOWN ? [[say(words`and ${seen.length - SHOWN} more places`)]] : []),
    ...silent
      .slice(0, 6)
      .map(({ id, name }) => [
        bold(words`${shown(name ?? id, 60)}: no record yet`),
        say(words`; is its EventBridge rule there?`),
      ]),
  );
}
