import assert from "node:assert/strict";
import fc from "fast-check";
import { type AlertFold, foldOf, mostFrequent, nextEditMs, RECORD_LIMIT } from "../../src/alert/alert.ts";
import { recordedOf } from "../../src/alert/summary.ts";
import { alertWith, findingOf, KEY, recordWith, storedOf } from "./fixture.ts";

const record = recordWith();
const finding = findingOf(record);

describe("foldOf", () => {
  it("is the same for the same finding", () => {
    assert.deepEqual(foldOf(finding, record), foldOf(findingOf(recordWith()), recordWith()));
  });

  it("joins findings of one rule, account, group and outcome, whatever their records", () => {
    const later = recordWith({ eventID: "d3a0b7b3-1111-4222-8333-444455556666", sourceIPAddress: "192.0.2.1" });
    const other = foldOf({ ...findingOf(later), id: "fi_000000000000000000000002" }, later);

    assert.equal(other.key, foldOf(finding, record).key);
    assert.notEqual(other.alert, foldOf(finding, record).alert);
  });

  for (const [name, change] of [
    ["rule", { rule: "other" }],
    ["account", { account: "444455556666" }],
    ["principal", { group: ["arn:aws:iam::111122223333:user/bob"] }],
    ["outcome", { outcome: "failure" }],
    ["what the rule groups by", { group: ["bucket-a"] }],
  ] as const)
    it(`keeps findings apart that differ in ${name}`, () => {
      assert.notEqual(foldOf({ ...finding, ...change }, record).key, foldOf(finding, record).key);
    });

  it("tells apart values that only joined would be the same", () => {
    const one = foldOf({ ...finding, group: ["ab", "c"] }, record);
    const two = foldOf({ ...finding, group: ["a", "bc"] }, record);

    assert.notEqual(one.key, two.key);
  });

  it("keeps what may be forged apart from what is sure, together by rule and account whatever else it says", () => {
    const doubted = { doubt: "no-envelope", receivedMs: 1_000, configured: true } as const;
    const one = foldOf(finding, record, doubted);
    const made = { principal: "x", outcome: "failure", group: ["y"], time: "2099-01-01T00:00:00Z" } as const;

    assert.notEqual(one.key, foldOf(finding, record).key);
    assert.equal(one.key, foldOf({ ...finding, ...made }, record, { ...doubted, doubt: "odd-time" }).key);
    assert.deepEqual([one.time, foldOf(finding, record).time], [1_000, Date.parse(finding.time)]);
    assert.notEqual(one.key, foldOf({ ...finding, rule: "other" }, record, doubted).key);
    assert.notEqual(one.key, foldOf({ ...finding, account: "444455556666" }, record, doubted).key);
  });

  it("keeps together what names accounts that nobody configured and may be forged", () => {
    const doubted = { doubt: "no-envelope", receivedMs: 1_000, configured: false } as const;

    const other = foldOf({ ...finding, account: "444455556666" }, record, doubted);
    assert.equal(other.key, foldOf({ ...finding, account: "999999999999" }, record, doubted).key);
  });

  it("goes first when it is critical, and last when it may be forged", () => {
    const doubted = { doubt: "odd-time", receivedMs: 1_000, configured: true } as const;
    const levels = ["critical", "high", "medium", "low", "informational"] as const;

    const ranks = [undefined, doubted].flatMap((doubt) =>
      levels.map((level) => foldOf({ ...finding, level }, record, doubt).rank),
    );
    assert.deepEqual(ranks, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is found by principal, name, key, the key's end and address, and among all that is shown", () => {
    const found = [finding.principal, "deploy-bot", KEY, "…MPLE", "198.51.100.23"];

    const subjects = (fold: AlertFold) => fold.subjects.toSorted();
    assert.deepEqual(subjects(foldOf(finding, record)), [...found, "*", `!${finding.principal}`].sort());
    assert.deepEqual(subjects(foldOf({ ...finding, suppressed: true }, record)), found.sort());
  });

  it("is found by the ARN and the name of its session, as alerts show them", () => {
    const session = recordWith({
      userIdentity: {
        type: "AssumedRole",
        arn: "arn:aws:sts::111122223333:assumed-role/ops/alice",
        accountId: "111122223333",
        sessionContext: {
          sessionIssuer: { type: "Role", arn: "arn:aws:iam::111122223333:role/team/ops", userName: "ops" },
        },
      },
    });

    const { subjects } = foldOf(findingOf(session), session);

    for (const asked of ["arn:aws:sts::111122223333:assumed-role/ops/alice", "ops", "alice"])
      assert.ok(subjects.includes(asked), asked);
  });

  it("shows neither suppressed nor informational findings", () => {
    assert.equal(foldOf(finding, record).shows, true);
    assert.equal(foldOf({ ...finding, suppressed: true }, record).shows, false);
    assert.equal(foldOf({ ...finding, level: "informational" }, record).shows, false);
  });

  it("stores no secret of the record or of its evidence", () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const leaky = recordWith({
      userAgent: `curl ${secret}`,
      errorMessage: `bad ${secret}`,
      requestParameters: { userName: "support2", password: "hunter22" },
      responseElements: {
        accessKey: { accessKeyId: KEY, secretAccessKey: secret },
        credentials: { sessionToken: "IQoJ" },
      },
    });
    const evidence = [{ selection: "s", field: "userAgent", value: `curl ${secret}` }];

    const stored = JSON.stringify(foldOf(findingOf(leaky, { evidence }), leaky));

    for (const leak of ["wJalr", "hunter22", "IQoJ"]) assert.ok(!stored.includes(leak), leak);
    assert.ok(stored.includes(KEY));
  });

  it("hides a secret that its own cut would have halved", () => {
    const leaky = recordWith({ userAgent: `${"x".repeat(1_080)} wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY` });

    assert.ok(!foldOf(findingOf(leaky), leaky).chapter.snapshot.userAgent?.includes("wJalr"));
  });

  it("keeps a record of any size within RECORD_LIMIT, and as JSON where strings and lists made it large", () => {
    const large = recordWith({
      requestParameters: { policyDocument: "x".repeat(100_000), tags: Array.from({ length: 5_000 }, (_, i) => i) },
    });
    const { record: kept } = foldOf(findingOf(large), large).chapter.snapshot;

    assert.ok(kept.length <= RECORD_LIMIT);
    assert.equal(JSON.parse(kept).eventName, "CreateUser");
    assert.match(JSON.parse(kept).requestParameters.policyDocument, /^x+… \(100,000 chars\)$/);
  });

  it("keeps any record within RECORD_LIMIT", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(300), (value, times) => {
        const any = recordWith({ requestParameters: { many: Array.from({ length: times }, () => value) } });
        assert.ok(foldOf(findingOf(any), any).chapter.snapshot.record.length <= RECORD_LIMIT);
      }),
      { numRuns: 50 },
    );
  });
});

