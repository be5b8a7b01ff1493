/**
 * How much the stores keep, and for how long: the same numbers for memory and Redis.
 * Source: reliability.md B.3 and B.6; SQS keeps a message for 14 days at most, so nothing older comes again.
 */

/** How long one worker has the right to post or edit an alert. */
export const RESERVATION_MS = 15_000;

/** Rank of a delivery that somebody waits for: before all others. */
export const ASKED_RANK = -1;

/** A search starts this much before the first attempt: Slack's clock and ours differ. */
export const SEARCH_MARGIN_MS = 2_000;

/** Alerts and their finding ids are kept this long after their last activity. */
export const ALERT_KEPT_MS = 30 * 24 * 3600_000;

/** Intents are kept for 90 days. */
export const INTENT_KEPT_MS = 90 * 24 * 3600_000;

/** A notification comes again for as long as SQS keeps it. */
export const FILE_KEPT_MS = 14 * 24 * 3600_000;

export const QUARANTINE_KEPT_MS = 14 * 24 * 3600_000;
export const MAX_QUARANTINED = 10_000;
/** Whole texts of unreadable bodies: whoever can send to the queue could fill Redis with them. The oldest go first. */
export const MAX_QUARANTINED_BYTES = 32 * 2 ** 20;

/** Distinct actions, regions and addresses that an alert names. Its events are counted beyond that. */
export const MAX_DISTINCT = 200;

/** Alerts listed under one principal or access key, newest activity first. */
export const MAX_PER_SUBJECT = 1_000;

/** Accounts and regions whose newest record is kept: whoever can send to the queue can make up more. */
export const MAX_SEEN = 2_000;
export const SEEN_KEPT_MS = 90 * 24 * 3600_000;
