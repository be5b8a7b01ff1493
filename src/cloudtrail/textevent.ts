/**
 * Text events: EventBridge events around a record of CloudTrail, opened from their text like the record in them.
 * Pure. Any other text is for envelope.ts, which parses it.
 */
import type { EventSource } from "./doubt.ts";
import type { Json } from "./json.ts";
import type { CloudTrailRecord } from "./record.ts";
import { openScanner, type Scanner, UNPLACED } from "./scanner.ts";
import { openText } from "./textrecord.ts";

export interface TextEvent {
  readonly record: CloudTrailRecord;
  readonly event: EventSource;
}

const [TYPE, SOURCE, ACCOUNT, REGION, OTHERS] = [0, 1, 2, 3, 4];
/** From OTHERS on they are not in an event: a text that has one of them is something else. */
const PATHS = ["detail-type", "source", "account", "region", "eventName", "eventID", "eventId", "s3"] as const;
const FROM_CLOUDTRAIL = " via CloudTrail";

let scanner: Scanner | undefined;
let generation = 0;
/** By id. */
let values: (Json | undefined)[] = [];

/** @returns undefined for what is no such event, and for one that has to be parsed to know. */
export function openEventText(text: string): TextEvent | undefined {
  scanner ??= openScanner(PATHS, ["detail"]);
  const isScanned = scanner.scan(text);
  if (scanner.generation !== generation) [generation, values] = [scanner.generation, []];
  // Read one by one: a list of them would be made for every event.
  const { places, ids } = scanner;
  const from = places[0] ?? 0;
  if (!isScanned || from === 0 || from === UNPLACED) return undefined;
  for (let at = OTHERS; at < PATHS.length; at++) if (ids[at] !== 0) return undefined;
  if (!textAt(TYPE, scanner).endsWith(FROM_CLOUDTRAIL)) return undefined;
  const event = {
    source: textAt(SOURCE, scanner),
    account: textAt(ACCOUNT, scanner),
    region: textAt(REGION, scanner),
  };
  const record = openText(text.slice(from, places[1]));
  return record && { record, event };
}

function textAt(at: number, { ids, valueOf }: Scanner): string {
  const id = ids[at] ?? 0;
  if (id === 0) return "";
  const known = values[id] ?? valueOf(id);
  values[id] = known;
  return typeof known === "string" ? known : "";
}
