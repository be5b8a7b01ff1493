/**
 * Told: what the alert channel was told of an outage, as it is kept until it is over.
 * Pure.
 */
import { z } from "zod";

/** Without one of these parts nothing is seen. */
export const EYES = ["redis", "queue"] as const;

const TOLD = z.object({
  trouble: z.object({ part: z.enum(EYES), since: z.iso.datetime(), why: z.string(), flaps: z.boolean() }),
  /** Where and when it was posted, in ms. */
  channel: z.string(),
  at: z.number(),
  /** Absent: nobody knows whether Slack took it. */
  ts: z.string().exactOptional(),
});
export type Told = z.infer<typeof TOLD>;

/** `'{"trouble":{"part":"redis",…},"channel":"C0123456789","at":1795168800000,"ts":"1795168800.000100"}'` → Told; undefined for anything else. */
export function toldIn(text: string | undefined): Told | undefined {
  try {
    return TOLD.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}