describe("alertOf", () => {
  it("names the account and its owner from the config", () => {
    assert.deepEqual(alertWith().account, {
      id: "111122223333",
      name: "acme-prod",
      owner: "platform team",
      configured: true,
    });
  });

  it("marks an account that is not in the config", () => {
    assert.deepEqual(alertWith({}, { account: "999988887777" }).account, { id: "999988887777", configured: false });
  });

  it("names the key's account only when it is another one", () => {
    assert.equal(alertWith().keyAccount, undefined);
    assert.equal(alertWith({}, { account: "444455556666" }).keyAccount?.id, "111122223333");
  });

  it("orders actions by count and the rest by name", () => {
    const alert = alertWith({}, {}, { actions: { b: 1, a: 1, c: 5 }, regions: ["us-west-2", "eu-west-1"] });

    assert.deepEqual(
      alert.counters.actions.map(({ action }) => action),
      ["c", "a", "b"],
    );
    assert.deepEqual(alert.counters.regions, ["eu-west-1", "us-west-2"]);
  });
});

describe("nextEditMs", () => {
  it("is a second for the first five edits, then ten", () => {
    assert.deepEqual(
      [0, 4, 5, 500].map((edits) => nextEditMs({ edits })),
      [1_000, 1_000, 10_000, 10_000],
    );
  });
});

describe("recordedOf", () => {
  it("is undefined without alerts", () => {
    assert.equal(recordedOf([]), undefined);
  });

  it("adds up counts and spans all alerts", () => {
    const one = storedOf(record, finding, { events: 3, actions: { "iam:CreateUser": 1, "iam:ListUsers": 2 } });
    const two = {
      ...one,
      events: 4,
      actions: { "iam:ListUsers": 4 },
      regions: ["eu-west-1"],
      addresses: [""],
      first: "2026-11-19T00:00:00Z",
      last: "2026-11-19T01:00:00Z",
    };

    assert.deepEqual(recordedOf([one, two]), {
      events: 7,
      actions: [
        { action: "iam:ListUsers", count: 6 },
        { action: "iam:CreateUser", count: 1 },
      ],
      regions: ["eu-west-1", "us-east-1"],
      addresses: ["198.51.100.23"],
      first: "2026-11-19T00:00:00Z",
      last: "2026-11-20T10:02:03Z",
    });
  });

  it("counts an action named like a property of every object", () => {
    assert.deepEqual(mostFrequent(JSON.parse('{"__proto__":2,"constructor":1}')), [
      { action: "__proto__", count: 2 },
      { action: "constructor", count: 1 },
    ]);
  });
});
