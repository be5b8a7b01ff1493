import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import { FACT_NAMES } from "../../src/detect/facts.ts";
import type { CompiledRules } from "../../src/detect/rules.ts";
import type { Question } from "../../src/detect/state.ts";
import { ACCOUNT, compile, detectorOf, JACK, minute, recordOf, ruleText } from "./fixture.ts";

const keys =
  "{ sel: { eventName: CreateAccessKey, requestParameters.userName|startswith: sup }, own: { ids.actor_is_target: true }, condition: sel and not own }";

describe("detector", () => {
  it("tells who did what where, with the evidence", async () => {
    const findings = await detectorOf(ruleText(keys)).feed(recordOf());

    assert.deepEqual(findings, [
      {
        id: findings[0]?.id,
        rule: "r0",
        title: "A rule",
        level: "medium",
        outcome: "success",
        eventID: "00000000-0000-4000-8000-000000000001",
        eventIDs: ["00000000-0000-4000-8000-000000000001"],
        time: minute(0),
        account: ACCOUNT,
        principal: JACK,
        evidence: [
          { selection: "sel", field: "eventName", value: "CreateAccessKey" },
          { selection: "sel", field: "requestParameters.userName", value: "support2" },
        ],
        suppressed: false,
        group: [JACK],
        sightings: [
          {
            eventID: "00000000-0000-4000-8000-000000000001",
            time: minute(0),
            action: "iam:CreateAccessKey",
            region: "us-east-1",
            ip: "198.51.100.7",
          },
        ],
      },
    ]);
    assert.match(findings[0]?.id ?? "", /^fi_[0-9a-f]{24}$/);
  });

  it("gives the same id to the same record and another one to another", async () => {
    const idOf = async (fields: object, text = ruleText(keys)) =>
      (await detectorOf(text).feed(recordOf(fields)))[0]?.id;
    const id = await idOf({});

    assert.ok(id);
    assert.equal(await idOf({}), id);
    assert.notEqual(await idOf({ eventID: "00000000-0000-4000-8000-000000000002" }), id);
    assert.notEqual(await idOf({ recipientAccountId: "444455556666" }), id);
    assert.notEqual(await idOf({}, ruleText(keys, "ids.group-by: [requestParameters.userName]")), id);
  });

  it("takes the rule's own group-by into the finding", async () => {
    const text = ruleText(keys, "ids.group-by: [requestParameters.userName, requestParameters.none]");

    assert.deepEqual((await detectorOf(text).feed(recordOf()))[0]?.group, [JACK, "support2", ""]);
  });

  it("keeps findings in the order of the records", async () => {
    const count =
      "title: c\nname: c\nlevel: low\ncorrelation: { type: event_count, rules: [r0], timespan: 1m, condition: { gte: 1 }, generate: true }";
    const records = ["a", "b"].map((eventID) => recordOf({ eventID }));
    const findings = await detectorOf(`${ruleText(keys)}\n---\n${count}`).feedAll(records);

    assert.deepEqual(
      findings.map(({ rule, eventIDs }) => [rule, eventIDs.at(-1)]),
      [
        ["r0", "a"],
        ["c", "a"],
        ["r0", "b"],
        ["c", "b"],
      ],
    );
  });

  it("asks the state once for all records, and not at all when no correlation counts", async () => {
    const asked: number[] = [];
    const state = {
      ask: async ({ adds }: Question) => {
        asked.push(adds.length);
        return { windows: adds.map(() => []), marks: [] };
      },
    };
    const count =
      "title: c\nname: c\nlevel: low\ncorrelation: { type: event_count, rules: [r0], timespan: 1m, condition: { gte: 1 } }";
    const detector = makeDetector(compile(`${ruleText(keys)}\n---\n${count}`), state, { accounts: [] });
    await detector.feedAll([
      recordOf({ eventID: "a" }),
      recordOf({ eventID: "b" }),
      recordOf({ eventName: "GetUser" }),
    ]);
    await detector.feed(recordOf({ eventName: "GetUser" }));

    assert.deepEqual(asked, [2]);
  });

  it("takes sharing between configured accounts for one's own, and with a vendor for the vendor's", async () => {
    const foreign = "{ sel: { ids.unknown_foreign_account: true }, condition: sel }";
    const share = (account: string) =>
      recordOf({
        eventSource: "ec2.amazonaws.com",
        eventName: "ModifySnapshotAttribute",
        requestParameters: { createVolumePermission: { add: { items: [{ userId: account }] } } },
      });
    const detector = makeDetector(compile(ruleText(foreign)), memoryState(), {
      accounts: [{ id: ACCOUNT }, { id: "444455556666" }],
      known: { vendors: new Map([["777788889999", "Backup vendor"]]) },
    });

    assert.deepEqual(await detector.feed(share("444455556666")), []);
    assert.deepEqual(await detector.feed(share("777788889999")), []);
    assert.equal((await detector.feed(share("999988887777"))).length, 1);
  });

  it("knows the regions of configured accounts", async () => {
    const text = ruleText("{ sel: { ids.region_unused: true }, condition: sel }");
    const detector = detectorOf(text, [{ id: ACCOUNT, regions: ["eu-central-1"] }]);
    const launch = { eventSource: "ec2.amazonaws.com", eventName: "RunInstances" };

    assert.equal((await detector.feed(recordOf({ ...launch, awsRegion: "ap-southeast-2" }))).length, 1);
    assert.equal((await detector.feed(recordOf({ ...launch, awsRegion: "eu-central-1" }))).length, 0);
    assert.equal((await detector.feed(recordOf({ ...launch, recipientAccountId: "444455556666" }))).length, 0);
  });
});

