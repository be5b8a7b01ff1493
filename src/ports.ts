/**
 * Every interface to the outside, on one page. Adapters implement them; memory.ts implements all of them.
 * Times: `…At: string` is UTC ISO 8601, `now`/`at: number` is milliseconds since 1970, durations carry their unit.
 */
import type { Home, Message, Modal } from "../blocks/text.ts";
import type { AlertFold, StoredAlert } from "./alert/alert.ts";
import type { Corroboration } from "./alert/trust.ts";
import type { LogFileRef, Reason, Rejected } from "./cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "./cloudtrail/record.ts";
import type { AuditEntry } from "./contain/audit.ts";
import type { Intent } from "./contain/intent.ts";
import type { Containment } from "./contain/outcome.ts";
import type { Part, QueueDepth, Seen, Vital } from "./health/health.ts";

export interface Clock {
  now(): number;
}

/** Fixed name, data in fields (style: `alert.posted`). Untrusted values only under `record`. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, name: string): void;
  info(fields: Readonly<Record<string, unknown>>, name: string): void;
  warn(fields: Readonly<Record<string, unknown>>, name: string): void;
  error(fields: Readonly<Record<string, unknown>>, name: string): void;
}

// ── SQS ──────────────────────────────────────────────────────────────────────────────────────────

export interface InboxMessage {
  readonly id: string;
  readonly body: string;
  readonly receiveCount: number;
  /** When it was put into the queue, in ms; absent when SQS did not say. */
  readonly sentAt?: number;
  /** Aborted when the bot stops: long work ends at its next safe point, and the message goes back. */
  readonly stopping?: AbortSignal;
}

export interface Inbox {
  /** Starts receiving. A message is deleted only after `handle` resolved for it; a rejection gives it back to SQS. */
  start(handle: (message: InboxMessage) => Promise<void>): void;
  /** Stops receiving and resolves when no handler and no delete is under way, or after `withinMs`. */
  stop(withinMs: number): Promise<void>;
  /** How full the queues are; asked of SQS at most every 30 s. @throws when SQS does not say. */
  depths(): Promise<readonly QueueDepth[]>;
}

// ── How the bot fares ────────────────────────────────────────────────────────────────────────────

/** What was seen of the bot's parts in passing. */
export interface Vitals {
  ok(part: Part): void;
  /** `why` may be any text. */
  failed(part: Part, why: string): void;
  all(): readonly Vital[];
}

/** One small text that outlives the process where it can, and does not need Redis. */
export interface Memo {
  /** undefined: nothing is kept. */
  read(): Promise<string | undefined>;
  /** undefined forgets it. Never rejects. */
  write(text: string | undefined): Promise<void>;
}

