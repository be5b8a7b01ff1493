/**
 * How far this machine's clock is from AWS's, read in passing off the answers of a client.
 */
import type { SQSClient } from "@aws-sdk/client-sqs";
import { isObject } from "../cloudtrail/json.ts";
import { type DatedAnswer, readClock } from "../health/skew.ts";
import type { Vitals } from "../ports/vitals.ts";
import type { Log } from "../ports.ts";

/** One odd answer, of a proxy say, does not make a wrong clock. */
const SURE = 2;

/** Notes the clock as a part of the bot that works, or fails. */
export function clockJudge({ vitals, log }: { readonly vitals: Vitals; readonly log: Log }) {
  let odd = 0;
  return (answer: DatedAnswer): void => {
    const reading = readClock(answer);
    if (reading === undefined) return;
    if (reading.kind === "right") {
      if (odd >= SURE) log.info({}, "clock.right");
      odd = 0;
      vitals.ok("clock");
      return;
    }
    odd += 1;
    if (odd < SURE) return;
    const why = `${Math.round(Math.abs(reading.aheadMs) / 1_000)} s ${reading.aheadMs > 0 ? "ahead of" : "behind"} AWS`;
    if (odd === SURE) log.error({ why }, "clock.off");
    vitals.failed("clock", why);
  };
}

/** Gives the Date of each answer, also of one that is an error. */
export function readDates(client: SQSClient, note: (answer: DatedAnswer) => void): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = Date.now();
      const answer = await next(args);
      const date = dateIn(answer.response);
      if (date !== undefined) note({ date, sentAt, receivedAt: Date.now() });
      return answer;
    },
    // The innermost: next is the wire.
    { step: "deserialize", priority: "low", name: "readDates" },
  );
}

function dateIn(response: unknown): string | undefined {
  const headers = isObject(response) ? response["headers"] : undefined;
  const date = isObject(headers) ? headers["date"] : undefined;
  return typeof date === "string" ? date : undefined;
}
