import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import {
  actionOf,
  errorCodeOf,
  type JsonObject,
  outcomeOf,
  parseRecord,
  RecordError,
  UNKNOWN_TIME,
} from "../../src/cloudtrail/record.ts";

const createUser = {
  eventVersion: "1.11",
  eventID: "6f0a3d1c-9a4e-4e55-8d0e-0d6b6c1f2a3b",
  eventTime: "2026-11-20T10:02:03Z",
  eventSource: "iam.amazonaws.com",
  eventName: "CreateUser",
  awsRegion: "us-east-1",
  sourceIPAddress: "198.51.100.7",
  userAgent: "aws-cli/2.32.0",
  eventType: "AwsApiCall",
  recipientAccountId: "111122223333",
  readOnly: false,
  requestParameters: { userName: "support2" },
  responseElements: null,
  userIdentity: {
    type: "IAMUser",
    principalId: "AIDAEXAMPLE",
    arn: "arn:aws:iam::111122223333:user/jack",
    accountId: "111122223333",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    userName: "jack",
    sessionContext: {
      attributes: { mfaAuthenticated: "true", creationDate: "2026-11-20T09:00:00Z" },
      sourceIdentity: "jack@example.com",
    },
  },
};

/** Without the fields that are absent. */
function present<T extends object>(record: T): T {
  return JSON.parse(JSON.stringify(record));
}

