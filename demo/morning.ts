/**
 * The morning before the story: an hour of the company's ordinary work, moved to the hour before the curtain rises.
 * Pure. Nothing in it should raise an alert; it is what the story's calls have to stand out from.
 */

import { isObject } from "../src/cloudtrail/json.ts";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { ACCOUNT } from "./cast.ts";
import { COMPANY, COMPANY_START, companyRecords } from "./company/company.ts";
import { DAY_MS } from "./company/day.ts";

/** A Tuesday, from nine to ten. */
const FROM = COMPANY_START + DAY_MS + 9 * 3_600_000;
const TO = FROM + 3_600_000;
const TIMES = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g;

/** Calls in the story's account, the oldest first, the last of them before `now`; all their times are moved alike. */
export function morningRecords(now: number): readonly JsonObject[] {
  const moved = now - TO;
  const records: JsonObject[] = [];
  for (const record of companyRecords({ ...COMPANY, weeks: 1 })) {
    const at = Date.parse(String(record["eventTime"]));
    if (at >= TO) break;
    if (at < FROM || record["eventType"] !== "AwsApiCall" || record["recipientAccountId"] !== ACCOUNT.id) continue;
    const text = JSON.stringify(record).replace(TIMES, (time) =>
      JSON.stringify(timeAt(Date.parse(time.slice(1, -1)) + moved)),
    );
    const shifted: unknown = JSON.parse(text);
    if (isObject(shifted)) records.push(shifted);
  }
  return records;
}

const timeAt = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
