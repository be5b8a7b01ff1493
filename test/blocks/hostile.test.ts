/** Nothing that somebody else wrote can mention, link, format, break a line or a limit: for any string in any field. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ALERT_LIMITS, charsOf, problemsOf } from "../../blocks/limits.ts";
import { alertOf, foldOf } from "../../src/alert/alert.ts";
import { ACCOUNTS, findingOf, recordWith, storedOf } from "../alert/fixture.ts";
import { DIALOG, INPUTS, type Inputs, surfacesOf } from "./surfaces.ts";

/** In every hostile string, so that it is found again wherever it ends up. */
const MARK = "zqx";

const FRAGMENTS = [
  "<!channel>",
  "<!here>",
  "<!subteam^S012AB3CD>",
  "<@U0EVIL123>",
  "<#C024BE7LR|general>",
  "<https://evil.example.com|Disable key>",
  "<mailto:a@example.com|x>",
  "<!date^1^{date}^https://evil.example.com|x>",
  "https://evil.example.com",
  "evil.example.com",
  "@here",
  "`",
  "```",
  "*bold*",
  "_it_",
  "~no~",
  "> quote",
  "&lt;",
  "&lt;!channel&gt;",
  "&",
  "&amp;lt;",
  ":white_check_mark:",
  ":日本:",
  "\n",
  "\r\n",
  "\n✅ resolved by admin\n",
  "\u2028",
  "\u0085",
  "\u0000",
  "\u001b[31m",
  "\u009b",
  "\t",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u00ad",
  "\u3164",
  "\ud800",
  "\udfff",
  "👩‍👩‍👧",
  "é",
  "\u0301".repeat(20),
  "аdmin",
  '{"type":"mrkdwn","text":"<!channel>"}',
  '","blocks":[',
  "[x](https://evil.example.com)",
  "# head",
  "\\u202E",
  "%s",
  "__proto__",
  "constructor",
  "arn:aws:iam::111122223333:user/x",
  "AKIAIOSFODNN7EXAMPLE",
  "  ",
  "",
];

const marked: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc
        .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: "binary" })), { maxLength: 6 })
        .map((parts) => parts.join("")),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...FRAGMENTS).map((part) => part.repeat(Math.ceil(4_000 / (part.length || 4_000)))),
    },
  )
  .map((text) => `${MARK}${text}${MARK}`);

/** Also nothing at all, seen and unseen. */
const hostile = fc.oneof({ weight: 9, arbitrary: marked }, fc.constantFrom("", "  ", "\u200b", "\n"));

/** Fields that the core computes or Slack gives: no caller writes them. */
const OURS = new Set(["kind", "level", "outcome", "status", "type", "principalKind", "policyType", "state", "why"]);

/** The value with every string replaced, except those that only our core writes. */
function tainted<T>(value: T, next: () => string, name?: string): T;
function tainted(value: unknown, next: () => string, name = ""): unknown {
  if (typeof value === "string") return OURS.has(name) ? value : next();
  if (Array.isArray(value)) return value.map((item) => tainted(item, next, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tainted(item, next, key)]));
}

/** Every string of every input replaced; an alert's own id is a digest and stays. */
function taintedInputs(next: () => string): Inputs {
  const inputs = tainted(INPUTS, next);
  const alerts = Object.entries(inputs.alerts).map(([name, alert]) => [
    name,
    { ...alert, id: INPUTS.alerts[name]?.id ?? "" },
  ]);
  const everything = { ...inputs.everything, id: INPUTS.everything.id };
  return { ...inputs, everything, alerts: Object.fromEntries(alerts) };
}

interface Node {
  readonly path: string;
  readonly value: unknown;
}