describe("a failed attempt", () => {
  const failed = recordOf({ errorCode: "AccessDenied" });
  const told = async (onFailure: string, level = "medium") => {
    const text = ruleText(keys, onFailure).replace("level: medium", `level: ${level}`);
    return (await detectorOf(text).feed(failed)).map((one) => [one.level, one.title, one.outcome]);
  };

  it("is told one level lower, as tried, unless the rule says otherwise", async () => {
    assert.deepEqual(await told(""), [["low", "A rule (tried, failed)", "failure"]]);
    assert.deepEqual(await told("ids.on_failure: lower", "informational"), [
      ["informational", "A rule (tried, failed)", "failure"],
    ]);
  });

  it("is told as it is with ids.on_failure: same", async () => {
    assert.deepEqual(await told("ids.on_failure: same"), [["medium", "A rule", "failure"]]);
  });

  it("does not match with ids.on_failure: ignore", async () => {
    assert.deepEqual(await told("ids.on_failure: ignore"), []);
  });
});

describe("a rule that throws", () => {
  const good = compile(ruleText(keys));
  const [rule] = good.rules;
  assert.ok(rule);
  const bad = { ...rule, name: "bad", matches: () => assert.fail("out of luck") };
  const compiled: CompiledRules = { ...good, router: () => [bad, rule] };
  const feed = (fields: object) => makeDetector(compiled, memoryState(), { accounts: [] }).feed(recordOf(fields));

  it("becomes a finding and stops no other rule", async () => {
    const findings = await feed({});

    assert.deepEqual(
      findings.map((one) => [one.rule, one.level, one.group]),
      [
        ["rule_failed", "low", ["bad"]],
        ["r0", "medium", [JACK]],
      ],
    );
    assert.deepEqual(findings[0]?.evidence, [{ selection: "bad", field: "iam:CreateAccessKey", value: "out of luck" }]);
  });

  it("is one finding a day, whatever records it fails on", async () => {
    const idOn = async (fields: object) => (await feed(fields))[0]?.id;
    const id = await idOn({});

    assert.equal(await idOn({ eventID: "x", userIdentity: {}, eventTime: minute(60) }), id);
    assert.notEqual(await idOn({ eventTime: minute(24 * 60) }), id);
  });
});

describe("hostile records", () => {
  /** Rules that touch every field and fact in every way. */
  const fields = [
    "eventName",
    "requestParameters.userName",
    "requestParameters.a.b",
    "userIdentity.arn",
    "errorCode",
    ...FACT_NAMES,
  ];
  const tests = ["", "|contains", "|re", "|exists", "|fieldref"].flatMap((modifier) =>
    fields.map(
      (field) =>
        `{ ${field}${modifier}: ${modifier === "|exists" ? true : modifier === "|fieldref" ? "eventSource" : "x"} }`,
    ),
  );
  const rule = ruleText(
    `{ any: [${tests.join(", ")}], words: [x, y], condition: any or words }`,
    "ids.group-by: [requestParameters.a]",
  );
  const count =
    "title: c\nname: c\nlevel: low\ncorrelation: { type: value_count, rules: [r0], timespan: 1m, condition: { gte: 1, field: eventName }, generate: true }";
  const detector = detectorOf(`${rule}\n---\n${count}`, [{ id: ACCOUNT, regions: ["eu-central-1"] }]);

  const keysOfRecords = [
    "eventName",
    "eventSource",
    "eventTime",
    "eventID",
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "errorCode",
    "errorMessage",
    "awsRegion",
    "recipientAccountId",
    "sourceIPAddress",
  ];
  const inner = [
    "userName",
    "arn",
    "type",
    "policyDocument",
    "policyArn",
    "Statement",
    "Effect",
    "Principal",
    "Action",
    "Condition",
    "a",
    "b",
    "__proto__",
    "items",
    "cidrIp",
    "instanceType",
    "sessionContext",
    "sessionIssuer",
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        "x",
        "",
        "iam.amazonaws.com",
        "RunInstances",
        "AuthorizeSecurityGroupIngress",
        "*",
        "%7B%22",
        "%ZZ",
        '{"Statement":1}',
        "0.0.0.0/0",
        0,
        true,
        null,
        "\u{1F680}",
        "\ud800",
      ),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...inner), tie("value"), { maxKeys: 4 }),
    ),
  }));
  const hostile = fc
    .tuple(fc.dictionary(fc.constantFrom(...keysOfRecords), value), fc.string({ minLength: 1 }))
    .map(([record, eventID]) => ({ eventID, ...record }));

  it("never make the detector throw or a rule fail", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (raw) => {
        let record: ReturnType<typeof parseRecord>;
        try {
          record = parseRecord(raw);
        } catch {
          return;
        }
        const findings = await detector.feed(record);

        assert.deepEqual(
          findings.filter((one) => one.rule === "rule_failed"),
          [],
        );
        for (const { evidence } of findings) {
          assert.ok(evidence.length <= 12);
          assert.ok(evidence.every((one) => one.value.length <= 256));
        }
      }),
      { numRuns: 1500 },
    );
  });
});