/** The newest record of each account and region, so that somebody sees when nothing comes any more. */
export interface Intake {
  /** Costs nothing: kept in memory and written every 10 s. A crash loses that much of it. */
  note(seen: Seen): void;
  /** Of all workers; newest first. */
  seen(): Promise<readonly Seen[]>;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** A store did not do what it was asked: nothing of it is to be relied on now. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

// ── Alerts and the outbox ────────────────────────────────────────────────────────────────────────

/** A body, or a part of one, that could not be read. */
export interface Quarantined {
  /** `qu_` + digest of the text: the same body is kept once. */
  readonly id: string;
  readonly reason: string;
  /** First 4,096 characters. Untrusted. */
  readonly head: string;
  readonly sha256: string;
  /** Of the whole text, in UTF-8. */
  readonly bytes: number;
  /** Of the message that brought it last. */
  readonly receiveCount: number;
}

/** The same on its way into the store, with its whole text for another try; absent: too large to be kept. */
export interface Unreadable extends Quarantined {
  readonly text?: string;
}

/** The same as the store holds it. */
export interface KeptUnreadable extends Quarantined {
  /** When it came first, UTC ISO 8601. */
  readonly since: string;
  /** False: its text was too large or went to make room, only the head is left. */
  readonly whole: boolean;
}

export interface QuarantineStore {
  /** What could not be read, newest first. */
  list(limit: number): Promise<readonly KeptUnreadable[]>;
  count(): Promise<number>;
  find(id: string): Promise<KeptUnreadable | undefined>;
  /** The whole text, while it is kept. */
  text(id: string): Promise<string | undefined>;
  /** Owes another try: a `replay` row. False when it is not kept, or not whole. */
  replay(id: string, now: number): Promise<boolean>;
  /** Whether such a row still waits. */
  isOwed(id: string): Promise<boolean>;
  /** Forgets it and its row. */
  drop(id: string): Promise<void>;
}

export interface Commit {
  readonly folds: readonly AlertFold[];
  readonly quarantined: readonly Unreadable[];
  /** How far a log file is taken with this commit. */
  readonly progress?: FileProgress;
  readonly now: number;
}

/** `slices` of this file (bucket, key and version) are committed; ALL_SLICES when it is done. */
export interface FileProgress {
  /** `lf_` + digest. */
  readonly file: string;
  readonly slices: number;
}
export const ALL_SLICES = 1_000_000_000;

/** Work that is owed to the outside: one member of the outbox, `deliver:al_…`, `act:in_…` or `verify:in_…:10000`. */
export interface Row {
  readonly kind: "deliver" | "confirm" | "act" | "verify" | "replay";
  /** Alert id for deliver and confirm; quarantine id for replay; intent id for act; intent id and the read-back's delay in ms, joined by ":", for verify. */
  readonly id: string;
}
export interface DueRow extends Row {
  readonly at: number;
  /** Of deliveries, which goes first: that of the lowest (`rankOf` in src/alert/alert.ts). */
  readonly rank?: number;
}

export type Reservation =
  /** Slack has it as it stands; its row went in the same step. */
  | { readonly kind: "nothing" }
  /** Another worker has it, or it may not be shown again before `until`. */
  | { readonly kind: "busy"; readonly until: number }
  /** Post it. `searchSince` is there when an earlier attempt may have reached Slack: look before posting. */
  | { readonly kind: "post"; readonly alert: StoredAlert; readonly searchSince?: number; readonly missedAt?: number }
  | { readonly kind: "edit"; readonly alert: StoredAlert; readonly channel: string; readonly ts: string };

export interface AlertStore {
  /** Folds findings into alerts, keeps quarantine and outbox rows: one atomic step, idempotent. Resolves when durable. */
  commit(batch: Commit): Promise<readonly DueRow[]>;
  /** Slices of a log file that were committed in the last 14 days; 0 for one that is new. */
  slicesOf(file: string): Promise<number>;
  alert(id: string): Promise<StoredAlert | undefined>;
  /** Alerts under this subject (`subjectsOf` in src/alert/subject.ts says which there are), newest activity first. */
  alertsOf(subject: string, limit: number): Promise<readonly StoredAlert[]>;
  /** First caller wins; `already` names who did and when. */
  acknowledge(
    id: string,
    by: string,
    now: number,
  ): Promise<{ readonly kind: "acknowledged" | "already"; readonly by: string; readonly at: string } | undefined>;

  /**
   * Keeps what was found about a doubted alert and shows it. Its `confirm` row, which the commit that opened the alert
   * made, is due again at `againAt`, or done without one.
   */
  corroborate(id: string, found: Corroboration, againAt: number | undefined, now: number): Promise<void>;

