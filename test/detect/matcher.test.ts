import assert from "node:assert/strict";
import { matches, recordOf } from "./fixture.ts";

/** A selection as YAML flow, requestParameters that it matches, ones it nearly matches. */
type Row = readonly [says: string, selection: string, match: unknown, miss: unknown];

const rows: readonly Row[] = [
  [
    "compares text without letter case",
    "{ requestParameters.userName: JACK }",
    { userName: "jack" },
    { userName: "jackson" },
  ],
  ["takes any of a list", "{ requestParameters.userName: [eve, jack] }", { userName: "jack" }, { userName: "jac" }],
  [
    "wants every line of a map",
    "{ requestParameters.a: x, requestParameters.b: y }",
    { a: "x", b: "y" },
    { a: "x", b: "z" },
  ],
  [
    "takes any map of a list",
    "[{ requestParameters.a: x }, { requestParameters.b: y }]",
    { b: "y" },
    { a: "y", b: "x" },
  ],
  ["lets * stand for any text", "{ requestParameters.n: 'ab*yz' }", { n: "abcdyz" }, { n: "abcdy" }],
  ["lets ? stand for one character", "{ requestParameters.n: 'ab?d' }", { n: "abcd" }, { n: "abd" }],
  ["takes an escaped * as it stands", "{ requestParameters.n: 'a\\*' }", { n: "a*" }, { n: "ab" }],
  ["takes an escaped ? as it stands", "{ requestParameters.n: 'a\\?' }", { n: "a?" }, { n: "ab" }],
  ["takes an escaped backslash before a wildcard", "{ requestParameters.n: 'a\\\\*' }", { n: "a\\b" }, { n: "a*" }],
  ["takes a lone backslash as it stands", "{ requestParameters.n: 'a\\b' }", { n: "a\\b" }, { n: "ab" }],
  ["finds a part with contains", "{ requestParameters.n|contains: bc }", { n: "abcd" }, { n: "acbd" }],
  ["finds a beginning with startswith", "{ requestParameters.n|startswith: ab }", { n: "abc" }, { n: "xab" }],
  ["finds an end with endswith", "{ requestParameters.n|endswith: bc }", { n: "abc" }, { n: "bcx" }],
  ["keeps wildcards inside contains", "{ requestParameters.n|contains: 'b*d' }", { n: "abxxde" }, { n: "adxxbe" }],
  ["wants all values with all", "{ requestParameters.n|contains|all: [ab, yz] }", { n: "ab-yz" }, { n: "ab-xz" }],
  [
    "lets all be met by different elements",
    "{ requestParameters.n|all: [a, b] }",
    { n: ["a", "b"] },
    { n: ["a", "c"] },
  ],
  ["searches with re, case counts", "{ requestParameters.n|re: '^a+b$' }", { n: "aab" }, { n: "AAB" }],
  ["finds re anywhere unless anchored", "{ requestParameters.n|re: 'b{2}' }", { n: "abba" }, { n: "aba" }],
  ["knows IPv4 networks", "{ requestParameters.ip|cidr: 192.0.2.0/25 }", { ip: "192.0.2.127" }, { ip: "192.0.2.128" }],
  [
    "knows IPv6 networks",
    "{ requestParameters.ip|cidr: '2001:db8::/32' }",
    { ip: "2001:db8:1::1" },
    { ip: "2001:db9::1" },
  ],
  [
    "takes no name for an address",
    "{ requestParameters.ip|cidr: 0.0.0.0/0 }",
    { ip: "192.0.2.1" },
    { ip: "ec2.amazonaws.com" },
  ],
  ["wants presence with exists", "{ requestParameters.a|exists: true }", { a: {} }, { a: null }],
  ["wants absence with exists false", "{ requestParameters.a|exists: false }", { b: 1 }, { a: "" }],
  ["compares numbers with gte", "{ requestParameters.n|gte: 7 }", { n: 7 }, { n: 6.9 }],
  ["compares numbers with gt", "{ requestParameters.n|gt: 7 }", { n: 7.1 }, { n: 7 }],
  ["compares numbers with lt", "{ requestParameters.n|lt: 7 }", { n: -1 }, { n: 7 }],
  ["compares numbers with lte", "{ requestParameters.n|lte: 7 }", { n: "7" }, { n: "" }],
  ["compares nothing that is no number", "{ requestParameters.n|gte: 0 }", { n: 0 }, { n: true }],
  [
    "compares two fields with fieldref",
    "{ requestParameters.a|fieldref: requestParameters.b }",
    { a: "X", b: "x" },
    { a: "x", b: "xy" },
  ],
  [
    "compares parts with fieldref",
    "{ requestParameters.a|fieldref|endswith: requestParameters.b }",
    { a: "yx", b: "x" },
    { a: "xy", b: "x" },
  ],
  [
    "never takes two absent fields for equal",
    "{ requestParameters.a|fieldref: requestParameters.b }",
    { a: "x", b: "x" },
    {},
  ],
  ["takes null for absent", "{ requestParameters.a: null }", { a: null }, { a: "" }],
  ["takes a missing parent for absent", "{ requestParameters.a.b.c: null }", { a: "text" }, { a: { b: { c: 0 } } }],
  ["takes null or a value from a list", "{ requestParameters.a: [null, x] }", {}, { a: "y" }],
  ["tells the empty text from absent", "{ requestParameters.a: '' }", { a: "" }, {}],
  ["compares numbers with numbers and text", "{ requestParameters.n: 22 }", { n: "22" }, { n: 222 }],
  ["compares true with true and text", "{ requestParameters.n: true }", { n: "True" }, { n: false }],
  ["compares text with a boolean", "{ requestParameters.n: 'false' }", { n: false }, { n: 0 }],
  [
    "looks into arrays on the way",
    "{ requestParameters.i.v: b }",
    { i: [{ v: "a" }, { v: "b" }] },
    { i: [{ w: "b" }] },
  ],
  ["looks into arrays at the end", "{ requestParameters.i: b }", { i: ["a", ["b"]] }, { i: [{ b: "b" }] }],
  ["takes no object for text", "{ requestParameters.i: '*' }", { i: "x" }, { i: { a: "x" } }],
  ["finds keywords in any value", "[needle, pin]", { deep: [{ x: "a NEEDLE b" }] }, { needle: "hay" }],
  ["reads facts", "{ ids.action: iam:CreateAccessKey }", {}, undefined],
];

