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

/** The last ones are not in an event: a text that has one of them is something else. */
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
  const [type = 0, source = 0, account = 0, region = 0, ...others] = scanner.ids;
  const [from = 0, to = 0] = scanner.places;
  if (!isScanned || from === 0 || from === UNPLACED || others.some((id) => id !== 0)) return undefined;
  if (!textOf(type, scanner).endsWith(FROM_CLOUDTRAIL)) return undefined;
  const event = { source: textOf(source, scanner), account: textOf(account, scanner), region: textOf(region, scanner) };
  const record = openText(text.slice(from, to));
  return record && { record, event };
}

function textOf(id: number, { valueOf }: Scanner): string {
  if (id === 0) return "";
  const known = values[id] ?? valueOf(id);
  values[id] = known;
  return typeof known === "string" ? known : "";
}
