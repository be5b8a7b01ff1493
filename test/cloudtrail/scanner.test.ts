import assert from "node:assert/strict";
import { COMPANY, companyRecords } from "../../demo/company/company.ts";
import type { Json } from "../../src/cloudtrail/json.ts";
import { openScanner, UNPLACED } from "../../src/cloudtrail/scanner.ts";
import { isJson, openCompared, recordedCalls } from "./scanning.ts";

describe("a scanner", () => {
  const { scanner, scanned } = openCompared();

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

  it("tells keys and values apart of which one is the beginning of the other", () => {
    const names = Array.from({ length: 40 }, (_, at) => "x".repeat(at + 1));
    const many = openScanner(names);
    const valuesIn = (text: string): readonly Json[] => {
      assert.ok(many.scan(text));
      return [...many.ids].map((id) => id && many.valueOf(id));
    };
    for (const [at, name] of names.entries()) {
      assert.deepEqual(valuesIn(`{"${name}":1}`), Array(40).fill(0).with(at, 1));
      assert.deepEqual(valuesIn(`{"x":"${name}"}`), Array(40).fill(0).with(0, name));
    }

    assert.deepEqual(valuesIn("{}"), Array(40).fill(0));
  });

  it("takes null for nothing there, at a path and on the way of one", () => {
    assert.ok(scanned('{"eventName":null,"userIdentity":null,"responseElements":{"errorCode":null}}'));

    assert.ok(scanner.ids.every((id) => id === 0));
  });

  it("scans every record of the company and every recorded one, however it is indented", () => {
    for (const record of [...companyRecords({ ...COMPANY, weeks: 1, volume: 0.2 }), ...recordedCalls()]) {
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
    "such nesting beside a tracked key": `{"userIdentity":{"sessionContext":{"other":${"[".repeat(62)}${"]".repeat(62)}}}}`,
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
      `{"userIdentity":{"sessionContext":{"other":${"[".repeat(61)}${"]".repeat(61)}}}}`,
      '{"other":{"eventName":1,"eventName":2,"\\u0061":"\ud800"},"other":"\ud800"}',
      '{"eventName":"\\ud83d\\u00e9\\"\\\\","__proto__":{"arn":"a"}}',
      '{"userIdentity":{"arn":"a","userIdentity":{"arn":"b"}},"arn":"c","userIdentity.arn":"d"}',
    ];

    assert.deepEqual(
      plain.map(scanned),
      plain.map(() => true),
    );
  });

  for (const [what, text] of [
    ["ids", (at: number) => `Call${at}`],
    ["room for texts", (at: number) => `${at}`.padEnd(1_000)],
  ] as const) {
    it(`forgets all ids when there are no more ${what}, and goes on`, () => {
      const small = openScanner(["eventName", "eventSource"]);
      for (let at = 0; at < 34_000; at++) {
        const record = [text(at), "iam.amazonaws.com"];
        assert.ok(small.scan(JSON.stringify({ eventName: record[0], eventSource: record[1] })));
        assert.deepEqual([...small.ids].map(small.valueOf), record);
        assert.notEqual(small.ids[0], small.ids[1]);
      }

      assert.equal(small.generation, what === "ids" ? 1 : 8);
    });
  }

  it("refuses paths that it has no room for", () => {
    const many = Array.from({ length: 111 }, (_, at) => `field${at}`);

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
      assert.throws(() => openScanner([], paths), RangeError);
    }
  });

  it("has room for 110 paths of 8 keys of 64 characters", () => {
    const first = Array.from({ length: 110 }, (_, at) => `field${at}`.padEnd(64, "x"));
    const others = Array.from({ length: 7 }, (_, at) => `${at}`.repeat(64));
    const large = openScanner(first.map((key) => [key, ...others].join(".")));
    const record = first.map((key, at) => [
      key,
      others.reduceRight<unknown>((value, other) => ({ [other]: value }), at),
    ]);

    assert.equal(large.scan(JSON.stringify(Object.fromEntries(record))), true);
    assert.deepEqual([...large.ids].map(large.valueOf), [...first.keys()]);
  });

  it("finds where strings and objects are, in ASCII", () => {
    const placing = openScanner(["eventName"], ["eventID", "userIdentity.arn"]);
    const placed = (text: string) =>
      placing.scan(text) ? [0, 2].map((at) => text.slice(placing.places[at], placing.places[at + 1])) : undefined;

    assert.deepEqual(placed('{"eventID" : "a\\"b","userIdentity":{"arn":{"a":[1]}}}'), ['"a\\"b"', '{"a":[1]}']);
    const around = openScanner(["detail.eventName"], ["detail"]);
    assert.equal(around.scan('{"a":1,"detail":{"eventName":"A"} }'), true);
    assert.deepEqual([...around.places, around.valueOf(around.ids[0] ?? 0)], [16, 33, "A"]);
    assert.deepEqual(placed('{"eventID":null,"eventName":"A"}'), ["", ""]);
    assert.deepEqual([placing.scan('{"eventID":"é"}'), [...placing.places]], [true, Array(4).fill(UNPLACED)]);
    for (const value of ["7", "true", "[]", "{", `"${"\\x"}"`])
      assert.equal(placed(`{"eventID":${value}}`), undefined, value);
  });

  it("refuses a 65th value that has the same place in its table as others, and no other value", () => {
    const small = openScanner(["eventName"]);
    const scan = (name: string): boolean => small.scan(JSON.stringify({ eventName: name }));
    const names = namesOfOnePlace(66);

    assert.deepEqual(names.map(scan), [...Array(64).fill(true), false, false]);
    assert.deepEqual([scan("CreateUser"), scan(names[63] ?? "")], [true, true]);
    assert.equal(small.valueOf(small.ids[0] ?? 0), names[63]);
  });

  it("refuses everything under a path that is also on the way of another one", () => {
    const both = openScanner(["userIdentity", "userIdentity.arn"]);

    assert.deepEqual(
      [both.scan('{"userIdentity":{}}'), both.scan('{"userIdentity":1}'), both.scan("{}")],
      [false, false, true],
    );
  });
});

/** Six letters each, for which wasm/values.ts looks in one and the same place first. */
function namesOfOnePlace(count: number): readonly string[] {
  const [path, length, mixer] = [1n, 8n, 0x1e3779b97f4a7dn];
  const letters = Array.from({ length: 90 }, (_, at) => at + 35).filter((char) => char !== 92);
  const names: string[] = [];
  for (const c of letters) {
    const low = 0x616122n | (BigInt(c) << 24n);
    const base = Number((((low ^ (path << 16n) ^ length) * mixer) >> 32n) & 0xffffffffn);
    for (const d of letters) {
      for (const e of letters) {
        for (const f of letters) {
          const high = d | (e << 8) | (f << 16) | (0x22 << 24);
          if ((base + Math.imul(high, Number(mixer & 0xffffffffn))) >>> 15 !== 7) continue;
          if (names.push(`aa${String.fromCharCode(c, d, e, f)}`) === count) return names;
        }
      }
    }
  }
  return names;
}
