/**
 * Slack's way to the bot: a request of Slack's, signed, and how long it waits for the answer.
 * Source: Slack docs, "Verifying requests from Slack".
 */
import { createHmac } from "node:crypto";
import type { JsonObject } from "../src/cloudtrail/record.ts";

export interface Delivered {
  /** HTTP status of the bot's answer; 0 when it did not answer in time. */
  readonly status: number;
  readonly body: string;
}

/** Slack waits this long for an answer, then tells the person that it failed. */
const ANSWER_MS = 3_000;

/**
 * A body as Slack sends it: interactions and commands are forms, an interaction's JSON in its field `payload`; events
 * are JSON.
 */
export type Parcel =
  | { readonly kind: "command"; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: "interaction"; readonly payload: JsonObject }
  | { readonly kind: "event"; readonly body: JsonObject };

/** Posts it signed. `signing` can be changed by tests that forge. */
export async function deliver(
  url: string,
  parcel: Parcel,
  signing: { readonly secret: string; readonly seconds: number },
): Promise<Delivered> {
  const { type, body } = encoded(parcel);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": type,
        "x-slack-request-timestamp": String(signing.seconds),
        "x-slack-signature": signatureOf(body, signing),
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return { status: 0, body: "" };
  }
}

const FORM = "application/x-www-form-urlencoded";

function encoded(parcel: Parcel): { readonly type: string; readonly body: string } {
  switch (parcel.kind) {
    case "command":
      return { type: FORM, body: new URLSearchParams(parcel.fields).toString() };
    case "interaction":
      return { type: FORM, body: new URLSearchParams({ payload: JSON.stringify(parcel.payload) }).toString() };
    case "event":
      return { type: "application/json", body: JSON.stringify(parcel.body) };
  }
}

/** `v0=` + HMAC-SHA256 over `v0:SECONDS:BODY`. */
export function signatureOf(body: string, signing: { readonly secret: string; readonly seconds: number }): string {
  return `v0=${createHmac("sha256", signing.secret).update(`v0:${signing.seconds}:${body}`).digest("hex")}`;
}
