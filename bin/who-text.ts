/**
 * The answer of `ids who` as text for people at a terminal.
 * Pure. Record text is the attacker's, and a terminal obeys control characters: everything shown goes through `shown`.
 */
import type { WhoAnswer } from "../blocks/identity.ts";
import type { Alert } from "../src/alert/alert.ts";
import { isContained } from "../src/alert/disable.ts";
import type { LastUse } from "../src/cloudtrail/accesskey.ts";
import type { Counts } from "../src/identity/activity.ts";
import { type History, type Identity, textOf, unaskedOf, type Verb } from "../src/identity/identity.ts";
import { shown } from "./report.ts";

const ALERTS = 10;

/**
 * ```
 * deploy-bot  IAM user in acme-prod (111122223333), owner platform team
 *   arn:aws:iam::111122223333:user/deploy-bot, made 2025-10-04 10:00:00 UTC
 *   key AKIAIOSFODNN7EXAMPLE  Active, 412 days old, last used 2026-11-20 09:59:00 UTC for s3 in eu-west-1
 * ```
 */
export function answerText(verb: Verb, answer: WhoAnswer): string {
  const { subject, identities, choices, alerts, recorded, history } = answer;
  const isFound =
    identities.length > 0 || recorded !== undefined || alerts.length > 0 || history?.activity !== undefined;
  const lines = [
    ...(isFound || choices.length > 0 ? [] : [`nothing found about ${shown(textOf(subject), 200)}`]),
    ...identities.flatMap(identityLines),
    ...(choices.length === 0 ? [] : ["ask for one of them:"]),
    ...choices.map((choice) => `  ids ${choice.kind === "key" ? "key" : verb} ${shown(textOf(choice), 200)}`),
    ...activityLines(history),
    ...recordedLines(answer),
    ...alertLines(answer),
    ...sourceLines(answer),
  ];
  return `${lines.join("\n")}\n`;
}

function identityLines({ account, userName, arn, createdAt, passwordLastUsed, keys }: Identity): string[] {
  const owner = account.owner === undefined ? "" : `, owner ${shown(account.owner, 60)}`;
  const password = passwordLastUsed === undefined ? "" : `, signed in to the console ${timeOf(passwordLastUsed)}`;
  return [
    `${shown(userName, 64)}  IAM user in ${placeOf(account)}${owner}`,
    `  ${shown(arn, 200)}, made ${timeOf(createdAt)}${password}`,
    ...(keys.length === 0 ? ["  no access keys"] : []),
    ...keys.map(
      ({ id, status, ageDays, lastUsed }) => `  key ${id}  ${status}, ${ageDays} days old${usedText(lastUsed)}`,
    ),
  ];
}

function usedText(lastUsed: LastUse | undefined): string {
  if (lastUsed === undefined) return "";
  if (lastUsed === "never") return ", never used";
  return `, last used ${timeOf(lastUsed.at)} for ${shown(lastUsed.service, 40)} in ${shown(lastUsed.region, 30)}`;
}

function activityLines(history: History | undefined): string[] {
  const { activity, more = false } = history ?? {};
  if (activity === undefined) return [];
  const { events, denied, first, last, actions, addresses, userAgents, regions, principals, sessions } = activity;
  return [
    `in CloudTrail: ${more ? "at least " : ""}${eventsText(events)}, ${denied} denied, ${timeOf(first)} to ${timeOf(last)}`,
    ...countLine("actions", actions),
    ...countLine("from", addresses),
    ...countLine("with", userAgents),
    ...countLine("in", regions),
    ...(principals.length > 1 ? countLine("as", principals) : []),
    ...countLine("sessions", sessions),
  ];
}

function countLine(name: string, counts: Counts): string[] {
  if (counts.length === 0) return [];
  const top = counts.slice(0, 5).map(({ value, count }) => `${shown(value, 60)} ×${count}`);
  const more = counts.length > 5 ? ` and ${counts.length - 5} more` : "";
  return [`  ${name.padEnd(9)}${top.join(", ")}${more}`];
}

function recordedLines({ recorded }: WhoAnswer): string[] {
  if (recorded === undefined) return [];
  const { events, actions, addresses, regions, first, last } = recorded;
  const list = (values: readonly string[]) =>
    values
      .slice(0, 5)
      .map((value) => shown(value, 60))
      .join(", ");
  return [
    `recorded in alerts: ${eventsText(events)}, ${timeOf(first)} to ${timeOf(last)}`,
    ...countLine(
      "actions",
      actions.map(({ action, count }) => ({ value: action, count })),
    ),
    `  ${"from".padEnd(9)}${list(addresses)}`,
    `  ${"in".padEnd(9)}${list(regions)}`,
  ];
}

function alertLines({ alerts }: WhoAnswer): string[] {
  const rows = alerts.slice(0, ALERTS).map((alert) => {
    const level = alert.level === "informational" ? "INFO" : alert.level.toUpperCase();
    return `  ${level.padEnd(9)}${timeOf(alert.counters.last)}  ${shown(alert.title, 80)}  ${stateOf(alert)}`;
  });
  const more = alerts.length > ALERTS ? [`  and ${alerts.length - ALERTS} more`] : [];
  return alerts.length === 0 ? [] : ["alerts:", ...rows, ...more];
}

function stateOf(alert: Alert): string {
  // Counted, never shown in the channel.
  if (alert.level === "informational") return "not posted";
  if (isContained(alert)) return "key disabled";
  return alert.acknowledged === undefined ? "open" : "acknowledged";
}

function sourceLines({ subject, store, searched, outside, history, notes }: WhoAnswer): string[] {
  const missing = history?.unanswered.map(({ place, why }) => `  ${shown(place, 60)}: ${shown(why, 160)}`) ?? [];
  const regions =
    history === undefined
      ? []
      : [
          `looked in CloudTrail, last ${history.days} days: ${history.answered} of ${history.regions} regions${history.more ? ", the newest 150 records of each" : ""}`,
        ];
  const unasked = unaskedOf(subject);
  return [
    ...(store === "answered" ? ["looked in Trailhound's alerts of the last 30 days"] : []),
    ...(searched.length === 0 ? [] : [`looked for IAM users in ${searched.map(placeOf).join(", ")}`]),
    ...(outside === true ? ["IAM and CloudTrail not asked: its account is not in the config"] : []),
    ...(unasked === undefined || outside === true ? [] : [unasked]),
    ...(subject.kind === "address" ? ["CloudTrail cannot be asked for an address"] : []),
    ...regions,
    ...missing,
    ...notes.map((note) => shown(note, 240)),
  ];
}

function eventsText(events: number): string {
  return `${events.toLocaleString("en-US")} event${events === 1 ? "" : "s"}`;
}

function placeOf({ id, name }: { readonly id: string; readonly name?: string }): string {
  return name === undefined ? id : `${shown(name, 60)} (${id})`;
}

function timeOf(at: string): string {
  return `${shown(at, 30)
    .replace("T", " ")
    .replace(/(\.\d+)?Z$/, "")} UTC`;
}
