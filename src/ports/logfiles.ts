/**
 * CloudTrail's log files in S3.
 */
import type { LogFileRef, Reason, Rejected } from "../cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";

/** A log file in S3, fetched. */
export type LogFileAnswer =
  /** `version` names this content (ETag): the same version gives the same slices. */
  | {
      readonly kind: "opened";
      readonly version: string;
      readonly slices: AsyncIterable<LogFileSlice>;
      /** For whoever does not read the slices. */
      close(): void;
    }
  /** Other things live in a trail's bucket, digests for one. */
  | { readonly kind: "ignored" }
  /** It will never be opened: not there, too large, not in a configured bucket, no log file by its name. */
  | { readonly kind: "refused"; readonly reason: Reason; readonly why: string };

/** Some hundred records of a log file, in its order; what is no record among them. */
export interface LogFileSlice {
  readonly records: readonly CloudTrailRecord[];
  readonly rejected: readonly Rejected[];
}

export interface LogFiles {
  /** @throws when S3 cannot be asked now (denied, throttled, down): the message goes back to the queue. */
  open(ref: LogFileRef): Promise<LogFileAnswer>;
}