  /** Takes the right to post or edit this alert for RESERVATION_MS. */
  reserve(id: string, by: string, now: number): Promise<Reservation>;
  /** Slack surely has nothing of this attempt. */
  releaseClean(id: string, by: string, nextAt: number): Promise<void>;
  /** Slack may have it: the next attempt searches first. `missedAt`: it was searched for and not there. */
  releaseUnsure(id: string, by: string, nextAt: number, missedAt?: number): Promise<void>;
  /** Slack shows revision `rev` at channel/ts. The row goes when nothing newer waits, else is due at `nextAt`. */
  confirm(
    id: string,
    shown: { readonly channel: string; readonly ts: string; readonly rev: number },
    nextAt: number,
  ): Promise<void>;
}

export interface Outbox {
  /**
   * Deliveries of the lowest rank first, else the longest due first; at most `limit` of each kind, so that a flood of one
   * holds up no other.
   */
  due(now: number, limit: number): Promise<readonly DueRow[]>;
  /** Sets when the row is due again; a row that is done stays done. */
  postpone(row: Row, at: number): Promise<void>;
  /** Counts a failed attempt and gives how many there were; `done` and a handler's own success forget them. */
  failed(row: Row): Promise<number>;
  done(row: Row): Promise<void>;
  /** Excludes other workers from this row for `ms`. */
  lease(row: Row, by: string, ms: number): Promise<boolean>;
  unlease(row: Row, by: string): Promise<void>;
}

/** BullMQ behind an interface: hints of work. Losing one is harmless, the sweep hints again. */
export interface Effects {
  hint(rows: readonly DueRow[]): Promise<void>;
  start(handle: (row: Row) => Promise<void>): void;
  stop(withinMs: number): Promise<void>;
}

// ── Containment ──────────────────────────────────────────────────────────────────────────────────

/** What the server remembers about an open dialog; the modal carries only its id. */
export interface Dialog {
  readonly id: string;
  readonly alert: string;
  readonly account: string;
  readonly keyId: string;
  readonly userName: string;
  readonly operator: string;
  readonly openedAt: string;
}

/** An intent and how far it got. */
export interface IntentRecord {
  readonly intent: Intent;
  readonly attemptedAt?: string;
  readonly containment: Containment;
}

export interface ContainmentStore {
  keepDialog(dialog: Dialog, ttlMs: number): Promise<void>;
  dialog(id: string): Promise<Dialog | undefined>;
  nextFence(account: string, keyId: string): Promise<number>;
  /** Fence of the newest intent that `intend` recorded for this key, 0 without one: a fence that was only taken counts for nothing. */
  currentFence(account: string, keyId: string): Promise<number>;
  /**
   * Records the intent, its act row and its containment on the alert, atomically. `already` when another intent for
   * this key is under way, or ended after `openedAt` (the dialog this one was made from showed an older state).
   */
  intend(
    record: IntentRecord,
    openedAt: string,
    now: number,
  ): Promise<{ readonly kind: "intended" } | { readonly kind: "already"; readonly record: IntentRecord }>;
  intent(id: string): Promise<IntentRecord | undefined>;
  /** Saves progress, shows it on the alert (a deliver row), drops `done` and adds `rows`, atomically. */
  saveIntent(
    record: IntentRecord,
    change: { readonly done?: Row; readonly rows?: readonly DueRow[] },
    now: number,
  ): Promise<void>;
  /** True the first time a request id is seen within ttlMs. */
  firstUse(requestId: string, ttlMs: number): Promise<boolean>;
}

export interface AuditStore {
  /** The newest entry; undefined when the log is empty. */
  head(): Promise<AuditEntry | undefined>;
  /** Appends if `entry.prev` is still the head's hash; "kept" when an entry of this id is there already. */
  append(entry: AuditEntry): Promise<"appended" | "kept" | "moved">;
  entries(fromSeq: number, limit: number): Promise<readonly AuditEntry[]>;
}

// ── AWS ──────────────────────────────────────────────────────────────────────────────────────────

export type IamAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "not-found" }
  /** `missing` is the IAM action our role lacks, e.g. `iam:UpdateAccessKey`. */
  | { readonly kind: "denied"; readonly missing: string }
  /** Throttled, timed out, network: it may or may not have happened. */
  | { readonly kind: "unavailable"; readonly why: string };

/** One page of history: what LookupEvents said of one account and region. */
export type TrailAnswer =
  /** Newest first. `more`: older ones were left behind at the limit of pages. */
  | { readonly kind: "ok"; readonly records: readonly CloudTrailRecord[]; readonly more: boolean }
  /** `missing` is the action our role lacks: `cloudtrail:LookupEvents`, or `sts:AssumeRole`. */
  | { readonly kind: "denied"; readonly missing: string }
  /** Throttled to the end, timed out, no network, a region that is not enabled. */
  | { readonly kind: "unavailable"; readonly why: string };

export interface TrailQuery {
  readonly account: string;
  readonly region: string;
  /** LookupEvents takes one. `Username` is an IAM user's name or a role's session name. */
  readonly attribute: { readonly key: "AccessKeyId" | "EventId" | "Username" | "ResourceName"; readonly value: string };
  /** Milliseconds since 1970; CloudTrail keeps 90 days. */
  readonly since: number;
  /** Pages of 50 records at most. */
  readonly pages: number;
}

/** CloudTrail's own memory of management events. At most 2 requests a second per account and region: it queues. */
export interface Trail {
  lookup(query: TrailQuery, signal?: AbortSignal): Promise<TrailAnswer>;
}

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

export interface KeyOwner {
  /** Absent: the key belongs to root. */
  readonly userName?: string;
  readonly lastUsed?: { readonly at: string; readonly service: string; readonly region: string };
}
export interface UserKey {
  readonly id: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: string;
}
export interface IamUser {
  readonly arn: string;
  readonly userName: string;
  readonly userId: string;
  readonly createdAt: string;
  readonly passwordLastUsed?: string;
}

export interface Iam {
  keyOwner(account: string, keyId: string): Promise<IamAnswer<KeyOwner>>;
  user(account: string, userName: string): Promise<IamAnswer<IamUser>>;
  keys(account: string, userName: string): Promise<IamAnswer<readonly UserKey[]>>;
  /** One attempt, never retried inside. `session` names the role session that makes it: the intent's id. */
  deactivateKey(
    account: string,
    userName: string,
    keyId: string,
    session: string,
  ): Promise<IamAnswer<{ readonly requestId: string }>>;
  /** The access key id that our own calls are signed with: its user is never disabled. */
  ownKeyId(account: string): Promise<string | undefined>;
}

