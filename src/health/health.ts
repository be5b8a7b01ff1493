/**
 * Health: what the bot knows of itself, and what that means for whoever relies on it.
 * Pure. The bot tells what it saw itself: a part that nobody used yet is neither well nor ill.
 */

/**
 * Parts of the bot that can fail by themselves. `queue` and `door`: SQS, and the connection by which Slack reaches us;
 * `clock`: this machine's, which fails while it is off.
 */
export const PARTS = ["redis", "queue", "slack", "door", "iam", "cloudtrail", "s3", "clock"] as const;
export type Part = (typeof PARTS)[number];

/** How a part answered last. */
export interface Vital {
  readonly part: Part;
  readonly state: "ok" | "failing" | "unused";
  /** Since when it is so, UTC ISO 8601; absent when unused. */
  readonly since?: string;
  /** When it answered last, well or badly. */
  readonly at?: string;
  /** What it said when it failed. */
  readonly why?: string;
  /** Its newest failures, as one; absent: it never failed. Over when the part `isCalm`. */
  readonly spell?: Spell;
}

/** Failures with less than CALM_MS of success between them. */
export interface Spell {
  readonly since: string;
  /** What it said last. */
  readonly why: string;
  /** It answered in between. */
  readonly flaps: boolean;
}
/** A part that comes and goes is well when it has answered for so long. */
const CALM_MS = 60_000;

export function isCalm({ state, since = "" }: Vital, now: number): boolean {
  return state === "ok" && now - Date.parse(since) >= CALM_MS;
}

/** One queue, as SQS counts it (approximately). */
export interface QueueDepth {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
  /** How long the message that was taken last had waited, in ms; absent while none came. */
  readonly waitedMs?: number;
  /** Messages in its dead-letter queue; "none" when it has no such queue, "unreadable" when that may not be asked. */
  readonly dead: number | "none" | "unreadable";
}

/** The newest record of one account and region. */
export interface Seen {
  readonly account: string;
  readonly region: string;
  /** When it happened and when it came, UTC ISO 8601. */
  readonly eventAt: string;
  readonly seenAt: string;
}

export interface Health {
  readonly at: string;
  readonly startedAt: string;
  readonly vitals: readonly Vital[];
  /** Absent: SQS could not be asked. */
  readonly queues?: readonly QueueDepth[];
  /** Absent: the store could not be asked; also of the next three. */
  readonly seen?: readonly Seen[];
  readonly quarantined?: number;
  /** What is owed to Slack and AWS and overdue. */
  readonly overdue?: number;
}

/** failing: alerts do not come through now. degraded: they do, and something else does not, or they come late. */
export type Status = "ok" | "degraded" | "failing";

/** Without one of these no alert reaches Slack. */
const VITAL_PARTS: readonly Part[] = ["redis", "queue", "slack"];
/** Parts that are asked for somebody: an old failure says nothing about now. */
const ON_DEMAND: readonly Part[] = ["iam", "cloudtrail", "s3"];
const FRESH_MS = 10 * 60_000;
/** Behind by that much is worth telling. */
export const LATE_MS = 5 * 60_000;

/** Something that is not as it should be; in the order in which it should be read. */
export type Trouble =
  | { readonly kind: "part"; readonly part: Part; readonly since: string; readonly why: string }
  | { readonly kind: "store-silent" }
  | { readonly kind: "queue-silent" }
  | { readonly kind: "late"; readonly queue: string; readonly waitedMs: number }
  | { readonly kind: "dead-letters"; readonly queue: string; readonly count: number }
  | { readonly kind: "no-dead-letter-queue"; readonly queue: string }
  | { readonly kind: "quarantined"; readonly count: number }
  | { readonly kind: "overdue"; readonly count: number };

export function troublesOf(health: Health): readonly Trouble[] {
  const now = Date.parse(health.at);
  const parts = health.vitals.flatMap((vital): Trouble[] =>
    isFailing(vital, now) ? [{ kind: "part", part: vital.part, since: vital.since ?? "", why: vital.why ?? "" }] : [],
  );
  const failing = new Set(parts.map((trouble) => trouble.kind === "part" && trouble.part));
  const queues = (health.queues ?? []).flatMap(({ name: queue, waitedMs = 0, dead }): Trouble[] => [
    ...(waitedMs > LATE_MS ? [{ kind: "late" as const, queue, waitedMs }] : []),
    ...(typeof dead === "number" && dead > 0 ? [{ kind: "dead-letters" as const, queue, count: dead }] : []),
    ...(dead === "none" ? [{ kind: "no-dead-letter-queue" as const, queue }] : []),
  ]);
  const { quarantined = 0, overdue = 0 } = health;
  return [
    ...parts,
    ...(health.seen === undefined && !failing.has("redis") ? [{ kind: "store-silent" as const }] : []),
    ...(health.queues === undefined && !failing.has("queue") ? [{ kind: "queue-silent" as const }] : []),
    ...queues,
    ...(overdue > 0 ? [{ kind: "overdue" as const, count: overdue }] : []),
    ...(quarantined > 0 ? [{ kind: "quarantined" as const, count: quarantined }] : []),
  ];
}

/** What is wrong with this machine's clock; undefined when nothing is, or nothing was heard yet. */
export function clockFault(vitals: readonly Vital[]): string | undefined {
  const clock = vitals.find(({ part }) => part === "clock");
  return clock?.state === "failing" ? clock.why : undefined;
}

export function statusOf(health: Health): Status {
  const troubles = troublesOf(health);
  const isDown = troubles.some(
    (trouble) => trouble.kind === "store-silent" || (trouble.kind === "part" && VITAL_PARTS.includes(trouble.part)),
  );
  if (isDown) return "failing";
  return troubles.some(({ kind }) => kind !== "quarantined" && kind !== "no-dead-letter-queue") ? "degraded" : "ok";
}

function isFailing({ part, state, at }: Vital, now: number): boolean {
  if (state !== "failing") return false;
  return !ON_DEMAND.includes(part) || now - Date.parse(at ?? "") < FRESH_MS;
}
