import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { COMPANY, companyRecords } from "../../demo/company/company.ts";
import { type CloudTrailRecord, fieldIn, parseRecord } from "../../src/cloudtrail/record.ts";
import { openText } from "../../src/cloudtrail/textrecord.ts";

const FIELDS = [
  "eventID",
  "eventTime",
  "eventSource",
  "eventName",
  "awsRegion",
  "recipientAccountId",
  "eventType",
  "sourceIPAddress",
  "userAgent",
  "errorCode",
  "errorMessage",
  "readOnly",
  "userIdentity",
  "requestParameters",
  "responseElements",
  "additionalEventData",
  "json",
] as const;

const fieldsOf = (record: CloudTrailRecord) => Object.fromEntries(FIELDS.map((field) => [field, record[field]]));

/** Each twice: what was asked for once is kept. */
const jsonFieldsOf = (record: CloudTrailRecord, json: object) =>
  [...Object.keys(json), "absent", "constructor", ...Object.keys(json)].map((name) => [name, fieldIn(record, name)]);

const FOLDER = new URL("../../rules/records/", import.meta.url);
const RECORDED: readonly object[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));

/** Opened from a text it says what the parsed one says, in whatever order it is asked. */
function assertSame(json: object): void {
  const text = JSON.stringify(json);
  const opened = openText(text);
  assert.ok(opened, `has to be parsed: ${text}`);
  const parsed = parseRecord(JSON.parse(text));
  assert.deepEqual(jsonFieldsOf(opened, json), jsonFieldsOf(parsed, json));
  assert.deepEqual(fieldsOf(opened), fieldsOf(parsed));
  assert.deepEqual(jsonFieldsOf(opened, json), jsonFieldsOf(parsed, json));
}

describe("openText", () => {
  it("opens the records of a company as they are parsed", () => {
    let count = 0;
    for (const json of companyRecords({ ...COMPANY, weeks: 1 })) {
      assertSame(json);
      if (++count === 3_000) break;
    }
  });

  it("opens recorded records as they are parsed", () => {
    for (const json of RECORDED) assertSame(json);
  });

  const base = {
    eventVersion: "1.11",
    eventID: "6f0a3d1c-9a4e-4e55-8d0e-0d6b6c1f2a3b",
    eventTime: "2026-11-20T10:02:03Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreateUser",
    userIdentity: { type: "IAMUser", accountId: "111122223333", userName: "jack" },
  };
  const odd: readonly (readonly [string, object])[] = [
    ["an id that is none", { eventID: "a b" }],
    ["a time of an export", { eventTime: "2026-11-20 10:02:03.000" }],
    ["no id", { eventID: undefined }],
    ["no time but a window", { eventTime: null, timeWindow: { windowStart: "2026-11-20T10:00:00Z" } }],
    ["an account of another form", { recipientAccountId: "acme" }],
    ["an empty error", { errorCode: "", errorMessage: 7 }],
    ["a readOnly in words", { readOnly: "true" }],
    [
      "text beyond ASCII",
      {
        userAgent: "Füchse/1.0 🦊",
        userIdentity: { userName: "jörg", sessionContext: { attributes: { creationDate: "früher" } } },
      },
    ],
    ["an id with an escape", { eventID: 'a"b' }],
    [
      "empty objects in its identity",
      { userIdentity: { sessionContext: { sessionIssuer: {}, attributes: {} }, onBehalfOf: {} } },
    ],
    ["an identity that is null", { userIdentity: null }],
    ["a request and an answer", { requestParameters: { a: [{ b: 1 }] }, responseElements: { "": null } }],
    ["an answer that is null", { requestParameters: {}, responseElements: null, additionalEventData: null }],
    ["data that are a text", { additionalEventData: "no more" }],
  ];
  for (const [what, change] of odd) {
    it(`opens one with ${what} as it is parsed`, () => {
      assertSame({ ...base, ...change });
    });
  }

  it("opens none that is no record of a call, or is more than one", () => {
    const texts = [
      "",
      "7",
      "[]",
      '{"eventName":""}',
      '{"eventID":"a"}',
      '{"Records":[]}',
      '{"eventName":"ObjectCreated:Put","eventSource":"aws:s3","s3":{"bucket":{}}}',
      '{"eventName":"CreateUser"',
      '{"eventName":"CreateUser"}{"eventName":"CreateUser"}',
    ];
    assert.deepEqual(
      texts.map(openText),
      texts.map(() => undefined),
    );
  });

  it("says the same when its scan was forgotten meanwhile", () => {
    const opened = openText(JSON.stringify(base));
    for (let at = 0; at < 40_000; at++) openText(JSON.stringify({ ...base, userAgent: `made-up/${at}` }));

    assert.ok(opened);
    assert.deepEqual(fieldsOf(opened), fieldsOf(parseRecord(base)));
  });

  it("opens any record as it is parsed, if at all", () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer(), fc.string({ unit: "binary" }));
    const changes = fc.dictionary(fc.constantFrom(...FIELDS, "eventId", "accountId", "userIdentity"), value);
    const identity = fc.dictionary(
      fc.constantFrom("type", "arn", "accountId", "principalId", "userName", "invokedBy", "sessionContext"),
      fc.oneof(value, fc.constantFrom({}, { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/ci" } })),
    );
    fc.assert(
      fc.property(fc.constantFrom(base, ...RECORDED), changes, identity, (json, change, userIdentity) => {
        const text = JSON.stringify({ ...json, userIdentity, ...change });
        const opened = openText(text);
        if (opened !== undefined) assert.deepEqual(fieldsOf(opened), fieldsOf(parseRecord(JSON.parse(text))));
      }),
      { numRuns: 500 },
    );
  });
});
