/** Correlations over several rules: temporal, temporal_ordered, aliases, correlations of correlations, and new values. */
import assert from "node:assert/strict";
import { memoryState } from "../../src/adapters/memory-state.ts";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { Finding } from "../../src/detect/finding.ts";
import { compile, detectorOf, minute, problemsOf, recordOf, ruleText } from "./fixture.ts";

const rule = (name: string, selection: string) => ruleText(`{ sel: ${selection}, condition: sel }`, `name: ${name}`);
const bases = ["CreateUser", "AttachUserPolicy", "CreateAccessKey"].map((name) => rule(name, `{ eventName: ${name} }`));
const over = (correlation: string, more = "") =>
  `title: Together\nname: together\nlevel: high\n${more}\ncorrelation: ${correlation}`;
const call = (id: string, at: number, eventName: string, fields: object = {}): CloudTrailRecord =>
  recordOf({ eventID: id, eventTime: minute(at), eventName, ...fields });
const told = (findings: readonly Finding[]) =>
  findings.map(({ rule: name, eventIDs }) => `${name}: ${eventIDs.join(" ")}`);
const feed = async (text: string, ...records: readonly CloudTrailRecord[]) => {
  const detector = detectorOf(text);
  const findings: Finding[] = [];
  for (const record of records) findings.push(...(await detector.feed(record)));
  return told(findings);
};

const all = (type: string) =>
  [...bases, over(`{ type: ${type}, rules: [CreateUser, AttachUserPolicy, CreateAccessKey], timespan: 10m }`)].join(
    "\n---\n",
  );

describe("temporal", () => {
  it("fires when every rule matched within the timespan, in whatever order", async () => {
    const records = [call("a", 0, "CreateAccessKey"), call("b", 4, "CreateUser"), call("c", 9, "AttachUserPolicy")];

    assert.deepEqual(await feed(all("temporal"), ...records), ["together: a b c"]);
  });

  it("does not fire when one is missing, too late, or another principal's", async () => {
    const [a, b] = [call("a", 0, "CreateUser"), call("b", 1, "AttachUserPolicy")];
    const other = {
      userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/eve", accountId: "111122223333" },
    };

    assert.deepEqual(await feed(all("temporal"), a, b, call("c", 2, "CreateUser")), []);
    assert.deepEqual(await feed(all("temporal"), a, b, call("c", 11, "CreateAccessKey")), []);
    assert.deepEqual(await feed(all("temporal"), a, b, call("c", 2, "CreateAccessKey", other)), []);
  });

  it("names the step of each rule as evidence", async () => {
    const detector = detectorOf(all("temporal_ordered"));
    const [finding] = await detector.feedAll([
      call("a", 0, "CreateUser"),
      call("b", 1, "AttachUserPolicy"),
      call("c", 2, "CreateAccessKey"),
    ]);

    assert.deepEqual(
      finding?.evidence.map(({ field, value }) => `${field}: ${value}`),
      [
        "CreateUser: iam:CreateUser at 10:00:00",
        "AttachUserPolicy: iam:AttachUserPolicy at 10:01:00",
        "CreateAccessKey: iam:CreateAccessKey at 10:02:00",
      ],
    );
  });
});

describe("temporal_ordered", () => {
  it("fires for the order of its rules, whatever the order of arrival", async () => {
    const records = [call("a", 0, "CreateUser"), call("b", 4, "AttachUserPolicy"), call("c", 9, "CreateAccessKey")];
    for (const [x, y, z] of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ] as const) {
      const arriving = [x, y, z].flatMap((i) => records[i] ?? []);
      const [only = "", ...more] = await feed(all("temporal_ordered"), ...arriving);
      assert.deepEqual([only.slice(10).split(" ").sort().join(" "), more], ["a b c", []]);
    }
  });

  it("does not fire for another order", async () => {
    const records = [call("a", 0, "CreateAccessKey"), call("b", 4, "AttachUserPolicy"), call("c", 9, "CreateUser")];

    assert.deepEqual(await feed(all("temporal_ordered"), ...records), []);
  });

  it("takes records of the same second in any order", async () => {
    const records = [call("a", 0, "CreateAccessKey"), call("b", 0, "AttachUserPolicy"), call("c", 0, "CreateUser")];

    assert.equal((await feed(all("temporal_ordered"), ...records)).length, 1);
  });

  it("wants two records for a rule that it names twice", async () => {
    const twice = [bases[0], over("{ type: temporal_ordered, rules: [CreateUser, CreateUser], timespan: 10m }")].join(
      "\n---\n",
    );

    assert.deepEqual(await feed(twice, call("a", 0, "CreateUser")), []);
    assert.deepEqual(await feed(twice, call("a", 0, "CreateUser"), call("b", 1, "CreateUser")), ["together: a b"]);
  });
});

