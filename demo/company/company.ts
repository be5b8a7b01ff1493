/**
 * A small company's CloudTrail: two accounts, weeks of normal work, made from a seed.
 * Pure: the same options give the same records, byte for byte. Nothing in it is an attack; much of it looks like one.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { calendarDay } from "./calendar.ts";
import { type Call, recordOf } from "./call.ts";
import { ciDay } from "./ci.ts";
import { DAY_MS, type Day } from "./day.ts";
import { randomOf } from "./random.ts";
import { servicesDay } from "./services.ts";
import { staffDay } from "./staff.ts";
import { upkeepDay } from "./upkeep.ts";
import { veteranDay } from "./veteran.ts";
import { watchersDay } from "./watchers.ts";

export interface CompanyOptions {
  readonly seed: number;
  /** The new hire comes in the second, the offices move before the third; later weeks are quiet ones. */
  readonly weeks: number;
  /** Share of the repeated reads that is kept, up to 1; what is on the calendar happens all the same. */
  readonly volume: number;
}

export const COMPANY: CompanyOptions = { seed: 1, weeks: 3, volume: 1 };
/** A Monday. */
export const COMPANY_START = Date.parse("2026-11-02T00:00:00Z");

const WORK: Readonly<Record<string, (day: Day) => Iterable<Call>>> = {
  ci: ciDay,
  staff: staffDay,
  veteran: veteranDay,
  services: servicesDay,
  upkeep: upkeepDay,
  watchers: watchersDay,
  calendar: calendarDay,
};

/** All records in the order of their eventTime. */
export function* companyRecords(options: CompanyOptions = COMPANY): Generator<JsonObject> {
  const ids = randomOf(`${options.seed}/ids`);
  let overMidnight: readonly Call[] = [];
  for (let index = 0; index < options.weeks * 7; index++) {
    const start = COMPANY_START + index * DAY_MS;
    const calls = [...overMidnight, ...callsOn(options, index)].sort((a, b) => a.at - b.at);
    overMidnight = calls.filter(({ at }) => at >= start + DAY_MS);
    for (const call of calls) {
      if (call.at < start + DAY_MS) yield recordOf(call, { eventID: ids.uuid(), requestID: ids.uuid() });
    }
  }
}

function callsOn({ seed, volume }: CompanyOptions, index: number): readonly Call[] {
  const [weekday, week] = [index % 7, Math.floor(index / 7) + 1];
  const start = COMPANY_START + index * DAY_MS;
  return Object.entries(WORK).flatMap(([name, work]) => [
    ...work({ index, start, weekday, week, volume, random: randomOf(`${seed}/${name}/${index}`) }),
  ]);
}

/**
 * The same records as SQS delivers them: one of fifty comes up to 400 records late, one of a hundred comes twice.
 * Everything of `records` is in it.
 */
export function* asDelivered(records: Iterable<JsonObject>, seed: number): Generator<JsonObject> {
  const random = randomOf(`${seed}/delivery`);
  const waiting: { readonly due: number; readonly record: JsonObject }[] = [];
  let at = 0;
  for (const record of records) {
    at++;
    const late = random.chance(0.02);
    if (late || random.chance(0.01)) waiting.push({ due: at + random.between(1, 400), record });
    if (!late) yield record;
    for (let nth = waiting.length - 1; nth >= 0; nth--) {
      if ((waiting[nth]?.due ?? at + 1) > at) continue;
      for (const { record: old } of waiting.splice(nth, 1)) yield old;
    }
  }
  for (const { record } of waiting) yield record;
}