function* walk(value: unknown, path = ""): Generator<Node> {
  yield { path, value };
  if (typeof value !== "object" || value === null) return;
  for (const [name, item] of Object.entries(value)) yield* walk(item, `${path}.${name}`);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

const BUILT = /<@[UW][A-Z0-9]{5,20}>|<!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[\d-]{10} [\d:]{8} UTC>/g;

function assertSafeMrkdwn(text: string, at: string): void {
  const rest = text.replace(BUILT, "");
  assert.doesNotMatch(rest, /[<>]/, `${at}: raw bracket`);
  assert.doesNotMatch(rest, /&(?!amp;|lt;|gt;)/, `${at}: raw or cut entity`);
  assert.doesNotMatch(rest, /`|~|:\/\/|:[^\s:]{1,100}:/, `${at}: code, strike, address or emoji`);
}

function assertSafe(surface: unknown, name: string): void {
  assert.deepEqual(problemsOf(surface), [], name);
  for (const { path, value } of walk(surface)) {
    const at = `${name}${path}`;
    if (typeof value === "string") {
      assert.doesNotMatch(value, /\p{Cs}/u, `${at}: lone surrogate`);
      assert.doesNotMatch(
        value.replaceAll("\n", ""),
        /[\p{Cc}\p{Cf}\u2028\u2029\u3164]/u,
        `${at}: invisible character`,
      );
      assert.ok(
        !value.includes(MARK) || /\.(text|fallback)$/.test(path),
        `${at}: a value where only our own words may be`,
      );
    }
    assertSafeElement(fieldsOf(value), at);
  }
  const { text } = fieldsOf(surface);
  if (typeof text === "string") assertSafeMrkdwn(text, `${name}.text`);
}

function assertSafeElement(element: Readonly<Record<string, unknown>>, at: string): void {
  const { type, text } = element;
  if (type === "mrkdwn") {
    assert.equal(element["verbatim"], true, at);
    assertSafeMrkdwn(String(text), at);
    assert.ok(!String(text).includes(MARK), `${at}: record text in mrkdwn`);
  }
  if (type === "plain_text") assert.equal(element["emoji"], false, at);
  if (type === "user") assert.match(String(element["user_id"]), /^[UW][A-Z0-9]{5,20}$/, at);
  if (type === "link") assert.match(String(element["url"]), /^https:\/\/[a-z0-9-]+\.console\.aws\.amazon\.com\//, at);
  if (fieldsOf(element["style"])["code"] === true)
    assert.doesNotMatch(String(text), /\n/, `${at}: line break in a value`);
  assert.ok(!["broadcast", "usergroup", "channel", "emoji", "markdown", "image"].includes(String(type)), at);
}

function assertShort(message: unknown, name: string): void {
  const { blocks, text } = fieldsOf(message);
  assert.ok(Array.isArray(blocks) && blocks.length <= ALERT_LIMITS.blocks, name);
  assert.ok(charsOf(blocks) <= ALERT_LIMITS.chars, `${name}: ${charsOf(blocks)} characters`);
  assert.ok(String(text).length <= ALERT_LIMITS.fallback, name);
}

describe("hostile text", () => {
  it("stays harmless in every field of every message and modal", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 12 }), (texts) => {
        let at = 0;
        const inputs = taintedInputs(() => texts[at++ % texts.length] ?? "");

        for (const [name, surface] of Object.entries(surfacesOf(inputs))) {
          assertSafe(surface, name);
          if (name.startsWith("alert: ")) assertShort(surface, name);
        }
      }),
      // Shrinking texts of this size takes minutes; the seed is enough to find them again.
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("stays harmless on its way from the record through fold and alert", () => {
    const names = ["userName", "policyArn", "name", "bucketName", "instanceType"];
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 1, maxLength: 8 }),
        fc.constantFrom("CreateUser", "AttachUserPolicy", "RunInstances", "StopLogging"),
        (texts, eventName) => {
          let at = 0;
          const next = () => texts[at++ % texts.length] ?? "";
          const record = recordWith({
            eventName,
            userAgent: next(),
            sourceIPAddress: next(),
            awsRegion: next(),
            errorCode: next(),
            errorMessage: next(),
            userIdentity: {
              type: "AssumedRole",
              arn: next(),
              principalId: `AROA:${next()}`,
              accountId: next(),
              userName: next(),
            },
            requestParameters: Object.fromEntries(names.map((name) => [name, next()])),
          });
          const finding = findingOf(record, { evidence: [{ selection: next(), field: next(), value: next() }] });

          const alert = alertOf(storedOf(record, finding), ACCOUNTS);

          const { details, ...rest } = surfacesOf({ ...INPUTS, alerts: { any: alert } });
          assertSafe(rest["alert: any"], "alert");
          assertSafe(details, "details");
        },
      ),
      { numRuns: 100 },
    );
  });

  it("never reaches a button's value, a block id or a modal's metadata", () => {
    const inputs = taintedInputs(() => MARK);

    const metadata = Object.values(surfacesOf(inputs)).flatMap((surface) =>
      "private_metadata" in surface ? [surface.private_metadata] : [],
    );

    assert.deepEqual(metadata, [DIALOG]);
  });

  it("has the alert's id, and nothing else, in the value of every button", () => {
    for (const [name, alert] of Object.entries(INPUTS.alerts)) {
      const message = surfacesOf({ ...INPUTS, alerts: { one: alert } })["alert: one"];

      const values = [...walk(message)].filter(({ path }) => path.endsWith(".value")).map(({ value }) => value);

      assert.ok(values.length > 0 && values.every((value) => value === alert.id), name);
    }
  });

  it("is folded in linear time, however large", () => {
    const big = recordWith({
      userAgent: `${"password".repeat(60_000)}`,
      requestParameters: { userName: "xox".repeat(100_000), policyDocument: '\\"token'.repeat(40_000) },
    });
    const start = performance.now();

    const fold = foldOf(findingOf(big), big);
    surfacesOf({ ...INPUTS, alerts: { big: alertOf(storedOf(big), ACCOUNTS) } });

    assert.ok(fold.chapter.snapshot.record.length <= 8_000);
    assert.ok(performance.now() - start < 2_000, `${performance.now() - start} ms`);
  });
});