describe("aliases", () => {
  const text = [
    rule("reset", "{ eventName: UpdateLoginProfile }"),
    rule("signin", "{ eventName: ConsoleLogin }"),
    over(
      "{ type: temporal_ordered, rules: [reset, signin], group-by: [who], timespan: 1h, aliases: { who: { reset: requestParameters.userName, signin: userIdentity.userName } } }",
    ),
  ].join("\n---\n");
  const reset = call("a", 0, "UpdateLoginProfile", { requestParameters: { userName: "victim" } });
  const signIn = (userName: string) =>
    call("b", 5, "ConsoleLogin", {
      userIdentity: { type: "IAMUser", userName, accountId: "111122223333" },
      requestParameters: null,
    });

  it("join a field of one rule with another field of the next", async () => {
    assert.deepEqual(await feed(text, reset, signIn("victim")), ["together: a b"]);
    assert.deepEqual(await feed(text, reset, signIn("bob")), []);
  });

  it("are refused when they name no rule of the correlation, or leave one out", () => {
    const broken = (aliases: string) =>
      problemsOf(
        [
          rule("r", "{ a: b }"),
          rule("s", "{ a: c }"),
          over(`{ type: temporal, rules: [r, s], group-by: [who], timespan: 1h, aliases: ${aliases} }`),
        ].join("\n---\n"),
      ).join();

    assert.match(broken("{ who: { r: a, t: b, s: c } }"), /"t" is not one of this correlation's rules/);
    assert.match(broken("{ who: { r: a } }"), /names no field for "s"/);
    assert.match(broken("{ whom: { r: a, s: b }, who: { r: a, s: b } }"), /whom: is not in group-by/);
    assert.match(broken("{ who: { r: ids.nothing, s: b } }"), /fact "ids.nothing" is not one of/);
  });
});

describe("correlations of correlations", () => {
  const denied = rule("denied", "{ errorCode: AccessDenied }");
  const burst =
    "title: Burst\nname: burst\nlevel: low\ncorrelation: { type: event_count, rules: [denied], timespan: 10m, condition: { gte: 3 } }";
  const made = rule("made", "{ eventName: CreateUser, errorCode: null }");
  const text = [denied, burst, made, over("{ type: temporal_ordered, rules: [burst, made], timespan: 1h }")].join(
    "\n---\n",
  );
  const deniedAt = (id: string, at: number) => call(id, at, "ListUsers", { errorCode: "AccessDenied" });

  it("take what fired for a record; what they count raises nothing of its own", async () => {
    const records = [deniedAt("a", 0), deniedAt("b", 1), deniedAt("c", 2), call("d", 5, "CreateUser")];

    assert.deepEqual(await feed(text, ...records), ["together: c d"]);
    const generating = text.replace("timespan: 1h }", "timespan: 1h, generate: true }");
    assert.deepEqual(await feed(generating, ...records), ["burst: a b c", "made: d", "together: c d"]);
  });

  it("are refused when they count themselves over others", () => {
    const circle = [
      denied,
      "title: A\nname: a\nlevel: low\ncorrelation: { type: temporal, rules: [b, denied], timespan: 10m }",
      "title: B\nname: b\nlevel: low\ncorrelation: { type: temporal, rules: [a, denied], timespan: 10m }",
    ].join("\n---\n");

    assert.match(problemsOf(circle).join(), /counts itself, over others/);
  });
});

describe("new_value", () => {
  const DAY = 24 * 60;
  const text = [
    rule("role", "{ eventName: AssumeRole }"),
    over("{ type: new_value, rules: [role], timespan: 30d, condition: { field: sourceIPAddress } }"),
  ].join("\n---\n");
  const from = (id: string, at: number, sourceIPAddress: string, fields: object = {}) =>
    call(id, at, "AssumeRole", { sourceIPAddress, ...fields });
  const week = Array.from({ length: 8 }, (_, i) => from(`w${i}`, i * DAY, "192.0.2.1"));

  it("tells a value that the group did not have, once its habits are known", async () => {
    const detector = detectorOf(text);
    await detector.feedAll(week);
    const findings = await detector.feedAll([from("a", 8 * DAY, "198.51.100.9"), from("b", 8 * DAY, "192.0.2.1")]);

    assert.deepEqual(
      findings.map(({ rule: name, level, eventIDs, evidence }) => [name, level, eventIDs, evidence[0]?.value]),
      [["together", "high", ["a"], "198.51.100.9 (not seen in 30 days)"]],
    );
  });

  it("is informational while it learns", async () => {
    const findings = await detectorOf(text).feedAll([...week.slice(0, 4), from("a", 4 * DAY, "198.51.100.9")]);

    assert.ok(findings.length > 0 && findings.every(({ level }) => level === "informational"));
  });

  it("gives a redelivered record the same finding with the same id", async () => {
    const detector = detectorOf(text);
    await detector.feedAll(week);
    const odd = from("a", 8 * DAY, "198.51.100.9");
    const [first] = await detector.feed(odd);
    await detector.feedAll([from("b", 8 * DAY + 60, "198.51.100.9"), from("c", 10 * DAY, "198.51.100.9")]);
    const [again] = await detector.feed(odd);

    assert.deepEqual(again, first);
  });

  it("does not learn from what was denied, nor from a principal with an open alert", async () => {
    const suspects = async (principals: readonly string[]) => new Set(principals);
    const denied = (id: string, at: number) => from(id, at, "198.51.100.9", { errorCode: "AccessDenied" });
    const calm = detectorOf(text);
    await calm.feedAll([...week, denied("a", 8 * DAY), denied("b", 9 * DAY)]);
    assert.equal((await calm.feed(from("c", 11 * DAY, "198.51.100.9")))[0]?.level, "high");

    const state = memoryState();
    await makeDetector(compile(text), state, { accounts: [] }).feedAll(week);
    const watched = makeDetector(compile(text), state, { accounts: [], suspects });
    await watched.feedAll([from("a", 8 * DAY, "198.51.100.9"), from("b", 9 * DAY, "198.51.100.9")]);
    assert.equal((await watched.feed(from("c", 11 * DAY, "198.51.100.9"))).length, 1);
  });

  it("learns nothing of a principal with an open alert over a correlation in between either", async () => {
    const bulk = [
      ...bases,
      "title: Bulk\nname: bulk\nlevel: low\ncorrelation: { type: event_count, rules: [CreateUser], group-by: [ids.principal], timespan: 10m, condition: { gte: 2 } }",
      "title: New\nname: new_bulk\nlevel: high\nids.learning: none\ncorrelation: { type: new_value, rules: [bulk], group-by: [ids.principal], timespan: 30d, condition: { field: eventName } }",
    ].join("\n---\n");
    const twice = (day: number) => [0, 1].map((i) => call(`d${day}-${i}`, day * DAY + i, "CreateUser"));
    const newOn = async (suspects: (principals: readonly string[]) => Promise<ReadonlySet<string>>) => {
      const detector = makeDetector(compile(bulk), memoryState(), { accounts: [], suspects });
      await detector.feedAll(twice(0));
      return (await detector.feedAll(twice(2))).map(({ rule: name }) => name);
    };

    assert.deepEqual(await newOn(async () => new Set()), []);
    assert.deepEqual(await newOn(async (principals) => new Set(principals)), ["new_bulk"]);
  });

  it("takes several fields for one value, and no record without any", async () => {
    const pair = text.replace("field: sourceIPAddress", "field: [eventName, requestParameters.roleArn]");
    const detector = detectorOf(pair);
    const role = (id: string, at: number, roleArn: string) =>
      call(id, at, "AssumeRole", { requestParameters: { roleArn } });
    await detector.feedAll(Array.from({ length: 8 }, (_, i) => role(`w${i}`, i * DAY, "a")));

    assert.equal(
      (await detector.feed(role("x", 8 * DAY, "b")))[0]?.evidence[0]?.value,
      "AssumeRole · b (not seen in 30 days)",
    );
    const none = text.replace("field: sourceIPAddress", "field: requestParameters.gone");
    assert.deepEqual(await feed(none, ...week), []);
  });

  it("is refused without a field, or with a count", () => {
    const broken = (condition: string) =>
      problemsOf(
        [rule("role", "{ a: b }"), over(`{ type: new_value, rules: [role], timespan: 30d${condition} }`)].join(
          "\n---\n",
        ),
      ).join();

    assert.match(broken(""), /new_value wants the field/);
    assert.match(broken(", condition: { field: a, gte: 3 }"), /counts nothing/);
  });

  it("is refused where it would itself ignore failed calls: its rules do that", () => {
    const problems = (onFailure: string) =>
      problemsOf(text.replace("title: Together", `ids.on_failure: ${onFailure}\ntitle: Together`));

    assert.deepEqual(problems("ignore"), [
      "rules/r0.yml:7: ids.on_failure: does nothing for new_value: write it in the rules that it names",
    ]);
    assert.deepEqual(problems("same"), []);
  });
});
