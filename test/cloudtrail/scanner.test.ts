import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { COMPANY, companyRecords } from "../../demo/company/company.ts";
import type { Json } from "../../src/cloudtrail/json.ts";
import { openScanner } from "../../src/cloudtrail/scanner.ts";

const PATHS = [
  "eventName",
  "eventSource",
  "userAgent",
  "readOnly",
  "userIdentity.arn",
  "userIdentity.type",
  "userIdentity.sessionContext.sessionIssuer.arn",
  "userIdentity.sessionContext.attributes.mfaAuthenticated",
  "responseElements.errorCode",
];

/** What JSON.parse finds at a path; undefined of null as well. */
function parsedAt(record: Json, path: string): Json | undefined {
  let here: Json | undefined = record;
  for (const key of path.split(".")) {
    const isThere: boolean = typeof here === "object" && here !== null && Object.hasOwn(here, key);
    here = isThere ? Object.getOwnPropertyDescriptor(here, key)?.value : undefined;
  }
  return here ?? undefined;
}

describe("a scanner", () => {
  const scanner = openScanner(PATHS);
  /** By id, the value that it stood for when it was new. */
  const meant = new Map<number, Json>();

  /** True when a text is scanned, after a look whether all values are those of JSON.parse. */
  function scanned(text: string): boolean {
    if (!scanner.scan(text)) return false;
    const record = JSON.parse(text);
    assert.ok(typeof record === "object" && record !== null && !Array.isArray(record), text);
    for (const [at, path] of PATHS.entries()) {
      const id = scanner.ids[at] ?? -1;
      const value = id === 0 ? undefined : scanner.valueOf(id);
      assert.ok(Object.is(value, parsedAt(record, path)), `${path} is ${value} in ${text}`);
      assert.ok(Object.is(value, meant.get(id) ?? value), `id ${id} has another meaning`);
      if (value !== undefined) meant.set(id, value);
    }
    return true;
  }
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it("gives ids that stand for the values", () => {
    assert.equal(scanner.scan('{"eventName":"CreateUser","readOnly":false,"userIdentity":{"type":"Root"}}'), true);

    const [name = 0, source, , readOnly = 0, arn, type = 0] = scanner.ids;
    assert.deepEqual(
      [scanner.valueOf(name), scanner.valueOf(readOnly), scanner.valueOf(type)],
      ["CreateUser", false, "Root"],
    );
    assert.deepEqual([source, arn], [0, 0]);
  });

  it("gives the same value of a path the same id, and of another path another one", () => {
    const ids = (text: string): readonly number[] => {
      assert.ok(scanned(text));
      return [...scanner.ids];
    };
    const [first, elsewhere] = ids('{"eventName":"ListUsers","eventSource":"ListUsers"}');

    assert.notEqual(first, elsewhere);
    assert.notEqual(ids('{"eventName":"ListUser"}')[0], first);
    assert.notEqual(ids('{"eventName":"ListUsersOfGroup"}')[0], first);
    assert.equal(ids('{ "other": [1], "eventName" :\t"ListUsers" }')[0], first);
    assert.deepEqual(
      [ids('{"readOnly":1}')[3] === ids('{"readOnly":12}')[3], scanner.valueOf(scanner.ids[3] ?? 0)],
      [false, 12],
    );
  });

  it("takes null for nothing there, at a path and on the way of one", () => {
    assert.ok(scanned('{"eventName":null,"userIdentity":null,"responseElements":{"errorCode":null}}'));

    assert.ok(scanner.ids.every((id) => id === 0));
  });

  it("scans every record of the company and every recorded one, however it is indented", () => {
    for (const record of [...companyRecords({ ...COMPANY, weeks: 1, volume: 0.2 }), ...recorded()]) {
      assert.ok(scanned(JSON.stringify(record)));
      assert.ok(scanned(JSON.stringify(record, null, 2)));
    }
  });

  const refused: Readonly<Record<string, string>> = {
    "a list at a path": '{"eventName":["CreateUser"]}',
    "an object at a path": '{"eventName":{}}',
    "a text on the way of a path": '{"userIdentity":"arn"}',
    "a list on the way of a path": '{"userIdentity":[{"arn":"a"}]}',
    "a key with an escape beside a tracked one": '{"event\\u004eame":"CreateUser"}',
    "a key with an escape on the way of a path": '{"userIdentity":{"\\u0061rn":"a"}}',
    "a tracked key that is there twice": '{"eventName":"CreateUser","eventName":"ListUsers"}',
    "a tracked key that is there twice, once as null": '{"eventName":"CreateUser","eventName":null}',
    "an object on the way that is there twice": '{"userIdentity":{"arn":"a"},"userIdentity":{}}',
    "a value longer than 1,024 bytes": JSON.stringify({ eventName: "é".repeat(512) }),
    "a text longer than 1 MiB": JSON.stringify({ other: "x".repeat(2 ** 20) }),
    "nesting deeper than 64": `{"other":${"[".repeat(64)}${"]".repeat(64)}}`,
    "half a surrogate pair in a value": '{"eventName":"\ud800"}',
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.ok(isJson(text));
      assert.equal(scanner.scan(text), false);
    });
  }

  it("scans what only looks like it", () => {
    const plain = [
      JSON.stringify({ eventName: "é".repeat(511) }),
      JSON.stringify({ other: "x".repeat(2 ** 20 - 12) }),
      `{"other":${"[".repeat(63)}${"]".repeat(63)}}`,
      '{"other":{"eventName":1,"eventName":2,"\\u0061":"\ud800"},"other":"\ud800"}',
      '{"eventName":"\\ud83d\\u00e9\\"\\\\","__proto__":{"arn":"a"}}',
      '{"userIdentity":{"arn":"a","userIdentity":{"arn":"b"}},"arn":"c","userIdentity.arn":"d"}',
    ];

    assert.deepEqual(
      plain.map(scanned),
      plain.map(() => true),
    );
  });

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
      '"\\u00',
      '"\\u00zz"',
    ];
    for (const part of [...texts(1), ...texts(2), ...texts(3), ...words]) {
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
    const texts = recorded().map((record) => JSON.stringify(record));
    fc.assert(
      fc.property(damagedText(fc.constantFrom(...texts)), (text) => void scanned(text)),
      { numRuns: 5_000 },
    );
  });

  for (const [what, text] of [
    ["ids", (at: number) => `Call${at}`],
    ["room for texts", (at: number) => `${at}`.padEnd(1_000)],
  ] as const) {
    it(`forgets all ids when there are no more ${what}, and goes on`, () => {
      const small = openScanner(["eventName"]);
      for (let at = 0; at < 34_000; at++) {
        const name = text(at);
        assert.ok(small.scan(JSON.stringify({ eventName: name })));
        assert.equal(small.valueOf(small.ids[0] ?? 0), name);
      }

      assert.equal(small.generation, what === "ids" ? 1 : 8);
    });
  }

  it("refuses paths that it has no room for", () => {
    const many = Array.from({ length: 55 }, (_, at) => `field${at}`);
    const most = many.slice(1).map((field) => [...Array(7).fill("x".repeat(64)), field].join("."));

    for (const paths of [
      many,
      ["a", "a"],
      ["a..b"],
      [""],
      ["é"],
      ["a\\b"],
      ['a"'],
      ["x".repeat(65)],
      ["a.b.c.d.e.f.g.h.i"],
    ]) {
      assert.throws(() => openScanner(paths), RangeError);
    }
    assert.equal(openScanner(most).scan("{}"), true);
  });

  it("refuses everything under a path that is also on the way of another one", () => {
    const both = openScanner(["userIdentity", "userIdentity.arn"]);

    assert.deepEqual(
      [both.scan('{"userIdentity":{}}'), both.scan('{"userIdentity":1}'), both.scan("{}")],
      [false, false, true],
    );
  });
});

function recorded(): readonly Json[] {
  const folder = "rules/records";
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
}

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
