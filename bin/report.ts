/**
 * The report of a scan, for people at a terminal: findings told by principal, the worst first.
 * Pure. Record text is the attacker's, and a terminal obeys control characters: everything shown goes through `shown`.
 */
import { type Finding, LEVELS } from "../src/detect/finding.ts";

const COLUMNS = 96;
const INDENT = "            ";
/** Fields that every rule tests, and which the action says already. */
const PLAIN_FIELDS = ["eventSource", "eventName", "userIdentity.type", "eventType"];
const MOST_VALUES = 4;

/** All findings of one rule, outcome and principal. */
interface Line {
  /** The newest one: of a count, it has counted the most. */
  finding: Finding;
  readonly eventIDs: Set<string>;
  readonly actions: Set<string>;
  readonly targets: Set<string>;
  readonly regions: Set<string>;
  readonly addresses: Set<string>;
  first: string;
  last: string;
}

export interface Report {
  /** @param targets what it is about, beside the principal: none for a count over several records. */
  add(finding: Finding, targets: readonly string[]): void;
  /** The text, without the summary. Empty when nothing was added. */
  told(): string;
  readonly principals: number;
}

export function openReport(): Report {
  const principals = new Map<string, Map<string, Line>>();
  return {
    add(finding, targets) {
      const lines = entry(
        principals,
        JSON.stringify([finding.account, finding.principal]),
        () => new Map<string, Line>(),
      );
      const line = entry(lines, JSON.stringify([finding.rule, finding.outcome, finding.group]), () => lineOf(finding));
      line.finding = finding;
      for (const target of targets) line.targets.add(target);
      for (const { eventID, time, action, region, ip } of finding.sightings) {
        line.eventIDs.add(eventID);
        line.actions.add(action);
        line.regions.add(region);
        line.addresses.add(ip);
        if (time < line.first) line.first = time;
        if (time > line.last) line.last = time;
      }
    },
    told() {
      const ranked = [...principals.values()].map((lines) => [...lines.values()].sort(byLevelThenTime));
      ranked.sort(([a], [b]) => (a && b ? byLevelThenTime(a, b) : 0));
      return ranked.map(principalText).join("\n");
    },
    get principals() {
      return principals.size;
    },
  };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const held = map.get(key) ?? make();
  map.set(key, held);
  return held;
}

function lineOf(finding: Finding): Line {
  const none = () => new Set<string>();
  const sets = { eventIDs: none(), actions: none(), targets: none(), regions: none(), addresses: none() };
  return { finding, ...sets, first: finding.time, last: finding.time };
}

function byLevelThenTime(a: Line, b: Line): number {
  const byLevel = LEVELS.indexOf(b.finding.level) - LEVELS.indexOf(a.finding.level);
  return byLevel !== 0 ? byLevel : a.first < b.first ? -1 : 1;
}

function principalText(lines: readonly Line[]): string {
  const [worst] = lines;
  if (worst === undefined) return "";
  const { principal, account } = worst.finding;
  const where = principal.includes(account) ? "" : `  (in account ${shown(account, 12)})`;
  return `${shown(principal, COLUMNS - where.length)}${where}\n${lines.map(lineText).join("")}`;
}

/**
 * ```
 *   HIGH      Suspicious Privilege Grant - Administrator Rights Given
 *             2026-11-20 10:02:03 UTC · 1 record · us-east-1 · 198.51.100.23
 *             iam:AttachUserPolicy on user support2, policy AdministratorAccess
 *             ids.policy_grants_admin: true
 * ```
 */
function lineText(line: Line): string {
  const { finding, eventIDs, targets } = line;
  const count = eventIDs.size === 1 ? "1 record" : `${eventIDs.size.toLocaleString("en-US")} records`;
  const evidence = finding.evidence
    .filter(({ field }) => finding.sightings.length > 1 || !PLAIN_FIELDS.includes(field))
    .slice(0, MOST_VALUES)
    .map(({ field, value }) => `${shown(field, 60)}: ${shown(value, 80)}`);
  const level = finding.level === "informational" ? "INFO" : finding.level.toUpperCase();
  return [
    `  ${level.padEnd(INDENT.length - 2)}${shown(finding.title, COLUMNS - INDENT.length)}\n`,
    wrapped([spanText(line.first, line.last), count, few(line.regions), few(line.addresses)], " · "),
    wrapped(targets.size === 0 ? [few(line.actions)] : [few(line.actions), `on ${few(targets)}`], " "),
    wrapped(evidence, " · "),
  ].join("");
}

/** `2026-11-20 10:02:03 – 10:05:41 UTC`; the second day is written where it is another. */
function spanText(first: string, last: string): string {
  const [from, to] = [shown(first, 24), shown(last, 24)].map((time) =>
    time.replace("T", " ").replace(/(\.\d+)?Z$/, ""),
  );
  if (from === undefined || to === undefined || from === to) return `${from} UTC`;
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
}

function few(values: ReadonlySet<string>): string {
  const known = [...values].filter((value) => value !== "");
  const some = known.slice(0, MOST_VALUES).map((value) => shown(value, 60));
  return known.length > MOST_VALUES ? `${some.join(", ")} and ${known.length - MOST_VALUES} more` : some.join(", ");
}

/** Joined parts, on as many indented lines as they need. */
function wrapped(parts: readonly string[], joint: string): string {
  const lines: string[] = [];
  for (const part of parts.filter((text) => text !== "")) {
    const joined = `${lines.at(-1)}${joint}${part}`;
    if (lines.length > 0 && INDENT.length + joined.length <= COLUMNS) lines[lines.length - 1] = joined;
    else lines.push(shown(part, COLUMNS - INDENT.length));
  }
  return lines.map((line) => `${INDENT}${line}\n`).join("");
}

/**
 * Untrusted text for a terminal: control, formatting, separator and unpaired characters become visible escapes, the rest is cut.
 *
 * `"a\u001b[2Jb\u202e"` → `"a\\u{1b}[2Jb\\u{202e}"`
 */
export function shown(text: string, limit: number): string {
  const safe = text
    .slice(0, limit * 2)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
    .replace(/\p{Zs}/gu, " ");
  const chars = [...safe];
  return chars.length > limit || text.length > limit * 2 ? `${chars.slice(0, limit - 1).join("")}…` : safe;
}

/** JSON on one line that is also safe to look at: what a terminal might obey is written as an escape, the value is the same. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) =>
    char
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
