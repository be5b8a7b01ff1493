import assert from "node:assert/strict";
import fc from "fast-check";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import type { Finding } from "../../src/detect/finding.ts";
import { detectorOf, minute, problemsOf, recordOf, ruleText } from "./fixture.ts";

const base = ruleText("{ sel: { errorCode: AccessDenied }, condition: sel }", "name: denied");
const over = (more: string, correlation = "type: event_count", timespan = "12h") =>
  `${base}\n---\ntitle: Job\nname: job\nlevel: low\nids.on_failure: same\n${more}\ncorrelation: { ${correlation}, rules: [denied], timespan: ${timespan} }`;
const SIX = over("ids.steady: 6");

/** A denied call at each of these seconds. */
const deniedAt = (seconds: readonly number[], fields: object = {}): readonly CloudTrailRecord[] =>
  seconds.map((at, i) =>
    recordOf({ eventID: `e${i}`, eventTime: minute(at / 60), errorCode: "AccessDenied", ...fields }),
  );
const every = (interval: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i * interval);
const feed = (seconds: readonly number[], text = SIX) => detectorOf(text).feedAll(deniedAt(seconds));
/** What the last finding says of its interval; undefined without a finding. */
const toldOf = (findings: readonly Finding[]): string | undefined =>
  findings.at(-1)?.evidence.find(({ field }) => field === "steady")?.value;

describe("ids.steady", () => {
  it("fires at the sixth record of an interval, and tells it with how many came at it", async () => {
    const findings = await feed(every(300, 7));

    assert.deepEqual(
      findings.map(({ eventID }) => eventID),
      ["e5", "e6"],
    );
    assert.deepEqual(findings[1]?.evidence, [
      { selection: "job", field: "records", value: "7 within 720 minutes" },
      { selection: "job", field: "steady", value: "7 times, every 5 minutes" },
    ]);
  });

  for (const [interval, said] of [
    [60, "60 seconds"],
    [90, "90 seconds"],
    [150, "2.5 minutes"],
    [3600, "60 minutes"],
    [7200, "2 hours"],
  ] as const)
    it(`tells an interval of ${said}`, async () => {
      assert.equal(toldOf(await feed(every(interval, 6))), `6 times, every ${said}`);
    });

  it("passes over what comes in between, and says of how many", async () => {
    const mixed = [...every(300, 12), 77, 78, 1333].toSorted((a, b) => a - b);

    assert.equal(toldOf(await feed(mixed)), "12 of 15 times, every 5 minutes");
  });

  it("takes a job that starts some seconds early or late", async () => {
    assert.equal(toldOf(await feed([0, 3607, 7190, 10_811, 14_400, 17_995])), "6 times, every 60 minutes");
  });

  it("counts records of one second once", async () => {
    const twice = every(300, 6).flatMap((at) => [at, at]);

    assert.deepEqual(await feed([0, 0, 300, 300, 600, 600, 900, 1200]), []);
    assert.equal(toldOf(await feed(twice)), "6 times, every 5 minutes");
  });

  it("takes neither irregular records nor those of shorter intervals", async () => {
    assert.deepEqual(await feed([0, 120, 1260, 4080, 4320, 4860]), []);
    assert.deepEqual(await feed(every(1, 250)), []);
    assert.deepEqual(await feed(every(30, 9)), []);
  });

  it("takes a chain that its window holds, and none that is longer", async () => {
    assert.equal((await feed(every(600, 4), over("ids.steady: 4", "type: event_count", "30m"))).length, 1);
    assert.deepEqual(await feed(every(601, 4), over("ids.steady: 4", "type: event_count", "30m")), []);
  });

  it("wants the count of a condition besides", async () => {
    const text = over("ids.steady: 4", "type: event_count, condition: { gte: 6 }");

    assert.deepEqual(await feed([0, 60, 120, 180, 200], text), []);
    assert.equal(toldOf(await feed([0, 60, 120, 180, 200, 211], text)), "4 of 6 times, every 60 seconds");
  });

  it("wants the distinct values of ids.also besides", async () => {
    const text = over("ids.steady: 4\nids.also: [{ field: awsRegion, gte: 2 }]");
    const [last] = deniedAt([180], { eventID: "last", awsRegion: "eu-west-1" });
    assert.ok(last);

    assert.deepEqual(await feed(every(60, 4), text), []);
    assert.equal((await detectorOf(text).feedAll([...deniedAt(every(60, 4)), last])).length, 1);
  });

  it("is refused where it means nothing", () => {
    const problems = (more: string, correlation?: string, timespan?: string) =>
      problemsOf(over(more, correlation, timespan)).map((problem) => problem.replace(/^rules\/r0\.yml:/, ""));

    assert.deepEqual(problems("ids.steady: 6", "type: new_value, condition: { field: ids.action }"), [
      "11: ids.steady: does not go with new_value",
    ]);
    assert.deepEqual(problems("ids.steady: 6", "type: value_count, condition: { field: ids.action, gte: 2 }"), [
      "11: ids.steady: does not go with value_count",
    ]);
    assert.deepEqual(problems("ids.steady: 2"), [
      "11: ids.steady: is less than 3: two records are always one interval apart",
    ]);
    assert.deepEqual(problems("ids.steady: 1001", undefined, "30d"), [
      "11: ids.steady: is more than the 1000 records that a window keeps",
    ]);
    assert.deepEqual(problems("ids.steady: 6", undefined, "4m"), [
      "11: ids.steady: 6 records a minute apart, and more, do not fit into 4m",
    ]);
  });
});

