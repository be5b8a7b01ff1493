/**
 * What an answer of Slack means for a post or an edit: sent, surely not sent, or perhaps sent.
 * Source: Slack Web API error lists (chat.postMessage, chat.update), and what WebClient 8 does with broken answers.
 */
import { webApi } from "@slack/bolt";
import type { PostAnswer } from "../ports/chat.ts";

/** Slack may have acted before it failed with one of these (chat.postMessage's documentation says so of the first two). */
const UNSURE_ERRORS: ReadonlySet<string> = new Set([
  "internal_error",
  "fatal_error",
  "request_timeout",
  "service_unavailable",
]);
/** The bot is shut out everywhere until a person acts. */
const BOT_ERRORS: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "missing_scope",
  "not_authed",
  "org_login_required",
  "team_access_not_granted",
  "token_expired",
  "token_revoked",
]);
/** This channel, or this person's messages, or this one message: another place may do. */
const PLACE_ERRORS: ReadonlySet<string> = new Set([
  "cannot_dm_bot",
  "channel_not_found",
  "is_archived",
  "message_not_found",
  "messages_tab_disabled",
  "not_in_channel",
  "posting_to_channel_denied",
  "restricted_action",
  "restricted_action_non_threadable_channel",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "user_disabled",
  "user_not_found",
]);

/** What the Web API says of a message that it took. */
export interface Shown {
  readonly ts?: string;
  readonly channel?: string;
}

/** @param asked the channel, or the person, that the message was meant for. */
export async function answered(asked: string, call: () => Promise<Shown>): Promise<PostAnswer> {
  try {
    const { ts, channel = asked } = await call();
    if (ts === undefined) return { kind: "unknown", why: "Slack answered without a timestamp" };
    return channel === asked ? { kind: "sent", ts } : { kind: "sent", ts, channel };
  } catch (error) {
    return classify(error);
  }
}

/**
 * What a failed call means for the message.
 *
 * HTTP 429 → not sent, wait `retryAfterMs` · `{ ok: false, error: "is_archived" }` → not sent, permanent, elsewhere ·
 * connection refused → not sent · time-out, reset, 5xx, HTML, truncated JSON, `internal_error` → unknown
 */
export function classify(error: unknown): PostAnswer {
  if (error instanceof webApi.WebAPIRateLimitedError)
    return { kind: "not-sent", why: "ratelimited", permanent: false, retryAfterMs: error.retryAfter * 1_000 };
  if (error instanceof webApi.WebAPIPlatformError) {
    const why = error.data.error;
    // WebClient puts a body that is no JSON (a maintenance page, a cut answer) where the error's name belongs.
    if (!/^[a-z_]{1,80}$/.test(why)) return { kind: "unknown", why: "an answer that is no JSON" };
    if (UNSURE_ERRORS.has(why)) return { kind: "unknown", why };
    if (PLACE_ERRORS.has(why)) return { kind: "not-sent", why, permanent: true, elsewhere: true };
    return { kind: "not-sent", why, permanent: BOT_ERRORS.has(why) };
  }
  if (error instanceof webApi.WebAPIRequestError) {
    const code = codeOf(error.original);
    const never = code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN";
    return never ? { kind: "not-sent", why: code, permanent: false } : { kind: "unknown", why: code ?? error.message };
  }
  const why = error instanceof Error ? error.message : String(error);
  // A 429 without Retry-After reaches us as a bare Error.
  if (why.startsWith("Retry header"))
    return { kind: "not-sent", why: "ratelimited", permanent: false, retryAfterMs: 30_000 };
  return { kind: "unknown", why };
}

/** The errno of a failed fetch: undici hides it in `cause`. */
function codeOf(error: Error): string | undefined {
  for (let e: unknown = error; e instanceof Error; e = e.cause)
    if ("code" in e && typeof e.code === "string") return e.code;
  return undefined;
}