describe("selection", () => {
  for (const [says, selection, match, miss] of rows) {
    const detection = `{ sel: ${selection}, condition: sel }`;
    it(says, async () => {
      const hit = await matches(detection, recordOf({ requestParameters: match }));
      const near = await matches(
        detection,
        recordOf(miss === undefined ? { eventName: "GetUser" } : { requestParameters: miss }),
      );

      assert.deepEqual({ hit, near }, { hit: true, near: false });
    });
  }

  it("reads own properties only", async () => {
    const detection =
      "{ sel: { requestParameters.constructor.name: Object }, other: { requestParameters.__proto__|exists: true }, condition: sel or other }";

    assert.equal(await matches(detection, recordOf()), false);
    const own = recordOf({ requestParameters: JSON.parse('{"__proto__": "x"}') });
    assert.equal(await matches(detection, own), true);
  });

  it("stays fast on wildcards and expressions made to be slow", async () => {
    const n = "a".repeat(100_000);
    const detection =
      "{ a: { requestParameters.n|re: '^(a+)+b$' }, b: { requestParameters.n: '*a*a*a*a*a*b' }, condition: a or b }";
    const started = performance.now();

    assert.equal(await matches(detection, recordOf({ requestParameters: { n } })), false);
    assert.ok(performance.now() - started < 2000);
  });
});
