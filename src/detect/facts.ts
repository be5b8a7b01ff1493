/**
 * Facts: what rules may ask about a record beyond its fields. The groups below are the closed list; docs/facts.md is made from it.
 * Pure. A fact never throws; it is computed when a rule first asks for it, once per record.
 */
import { type Principal, principalOf } from "../cloudtrail/principal.ts";
import { actionOf, type CloudTrailRecord, outcomeOf, timeOf } from "../cloudtrail/record.ts";
import { CALL_FACTS } from "./call.ts";
import { CALLER_FACTS } from "./caller.ts";
import type { AccountContext, Fact, FactGroup, FactSource, FactValue, Known } from "./fact.ts";
import type { Outcome, Sighting } from "./finding.ts";
import { NETWORK_FACTS } from "./network.ts";
import { OBJECT_FACTS } from "./object.ts";
import { PORT_FACTS } from "./port.ts";
import { REFERENCE_FACTS } from "./reference.ts";
import { REQUEST_FACTS } from "./request.ts";
import { SESSION_FACTS } from "./session.ts";
import { SHARE_FACTS } from "./share.ts";
import { TOOL_FACTS } from "./tool.ts";

export type { AccountContext, FactValue, Known, Place } from "./fact.ts";

export interface Facts extends FactSource {
  value(name: string): FactValue;
  /** The same by the fact's place: see `placeOf`. */
  valueAt(place: number): FactValue;
  seen(): Seen;
}

/** What windows and findings keep of a record. */
export interface Seen {
  /** eventTime in ms. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly sighting: Sighting;
}

const GROUPS: readonly (readonly [title: string, group: FactGroup])[] = [
  ["The call", CALL_FACTS],
  ["The caller", CALLER_FACTS],
  ["The session", SESSION_FACTS],
  ["The tool", TOOL_FACTS],
  ["The network", NETWORK_FACTS],
  ["The request", REQUEST_FACTS],
  ["Who is let in", SHARE_FACTS],
  ["Other accounts", REFERENCE_FACTS],
  ["Ports", PORT_FACTS],
  ["Objects", OBJECT_FACTS],
];
const FACTS: ReadonlyMap<string, Fact> = new Map(GROUPS.flatMap(([, group]) => Object.entries(group)));

export const FACT_NAMES: readonly string[] = [...FACTS.keys()];
const LISTED: readonly Fact[] = [...FACTS.values()];
const PLACES: ReadonlyMap<string, number> = new Map(FACT_NAMES.map((name, place) => [name, place] as const));

export function isFact(name: string): boolean {
  return FACTS.has(name);
}

/** Where a fact stands among all of them; -1 for what is none. */
export function placeOf(name: string): number {
  return PLACES.get(name) ?? -1;
}

/** The paths that a fact is read from, where it says so. */
export function sourcesOf(fact: string): readonly string[] | undefined {
  return FACTS.get(fact)?.from;
}

const NOTHING: Known = {};

/**
 * @param account what is configured about the record's account; undefined when nothing is.
 * @param known what is known about the world, the same for all records.
 */
export function factsOf(record: CloudTrailRecord, account: AccountContext | undefined, known = NOTHING): Facts {
  return new RecordFacts(record, account, known);
}

interface Asked {
  readonly place: number;
  readonly value: FactValue;
}

/** A class, since there is one for each record that some rule is about: what all of them share costs a record nothing. */
class RecordFacts implements Facts {
  readonly record: CloudTrailRecord;
  readonly account: AccountContext | undefined;
  readonly known: Known;
  private who: Principal | undefined;
  private what: Seen | undefined;
  /** A record is asked for a handful: looking through a short list is faster than a Map. */
  private asked: Asked[] | undefined;

  constructor(record: CloudTrailRecord, account: AccountContext | undefined, known: Known) {
    this.record = record;
    this.account = account;
    this.known = known;
    this.who = undefined;
    this.what = undefined;
    this.asked = undefined;
  }

  value(name: string): FactValue {
    return this.valueAt(placeOf(name));
  }
  valueAt(place: number): FactValue {
    for (const one of this.asked ?? []) if (one.place === place) return one.value;
    const value = LISTED[place]?.of(this);
    if (this.asked === undefined) this.asked = [{ place, value }];
    else this.asked.push({ place, value });
    return value;
  }
  listOf(name: string): readonly string[] {
    const value = this.value(name);
    return typeof value === "object" ? value : [];
  }
  principal(): Principal {
    this.who ??= principalOf(this.record);
    return this.who;
  }
  seen(): Seen {
    this.what ??= seenOf(this.record);
    return this.what;
  }
}

function seenOf(record: CloudTrailRecord): Seen {
  const { eventID, eventTime: time, awsRegion: region, sourceIPAddress: ip = "" } = record;
  const sighting = { eventID, time, action: actionOf(record), region, ip };
  return { at: timeOf(record), outcome: outcomeOf(record), sighting };
}

/** docs/facts.md, whole. */
export function describeFacts(): string {
  const sections = GROUPS.flatMap(([title, group]) => [
    `## ${title}`,
    "",
    "| fact | says | values |",
    "|---|---|---|",
    ...Object.entries(group).map(([name, { says, values }]) => `| \`${name}\` | ${says} | ${values} |`),
    "",
  ]);
  return [
    "# Facts",
    "",
    "Computed fields that rules may name, made from the tables in `src/detect` (renew: `UPDATE_GOLDEN=1 npx mocha test/detect/facts.test.ts`). A fact that is",
    "unknown for a record is an absent field: `ids.mfa: null` matches it. A list matches when one of its values does: `ids.ports_open: '22'`.",
    "User agents, session names and names of objects are written by whoever calls: facts about them say what is claimed.",
    "",
    ...sections,
  ].join("\n");
}
