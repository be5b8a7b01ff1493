import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Opened, openEnvelope, type Reason } from "../../src/cloudtrail/envelope.ts";
import { principalOf } from "../../src/cloudtrail/principal.ts";
import { REASONS } from "../../src/cloudtrail/reason.ts";
import { actionOf, outcomeOf } from "../../src/cloudtrail/record.ts";

/** A small generator of pseudo-random numbers (mulberry32): the same bodies in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const record = (eventID: string) => ({
  eventVersion: "1.11",
  eventID,
  eventTime: "2026-11-20T10:02:03Z",
  eventSource: "iam.amazonaws.com",
  eventName: "CreateUser",
  awsRegion: "us-east-1",
  recipientAccountId: "111122223333",
  userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/jack", accountId: "111122223333" },
  requestParameters: { userName: "support2", tags: [{ key: "a", value: "b" }] },
});
const event = (detail: unknown, type = "AWS API Call via CloudTrail", source = "aws.iam") => ({
  version: "0",
  "detail-type": type,
  source,
  account: "111122223333",
  region: "us-east-1",
  detail,
});
const sns = (message: unknown) => ({ Type: "Notification", Message: JSON.stringify(message) });
const s3 = { eventName: "ObjectCreated:Put", s3: { bucket: { name: "trail" }, object: { key: "AWSLogs/a.json.gz" } } };
const subscription = {
  messageType: "DATA_MESSAGE",
  owner: "111122223333",
  logEvents: [{ message: JSON.stringify(record("s")) }],
};
const packed = (value: unknown) => gzipSync(JSON.stringify(value)).toString("base64");
const guardDuty = { severity: 8, resource: { accessKeyDetails: { accessKeyId: "AKIAIOSFODNN7EXAMPLE" } } };

/** One body of each shape that the queue may bring. */
const SHAPES: readonly unknown[] = [
  event(record("a")),
  record("a"),
  sns(event(record("a"))),
  { Records: [s3] },
  sns({ Records: [s3] }),
  event({ bucket: { name: "trail" }, object: { key: "a" } }, "Object Created", "aws.s3"),
  { s3Bucket: "trail", s3ObjectKey: ["a"] },
  "CloudTrail validation message.",
  { Event: "s3:TestEvent" },
  subscription,
  { awslogs: { data: packed(subscription) } },
  { messageType: "CONTROL_MESSAGE", logEvents: [] },
  { Records: [record("a"), record("b")] },
  { Events: [{ CloudTrailEvent: JSON.stringify(record("a")) }] },
  [event(record("a")), record("b")],
  event(record("a"), "AWS Console Sign In via CloudTrail", "aws.signin"),
  event(
    { eventVersion: "1.09", eventType: "AwsCloudTrailInsight", eventID: "i", insightDetails: { state: "Start" } },
    "AWS Insight via CloudTrail",
  ),
  [{ eventVersion: "1.0", eventId: "g", eventType: "AwsAggregatedEvent", accountId: "111122223333", timeWindow: {} }],
  event(guardDuty, "GuardDuty Finding", "aws.guardduty"),
  event({}, "Scheduled Event", "aws.events"),
  "hello",
  event(
    { eventTypeCode: "AWS_RISK_CREDENTIALS_EXPOSED", affectedEntities: [{ entityValue: "AKIAIOSFODNN7EXAMPLE" }] },
    "AWS Health Event",
    "aws.health",
  ),
];

const DEEP = `${"[".repeat(70)}${"]".repeat(70)}`;
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "\u0000",
  "\ud800",
  "\u202e",
  "x".repeat(5_000),
  [],
  {},
  [[]],
  { length: -1 },
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":1},"toString":null,"hasOwnProperty":1}'),
  "2026-99-99T99:99:99Z",
  "111122223333111122223333",
  ["a", 1, null],
  { eventName: {} },
];

/** The same value with something in it replaced, removed, renamed or wrapped. */
function mutated(value: unknown, next: () => number): unknown {
  const odd = () => ODD[Math.floor(next() * ODD.length)];
  if (typeof value !== "object" || value === null || next() < 0.08) return next() < 0.5 ? odd() : value;
  if (Array.isArray(value)) {
    if (next() < 0.1) return Object.fromEntries(value.entries());
    return value.map((item) => (next() < 0.4 ? mutated(item, next) : item));
  }
  const entries = Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
    const dice = next();
    if (dice < 0.05) return [];
    if (dice < 0.08) return [["__proto__", part]];
    if (dice < 0.12) return [[key, [part]]];
    if (dice < 0.15 && typeof part === "object") return [[key, JSON.stringify(part)]];
    return [[key, dice < 0.5 ? mutated(part, next) : part]];
  });
  return Object.fromEntries(entries);
}

