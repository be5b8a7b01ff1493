import assert from "node:assert/strict";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { detectorOf, JACK, minute, problemsOf, recordOf, ruleText } from "./fixture.ts";

const rule = (name: string, selection: string) => ruleText(`{ sel: ${selection}, condition: sel }`, `name: ${name}`);
const score = (more: string) =>
  [
    rule("denied", "{ errorCode: AccessDenied }"),
    rule("recon", "{ eventName|startswith: List }"),
    `title: Hands\nname: hands\nlevel: low\nids.on_failure: same\n${more}\ncorrelation: { type: score, rules: [denied, recon], timespan: 1h }`,
  ].join("\n---\n");
const TEXT = score(
  "ids.points: { denied: 2, recon: 1 }\nids.spread: { eventSource: 2 }\nids.levels: { low: 10, high: 20 }",
);

/** A denied List call of a service. */
const call = (n: number, at: number, service: string, fields: object = {}): CloudTrailRecord =>
  recordOf({
    eventID: `e${n}`,
    eventTime: minute(at),
    eventSource: `${service}.amazonaws.com`,
    eventName: `ListThings${n}`,
    errorCode: "AccessDenied",
    ...fields,
  });
const feed = async (records: readonly CloudTrailRecord[]) => detectorOf(TEXT).feedAll(records);

describe("a score", () => {
  it("adds up distinct calls and services, and tells the level that it reaches", async () => {
    const findings = await feed([0, 1, 2, 3].map((n) => call(n, 0, "iam")));

    assert.deepEqual(
      findings.map(({ level, group }) => [level, group]),
      [["low", [JACK, "low"]]],
    );
    assert.deepEqual(
      findings[0]?.evidence.map(({ field, value }) => `${field}: ${value}`),
      [
        "score: 12 (low from 10)",
        "denied: 8 points: 4 distinct calls, such as iam:ListThings0, iam:ListThings1, iam:ListThings2",
        "recon: 4 points: 4 distinct calls, such as iam:ListThings0, iam:ListThings1, iam:ListThings2",
      ],
    );
  });

  it("opens an alert of its own for a higher level", async () => {
    const findings = await feed([0, 1, 2, 3, 4, 5].map((n) => call(n, 0, ["iam", "s3", "ec2"][n % 3] ?? "")));

    assert.deepEqual([...new Set(findings.map(({ level }) => level))], ["low", "high"]);
    assert.ok(findings.every(({ level, group }) => group.includes(level)));
  });

  it("is one alert a level, whether what adds to it fails or not", async () => {
    const findings = await feed([
      ...[0, 1, 2, 3].map((n) => call(n, 0, "iam")),
      call(4, 1, "iam", { errorCode: null }),
      call(5, 2, "iam", { eventName: "ListThings0" }),
    ]);

    assert.equal(findings.length, 3);
    assert.deepEqual(
      findings.map(({ outcome, level }) => [outcome, level]),
      findings.map(() => ["failure", "low"]),
    );
  });

  it("takes a workload that fails at the same call for what it is", async () => {
    const same = Array.from({ length: 300 }, (_, n) => call(n, n / 10, "iam", { eventName: "ListUsers" }));

    assert.deepEqual(await feed(same), []);
  });

  it("lets signs of long ago weigh less", async () => {
    const near = [0, 1, 2, 3].map((n) => call(n, 0, "iam"));
    const far = [0, 1, 2, 3].map((n) => call(n, n * 20, "iam"));

    assert.equal((await feed(near)).length, 1);
    assert.deepEqual(await feed(far), []);
  });

  it("is refused without points for each rule, without levels, and with a condition", () => {
    assert.match(
      problemsOf(score("ids.points: { denied: 2 }\nids.levels: { low: 1 }")).join(),
      /says nothing about "recon"/,
    );
    assert.match(
      problemsOf(score("ids.points: { denied: 2, recon: 1, x: 1 }\nids.levels: { low: 1 }")).join(),
      /x: is not one of/,
    );
    assert.match(problemsOf(score("ids.points: { denied: 2, recon: 1 }")).join(), /ids.levels: is missing/);
    assert.match(
      problemsOf(TEXT.replace("timespan: 1h", "timespan: 1h, condition: { gte: 3 }")).join(),
      /score takes no condition/,
    );
  });
});