// ── Slack ────────────────────────────────────────────────────────────────────────────────────────

export type PostAnswer =
  | { readonly kind: "sent"; readonly ts: string }
  /** Slack surely has nothing. `permanent`: trying again will not help until a person acts (channel archived, token revoked). */
  | { readonly kind: "not-sent"; readonly why: string; readonly permanent: boolean; readonly retryAfterMs?: number }
  /** Slack may have it (timeout, reset, 5xx, unreadable answer). */
  | { readonly kind: "unknown"; readonly why: string };

export type SearchAnswer =
  | { readonly kind: "found"; readonly ts: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unsearchable"; readonly why: string };

export interface ChatUser {
  readonly id: string;
  readonly teamId: string;
  readonly deleted: boolean;
  readonly bot: boolean;
  /** Single- or multi-channel guest. */
  readonly guest: boolean;
  /** From another workspace (Slack Connect). */
  readonly external: boolean;
}

/** Its reader closed the dialog: nobody is there to be shown anything. */
export class ClosedError extends Error {
  override readonly name = "ClosedError";
}

export interface Chat {
  /** `key` (the alert id) goes into the message's metadata, so that `findPost` can find it again. */
  post(channel: string, message: Message, key: string): Promise<PostAnswer>;
  update(channel: string, ts: string, message: Message): Promise<PostAnswer>;
  /** Reads the channel's history to the end, from `since` (ms). */
  findPost(channel: string, key: string, since: number): Promise<SearchAnswer>;
  /** Opens a modal within 3 s of the click; gives its view id. */
  openModal(triggerId: string, view: Modal): Promise<string>;
  /** @throws ClosedError when the dialog is no longer open. */
  updateModal(viewId: string, view: Modal): Promise<void>;
  /** Answers a click or command, for its author only or for all who read the channel. */
  respond(responseUrl: string, message: Message, to?: "author" | "channel"): Promise<void>;
  /** What this user sees on the app's Home tab. */
  publishHome(user: string, home: Home): Promise<void>;
  user(id: string): Promise<ChatUser | undefined>;
  /** Whether this user is in this channel. @throws when Slack does not say. */
  isMember(channel: string, user: string): Promise<boolean>;
  /** Whether people of other organisations read this channel, or are invited to. @throws when Slack does not say: the bot is not in it. */
  isExternal(channel: string): Promise<boolean>;
  /** The team the bot is installed in. */
  team(): Promise<string>;
}

/** What came in from Slack, in one form for both doors. Every string is the sender's: check before use. */
export interface Click {
  readonly actionId: string;
  readonly value: string;
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly channel: string;
  readonly messageTs: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  /** The dialog or Home tab that holds the button; empty for one under a message. */
  readonly viewId: string;
}
export interface Submission {
  readonly callbackId: string;
  readonly privateMetadata: string;
  /** Input values by block id. */
  readonly values: Readonly<Record<string, string>>;
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly viewId: string;
  readonly triggerId: string;
}
export interface Command {
  readonly text: string;
  readonly user: string;
  readonly team: string;
  readonly channel: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}
/** The entry of a message's menu, chosen for one message. */
export interface Shortcut {
  readonly user: string;
  readonly userTeam: string;
  readonly team: string;
  readonly channel: string;
  /** The message's text, that of its blocks included. */
  readonly text: string;
  readonly triggerId: string;
  readonly responseUrl: string;
}
export interface HomeOpened {
  readonly user: string;
  readonly team: string;
}
export type SubmissionAnswer =
  | { readonly kind: "close" }
  | { readonly kind: "errors"; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: "show"; readonly view: Modal };

/** Slack listener id → function; made by handlers/index.ts, served by adapters/slack.ts. */
export interface Listeners {
  readonly clicks: Readonly<Record<string, (click: Click) => Promise<void>>>;
  readonly submissions: Readonly<Record<string, (submission: Submission) => Promise<SubmissionAnswer>>>;
  readonly commands: Readonly<Record<string, (command: Command) => Promise<void>>>;
  readonly shortcuts: Readonly<Record<string, (shortcut: Shortcut) => Promise<void>>>;
  readonly homeOpened: (opened: HomeOpened) => Promise<void>;
}

/** Everything a running bot needs. Handlers take a `Pick` of it. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly intake: Intake;
  readonly vitals: Vitals;
  readonly alerts: AlertStore;
  readonly quarantine: QuarantineStore;
  readonly outbox: Outbox;
  readonly effects: Effects;
  readonly containments: ContainmentStore;
  readonly audit: AuditStore;
  readonly iam: Iam;
  readonly trail: Trail;
  readonly logFiles: LogFiles;
  readonly chat: Chat;
}