describe("parseRecord", () => {
  it("copies what Trailhound reads and keeps the record as it came", () => {
    const record = parseRecord(createUser);

    assert.equal(record.json, createUser);
    const { json: _json, ...form } = present(record);
    const { eventVersion: _version, responseElements: _none, userIdentity, ...same } = createUser;
    assert.deepEqual(form, {
      ...same,
      userIdentity: {
        ...userIdentity,
        sessionContext: {
          mfaAuthenticated: true,
          creationDate: "2026-11-20T09:00:00Z",
          sourceIdentity: "jack@example.com",
        },
      },
    });
  });

  const families: readonly (readonly [string, object])[] = [
    ["an Insight", { eventID: "i-1", eventType: "AwsCloudTrailInsight", insightDetails: { state: "Start" } }],
    [
      "a service event without type",
      { eventName: "RotateKey", userIdentity: { accountId: "111122223333", invokedBy: "AWS Internal" } },
    ],
    ["a network activity event", { eventName: "ListKeys", eventType: "AwsVpceEvent", errorCode: "VpceAccessDenied" }],
    ["a record without userIdentity", { eventName: "CreateAccountResult" }],
    [
      "a record whose parts have the wrong types",
      { eventName: "X", eventID: 7, userIdentity: "root", requestParameters: "…", awsRegion: [] },
    ],
    ["a record that was redacted", { eventName: "X", requestParameters: "HIDDEN_DUE_TO_SECURITY_REASONS" }],
  ];
  for (const [what, value] of families)
    it(`opens ${what}`, () => {
      assert.equal(parseRecord(value).json, value);
    });

  it("reads id, account and time of an aggregated record", () => {
    const record = parseRecord({
      eventId: "a-1",
      accountId: "111122223333",
      eventType: "AwsAggregatedEvent",
      timeWindow: { windowStart: "2026-11-20T10:00:00Z", windowEnd: "2026-11-20T10:05:00Z" },
    });

    assert.deepEqual(
      [record.eventID, record.recipientAccountId, record.eventTime],
      ["a-1", "111122223333", "2026-11-20T10:00:00Z"],
    );
  });

  it("takes wrong types and empty texts as absent", () => {
    const record = parseRecord({
      eventName: "X",
      eventSource: 1,
      awsRegion: null,
      userAgent: "",
      errorCode: {},
      readOnly: "perhaps",
      requestParameters: [],
      userIdentity: { type: 5, userName: "", sessionContext: { sessionIssuer: "x", attributes: "y" } },
    });

    assert.equal(record.eventSource, "");
    assert.equal(record.awsRegion, "");
    const { userAgent, errorCode, readOnly, requestParameters, userIdentity } = record;
    assert.deepEqual([userAgent, errorCode, readOnly, requestParameters], Array(4).fill(undefined));
    assert.deepEqual(present(userIdentity), {});
  });

  it("reads mfaAuthenticated written as text or boolean", () => {
    const mfa = [true, "true", false, "false", "maybe", undefined].map(
      (mfaAuthenticated) =>
        parseRecord({ eventName: "X", userIdentity: { sessionContext: { attributes: { mfaAuthenticated } } } })
          .userIdentity.sessionContext?.mfaAuthenticated,
    );

    assert.deepEqual(mfa, [true, true, false, false, undefined, undefined]);
  });

  describe("eventID", () => {
    it("is the content's digest when AWS gave none, in whatever order the keys come", () => {
      const [one, other] = [
        parseRecord({ eventName: "X", a: { b: 1, c: 2 } }),
        parseRecord({ a: { c: 2, b: 1 }, eventName: "X" }),
      ];

      assert.match(one.eventID, /^ev_[0-9a-f]{32}$/);
      assert.equal(one.eventID, other.eventID);
      assert.notEqual(one.eventID, parseRecord({ eventName: "X", a: { b: 1, c: 3 } }).eventID);
    });

    for (const eventID of ["<!channel>", "a\nb", "x".repeat(129), "id with spaces", "ids}:alert"])
      it(`is the content's digest instead of ${JSON.stringify(eventID.slice(0, 20))}`, () => {
        assert.match(parseRecord({ eventName: "X", eventID }).eventID, /^ev_[0-9a-f]{32}$/);
      });
  });

  describe("eventTime", () => {
    for (const [written, read] of [
      ["2026-11-20T10:02:03Z", "2026-11-20T10:02:03Z"],
      ["2026-11-20T10:02:03.608Z", "2026-11-20T10:02:03.608Z"],
      ["2026-11-20 10:02:03", "2026-11-20T10:02:03Z"],
      ["2026-11-20 10:02:03.000000000", "2026-11-20T10:02:03.000Z"],
      ["2026-13-41T10:02:03Z", UNKNOWN_TIME],
      ["yesterday <@U1>", UNKNOWN_TIME],
      ["2026-11-20T10:02:03+02:00", UNKNOWN_TIME],
      [1_763_632_923, UNKNOWN_TIME],
      [undefined, UNKNOWN_TIME],
    ] as const)
      it(`reads ${JSON.stringify(written)} as ${read}`, () => {
        assert.equal(parseRecord({ eventName: "X", eventTime: written }).eventTime, read);
      });
  });

  describe("recipientAccountId", () => {
    it("falls back to the caller's account", () => {
      assert.equal(
        parseRecord({ eventName: "X", userIdentity: { accountId: "444455556666" } }).recipientAccountId,
        "444455556666",
      );
    });

    for (const written of ["<!here>", "12345", 111122223333, "1111222233334", undefined])
      it(`is unknown for ${JSON.stringify(written)}`, () => {
        assert.equal(parseRecord({ eventName: "X", recipientAccountId: written }).recipientAccountId, "unknown");
      });
  });

  describe("hostile JSON", () => {
    it("keeps a __proto__ as plain data and never as a prototype", () => {
      const record = parseRecord(
        JSON.parse(
          '{"eventName":"X","__proto__":{"errorCode":"AccessDenied"},"userIdentity":{"__proto__":{"type":"Root"}}}',
        ),
      );

      assert.equal(record.errorCode, undefined);
      assert.equal(record.userIdentity.type, undefined);
      assert.equal(Object.getPrototypeOf(record), Object.prototype);
      assert.equal("polluted" in {}, false);
    });

    it("takes the last of two equal keys, as JSON.parse does", () => {
      assert.equal(parseRecord(JSON.parse('{"eventName":"A","eventName":"B"}')).eventName, "B");
    });

    it("opens NUL, lone surrogates and very long texts", () => {
      const eventName = `\u0000\uD800${"x".repeat(500_000)}`;

      assert.equal(parseRecord({ eventName }).eventName, eventName);
    });
  });

  for (const [value, why] of [
    [null, "a record is a JSON object, not null"],
    [[], "a record is a JSON object, not an array"],
    ["CreateUser", "a record is a JSON object, not string"],
    [undefined, "a record is a JSON object, not undefined"],
    [{}, "record has neither eventName nor eventID"],
    [{ eventname: "CreateUser" }, "record has neither eventName nor eventID"],
    [{ eventName: "", eventID: 5 }, "record has neither eventName nor eventID"],
  ] as const)
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => parseRecord(value), new RecordError(why));
    });

  it("refuses a record that nests deeper than 64 levels", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`);

    assert.throws(() => parseRecord({ eventName: "X", deep }), new RecordError("record nests deeper than 64 levels"));
  });

  it("throws nothing but RecordError, and gives safe ids, times and accounts, whatever it is given", () => {
    const key = fc.constantFrom(...Object.keys(createUser), "eventId", "accountId", "timeWindow", "__proto__");
    const mutated = fc.dictionary(key, fc.jsonValue()).map((change): JsonObject => ({ ...createUser, ...change }));

    fc.assert(
      fc.property(fc.oneof(mutated, fc.anything()), (value) => {
        try {
          const record = parseRecord(value);
          assert.match(record.eventID, /^[\w.:-]{1,128}$/);
          assert.match(record.recipientAccountId, /^(\d{12}|unknown)$/);
          assert.ok(!Number.isNaN(Date.parse(record.eventTime)));
          actionOf(record);
          outcomeOf(record);
        } catch (error) {
          assert.ok(error instanceof RecordError, String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("actionOf", () => {
  it("keeps no long name", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    const heap = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = heap();
    for (let at = 0; at < 40; at++)
      actionOf(parseRecord({ eventName: `${at}${"x".repeat(2 ** 20)}`, eventSource: "y" }));

    assert.ok(heap() - before < 20 * 2 ** 20, "a MiB each was kept");
  });

  it("joins service and call", () => {
    assert.equal(actionOf(parseRecord(createUser)), "iam:CreateUser");
  });

  it("says unknown for what is missing", () => {
    assert.equal(actionOf(parseRecord({ eventID: "i-1" })), "unknown:unknown");
    assert.equal(actionOf(parseRecord({ eventName: "X", eventSource: "custom.example.com" })), "custom.example.com:X");
  });
});

describe("outcomeOf", () => {
  const signIn = { eventSource: "signin.amazonaws.com", eventType: "AwsConsoleSignIn", eventName: "ConsoleLogin" };
  for (const [what, value, outcome] of [
    ["a call", createUser, "success"],
    ["a call with an errorCode", { ...createUser, errorCode: "AccessDenied" }, "failure"],
    ["a call with a message and no code", { ...createUser, errorMessage: "note" }, "success"],
    [
      "a call whose error stands in the response",
      { ...createUser, responseElements: { errorCode: "Forbidden" } },
      "failure",
    ],
    ["a sign-in", { ...signIn, responseElements: { ConsoleLogin: "Success" } }, "success"],
    ["a failed sign-in", { ...signIn, responseElements: { ConsoleLogin: "Failure" } }, "failure"],
    [
      "a sign-in with a message only",
      { ...signIn, errorMessage: "Failed authentication", responseElements: null },
      "failure",
    ],
    ["a failed MFA check", { ...signIn, eventName: "CheckMfa", responseElements: { CheckMfa: "Failure" } }, "failure"],
    [
      "a failed verification at Identity Center",
      { ...signIn, eventName: "CredentialVerification", serviceEventDetails: { CredentialVerification: "Failure" } },
      "failure",
    ],
    ["a failure that another service names", { ...createUser, responseElements: { CreateUser: "Failure" } }, "success"],
  ] as const)
    it(`is ${outcome} for ${what}`, () => {
      assert.equal(outcomeOf(parseRecord(value)), outcome);
    });
});

describe("errorCodeOf", () => {
  it("prefers the record's own code", () => {
    const record = parseRecord({ eventName: "X", errorCode: "A", responseElements: { errorCode: "B" } });

    assert.equal(errorCodeOf(record), "A");
  });
});
