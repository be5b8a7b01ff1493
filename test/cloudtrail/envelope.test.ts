import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { MAX_BODY_BYTES, type Opened, openEnvelope, openLogFile, type Reason } from "../../src/cloudtrail/envelope.ts";

const record = (eventID: string, more: object = {}) => ({
  eventVersion: "1.11",
  eventID,
  eventTime: "2026-11-20T10:02:03Z",
  eventSource: "iam.amazonaws.com",
  eventName: "CreateUser",
  awsRegion: "us-east-1",
  recipientAccountId: "111122223333",
  userIdentity: { type: "Root", accountId: "111122223333" },
  ...more,
});
const event = (detail: object, type = "AWS API Call via CloudTrail", source = "aws.iam") => ({
  version: "0",
  id: "e-1",
  "detail-type": type,
  source,
  account: "111122223333",
  region: "us-east-1",
  detail,
});
const sns = (message: unknown) => ({
  Type: "Notification",
  TopicArn: "arn:aws:sns:us-east-1:111122223333:trail",
  Message: typeof message === "string" ? message : JSON.stringify(message),
});
const s3Record = {
  eventVersion: "2.1",
  eventSource: "aws:s3",
  eventName: "ObjectCreated:Put",
  s3: { bucket: { name: "trail" }, object: { key: "AWSLogs/a.json.gz" } },
};
const s3File = (key: string) => ({ ...s3Record, s3: { bucket: { name: "trail" }, object: { key } } });
const notice = { s3Bucket: "trail", s3ObjectKey: ["AWSLogs/a.json.gz"] };
const subscription = (...logEvents: object[]) => ({ messageType: "DATA_MESSAGE", owner: "111122223333", logEvents });
const packed = (text: string, behind = Buffer.alloc(0)) => Buffer.concat([gzipSync(text), behind]).toString("base64");
const lookup = (eventID: string) => ({ EventId: eventID, CloudTrailEvent: JSON.stringify(record(eventID)) });

const ids = (opened: Opened) => opened.records.map(({ eventID }) => eventID);
const reasons = (opened: Opened) => opened.rejected.map(({ reason }) => reason);

