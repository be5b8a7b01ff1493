/**
 * A day of the company, as the one who plans it sees it: its date, its dice, how much of the reading to keep.
 * Pure.
 */
import type { Random } from "./random.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Day {
  /** 0 is the first day. */
  readonly index: number;
  /** Midnight UTC, in milliseconds. */
  readonly start: number;
  /** 0 is Monday. */
  readonly weekday: number;
  /** 1 is the first week. */
  readonly week: number;
  readonly random: Random;
  /** Share of the repeated reads that is kept: 1 is all; writing is never thinned. */
  readonly volume: number;
}

export const isWorkday = (day: Day): boolean => day.weekday < 5;

/** `timeOn(day, 9.5)` → 09:30 UTC of that day, in milliseconds. */
export const timeOn = (day: Day, hour: number): number => day.start + Math.round(hour * HOUR_MS);

/** That many moments between two hours, in order. */
export function momentsOn(day: Day, count: number, from: number, to: number): readonly number[] {
  return Array.from({ length: count }, () => timeOn(day, from + day.random.next() * (to - from))).sort((a, b) => a - b);
}

/** A count of reads as the volume leaves it: at least one. */
export const thinned = (day: Day, count: number): number => Math.max(1, Math.round(count * day.volume));

/** Those of a list of reads that the volume leaves: all at 1, at least one. */
export function someOf<T>(list: readonly T[], day: Day): readonly T[] {
  const kept = list.filter(() => day.random.chance(day.volume));
  return kept.length > 0 ? kept : list.slice(0, 1);
}

/** Beats every so many minutes around the clock, fewer where the volume is less. Each is late by up to `jitterMs`. */
export function beatsOn(day: Day, minutes: number, jitterMs = 20_000): readonly number[] {
  const count = thinned(day, (24 * 60) / minutes);
  const step = DAY_MS / count;
  return Array.from({ length: count }, (_, at) => day.start + Math.floor(at * step + day.random.next() * jitterMs));
}
