/**
 * Times of records as numbers that stores can order.
 */

/** Milliseconds of an eventTime; an unreadable one counts as 1970, always the same. */
export function msOf(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? 0 : ms;
}
