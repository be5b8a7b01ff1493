/**
 * The report of a back-test: how often, for whom, on which days, and what would quiet it.
 * Pure. Record text is the attacker's: on the terminal it goes through `shown`, in the filter it is quoted and escaped.
 */
import { ALERT_WINDOW_MS } from "../src/alert/alert.ts";
import { shortName } from "../src/cloudtrail/arn.ts";
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import type { Finding } from "../src/detect/finding.ts";
import type { RuleSummary } from "../src/detect/rules.ts";
import { counted } from "./output.ts";
import { safeJson, shown } from "./report.ts";

const DAY_MS = 24 * 3600_000;
const MOST_MARKS = 60;
const MOST_NAMED = 5;
const MARKS = ["▁", "▂", "▃", "▅", "▇"];

/** What a filter can be about. */
export interface Scope {
  /** The rules that a filter names: of a correlation those that it counts. */
  readonly rules: readonly string[];
  /** False for a correlation that counts over principals: then the filter names the address. */
  readonly byPrincipal: boolean;
  /** Other rules and correlations that such a filter narrows, too. */
  readonly others: readonly string[];
}

/** One rule on its way through the past. */
export interface Trial {
  readonly rule: RuleSummary;
  readonly scope: Scope;
  readonly findings: readonly Finding[];
  /** Why the rule could not be evaluated on some record. */
  readonly failure: string | undefined;
  readonly records: number;
  /** eventTime of the earliest and the latest record, ms; Infinity and -Infinity before the first one. */
  readonly span: readonly [first: number, last: number];
  count(records: readonly CloudTrailRecord[]): void;
  add(finding: Finding): void;
  fail(finding: Finding): void;
}

