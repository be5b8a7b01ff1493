import assert from "node:assert/strict";
import fc from "fast-check";
import { isJson, openCompared, PATHS, recordedCalls } from "./scanning.ts";

describe("a scanner of any text", () => {
  const { scanned } = openCompared();

  it("agrees with JSON.parse about every short text, in a value and around it", () => {
    const chars = [...'{}[],:"\\01-.eE+ nu\t\n\u0000\u001fé/'];
    const texts = (length: number): readonly string[] =>
      length === 0 ? [""] : texts(length - 1).flatMap((text) => chars.map((char) => text + char));
    const words = [
      "null",
      "true",
      "false",
      "nul",
      "trve",
      "falsy",
      "NaN",
      "Infinity",
      "1e400",
      "-0",
      '"\\:1',
      '"\n:1',
      '"\\":1',
    ];
    const escapes = ["", "0", "00", "000", "aF09", "g000", "0g00", "00g0", "000g"].map((code) => `"\\u${code}"`);
    const spaces = ["\b", "\f", "\v", "\r", "\u00a0", "\ufeff", "\u2028"];
    for (const part of [...texts(1), ...texts(2), ...texts(3), ...words, ...escapes, ...spaces]) {
      for (const text of [`{"other":${part}}`, `{"other":"${part}"}`, `{${part}}`, `${part}{}`, `{}${part}`]) {
        assert.equal(scanned(text), isJson(text) && text.trim().startsWith("{"), JSON.stringify(text));
      }
      const isScalar = !/[[{]/.test(part);
      const atPath = `{"eventName":${part}}`;
      if (isScalar) assert.equal(scanned(atPath), isJson(atPath), JSON.stringify(atPath));
    }
  });

  it("scans plain records in whatever order, with whatever else and whatever space between", () => {
    fc.assert(
      fc.property(written(plainRecord), (text) => assert.ok(scanned(text), text)),
      { numRuns: 2_000 },
    );
  });

  it("has the values of JSON.parse in whatever it scans", () => {
    fc.assert(
      fc.property(fc.oneof(written(anyRecord), damaged(anyRecord)), (text) => void scanned(text)),
      { numRuns: 5_000 },
    );
  });

  it("has them in damaged records of CloudTrail, too", () => {
    const texts = recordedCalls().map((record) => JSON.stringify(record));
    fc.assert(
      fc.property(damagedText(fc.constantFrom(...texts)), (text) => void scanned(text)),
      { numRuns: 5_000 },
    );
  });
});

/** A value as it is written, its parts apart: an object may have a key twice. */
type Written =
  | string
  | { readonly open: "{" | "["; readonly items: readonly (readonly [key: string, value: Written])[] };

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...new Set(PATHS.flatMap((path) => path.split(".")))) },
  fc.constantFrom("eventNam", "eventNames", "EventName", "__proto__", "", "é", "x".repeat(41), "requestParameters"),
);
const scalar = fc.oneof(
  fc.constantFrom("null", "true", "false", "0", "-0", "1E+9", "12", "1.50", '"\\u0041\\/"', '"\\ud800"', '""'),
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text.replaceAll("\ufffd", ""))),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.constantFrom("CreateUser", "arn:aws:iam::111122223333:user/jack").map((text) => JSON.stringify(text)),
);
const { any: anyValue } = fc.letrec<{ any: Written }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.record({
      open: fc.constantFrom("{" as const, "[" as const),
      items: fc.array(
        fc.tuple(
          key.map((text) => JSON.stringify(text)),
          tie("any"),
        ),
      ),
    }),
  ),
}));
const anyRecord: fc.Arbitrary<Written> = fc.record({
  open: fc.constant("{" as const),
  items: fc.array(
    fc.tuple(
      key.map((text) => JSON.stringify(text)),
      anyValue,
    ),
  ),
});

/** Fields of an object in any order: these, and others. */
function fields(own: Readonly<Record<string, fc.Arbitrary<Written>>>): fc.Arbitrary<Written> {
  const others = fc.array(fc.tuple(fc.constantFrom('"eventID"', '"é"', '""', '"eventNames"'), anyValue), {
    maxLength: 3,
  });
  return fc
    .tuple(fc.record(own, { requiredKeys: [] }), others)
    .map(([there, more]) => [
      ...Object.entries(there).map(([name, value]) => [JSON.stringify(name), value ?? "null"] as const),
      ...more,
    ])
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((items) => ({ open: "{" as const, items }));
}
const nothing = fc.constant("null");
const plainRecord = fields({
  eventName: scalar,
  eventSource: scalar,
  userAgent: scalar,
  readOnly: scalar,
  responseElements: fc.oneof(nothing, fields({ errorCode: scalar })),
  userIdentity: fc.oneof(
    nothing,
    fields({
      arn: scalar,
      type: scalar,
      sessionContext: fields({
        sessionIssuer: fields({ arn: scalar }),
        attributes: fields({ mfaAuthenticated: scalar }),
      }),
    }),
  ),
});

/** The text of a value, with space wherever there may be any. */
function written(value: fc.Arbitrary<Written>): fc.Arbitrary<string> {
  const spaces = fc.infiniteStream(fc.constantFrom("", "", "", " ", "\n\t", "\r\n    "));
  return fc.tuple(value, spaces).map(([whole, stream]) => {
    const space = (): string => stream.next().value ?? "";
    const textOf = (part: Written): string => {
      if (typeof part === "string") return space() + part + space();
      const items = part.items.map(([name, item]) =>
        part.open === "{" ? `${space()}${name}${space()}:${textOf(item)}` : textOf(item),
      );
      return `${space()}${part.open}${items.join(",") || space()}${part.open === "{" ? "}" : "]"}${space()}`;
    };
    return textOf(whole);
  });
}

function damaged(value: fc.Arbitrary<Written>): fc.Arbitrary<string> {
  return damagedText(written(value));
}

/** Cut off, cut out, put in, said twice. */
function damagedText(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const harm = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(4),
    fc.constantFrom("", "", ...'{}[],:"\\01-.en \u0000é\ud800', '"eventName":'),
  );
  return fc.tuple(text, fc.array(harm, { minLength: 1, maxLength: 3 })).map(([whole, harms]) =>
    harms.reduce((left, [place, out, into]) => {
      const at = Math.floor(place * left.length);
      return left.slice(0, at) + into + left.slice(at + out);
    }, whole),
  );
}
