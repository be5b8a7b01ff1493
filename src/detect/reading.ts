/**
 * Readings: the hot fields of a record as entries, each read and looked up once a record, however many questions are about it.
 * Pure. The same entry means the same value; what is forgotten gets another one, so it is never taken for something else.
 */
import type { Json, JsonObject } from "../cloudtrail/json.ts";
import { type Memo, memoOf } from "../cloudtrail/memo.ts";
import { type CloudTrailRecord, fieldIn } from "../cloudtrail/record.ts";
import { isFresh, numberAt, placeIn, type Scan, scannedAt } from "../cloudtrail/scan.ts";

/** A value of a path, or several values together, and what was answered about it, by question. */
export interface Entry<Answer> {
  readonly answers: (Answer | undefined)[];
}

/** What is read of a record. */
type Read = Pick<CloudTrailRecord, "json" | "field" | "scan">;

export interface Reading<Answer> {
  /** Begins with a record; what was read of the one before is forgotten. */
  begin(record: Read): void;
  /** Place of a path for `valueAt` and `entryAt`. */
  placeOf(path: string): number;
  /** Its value, undefined when it is absent or null; the list itself when one is on the way. */
  valueAt(place: number): Json | undefined;
  /** The entry of that value; undefined of a list, an object and a long text. */
  entryAt(place: number): Entry<Answer> | undefined;
  /** The entry of several values together; undefined when one of them has none. */
  entryOf(places: readonly number[]): Entry<Answer> | undefined;
}

/** Most values of a path that keep their entry. */
const MOST_VALUES = 4_096;
/** Most combinations that do. */
const MOST_PAIRS = 4 * MOST_VALUES;
/** Longer texts have none: AWS cuts a userAgent at 1 KB, and a name is shorter. */
const LONGEST_VALUE = 1_024;

interface Linked<Answer> extends Entry<Answer> {
  /** Together with another value; made when first asked for, since most values stand alone. */
  pairs: Map<Linked<Answer>, Linked<Answer>> | undefined;
  /** The pair that was asked for last: it is mostly the next one, too. */
  lastSecond: Linked<Answer> | undefined;
  lastPair: Linked<Answer> | undefined;
}

/** A path's last key, and where the object is read that has it. */
interface Step {
  readonly key: string;
  /** Every object inherits a value of that name. */
  readonly isInherited: boolean;
  /** Undefined: the record itself. */
  readonly within: Step | undefined;
  /** The record for which `value` was read. */
  turn: number;
  value: Json | undefined;
}

interface Place<Answer> {
  readonly step: Step;
  /** Where scans have it; -1 when they do not. */
  readonly scanned: number;
  readonly entries: Memo<Json | undefined, Linked<Answer>>;
  /** The entry of an absent value. */
  readonly absent: Linked<Answer>;
  /** The record for which `entry` was found. */
  turn: number;
  value: Json | undefined;
  entry: Linked<Answer> | undefined;
}