export function openTrial(rule: RuleSummary, scope: Scope): Trial {
  const findings = new Map<string, Finding>();
  let [records, first, last] = [0, Infinity, -Infinity];
  let failure: string | undefined;
  return {
    rule,
    scope,
    get findings() {
      return [...findings.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
    },
    get failure() {
      return failure;
    },
    get records() {
      return records;
    },
    get span(): [number, number] {
      return [first, last];
    },
    count(more) {
      records += more.length;
      for (const { eventTime } of more) {
        const time = Date.parse(eventTime);
        first = Math.min(first, time);
        last = Math.max(last, time);
      }
    },
    // A record that lies in two files gives the same finding twice, with the same id.
    add(finding) {
      findings.set(finding.id, finding);
    },
    fail(finding) {
      failure ??= finding.evidence[0]?.value;
    },
  };
}

/** The report of one rule, for people at a terminal. */
export function trialText(trial: Trial, columns: number): string {
  const { rule, findings, records, failure } = trial;
  const days = daysOf(trial);
  const head = `${shown(rule.name, 100)} (${rule.level})`;
  const note = failure === undefined ? "" : `It could not be evaluated on some records: ${shown(failure, columns)}\n`;
  if (findings.length === 0) {
    const over = days === 0 ? "" : ` in ${counted(days, "day")}`;
    return `${head}: would not have fired${over}, ${counted(records, "record")}\n${note}`;
  }
  const principals = tally(findings.map(({ principal }) => principal));
  const people = principals.slice(0, MOST_NAMED).map(([name, count]) => `${count} for ${told(name, principals)}`);
  const rest = principals.length - people.length;
  const who = [...people, ...(rest > 0 ? [`the rest for ${rest} others`] : [])].join(", ");
  const triggers = findings.flatMap(({ sightings }) => sightings.at(-1) ?? []);
  return [
    `${broken(`${head}: would have fired ${times(findings.length)} in ${counted(days, "day")}:`, who, "    ", columns)}\n`,
    `${alertsText(trial)}\n`,
    note,
    `\n${sparkText(trial, columns)}\n\n`,
    tallyText("principals", principals, columns),
    tallyText("actions", tally(triggers.map(({ action }) => action)), columns),
    tallyText("addresses", tally(triggers.map(({ ip }) => ip)), columns),
    `\n${quietText(trial)}`,
  ].join("");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count.toLocaleString("en-US")} times`;
}

/** Days of UTC that the records lie in, the first and the last one counted. */
function daysOf({ span: [first, last], records }: Trial): number {
  return records === 0 ? 0 : dayOf(last) - dayOf(first) + 1;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** Values with their counts, most frequent first. */
function tally(values: readonly string[]): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
}

/** The last part of a principal's name, where it is no other one's, too. */
function told(principal: string, all: readonly (readonly [string, number])[]): string {
  const short = shortName(principal);
  const alone = all.filter(([other]) => shortName(other) === short).length === 1;
  return shown(alone ? short : principal, 80);
}

function tallyText(label: string, values: readonly (readonly [string, number])[], columns: number): string {
  const named = values.slice(0, MOST_NAMED);
  const width = Math.max(...named.map(([, count]) => String(count).length));
  const lines = named.map(([value, count], at) => {
    const start = `${(at === 0 ? label : "").padEnd(11)} ${String(count).padStart(width)}  `;
    return `${start}${value === "" ? "(none)" : shown(value, columns - start.length)}\n`;
  });
  const rest = values.length - named.length;
  return `${lines.join("")}${rest > 0 ? `${" ".repeat(14 + width)}and ${rest} more\n` : ""}`;
}

/** Findings of one account, outcome and group within 24 h of the first are one alert, as in Slack. */
function alertsText({ findings }: Trial): string {
  const openings = new Map<string, number>();
  let alerts = 0;
  let quiet = 0;
  for (const { account, outcome, group, time, level } of findings) {
    if (level === "informational") {
      quiet++;
      continue;
    }
    const key = JSON.stringify([account, outcome, group]);
    const at = Date.parse(time);
    if (at - (openings.get(key) ?? -Infinity) <= ALERT_WINDOW_MS) continue;
    openings.set(key, at);
    alerts++;
  }
  const some = `${counted(alerts, "alert")} in Slack`;
  return quiet === 0 ? some : `${some}; ${counted(quiet, "finding")} informational, which post nothing`;
}

/** `per day    ▁▁▂▇▁▁▁  2026-11-14 to 2026-11-20, at most 5` */
function sparkText(trial: Trial, columns: number): string {
  const [first, last] = trial.span.map(dayOf);
  const perMark = Math.ceil(daysOf(trial) / MOST_MARKS);
  const counts = new Array<number>(Math.ceil(daysOf(trial) / perMark)).fill(0);
  for (const { time } of trial.findings) {
    const mark = Math.floor((dayOf(Date.parse(time)) - (first ?? 0)) / perMark);
    counts[mark] = (counts[mark] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  // Nothing is the lowest mark, one finding never is.
  const line = counts.map((count) => MARKS[Math.ceil((count / most) * (MARKS.length - 1))] ?? "").join("");
  const label = perMark === 1 ? "per day" : `per ${perMark} days`;
  const [from, to] = [first, last].map((day) => new Date((day ?? 0) * DAY_MS).toISOString().slice(0, 10));
  return broken(`${label.padEnd(11)} ${line}`, ` ${from} to ${to}, at most ${most}`, " ".repeat(11), columns);
}

/** Two parts on one line, or the second one indented below where they do not fit. */
function broken(first: string, second: string, indent: string, columns: number): string {
  const line = `${first} ${second}`;
  return line.length <= columns ? line : `${first}\n${indent}${second}`;
}

/** The filter that hides what the noisiest principal (or address) did, as narrow as all of it allows. */
function quietText(trial: Trial): string {
  const { rule, scope, findings } = trial;
  const keyOf = (finding: Finding) => (scope.byPrincipal ? finding.principal : (finding.sightings.at(-1)?.ip ?? ""));
  const [noisiest = ["", 0] as const] = tally(findings.map(keyOf));
  const [subject, count] = noisiest;
  if (subject === "") return "Nothing that its findings have in common could be filtered.\n";
  const sightings = findings.filter((finding) => keyOf(finding) === subject).flatMap((finding) => finding.sightings);
  const actions = tally(sightings.map(({ action }) => action)).map(([action]) => action);
  const addresses = tally(sightings.map(({ ip }) => ip)).map(([ip]) => ip);
  const selection = [
    ...(scope.byPrincipal ? [["ids.principal", [subject]] as const] : []),
    ["ids.action", actions] as const,
    ["sourceIPAddress", scope.byPrincipal ? addresses : [subject]] as const,
  ].filter(([, values]) => values.length <= MOST_NAMED && values.every((value) => value !== ""));
  const whose = shown(shortName(subject), 60);
  const slug = shortName(subject)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
  const others =
    scope.others.length === 0 ? "" : `It narrows what these count or raise, too: ${scope.others.join(", ")}\n`;
  return `This filter would quiet ${count === findings.length ? "all of it" : `the ${count} for ${whose}`}.
Save it in your rules folder only if that is expected there:
${others}
title: ${safeJson(`Expected - ${rule.name} by ${whose}`)}
name: ${[rule.name, "expected", slug].filter((part) => part !== "").join("_")}
logsource: { product: aws, service: cloudtrail }
filter:
    rules: [${scope.rules.join(", ")}]
    selection:
${selection.map(([field, values]) => `        ${field}: ${valuesText(values)}\n`).join("")}    condition: not selection
`;
}

/** One value or a list, quoted for YAML, with Sigma's own wildcards made plain. */
function valuesText(values: readonly string[]): string {
  const quoted = values.map((value) => safeJson(value.replace(/[\\*?]/g, "\\$&")));
  return quoted.length === 1 ? (quoted[0] ?? "") : `[${quoted.join(", ")}]`;
}
