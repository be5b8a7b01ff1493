import assert from "node:assert/strict";
import { missedGoals, type Noise, noiseOf } from "../../bench/background.ts";
import { COMPANY } from "../../demo/company/company.ts";
import { bundledRules, loadRules } from "../../src/adapters/rulefolder.ts";
import { compileRules } from "../detect/fixture.ts";

const DETECTIONS = {
  high: "{ sel: { eventName: CreateUser }, condition: sel }",
  low: "{ sel: { eventName: Decrypt, errorCode: AccessDeniedException }, condition: sel }",
  informational: "{ sel: { eventName: CreateRole }, condition: sel }",
};
const loud = compileRules(
  Object.entries(DETECTIONS).map(([level, detection]) => ({
    file: `${level}.yml`,
    text: `title: A rule\nname: ${level}\nlogsource: { product: aws, service: cloudtrail }\ndetection: ${detection}\nlevel: ${level}\nids.on_failure: same\n`,
  })),
);
const thin = { ...COMPANY, volume: 0.1 };

describe("the noise of the bundled rules on a company's normal work", () => {
  let noise: Noise;
  before(async () => {
    noise = await noiseOf(await loadRules([bundledRules()]), COMPANY, 7);
  });

  it("is within the goals: no read, at most ten of a thousand writes, nothing high", () => {
    assert.deepEqual(missedGoals(noise), [], JSON.stringify(noise.rules, undefined, 2));
  });

  it("is measured on thousands of reads and a thousand writes, of which some do fire", () => {
    assert.ok(noise.records.reads > 20_000 && noise.records.writes > 1000, JSON.stringify(noise.records));
    assert.ok(noise.rules.some(({ rule }) => rule === "aws_iam_user_created"));
  });
});

describe("noiseOf", () => {
  it("counts by rule, level and kind of record, and folds findings to alerts", async () => {
    const noise = await noiseOf(loud, thin, 7);
    const counts = noise.rules.map(({ rule, kind }) => `${rule} ${kind}`).sort();
    const reads = noise.rules.find(({ rule }) => rule === "low")?.count ?? 0;

    assert.deepEqual(counts, ["high writes", "informational writes", "low reads"]);
    assert.equal(noise.high, 1);
    assert.equal(noise.rate.reads, (1000 * reads) / noise.records.reads);
    assert.ok(noise.alerts > 1 && noise.alerts < reads, `${noise.alerts} alerts of ${reads} findings`);
    assert.deepEqual(missedGoals(noise), [
      `${noise.rate.reads.toFixed(2)} findings per 1,000 reads, at most 0 wanted`,
      "1 at high or above, none wanted",
    ]);
  });

  it("hears nothing of the learning period", async () => {
    const heard = async (learnDays: number) =>
      (await noiseOf(loud, thin, learnDays)).rules.find(({ rule }) => rule === "high")?.count ?? 0;

    assert.equal(await heard(7), 1);
    assert.equal(await heard(14), 0);
  });

  it("tells who did what when first", async () => {
    const { rules } = await noiseOf(loud, thin, 7);
    const example = rules.find(({ rule }) => rule === "high")?.example ?? "";

    assert.match(example, /role\/aws-reserved\/.* · iam:CreateUser · 2026-11-09T08:\d\d:\d\dZ$/);
  });
});
