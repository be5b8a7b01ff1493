/**
 * Readings: the hot fields of a record as numbers, each read and looked up once a record, however many questions are about it.
 * Pure. The same number means the same value; no number is given twice, so what is forgotten is never taken for something else.
 */
import type { Json, JsonObject } from "../cloudtrail/json.ts";
import { type Memo, memoOf } from "./memo.ts";

/** A value that has no number: a list, an object, a long text. */
export const ODD = -1;

export interface Reading {
  /** Begins with a record; what was read of the one before is forgotten. */
  begin(record: JsonObject): void;
  /** Place of a path for `valueAt` and `numberAt`. */
  placeOf(path: string): number;
  /** Its value, undefined when it is absent or null; the list itself when one is on the way. */
  valueAt(place: number): Json | undefined;
  /** The number of that value, or ODD. */
  numberAt(place: number): number;
  /** The number of several values together; ODD when one of them is. */
  numberOf(places: readonly number[]): number;
}

/** Most values of a path, and most combinations, that keep their number. */
const MOST_VALUES = 4_096;
/** Longer texts have none: AWS cuts a userAgent at 1 KB, and a name is shorter. */
const LONGEST_VALUE = 1_024;
/** Two numbers below it make one that is exact. */
const MOST_NUMBERS = 2 ** 26;

interface Place {
  readonly keys: readonly string[];
  readonly numbers: Memo<Json | undefined, number>;
  /** The record for which `number` was found. */
  turn: number;
  number: number;
}

export function openReading(): Reading {
  const places: Place[] = [];
  const names = new Map<string, number>();
  const pairs = memoOf<number, number>(MOST_VALUES * 4);
  let record: JsonObject = {};
  let turn = 0;
  let given = 0;

  const give = (): number => (given < MOST_NUMBERS ? given++ : ODD);

  function numberIn(place: Place): number {
    const value = rawValue(record, place.keys) ?? undefined;
    const known = place.numbers.get(value);
    if (known !== undefined) return known;
    if (!isShort(value)) return ODD;
    const number = give();
    if (number !== ODD) place.numbers.add(value, number);
    return number;
  }

  function numberAt(at: number): number {
    const place = places[at];
    if (place === undefined) return ODD;
    if (place.turn !== turn) {
      place.turn = turn;
      place.number = numberIn(place);
    }
    return place.number;
  }

  function pairOf(first: number, second: number): number {
    const key = first * MOST_NUMBERS + second;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const number = give();
    if (number !== ODD) pairs.add(key, number);
    return number;
  }

  return {
    begin(next) {
      record = next;
      turn++;
    },
    placeOf(path) {
      const known = names.get(path);
      if (known !== undefined) return known;
      names.set(path, places.length);
      return places.push({ keys: path.split("."), numbers: memoOf(MOST_VALUES), turn: 0, number: ODD }) - 1;
    },
    valueAt(at) {
      return rawValue(record, places[at]?.keys ?? []) ?? undefined;
    },
    numberAt,
    numberOf(wanted) {
      let all: number | undefined;
      for (const at of wanted) {
        const number = numberAt(at);
        if (number === ODD) return ODD;
        all = all === undefined ? number : pairOf(all, number);
        if (all === ODD) return ODD;
      }
      return all ?? ODD;
    },
  };
}

function isShort(value: Json | undefined): boolean {
  return typeof value === "string" ? value.length <= LONGEST_VALUE : typeof value !== "object";
}

function rawValue(json: JsonObject, keys: readonly string[]): Json | undefined {
  let here: Json | undefined = json;
  for (const key of keys) {
    if (typeof here !== "object" || here === null) return undefined;
    if (Array.isArray(here)) return here;
    here = Object.hasOwn(here, key) ? (here as JsonObject)[key] : undefined;
  }
  return here;
}
