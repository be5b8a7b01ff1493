/**
 * Fields: how a rule's dotted path or `ids.*` fact is read from a record.
 * Pure. Own properties only: `constructor` or `__proto__` in a path finds what the record holds, nothing else.
 */
import type { Json } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, fieldIn } from "../cloudtrail/record.ts";
import { isFresh, placeIn, type Scan, scannedAt } from "../cloudtrail/scan.ts";
import { type Facts, placeOf } from "./facts.ts";
import { isList } from "./scalar.ts";

export interface Field {
  readonly path: string;
  /** True when some value of the field, neither absent nor null, passes the test. */
  some(facts: Facts, test: (value: Json) => boolean): boolean;
  /** The first scalar as text; undefined when there is none. */
  text(facts: Facts): string | undefined;
}

/**
 * `fieldOf("requestParameters.ipPermissions.items.toPort")` tries every element of the array `items`;
 * `fieldOf("ids.action")` asks for the fact, and tries every text of one that is a list.
 */
export function fieldOf(path: string): Field {
  if (path.startsWith("ids.")) {
    const place = placeOf(path);
    return {
      path,
      some(facts, test) {
        const value = facts.valueAt(place);
        if (value === undefined) return false;
        return typeof value === "object" ? value.some(test) : test(value);
      },
      text(facts) {
        const value = facts.valueAt(place);
        return typeof value === "object" ? value[0] : textOf(value);
      },
    };
  }
  const keys = path.split(".");
  const [first = ""] = keys;
  const scanned = placeIn(path);
  return {
    path,
    some({ record }, test) {
      if (!isScanned(record, scanned)) return someAt(fieldIn(record, first), keys, 1, test);
      const value = scannedAt(record.scan, scanned);
      return value !== undefined && test(value);
    },
    text({ record }) {
      if (!isScanned(record, scanned)) return textAt(fieldIn(record, first), keys, 1);
      const value = scannedAt(record.scan, scanned);
      return typeof value === "object" ? undefined : textOf(value);
    },
  };
}

/** Whether the value is known without parsing the record for it. */
function isScanned(record: CloudTrailRecord, place: number): record is CloudTrailRecord & { readonly scan: Scan } {
  return place >= 0 && record.scan !== undefined && isFresh(record.scan);
}

function someAt(
  value: Json | undefined,
  keys: readonly string[],
  depth: number,
  test: (value: Json) => boolean,
): boolean {
  let here = value;
  for (let at = depth; here !== undefined && here !== null; at++) {
    if (isList(here)) return here.some((element) => someAt(element, keys, at, test));
    const key = keys[at];
    if (key === undefined) return test(here);
    if (typeof here !== "object") return false;
    here = Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return false;
}

function textAt(value: Json | undefined, keys: readonly string[], depth: number): string | undefined {
  let here = value;
  for (let at = depth; here !== undefined && here !== null; at++) {
    if (isList(here)) {
      for (const element of here) {
        const text = textAt(element, keys, at);
        if (text !== undefined) return text;
      }
      return undefined;
    }
    const key = keys[at];
    if (typeof here !== "object") return key === undefined ? textOf(here) : undefined;
    if (key === undefined) return undefined;
    here = Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return undefined;
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : String(value);
}

/** Every value of a field, for evidence and group-by: `["0.0.0.0/0", "::/0"]`. */
export function valuesOf(field: Field, facts: Facts): readonly Json[] {
  const values: Json[] = [];
  field.some(facts, (value) => {
    values.push(value);
    return false;
  });
  return values;
}
