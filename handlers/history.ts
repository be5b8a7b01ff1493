/**
 * CloudTrail's history of a subject: asked in all regions of its accounts side by side, told as the answers come.
 */
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import { regionsOf } from "../src/cloudtrail/region.ts";
import type { Account } from "../src/config.ts";
import { activityOf } from "../src/identity/activity.ts";
import type { History, Subject } from "../src/identity/identity.ts";
import type { TrailAnswer, TrailQuery } from "../src/ports/trail.ts";
import type { Ports } from "../src/ports.ts";

/** All that CloudTrail keeps. */
const DAYS = 90;
const DAY_MS = 24 * 3600_000;
/** Of 50 records each: what one identity did last, and no minute of asking. */
const PAGES = 3;
/** Whoever asks waits that long; what has not answered then is told as missing. */
const PATIENCE_MS = 25_000;
/** Each has some twenty regions. */
const ACCOUNTS = 5;

/** Grows with each region's answer; the last one says `done`. Nothing when CloudTrail cannot be asked for this. */
export async function* historyOf(
  subject: Subject,
  accounts: readonly Account[],
  { trail, clock }: Pick<Ports, "trail" | "clock">,
): AsyncGenerator<History, void, undefined> {
  const attribute = attributeOf(subject);
  if (attribute === undefined || accounts.length === 0) return;
  const places = accounts
    .slice(0, ACCOUNTS)
    .flatMap(({ id, name, regions }) => regionsOf(regions).map((region) => ({ account: id, name, region })));
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const since = clock.now() - DAYS * DAY_MS;
  const waiting = new Map(
    places.map((place, index) => {
      const query = { account: place.account, region: place.region, attribute, since, pages: PAGES };
      return [index, trail.lookup(query, signal).then((answer) => ({ index, place, answer }))] as const;
    }),
  );

  const records: CloudTrailRecord[] = [];
  const unanswered: History["unanswered"][number][] = accounts
    .slice(ACCOUNTS)
    .map(({ name }) => ({ place: name, why: `not asked: ${ACCOUNTS} accounts at once; ask with an ARN` }));
  let [answered, more] = [0, false];
  try {
    yield { regions: places.length, answered, unanswered, more, days: DAYS, done: false };
    while (waiting.size > 0) {
      const { index, place, answer } = await Promise.race(waiting.values());
      waiting.delete(index);
      if (answer.kind === "ok") {
        answered += 1;
        more ||= answer.more;
        records.push(...answer.records.filter((record) => isAbout(subject, record)));
      } else {
        unanswered.push({ place: `${place.name} ${place.region}`, why: whyOf(answer, signal) });
      }
      const activity = activityOf(records);
      const found = activity === undefined ? {} : { activity };
      yield { regions: places.length, answered, unanswered, more, days: DAYS, done: waiting.size === 0, ...found };
    }
  } finally {
    gone.abort();
  }
}

/** CloudTrail takes one attribute, and an address is none of them. */
function attributeOf(subject: Subject): TrailQuery["attribute"] | undefined {
  switch (subject.kind) {
    case "key":
      return { key: "AccessKeyId", value: subject.keyId };
    case "name":
      return { key: "Username", value: subject.name };
    case "arn": {
      const value = subject.userName ?? subject.sessionName;
      return value === undefined ? undefined : { key: "Username", value };
    }
    default:
      return undefined;
  }
}

/** Others may bear the same name; an ARN is asked for by its last part. */
function isAbout(subject: Subject, { userIdentity }: CloudTrailRecord): boolean {
  return subject.kind !== "arn" || userIdentity.arn === subject.arn;
}

function whyOf(answer: Exclude<TrailAnswer, { kind: "ok" }>, signal: AbortSignal): string {
  if (signal.aborted) return `did not answer within ${PATIENCE_MS / 1_000} s`;
  return answer.kind === "denied" ? `Trailhound's role lacks ${answer.missing}` : answer.why;
}
