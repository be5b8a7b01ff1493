import assert from "node:assert/strict";
import fc from "fast-check";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import type { Finding } from "../../src/detect/finding.ts";
import { ACCOUNT, detectorOf, JACK, minute, recordOf, ruleText } from "./fixture.ts";

const base = ruleText("{ sel: { errorCode: AccessDenied }, condition: sel }", "name: denied");
const count = (correlation: string, more = "ids.on_failure: same") =>
  `${base}\n---\ntitle: Many\nname: many\nlevel: high\n${more}\ncorrelation: ${correlation}`;
const three = count("{ type: event_count, rules: [denied], timespan: 10m, condition: { gte: 3 } }");
const spread = count(
  "{ type: value_count, rules: [denied], timespan: 10m, condition: { gte: 3, field: ids.action } }",
  "ids.on_failure: same\nids.also: [{ field: eventSource, gte: 2 }]",
);

/** A denied call of jack's, `at` minutes after the start. */
function denied(id: string, at: number, fields: object = {}): CloudTrailRecord {
  return recordOf({ eventID: id, eventTime: minute(at), errorCode: "AccessDenied", ...fields });
}
const call = (id: string, at: number, eventSource: string, eventName: string) =>
  denied(id, at, { eventSource, eventName });

/** The eventIDs of each finding. */
const told = (findings: readonly Finding[]) => findings.map(({ eventIDs }) => eventIDs.join(" "));

