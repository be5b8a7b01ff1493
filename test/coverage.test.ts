import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { describeCoverage, parseTopics } from "../src/detect/topics.ts";

const topics = parseTopics(readFileSync("rules/topics.json", "utf8"));
const { summaries } = await loadRules([bundledRules()]);

describe("topics of the bundled rules", () => {
  it("are all in rules/topics.json", () => {
    const known = new Set(topics.map(({ number }) => number));
    const unknown = summaries.flatMap(({ name, topics: own }) =>
      own.filter((number) => !known.has(number)).map((number) => `${name}: ${number}`),
    );

    assert.deepEqual(unknown, []);
  });

  it("are told in docs/coverage.md; UPDATE_GOLDEN=1 writes it anew", () => {
    const text = describeCoverage(topics, summaries);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync("docs/coverage.md", text);

    const isTold = readFileSync("docs/coverage.md", "utf8") === text;
    assert.ok(isTold, "it is not of these rules: UPDATE_GOLDEN=1 npx mocha test/coverage.test.ts");
  });
});