/** Seconds of six records whose gaps are about one interval, anywhere within an hour. */
const chain = fc
  .record({
    start: fc.integer({ min: 0, max: 900 }),
    interval: fc.integer({ min: 60, max: 500 }),
    early: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ start, interval, early }) => {
    const slack = Math.floor(0.02 * interval + 2);
    let at = start;
    return [at, ...early.map((percent) => (at += interval + Math.trunc((percent * slack) / 100)))];
  });
const seconds = fc.array(fc.integer({ min: 0, max: 3_600 }), { maxLength: 30 });
/** Twice each, in any order. */
const arriving = (records: readonly CloudTrailRecord[]) =>
  fc.shuffledSubarray([...records, ...records], { minLength: 2 * records.length });
const eventIDs = (findings: readonly Finding[]) =>
  [...new Set(findings.flatMap(({ eventIDs: own }) => own))].sort().join(" ");

describe("a steady interval in any stream", () => {
  const text = over("ids.steady: 6", "type: event_count", "1h");

  it("names the same records in whatever order and however often they come", async () => {
    const found = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(fc.oneof(chain, fc.constant([])), seconds)
          .map(([steady, others]) => deniedAt([...steady, ...others].toSorted((a, b) => a - b)))
          .chain((records) => fc.tuple(fc.constant(records), arriving(records))),
        async ([records, shuffled]) => {
          const wanted = eventIDs(await detectorOf(text).feedAll(records));
          found.add(wanted !== "");

          assert.equal(eventIDs(await detectorOf(text).feedAll(shuffled)), wanted);
        },
      ),
      { numRuns: 200 },
    );
    assert.deepEqual([...found].sort(), [false, true]);
  });

  it("is found whatever lies between its records", async () => {
    await fc.assert(
      fc.asyncProperty(chain, seconds, async (steady, others) => {
        const all = [...steady, ...others].toSorted((a, b) => a - b);

        assert.notEqual(toldOf(await feed(all)), undefined);
      }),
      { numRuns: 200 },
    );
  });

  it("is never found in fewer records", async () => {
    await fc.assert(
      fc.asyncProperty(chain, fc.integer({ min: 0, max: 5 }), async (steady, left) => {
        assert.deepEqual(await feed(steady.toSpliced(left, 1)), []);
      }),
      { numRuns: 100 },
    );
  });
});

describe("the evidence of a score", () => {
  const SCORE = over("ids.points: { denied: 5 }\nids.levels: { low: 10 }", "type: score", "1h");
  const call = (eventName: string, times: readonly number[]) =>
    times.flatMap((at) => deniedAt([at], { eventName, eventID: `${eventName} ${at}` }));
  const evidenceOf = async (records: readonly CloudTrailRecord[]) => {
    const inOrder = records.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
    return (await detectorOf(SCORE).feedAll(inOrder)).at(-1)?.evidence.map(({ field, value }) => `${field}: ${value}`);
  };

  it("names the calls that come at an interval beside the score", async () => {
    const evidence = await evidenceOf([...call("ListUsers", every(300, 9)), ...call("ListRoles", [2400])]);

    assert.deepEqual(evidence, [
      "score: 10 (low from 10)",
      "steady: 9 times, every 5 minutes: iam:ListUsers",
      "denied: 10 points: 2 distinct calls, such as iam:ListUsers, iam:ListRoles",
    ]);
  });

  it("names none that mostly come otherwise", async () => {
    const mostly = [...every(300, 5), ...Array.from({ length: 40 }, (_, i) => 401 + 13 * i)];
    const evidence = await evidenceOf([...call("ListUsers", mostly), ...call("ListRoles", [1200])]);

    assert.deepEqual(evidence, [
      "score: 10 (low from 10)",
      "denied: 10 points: 2 distinct calls, such as iam:ListUsers, iam:ListRoles",
    ]);
  });
});
