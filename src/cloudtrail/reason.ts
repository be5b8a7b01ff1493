/**
 * Reasons: why something that came in could not be read. What each means and what to do: docs/quarantine.md.
 */

export const REASONS = [
  /** Begins like JSON and is none: cut off, or damaged. */
  "broken-json",
  /** More than the allowed bytes. */
  "too-large",
  /** Brackets nest deeper than 64 levels. */
  "too-deep",
  /** Envelopes within envelopes, more than 8. */
  "too-nested",
  /** Text that is no JSON, in a log file; in a queue such text is a notice and is only counted. */
  "not-json",
  /** JSON that is neither a CloudTrail record nor an envelope known here. */
  "not-a-record",
  /** A notice of S3 or CloudTrail that does not name its files as AWS does. */
  "bad-notification",
  /** A CloudWatch Logs subscription whose data is no gzip in base64, is cut off, or inflates beyond 64 MiB. */
  "bad-gzip",
  /** An EventBridge event of a kind that Trailhound does not know. */
  "other-event",
  /** SNS asks to confirm a subscription, or tells of its end. */
  "sns-confirmation",
  /** More than 100 rejected parts: the rest of them is kept as this one, with the whole text. */
  "too-many-rejected",
  /** A log file in a bucket that is not in the config. */
  "foreign-bucket",
  /** A log file that is not there any more. */
  "log-file-missing",
  /** A log file that is no gzip, is cut off, or is larger than a log file of CloudTrail can be. */
  "bad-log-file",
] as const;
export type Reason = (typeof REASONS)[number];

export interface Rejected {
  readonly reason: Reason;
  /** The rejected part, whole. Untrusted. */
  readonly text: string;
}