/** Damage to the text itself: cut, a byte changed, a key twice, brackets. */
function damaged(text: string, next: () => number): string {
  const at = Math.floor(next() * text.length);
  switch (Math.floor(next() * 6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return Buffer.from(text)
        .fill(0xff, at, at + 1)
        .toString();
    case 2:
      return text.replace('"eventName":', '"eventName":"Twice","eventName":');
    case 3:
      return `${text.slice(0, at)}${DEEP}${text.slice(at)}`;
    case 4:
      return `\uFEFF${text}`;
    default:
      return `${text}\u0000`;
  }
}

/** What a handler asks of every record must not throw either. */
function use({ records, doubts }: Opened): void {
  for (const one of records) {
    assert.match(one.eventID, /^[\w.:-]{1,128}$/);
    assert.ok(typeof principalOf(one).id === "string" && actionOf(one).length > 0);
    outcomeOf(one);
  }
  for (const id of doubts.keys()) assert.ok(records.some(({ eventID }) => eventID === id));
}

describe("20,000 hostile bodies", () => {
  it("are opened or rejected with a reason, and no good neighbour is lost", () => {
    const next = random(20_261_121);
    let longest = 0;
    for (let n = 0; n < 20_000; n += 1) {
      const shape = mutated(SHAPES[n % SHAPES.length], next);
      const isText = next() < 0.3;
      const text = JSON.stringify(isText ? shape : [shape, event(record("neighbour"))]) ?? "null";
      const body = isText ? damaged(text, next) : text;
      const from = performance.now();
      const opened = openEnvelope(body);
      longest = Math.max(longest, performance.now() - from);

      use(opened);
      if (!isText)
        assert.ok(
          opened.records.some(({ eventID }) => eventID === "neighbour"),
          body,
        );
      for (const { reason, text: kept } of opened.rejected) assert.ok(reason !== undefined && typeof kept === "string");
    }

    assert.equal(Reflect.get({}, "isAdmin"), undefined);
    assert.ok(longest < 1_000, `${longest} ms for one body`);
  });
});

describe("a labelled set of unreadable bodies", () => {
  const times = 10;
  const label = (reason: Reason, make: (n: number) => string): [Reason, string][] =>
    Array.from({ length: times }, (_, n) => [reason, make(n)]);
  const json = JSON.stringify;
  const set = [
    ...label("broken-json", (n) => json(event(record(`r${n}`))).slice(0, 40 + n)),
    ...label("broken-json", (n) => `{"a":${n},}`),
    ...label("broken-json", (n) => json(sns(0)).replace('"0"', json(`{"Records":[${n}`))),
    ...label("too-large", (n) => json({ Records: [], pad: "x".repeat(2 ** 20 + n) })),
    ...label("too-deep", (n) => `${"[".repeat(65 + n * 1_000)}${"]".repeat(65 + n * 1_000)}`),
    ...label("too-deep", (n) => `{"Records":${'{"a":'.repeat(70 + n)}1${"}".repeat(70 + n)}}`),
    ...label("too-nested", (n) => {
      let body: unknown = record("x");
      for (let depth = 0; depth < 10 + (n % 2); depth += 1) body = [body];
      return json(body);
    }),
    ...label("not-a-record", (n) => json({ hello: n })),
    ...label("not-a-record", (n) => json([n])),
    ...label("not-a-record", (n) => json(event({ note: n }))),
    ...label("not-a-record", (n) => json({ ...subscription, logEvents: [{ message: json({ n }) }] })),
    ...label("bad-notification", (n) => json({ Records: [{ s3: { bucket: { name: `b${n}` } } }] })),
    ...label("bad-notification", (n) => json({ s3Bucket: `b${n}`, s3ObjectKey: n })),
    ...label("bad-notification", (n) => json(event({ bucket: n }, "Object Created", "aws.s3"))),
    ...label("bad-gzip", (n) => json({ awslogs: { data: Buffer.from(`no gzip ${n}`).toString("base64") } })),
    ...label("bad-gzip", (n) => json({ awslogs: { data: packed(subscription).slice(0, 20 + 4 * n) } })),
    ...label("bad-gzip", (n) => json({ awslogs: { data: `${packed(n)}*` } })),
    ...label("other-event", (n) => json(event({ n }, "Inspector2 Finding", "aws.inspector2"))),
    ...label("other-event", (n) => json(event(guardDuty, "GuardDuty Finding", `app.${n}`))),
    ...label("sns-confirmation", (n) =>
      json({ Type: "SubscriptionConfirmation", Token: `${n}`, Message: "You have chosen" }),
    ),
  ];

  it(`of ${set.length}: each has the reason that it should`, () => {
    for (const [reason, body] of set) {
      const { records, rejected } = openEnvelope(body);
      assert.deepEqual([records.length, rejected.map((one) => one.reason)], [0, [reason]], body.slice(0, 200));
    }
  });

  it("of more than a hundred parts is kept as one", () => {
    const { rejected } = openEnvelope(JSON.stringify(Array.from({ length: 200 }, () => ({ a: 1 }))));
    assert.equal(rejected.at(-1)?.reason, "too-many-rejected");
  });
});

describe("docs/quarantine.md", () => {
  it("says of every reason what it means and what to do", () => {
    const page = readFileSync("docs/quarantine.md", "utf8");
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.+) \| (.+) \|$/gm)].map(([, reason]) => reason);

    assert.deepEqual(rows.toSorted(), [...REASONS].toSorted());
  });
});