describe("openEnvelope", () => {
  const taken: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["1: an EventBridge event", event(record("a")), ["a"]],
    ["2: a bare record", record("a"), ["a"]],
    ["3: an event through SNS", sns(event(record("a"))), ["a"]],
    ["3: a bare record through SNS", sns(record("a")), ["a"]],
    ["10: a CloudWatch Logs message", subscription({ message: JSON.stringify(record("a")) }), ["a"]],
    [
      "11: the same, compressed",
      { awslogs: { data: packed(JSON.stringify(subscription({ message: JSON.stringify(record("a")) }))) } },
      ["a"],
    ],
    ["13: a log file", { Records: [record("a"), record("b")] }, ["a", "b"]],
    ["13: a log file without records", { Records: [] }, []],
    ["14: LookupEvents' answer", { Events: [lookup("a"), lookup("b")] }, ["a", "b"]],
    ["14: one item of it", lookup("a"), ["a"]],
    ["15: an array of records", [record("a"), record("b")], ["a", "b"]],
    [
      "15: an array of all of these",
      [event(record("a")), sns(record("b")), { Records: [record("c")] }, [record("d")]],
      ["a", "b", "c", "d"],
    ],
    ["3 and 15: an array through SNS through SNS", sns(sns([event(record("a")), sns(record("b"))])), ["a", "b"]],
    ["16: a sign-in as documented", event(record("a"), "AWS Console Signin via CloudTrail", "aws.signin"), ["a"]],
    ["16: a sign-in as sent", event(record("a"), "AWS Console Sign In via CloudTrail", "aws.signin"), ["a"]],
    ["16: a detail-type of tomorrow", event(record("a"), "AWS Agent Call", "aws.agents"), ["a"]],
    [
      "17: an Insight",
      event(
        { eventID: "a", eventVersion: "1.09", eventType: "AwsCloudTrailInsight", insightDetails: {} },
        "AWS Insight via CloudTrail",
      ),
      ["a"],
    ],
    [
      "18: an aggregated record",
      { eventVersion: "1.0", eventId: "a", accountId: "111122223333", eventType: "AwsAggregatedEvent" },
      ["a"],
    ],
    ["18: a list of them", [{ eventId: "a" }, { eventId: "b" }], ["a", "b"]],
  ];
  for (const [shape, body, expected] of taken)
    it(`opens shape ${shape}`, () => {
      const opened = openEnvelope(JSON.stringify(body));

      assert.deepEqual(ids(opened), expected);
      assert.deepEqual([opened.rejected, opened.ignored], [[], 0]);
    });

  const ignored: readonly (readonly [string, string])[] = [
    ["8: CloudTrail's test text", "CloudTrail validation message."],
    ["8: the same through SNS", JSON.stringify(sns("CloudTrail validation message."))],
    ["9: S3's test event", '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail"}'],
    ["12: a control message", '{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}'],
    ["4: an object that is gone", JSON.stringify({ Records: [{ ...s3Record, eventName: "ObjectRemoved:Delete" }] })],
    ["6: the same through EventBridge", JSON.stringify(event({}, "Object Deleted", "aws.s3"))],
    ["20: a heartbeat", JSON.stringify(event({}, "Scheduled Event", "aws.events"))],
    ["21: other text", "hello"],
    ["21: no text", ""],
  ];
  for (const [shape, body] of ignored)
    it(`ignores and counts shape ${shape}`, () => {
      assert.deepEqual(openEnvelope(body), { records: [], doubts: new Map(), logFiles: [], rejected: [], ignored: 1 });
    });

  const noticed: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["4: S3's notification", { Records: [s3Record] }, ["AWSLogs/a.json.gz"]],
    ["4: with a key as S3 encodes it", { Records: [s3File("a+b%2Bc%C3%A9.gz")] }, ["a b+cé.gz"]],
    ["4: with a key that is encoded wrongly", { Records: [s3File("a%E9+")] }, ["a%E9+"]],
    ["4: of several files", { Records: [s3File("a"), s3File("b")] }, ["a", "b"]],
    ["5: the same through SNS", sns({ Records: [s3Record] }), ["AWSLogs/a.json.gz"]],
    [
      "6: the same through EventBridge, where it is not encoded",
      event({ bucket: { name: "trail" }, object: { key: "a+b%20" } }, "Object Created", "aws.s3"),
      ["a+b%20"],
    ],
    ["7: CloudTrail's notice of log files", notice, ["AWSLogs/a.json.gz"]],
    ["7: the same through SNS", sns(notice), ["AWSLogs/a.json.gz"]],
  ];
  for (const [shape, body, keys] of noticed)
    it(`names the log files of shape ${shape}`, () => {
      const opened = openEnvelope(JSON.stringify(body));

      assert.deepEqual(
        opened.logFiles,
        keys.map((key) => ({ bucket: "trail", key })),
      );
      assert.deepEqual([opened.records, opened.rejected, opened.ignored], [[], [], 0]);
    });

  it("names at most 1,000 log files of one body", () => {
    const opened = openEnvelope(JSON.stringify({ Records: Array.from({ length: 1_002 }, (_, n) => s3File(`${n}`)) }));

    assert.equal(opened.logFiles.length, 1_000);
    assert.deepEqual(reasons(opened), ["bad-notification", "bad-notification"]);
  });

  const rejected: readonly (readonly [string, unknown, Reason])[] = [
    ["4: S3's notification without a key", { Records: [{ ...s3Record, s3: { bucket: {} } }] }, "bad-notification"],
    ["6: the same through EventBridge", event({ bucket: {} }, "Object Created", "aws.s3"), "bad-notification"],
    ["7: CloudTrail's notice without keys", { s3Bucket: "trail" }, "bad-notification"],
    ["7: CloudTrail's notice of no text", { s3Bucket: "trail", s3ObjectKey: [7] }, "bad-notification"],
    ["10: a CloudWatch Logs message that is no record", subscription({ message: "{}" }), "not-a-record"],
    ["11: data that is no gzip", { awslogs: { data: "aGVsbG8=" } }, "bad-gzip"],
    ["11: data that is no base64", { awslogs: { data: "%%%" } }, "bad-gzip"],
    ["11: data that is cut off", { awslogs: { data: packed("{}").slice(0, 12) } }, "bad-gzip"],
    ["11: data with more behind it", { awslogs: { data: packed("{}", Buffer.alloc(4)) } }, "bad-gzip"],
    ["11: a bomb", { awslogs: { data: packed("0".repeat(65 * 2 ** 20)) } }, "bad-gzip"],
    ["19: an event of another service", event({ severity: 8 }, "Inspector2 Finding", "aws.inspector2"), "other-event"],
    ["19: an event without detail", event([], "AWS Health Event", "aws.health"), "other-event"],
    ["an event that promises a record and has none", event({ note: 1 }), "not-a-record"],
    [
      "SNS's request to confirm",
      { Type: "SubscriptionConfirmation", SubscribeURL: "https://example.com", Message: "You have chosen…" },
      "sns-confirmation",
    ],
    ["an object of no known shape", { hello: 1 }, "not-a-record"],
    ["an empty object", {}, "not-a-record"],
    ["a text within JSON", "hello", "not-a-record"],
    ["an array of numbers", [7], "not-a-record"],
  ];
  for (const [shape, body, reason] of rejected)
    it(`rejects shape ${shape} with its text: ${reason}`, () => {
      const opened = openEnvelope(JSON.stringify(body));

      assert.deepEqual([opened.records, reasons(opened), opened.ignored], [[], [reason], 0]);
      assert.ok(
        JSON.stringify(body)
          .replaceAll("\\", "")
          .includes(opened.rejected[0]?.text ?? "?"),
      );
    });

  it("rejects shape 22, broken JSON, also within SNS", () => {
    const broken = JSON.stringify(event(record("a"))).slice(0, -1);

    assert.deepEqual(openEnvelope(broken).rejected, [{ reason: "broken-json", text: broken }]);
    assert.deepEqual(openEnvelope(JSON.stringify(sns(broken))).rejected, [{ reason: "broken-json", text: broken }]);
  });

  it("opens JSON behind white space and a byte order mark", () => {
    assert.deepEqual(ids(openEnvelope(`\uFEFF \n${JSON.stringify(record("a"))}\n`)), ["a"]);
  });

  it("gives the good neighbours of bad records", () => {
    const deep = JSON.parse(`${"[".repeat(12)}${"]".repeat(12)}`);
    const opened = openEnvelope(
      JSON.stringify({
        Records: [record("a"), null, 7, "x", {}, s3Record, { eventName: "" }, deep, sns("{"), record("b")],
      }),
    );

    assert.deepEqual(ids(opened), ["a", "b"]);
    assert.deepEqual(reasons(opened), [
      "not-a-record",
      "not-a-record",
      "not-a-record",
      "not-a-record",
      "not-a-record",
      "too-nested",
      "broken-json",
    ]);
  });

  it("refuses an event that is wrapped too often", () => {
    let wrapped = JSON.stringify({ "detail-type": "AWS API Call via CloudTrail", detail: record("a") });
    for (let at = 0; at < 9; at++) wrapped = JSON.stringify({ CloudTrailEvent: wrapped });

    assert.deepEqual(reasons(openEnvelope(wrapped)), ["too-nested"]);
  });

  it("tells each record of S3 from each of CloudTrail", () => {
    const opened = openEnvelope(JSON.stringify({ Records: [record("a"), s3Record] }));

    assert.deepEqual([ids(opened), opened.logFiles.length], [["a"], 1]);
  });

  it("refuses envelopes within more than eight envelopes", () => {
    const wrapped = (times: number): object => (times === 0 ? record("a") : sns(wrapped(times - 1)));

    // Each wrapping doubles the backslashes, so the text grows fast.
    assert.deepEqual(ids(openEnvelope(JSON.stringify(wrapped(8)))), ["a"]);
    assert.deepEqual(reasons(openEnvelope(JSON.stringify(wrapped(9)))), ["too-nested"]);
  });

  it("keeps at most 100 rejected parts, and then the whole body as one", () => {
    const body = JSON.stringify([record("a"), ...Array(5_000).fill(0), record("b")]);

    const opened = openEnvelope(body);

    assert.deepEqual(ids(opened), ["a", "b"]);
    assert.equal(opened.rejected.length, 101);
    assert.deepEqual(opened.rejected[100], { reason: "too-many-rejected", text: body });
  });

  it("takes 1 MiB and refuses one byte more", () => {
    const padding = MAX_BODY_BYTES - JSON.stringify(record("a", { pad: "" })).length;

    assert.deepEqual(ids(openEnvelope(JSON.stringify(record("a", { pad: "x".repeat(padding) })))), ["a"]);
    assert.deepEqual(reasons(openEnvelope(JSON.stringify(record("a", { pad: "x".repeat(padding + 1) })))), [
      "too-large",
    ]);
  });

  it("refuses 10,000 levels without overflow", () => {
    const bodies = [
      `${"[".repeat(10_000)}${"]".repeat(10_000)}`,
      `{"eventName":"X","a":${'{"a":'.repeat(10_000)}1${"}".repeat(10_001)}`,
      JSON.stringify(sns(`${"[".repeat(10_000)}${"]".repeat(10_000)}`)),
    ];

    for (const body of bodies) assert.deepEqual(reasons(openEnvelope(body)), ["too-deep"]);
  });

  it("keeps hostile keys and characters as data", () => {
    const body =
      '{"Records":[{"eventName":"A","eventName":"B","__proto__":{"eventID":"x"},"constructor":"\\u0000\\ud800"}]}';

    const [opened] = openEnvelope(body).records;

    assert.equal(opened?.eventName, "B");
    assert.match(opened?.eventID ?? "", /^ev_/);
    assert.equal(opened?.json.constructor, "\u0000\ud800");
  });

  it("never throws, accounts for everything, and never loses a record beside mutated JSON", () => {
    const good = [record("good-1"), event(record("good-2")), sns(record("good-3"))];
    const keys = fc.constantFrom(
      "Records",
      "Events",
      "detail",
      "detail-type",
      "Type",
      "Message",
      "s3",
      "eventName",
      "eventID",
      "CloudTrailEvent",
      "userIdentity",
      "__proto__",
      "messageType",
      "Event",
      "source",
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom<unknown>(
          "Notification",
          "aws.s3",
          "{",
          "[1",
          '{"eventName":"X"}',
          record("x"),
          s3Record,
          notice,
        ),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(keys, tie("node"), { maxKeys: 4 }),
        tie("node").map((inner) => sns(inner)),
      ),
    }));

    fc.assert(
      fc.property(fc.array(node, { maxLength: 3 }), fc.array(node, { maxLength: 3 }), (before, after) => {
        const opened = openEnvelope(JSON.stringify([...before, ...good, ...after]));
        const found = ids(opened);
        for (const id of ["good-1", "good-2", "good-3"]) assert.ok(found.includes(id), id);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never throws on a damaged text, and neither loses it nor counts it twice", () => {
    const whole = JSON.stringify({ Records: [record("a"), record("b", { requestParameters: { note: '"\\' } })] });
    const damage = fc.tuple(fc.nat(whole.length), fc.nat(20), fc.string({ unit: "binary", maxLength: 5 }));

    fc.assert(
      fc.property(damage, ([at, length, put]) => {
        const opened = openEnvelope(whole.slice(0, at) + put + whole.slice(at + length));
        assert.ok(opened.records.length + opened.rejected.length + opened.ignored > 0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a record's envelope", () => {
  const doubtOf = (body: unknown) => openEnvelope(JSON.stringify(body), new Set(["111122223333"])).doubts.get("a");
  const cases: readonly (readonly [string, unknown, string | undefined])[] = [
    ["an event of its account, region and service", event(record("a")), undefined],
    ["the same through SNS", sns(event(record("a"))), undefined],
    ["a CloudWatch Logs message with its owner", subscription({ message: JSON.stringify(record("a")) }), undefined],
    [
      "an event of another account in a CloudWatch Logs message",
      subscription({ message: JSON.stringify({ ...event(record("a")), account: "444455556666" }) }),
      "other-account",
    ],
    ["none", record("a"), "no-envelope"],
    ["an array", [record("a")], "no-envelope"],
    ["a log file's", { Records: [record("a")] }, "no-envelope"],
    ["LookupEvents' item", lookup("a"), "no-envelope"],
    [
      "a message without an owner",
      { ...subscription({ message: JSON.stringify(record("a")) }), owner: "" },
      "no-envelope",
    ],
    [
      "a message of the log group of an account that nobody configured",
      { ...subscription({ message: JSON.stringify(record("a")) }), owner: "444455556666" },
      "no-envelope",
    ],
    ["an event of another account", { ...event(record("a")), account: "444455556666" }, "other-account"],
    ["an event without an account", { ...event(record("a")), account: undefined }, "other-account"],
    ["an event of another region", { ...event(record("a")), region: "eu-west-1" }, "other-source"],
    ["an event of another service", event(record("a"), undefined, "aws.ec2"), "other-source"],
    ["an event of a source that anybody may use", event(record("a"), undefined, "my.app"), "other-source"],
    [
      "an event for the alias of its service",
      event(record("a", { eventSource: "monitoring.amazonaws.com" }), undefined, "aws.cloudwatch"),
      undefined,
    ],
    ["a good and a bad event at once", [event(record("a")), record("a")], "no-envelope"],
    ["a bad and a good event at once", [record("a"), event(record("a"))], "no-envelope"],
  ];
  for (const [envelope, body, doubt] of cases)
    it(`that is ${envelope} ${doubt === undefined ? "vouches for it" : `does not: ${doubt}`}`, () => {
      assert.equal(doubtOf(body), doubt);
    });

  it("is not asked for in a file that we fetched", () => {
    const file = JSON.stringify([record("a"), event(record("b"), undefined, "my.app")]);
    assert.equal(openLogFile(file, { maxBytes: 1_000_000 }).doubts.size, 0);
  });
});

describe("openLogFile", () => {
  const limits = { maxBytes: 4 * MAX_BODY_BYTES };
  const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join("\n");

  it("opens a log file of more than a message's size", () => {
    const records = Array.from({ length: 5_000 }, (_, at) => record(`r-${at}`));

    assert.equal(openLogFile(JSON.stringify({ Records: records }), limits).records.length, 5_000);
  });

  it("opens lines of records and of EventBridge events", () => {
    const opened = openLogFile(
      `${lines(record("a"), event(record("b")))}\r\n\n${lines({ Records: [record("c")] })}\n`,
      limits,
    );

    assert.deepEqual([ids(opened), opened.rejected], [["a", "b", "c"], []]);
  });

  it("opens a single line and a pretty-printed text", () => {
    assert.deepEqual(ids(openLogFile(lines(record("a")), limits)), ["a"]);
    assert.deepEqual(ids(openLogFile(JSON.stringify({ Records: [record("a")] }, null, 2), limits)), ["a"]);
  });

  it("gives the neighbours of a broken, a deep and a strange line", () => {
    const deep = `{"eventName":"X","a":${"[".repeat(100)}${"]".repeat(100)}}`;
    const opened = openLogFile(
      [lines(record("a")), '{"eventID":', deep, "hello", lines(record("b"))].join("\n"),
      limits,
    );

    assert.deepEqual(ids(opened), ["a", "b"]);
    assert.deepEqual(reasons(opened), ["broken-json", "too-deep", "not-json"]);
  });

  it("reports a damaged text of many lines once", () => {
    const text = JSON.stringify({ Records: [record("a")] }, null, 2).slice(0, -4);

    assert.deepEqual(openLogFile(text, limits).rejected, [{ reason: "broken-json", text }]);
  });

  it("rejects text that is no JSON and says nothing about an empty file", () => {
    assert.deepEqual(openLogFile("garbage", limits).rejected, [{ reason: "not-json", text: "garbage" }]);
    assert.deepEqual(openLogFile(" \n", limits), {
      records: [],
      doubts: new Map(),
      logFiles: [],
      rejected: [],
      ignored: 0,
    });
  });

  it("refuses more than the caller will hold", () => {
    assert.deepEqual(reasons(openLogFile(lines(record("a")), { maxBytes: 10 })), ["too-large"]);
  });
});