export function openReading<Answer>(): Reading<Answer> {
  const places: Place<Answer>[] = [];
  const names = new Map<string, number>();
  const steps = new Map<string, Step>();
  /** A ring of the pairs there are. */
  const links: { readonly first: Linked<Answer>; readonly second: Linked<Answer> }[] = [];
  let oldest = 0;
  let record: Read | undefined;
  /** Of the record, as long as it means something. */
  let scan: Scan | undefined;
  /** By a scan's number. */
  let numbered: (Linked<Answer> | undefined)[] = [];
  let generation = 0;
  let turn = 0;

  function entryAt(at: number): Linked<Answer> | undefined {
    const place = places[at];
    if (place === undefined) return undefined;
    if (scan !== undefined && place.scanned >= 0) return numberedAt(scan, place);
    if (place.turn === turn) return place.entry;
    place.turn = turn;
    const value = readAt(place.step) ?? undefined;
    // Records that follow each other have much in common; to compare is cheaper than to look up.
    if (value === place.value && place.entry !== undefined) return place.entry;
    place.value = value;
    place.entry = place.entries.get(value) ?? addedTo(place, value);
    return place.entry;
  }

  function numberedAt(of: Scan, place: Place<Answer>): Linked<Answer> | undefined {
    const number = numberAt(of, place.scanned);
    if (number === 0) return place.absent;
    const known = numbered[number];
    if (known !== undefined) return known;
    const value = scannedAt(of, place.scanned);
    const entry = place.entries.get(value) ?? addedTo(place, value);
    numbered[number] = entry;
    return entry;
  }

  function pairOf(first: Linked<Answer>, second: Linked<Answer>): Linked<Answer> {
    if (first.lastSecond === second && first.lastPair !== undefined) return first.lastPair;
    first.pairs ??= new Map();
    const pair = first.pairs.get(second) ?? linked(first, second);
    first.lastSecond = second;
    first.lastPair = pair;
    return pair;
  }

  function linked(first: Linked<Answer>, second: Linked<Answer>): Linked<Answer> {
    const pair = newEntry<Answer>();
    first.pairs?.set(second, pair);
    const gone = links[oldest];
    gone?.first.pairs?.delete(gone.second);
    links[oldest] = { first, second };
    oldest = (oldest + 1) % MOST_PAIRS;
    return pair;
  }

  function stepOf(path: string): Step {
    const known = steps.get(path);
    if (known !== undefined) return known;
    const dot = path.lastIndexOf(".");
    const key = path.slice(dot + 1);
    const within = dot < 0 ? undefined : stepOf(path.slice(0, dot));
    const made: Step = { key, isInherited: key in Object.prototype, within, turn: 0, value: undefined };
    steps.set(path, made);
    return made;
  }

  /** The fields of one object are read from it without looking for it again. */
  function readAt(step: Step): Json | undefined {
    if (step.turn === turn) return step.value;
    step.turn = turn;
    step.value = step.within === undefined ? record && fieldIn(record, step.key) : fieldOf(readAt(step.within), step);
    return step.value;
  }

  return {
    begin(next) {
      record = next;
      turn++;
      scan = next.scan !== undefined && isFresh(next.scan) ? next.scan : undefined;
      if (scan === undefined || scan.generation === generation) return;
      numbered = [];
      generation = scan.generation;
    },
    placeOf(path) {
      const known = names.get(path);
      if (known !== undefined) return known;
      names.set(path, places.length);
      const entries = memoOf<Json | undefined, Linked<Answer>>(MOST_VALUES);
      const absent = newEntry<Answer>();
      entries.add(undefined, absent);
      const [step, scanned] = [stepOf(path), placeIn(path)];
      return places.push({ step, scanned, entries, absent, turn: 0, value: undefined, entry: undefined }) - 1;
    },
    valueAt(at) {
      const place = places[at];
      if (place === undefined) return undefined;
      return scan !== undefined && place.scanned >= 0
        ? scannedAt(scan, place.scanned)
        : (readAt(place.step) ?? undefined);
    },
    entryAt,
    entryOf(wanted) {
      let all: Linked<Answer> | undefined;
      for (const at of wanted) {
        const entry = entryAt(at);
        if (entry === undefined) return undefined;
        all = all === undefined ? entry : pairOf(all, entry);
      }
      return all;
    },
  };
}

function newEntry<Answer>(): Linked<Answer> {
  return { answers: [], pairs: undefined, lastSecond: undefined, lastPair: undefined };
}

function addedTo<Answer>({ entries }: Place<Answer>, value: Json | undefined): Linked<Answer> | undefined {
  if (!isShort(value)) return undefined;
  const entry = newEntry<Answer>();
  entries.add(value, entry);
  return entry;
}

function isShort(value: Json | undefined): boolean {
  return typeof value === "string" ? value.length <= LONGEST_VALUE : typeof value !== "object";
}

/** A list on the way is the value itself. */
function fieldOf(json: Json | undefined, { key, isInherited }: Step): Json | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (Array.isArray(json)) return json;
  return isInherited && !Object.hasOwn(json, key) ? undefined : (json as JsonObject)[key];
}
