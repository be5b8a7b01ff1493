/**
 * Alerts in Redis. Each method is one Lua call, atomic and idempotent; the reply to `commit` comes after the
 * append-only file is on disk, so it may be followed by the delete in SQS.
 *
 * `{ids}:alert:<id>` hash, with `:findings :events :regions :addresses` sets and `:actions` hash beside it ·
 * `{ids}:key:<dedup key>` alert ids by opening time · `{ids}:subject:<digest>` alert ids by newest activity ·
 * `{ids}:outbox` rows by due time · `{ids}:file:<digest>` slices of a log file that are committed.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { AlertFold, Chapter, StoredAlert } from "../alert/alert.ts";
import type { Corroboration } from "../alert/trust.ts";
import type { Containment } from "../contain/outcome.ts";
import type { AlertStore, Attempt, Reservation } from "../ports/alerts.ts";
import { ACKNOWLEDGE, COMMIT, CORROBORATE, LOAD, LOAD_OF_SUBJECT } from "./lua/alerts.ts";
import { CONFIRM, RELEASE, RESERVE } from "./lua/delivery.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { rowsOf } from "./redis-outbox.ts";
import { listOf, pairsOf, scriptOf, textOf } from "./redis-script.ts";
import { msOf } from "./time.ts";

const commit = scriptOf(COMMIT);
const load = scriptOf(LOAD);
const loadOfSubject = scriptOf(LOAD_OF_SUBJECT);
const acknowledge = scriptOf(ACKNOWLEDGE);
const corroborate = scriptOf(CORROBORATE);
const reserve = scriptOf(RESERVE);
const release = scriptOf(RELEASE);
const confirm = scriptOf(CONFIRM);

export function redisAlerts(redis: Redis): AlertStore {
  return {
    async commit({ folds, quarantined, progress, now }) {
      const parts = folds.flatMap((fold) => [headerOf(fold), JSON.stringify(fold.chapter)]);
      const bodies = quarantined.flatMap(({ text = "", ...note }) => [note.id, JSON.stringify(note), text]);
      const file = [progress?.file ?? "", progress?.slices ?? 0];
      return rowsOf(await commit(redis, [now, folds.length, ...file, ...parts, ...bodies]));
    },
    async slicesOf(file) {
      return Number((await redis.get(`${KEY_TAG}:file:${file}`)) ?? 0);
    },
    async alert(id) {
      return findAlert(await load(redis, [id]));
    },
    async alertsOf(subject, limit) {
      const found = listOf(await loadOfSubject(redis, [digestOfSubject(subject), limit]));
      return found.map(findAlert).filter((alert) => alert !== undefined);
    },
    async acknowledge(id, by, now) {
      const [kind, who, at] = listOf(await acknowledge(redis, [id, by, now, new Date(now).toISOString()]));
      if (kind !== "acknowledged" && kind !== "already") return undefined;
      return { kind, by: textOf(who), at: textOf(at) };
    },
    async corroborate(id, found, againAt, now) {
      await corroborate(redis, [id, JSON.stringify(found), againAt ?? "", now]);
    },
    async reserve(id, by, now) {
      return reservationOf(listOf(await reserve(redis, [id, by, now])));
    },
    async releaseClean(id, by, nextAt) {
      await release(redis, [id, by, nextAt, "0", ""]);
    },
    async releaseUnsure(id, by, nextAt, missedAt) {
      await release(redis, [id, by, nextAt, "1", missedAt ?? ""]);
    },
    async confirm(id, { channel, ts, rev }, nextAt) {
      await confirm(redis, [id, channel, ts, rev, nextAt]);
    },
  };
}

/** What the Lua reads of a fold. */
function headerOf({
  key,
  alert,
  subjects,
  shows,
  time,
  rank,
  chapter: { finding, doubt },
  sightings,
}: AlertFold): string {
  const header = {
    key,
    alert,
    finding: finding.id,
    at: finding.time,
    happened: msOf(finding.time),
    time,
    rank,
    shows,
    doubted: doubt !== undefined,
    subjects: subjects.map(digestOfSubject),
    sightings: sightings.map(({ eventID, time, action, region, ip }) => [
      eventID,
      time,
      msOf(time),
      action,
      region,
      ip,
    ]),
  };
  const json = JSON.stringify(header);
  // cjson refuses a lone surrogate, which JSON.stringify writes as an escape: then all text takes the way over UTF-8.
  return /\\ud[89a-f]/.test(json) ? JSON.stringify(header, (_, part) => utf8(part)) : json;
}

function utf8(part: unknown): unknown {
  return typeof part === "string" ? Buffer.from(part).toString() : part;
}

/** Subjects are record text: of any length, with any character. */
function digestOfSubject(subject: string): string {
  return createHash("sha256").update(subject).digest("hex");
}

/** `[hash, actions, regions, addresses]` as the Lua `load` gives it. @returns undefined when there is no such alert. */
function findAlert(reply: unknown): StoredAlert | undefined {
  const [hash, actions, regions, addresses] = listOf(reply);
  const field = pairsOf(hash);
  const text = (name: string): string => field.get(name) ?? "";
  const number = (name: string): number => Number(field.get(name));
  if (!field.has("id")) return undefined;
  // Written by `commit` and `saveIntent` and by nobody else: Redis is ours, or it was refused at start.
  const opening: Chapter = JSON.parse(text("opening"));
  const latest: Chapter = field.has("latest") ? JSON.parse(text("latest")) : opening;
  const containment: Containment | undefined = field.has("containment") ? JSON.parse(text("containment")) : undefined;
  const corroboration: Corroboration | undefined = field.has("corroboration")
    ? JSON.parse(text("corroboration"))
    : undefined;
  return {
    id: text("id"),
    opening,
    latest,
    seenAt: new Date(number("seenMs")).toISOString(),
    shows: text("shows") === "1",
    findings: number("findings"),
    events: number("events"),
    actions: Object.fromEntries([...pairsOf(actions)].map(([action, count]) => [action, Number(count)])),
    regions: listOf(regions).map(textOf).sort(),
    addresses: listOf(addresses).map(textOf).sort(),
    first: text("first"),
    last: text("last"),
    rev: number("rev"),
    shown: number("shown"),
    edits: number("edits"),
    ...(field.has("acknowledgedBy")
      ? { acknowledged: { by: text("acknowledgedBy"), at: text("acknowledgedAt") } }
      : {}),
    ...(containment === undefined ? {} : { containment }),
    ...(corroboration === undefined ? {} : { corroboration }),
    ...(field.has("ts") ? { post: { channel: text("channel"), ts: text("ts") } } : {}),
  };
}

function reservationOf([kind, detail, searchSince, missedAt, channel, ts]: readonly unknown[]): Reservation {
  if (kind === "nothing") return { kind };
  if (kind === "busy") return { kind, until: Number(detail) };
  const alert = findAlert(detail);
  if (alert === undefined) throw new Error("redis reserved an alert that it does not hold");
  const attempt: Attempt = {
    alert,
    ...(searchSince === "" ? {} : { searchSince: Number(searchSince) }),
    ...(missedAt === "" ? {} : { missedAt: Number(missedAt) }),
  };
  return kind === "edit"
    ? { kind, ...attempt, channel: textOf(channel), ts: textOf(ts) }
    : { kind: "post", ...attempt };
}