describe("event_count", () => {
  it("fires at the count, and again at each record after it, and raises nothing of its base rule", async () => {
    const findings = await detectorOf(three).feedAll([denied("a", 0), denied("b", 4), denied("c", 8), denied("d", 9)]);

    assert.deepEqual(told(findings), ["a b c", "a b c d"]);
    assert.deepEqual(
      findings.map(({ rule, level, title }) => [rule, level, title]),
      [
        ["many", "high", "Many"],
        ["many", "high", "Many"],
      ],
    );
  });

  it("counts over separate feeds as in one", async () => {
    const detector = detectorOf(three);
    const findings = [];
    for (const record of [denied("a", 0), denied("b", 4), denied("c", 8)])
      findings.push(...(await detector.feed(record)));

    assert.deepEqual(told(findings), ["a b c"]);
  });

  it("takes exactly the timespan for within and one second more for outside", async () => {
    const at = (third: number) => detectorOf(three).feedAll([denied("a", 0), denied("b", 5), denied("c", third)]);

    assert.deepEqual(told(await at(10)), ["a b c"]);
    assert.deepEqual(told(await at(10 + 1 / 60)), []);
  });

  it("fires for a record that comes late into the middle, naming it last", async () => {
    const findings = await detectorOf(three).feedAll([
      denied("a", 0),
      denied("c", 12),
      denied("d", 15),
      denied("b", 6),
    ]);

    assert.deepEqual(told(findings), ["c d b"]);
    assert.equal(findings[0]?.time, minute(6));
    assert.deepEqual(
      findings[0]?.sightings.map(({ time }) => time),
      [minute(12), minute(15), minute(6)],
    );
  });

  it("counts a record once, however often it comes", async () => {
    const twice = [denied("a", 0), denied("a", 0), denied("b", 1), denied("b", 1)];

    assert.deepEqual(told(await detectorOf(three).feedAll(twice)), []);
  });

  it("gives the same finding again for a redelivered record", async () => {
    const detector = detectorOf(three);
    const [first] = await detector.feedAll([denied("a", 0), denied("b", 1), denied("c", 2)]);
    const [again] = await detector.feed(denied("c", 2));

    assert.ok(first);
    assert.deepEqual(again, first);
  });

  it("keeps accounts and principals apart", async () => {
    const eve = { userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/eve`, userName: "eve" } };
    const records = [
      denied("a", 0),
      denied("b", 1),
      denied("c", 2, eve),
      denied("d", 3, { recipientAccountId: "444455556666" }),
    ];

    assert.deepEqual(told(await detectorOf(three).feedAll(records)), []);
  });

  it("groups by the fields it names, and finds them in the finding's group", async () => {
    const text = count(
      "{ type: event_count, rules: denied, group-by: [ids.principal, sourceIPAddress], timespan: 10m, condition: { gt: 1 } }",
    );
    const from = (id: string, ip: string) => denied(id, 0, { sourceIPAddress: ip });
    const findings = await detectorOf(text).feedAll([
      from("a", "192.0.2.1"),
      from("b", "192.0.2.2"),
      from("c", "192.0.2.1"),
    ]);

    assert.deepEqual(told(findings), ["a c"]);
    assert.deepEqual([findings[0]?.group, findings[0]?.principal], [[JACK, "192.0.2.1"], JACK]);
  });

  it("names the hundred newest records and no more", async () => {
    const records = Array.from({ length: 150 }, (_, at) => denied(`e${at}`, at / 60));
    const last = (await detectorOf(three).feedAll(records)).at(-1);

    assert.equal(last?.eventIDs.length, 100);
    assert.deepEqual([last?.eventIDs[0], last?.eventIDs.at(-1)], ["e50", "e149"]);
    assert.deepEqual(last?.evidence, [{ selection: "many", field: "records", value: "150 within 10 minutes" }]);
  });

  it("is lowered when all its records failed, unless it says same", async () => {
    const lower = count(
      "{ type: event_count, rules: [denied], timespan: 10m, condition: { gte: 2 } }",
      "ids.on_failure: lower",
    );
    const [finding] = await detectorOf(lower).feedAll([denied("a", 0), denied("b", 1)]);

    assert.deepEqual([finding?.level, finding?.title, finding?.outcome], ["medium", "Many (tried, failed)", "failure"]);
  });

  it("has succeeded when one of its records did", async () => {
    const any = ruleText("{ sel: { eventSource: iam.amazonaws.com }, condition: sel }", "name: denied");
    const text = count(
      "{ type: event_count, rules: [denied], timespan: 10m, condition: { gte: 2 } }",
      "ids.on_failure: lower",
    );
    const [finding] = await detectorOf(text.replace(base, any)).feedAll([recordOf({ eventID: "a" }), denied("b", 1)]);

    assert.deepEqual([finding?.level, finding?.title, finding?.outcome], ["high", "Many", "success"]);
  });
});

describe("value_count", () => {
  const list = (id: string, at: number, name: string) => call(id, at, "iam.amazonaws.com", name);
  const s3 = (id: string, at: number) => call(id, at, "s3.amazonaws.com", "ListBuckets");

  it("counts distinct values, and those of ids.also", async () => {
    const one = await detectorOf(spread).feedAll([list("a", 0, "ListUsers"), list("b", 1, "ListUsers"), s3("c", 2)]);
    const two = await detectorOf(spread).feedAll([
      list("a", 0, "ListUsers"),
      list("b", 1, "ListRoles"),
      list("c", 2, "ListGroups"),
    ]);
    const both = await detectorOf(spread).feedAll([list("a", 0, "ListUsers"), list("b", 1, "ListRoles"), s3("c", 2)]);

    assert.deepEqual([told(one), told(two), told(both)], [[], [], ["a b c"]]);
  });

  it("says how many and which values it counted, most frequent first", async () => {
    const records = [list("a", 0, "ListUsers"), s3("b", 1), s3("c", 2), list("d", 3, "ListRoles")];
    const [finding] = await detectorOf(spread).feedAll(records);

    assert.deepEqual(finding?.evidence, [
      { selection: "many", field: "records", value: "4 within 10 minutes" },
      {
        selection: "many",
        field: "ids.action",
        value: "3 distinct, such as s3:ListBuckets, iam:ListRoles",
      },
      { selection: "many", field: "eventSource", value: "2 distinct, such as iam.amazonaws.com, s3.amazonaws.com" },
    ]);
  });

  it("counts no record without the value", async () => {
    const text = count(
      "{ type: value_count, rules: [denied], timespan: 10m, condition: { gte: 2, field: requestParameters.userName } }",
    );
    const of = (id: string, requestParameters: unknown) => denied(id, 0, { requestParameters });
    const names = (...parameters: readonly unknown[]) =>
      detectorOf(text).feedAll(parameters.map((one, at) => of(`e${at}`, one)));

    assert.deepEqual(told(await names(null, { userName: "x" }, { userName: "" })), []);
    assert.deepEqual(told(await names(null, { userName: "x" }, { userName: "y" })), ["e1 e2"]);
  });
});

describe("correlation", () => {
  /** A handful of calls within 40 minutes, some of one second. */
  const calls = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 0, max: 99 }),
      at: fc.integer({ min: 0, max: 40 }),
      pick: fc.integer({ min: 0, max: 5 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 14 },
  );
  const recordOfCall = ({ id, at, pick }: { id: number; at: number; pick: number }) =>
    call(`e${id}`, at, pick < 3 ? "iam.amazonaws.com" : "s3.amazonaws.com", `List${pick}`);

  /** By definition: the calls in windows of ten minutes with three actions of two services. */
  function inWindows(all: readonly { id: number; at: number; pick: number }[]): readonly string[] {
    const named = all.flatMap(({ at: from }) => {
      const window = all.filter(({ at }) => at >= from && at <= from + 10);
      const [actions, services] = [
        new Set(window.map(({ pick }) => pick)),
        new Set(window.map(({ pick }) => pick < 3)),
      ];
      return actions.size >= 3 && services.size >= 2 ? window.map(({ id }) => `e${id}`) : [];
    });
    return [...new Set(named)].sort();
  }

  it("names the records of all windows that meet its condition, in whatever order and however often they come", async () => {
    const arrivals = calls.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    );
    await fc.assert(
      fc.asyncProperty(arrivals, fc.boolean(), async ([all, arriving], together) => {
        const detector = detectorOf(spread);
        const findings: Finding[] = [];
        if (together) findings.push(...(await detector.feedAll(arriving.map(recordOfCall))));
        else for (const one of arriving) findings.push(...(await detector.feed(recordOfCall(one))));

        assert.deepEqual([...new Set(findings.flatMap(({ eventIDs }) => eventIDs))].sort(), inWindows(all));
        for (const { eventIDs, sightings, time } of findings) {
          for (const one of sightings) assert.ok(Math.abs(Date.parse(one.time) - Date.parse(time)) <= 600_000);
          assert.equal(new Set(eventIDs).size, eventIDs.length);
          assert.deepEqual(
            sightings.map(({ eventID }) => eventID),
            eventIDs,
          );
          assert.equal(sightings.at(-1)?.time, time);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("stays fast in a storm of calls that meet no condition", async () => {
    const storm = Array.from({ length: 3000 }, (_, at) => call(`e${at}`, at / 1000, "iam.amazonaws.com", "ListUsers"));
    const started = performance.now();

    assert.deepEqual(await detectorOf(spread).feedAll(storm), []);
    assert.ok(performance.now() - started < 8000);
  });
});
