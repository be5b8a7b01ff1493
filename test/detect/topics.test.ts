import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describeCoverage, parseTopics } from "../../src/detect/topics.ts";

describe("rules/topics.json", () => {
  it("has the topics 1 to 214 in order, each once", () => {
    const topics = parseTopics(readFileSync("rules/topics.json", "utf8"));

    assert.deepEqual(
      topics.map(({ number }) => number),
      Array.from({ length: 214 }, (_, at) => at + 1),
    );
  });
});

describe("describeCoverage", () => {
  const topics = [
    { number: 1, section: "Identity", topic: "Root sign-in", logic: "single" },
    { number: 2, section: "Identity", topic: "Names | places", logic: "lookup", leftOut: "needs a list" },
    { number: 3, section: "Network", topic: "Routes", logic: "single" },
  ];

  it("names the rules of each topic, why one is left out, and what has none", () => {
    const text = describeCoverage(topics, [{ name: "b", topics: [1] }, { name: "a", topics: [1, 9] }, { name: "c" }]);

    assert.match(text, /3 topics: 1 with rules, 1 left out for the reason given, 1 without a rule yet\./);
    assert.match(text, /## Identity\n\n\| # .*\n\|---.*\n\| 1 \| Root sign-in \| single \| `a` `b` \|\n/);
    assert.ok(text.includes("| 2 | Names \\| places | lookup | Left out: needs a list |\n"));
    assert.match(text, /## Network\n\n\| # .*\n\|---.*\n\| 3 \| Routes \| single \| none yet \|\n$/);
  });

  it("names the rules of a topic that was to be left out", () => {
    assert.match(describeCoverage(topics, [{ name: "d", topics: [2] }]), /\| lookup \| `d` \|/);
  });
});
