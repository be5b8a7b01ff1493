import assert from "node:assert/strict";
import { nearest } from "../src/nearest.ts";

describe("nearest", () => {
  const words = ["serve", "scan", "rules", "demo", "help", "id"];

  for (const [word, meant] of [
    ["scna", "scan"],
    ["SCAN", "scan"],
    ["rule", "rules"],
    ["server", "serve"],
    ["hlep", "help"],
    ["ix", "id"],
  ] as const) {
    it(`takes ${word} for ${meant}`, () => assert.equal(nearest(word, words), meant));
  }

  for (const word of ["xyzzy", "", "deploy", "ab"]) {
    it(`does not guess at ${JSON.stringify(word)}`, () => assert.equal(nearest(word, words), undefined));
  }
});
