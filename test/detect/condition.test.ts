import assert from "node:assert/strict";
import { matches, recordOf } from "./fixture.ts";

/** Selections a, b, c and _d hold when the parameter of that name is "1". */
const selections = ["a", "b", "c", "_d"].map((name) => `${name}: { requestParameters.${name}: '1' }`).join(", ");

/** Sets of parameters under which the condition holds and under which it does not. */
const rows: readonly (readonly [condition: string, match: readonly string[], miss: readonly string[]])[] = [
  ["a and b and c and not _d", ["abc"], ["ab", "abcd", ""]],
  ["a or b or (c and _d)", ["a", "b", "cd"], ["c", "d", ""]],
  ["a or b and c or _d", ["a", "bc", "d"], ["b", "c"]],
  ["(a or b) and (c or _d)", ["ac", "bd"], ["a", "ab", "cd"]],
  ["not a and not not b and (c or not c) and (_d or not _d)", ["b", "bcd"], ["ab", ""]],
  ["1 of them or (_d and a)", ["a", "b", "c"], ["d", ""]],
  ["all of them and (_d or not _d)", ["abc", "abcd"], ["ab", "bcd"]],
  ["all of _* and 1 of * and 1 of a*", ["ad"], ["a", "d", "bcd"]],
  ["NOT a AND b Or (c and _d)", ["b", "acd"], ["ab", "c"]],
];

const parametersOf = (letters: string) =>
  Object.fromEntries([...letters].map((letter) => [letter === "d" ? "_d" : letter, "1"]));

describe("condition", () => {
  for (const [condition, match, miss] of rows) {
    it(`joins selections: ${condition}`, async () => {
      const detection = `{ ${selections}, condition: "${condition}" }`;
      const held = async (letters: string) =>
        matches(detection, recordOf({ requestParameters: parametersOf(letters) }));

      for (const letters of match) assert.equal(await held(letters), true, `"${letters}" matches`);
      for (const letters of miss) assert.equal(await held(letters), false, `"${letters}" does not match`);
    });
  }
});
