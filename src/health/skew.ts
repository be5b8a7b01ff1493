/**
 * Clock skew: how far this machine's clock is from AWS's, judged by the `Date` of an answer.
 * Pure. Source: RFC 9110, 6.6.1: an answer's Date is when it was made, in whole seconds.
 */

/** Further off than this, a wish's five minutes and the five that Slack's signatures count mean something else. */
const MOST_MS = 60_000;

/** An answer's Date, and what our clock said when its request left and when it came, in ms. */
export interface DatedAnswer {
  readonly date: string;
  readonly sentAt: number;
  readonly receivedAt: number;
}

export type ClockReading =
  | { readonly kind: "right" }
  /** By so much at least; negative: behind. */
  | { readonly kind: "off"; readonly aheadMs: number };

/**
 * `{ date: "Fri, 20 Nov 2026 10:00:00 GMT", sentAt: 10:01:31.000, receivedAt: 10:01:31.200 }`
 *   → `{ kind: "off", aheadMs: 90_000 }`
 *
 * The answer was made at some moment between `sentAt` and `receivedAt`: however slow it was, that is never taken for skew.
 *
 * @returns undefined when the moments between say both, or the Date is none.
 */
export function readClock({ date, sentAt, receivedAt }: DatedAnswer): ClockReading | undefined {
  const theirs = Date.parse(date);
  const [least, most] = [sentAt - theirs - 1_000, receivedAt - theirs];
  if (least > MOST_MS) return { kind: "off", aheadMs: least };
  if (most < -MOST_MS) return { kind: "off", aheadMs: most };
  return least >= -MOST_MS && most <= MOST_MS ? { kind: "right" } : undefined;
}
