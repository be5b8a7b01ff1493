/**
 * A scanner beside JSON.parse: whatever it scans has the values that a parsed record has.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { Json } from "../../src/cloudtrail/json.ts";
import { openScanner, type Scanner } from "../../src/cloudtrail/scanner.ts";

export const PATHS = [
  "eventName",
  "eventSource",
  "userAgent",
  "readOnly",
  "userIdentity.arn",
  "userIdentity.type",
  "userIdentity.sessionContext.sessionIssuer.arn",
  "userIdentity.sessionContext.attributes.mfaAuthenticated",
  "responseElements.errorCode",
];

/** What JSON.parse finds at a path; undefined of null as well. */
function parsedAt(record: Json, path: string): Json | undefined {
  let here: Json | undefined = record;
  for (const key of path.split(".")) {
    const isThere: boolean = typeof here === "object" && here !== null && Object.hasOwn(here, key);
    here = isThere ? Object.getOwnPropertyDescriptor(here, key)?.value : undefined;
  }
  return here ?? undefined;
}

export interface Compared {
  readonly scanner: Scanner;
  /** True when a text is scanned, after a look whether all values are those of JSON.parse. */
  scanned(text: string): boolean;
}

export function openCompared(): Compared {
  const scanner = openScanner(PATHS);
  /** By id, the value that it stood for when it was new, and its path. */
  const meant = new Map<number, readonly [path: string, value: Json]>();
  let generation = 0;
  return {
    scanner,
    scanned(text) {
      if (!scanner.scan(text)) return false;
      if (generation !== scanner.generation) meant.clear();
      generation = scanner.generation;
      const record = JSON.parse(text);
      assert.ok(typeof record === "object" && record !== null && !Array.isArray(record), text);
      for (const [at, path] of PATHS.entries()) {
        const id = scanner.ids[at] ?? -1;
        const value = id === 0 ? undefined : scanner.valueOf(id);
        assert.ok(Object.is(value, parsedAt(record, path)), `${path} is ${value} in ${text}`);
        if (value === undefined) continue;
        const [before, first] = meant.get(id) ?? [path, value];
        assert.ok(Object.is(value, first) && path === before, `id ${id} has another meaning in ${text}`);
        meant.set(id, [path, value]);
      }
      return true;
    },
  };
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The calls in rules/records/. */
export function recordedCalls(): readonly Json[] {
  const folder = "rules/records";
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
}
