import assert from "node:assert/strict";
import fc from "fast-check";
import { type DisableTarget, type KeyFacts, type Plan, planDisable, refusalOf } from "../../src/contain/plan.ts";

const ACCOUNT = "111122223333";
const KEY = "AKIAIOSFODNN7EXAMPLE";
const OTHER_KEY = "AKIAI44QH8DHBEXAMPLE";
const ARN = `arn:aws:iam::${ACCOUNT}:user/deploy-bot`;
const NOW = Date.parse("2026-11-20T10:00:00Z");

const target: DisableTarget = {
  account: { id: ACCOUNT, name: "prod", configured: true },
  keyId: KEY,
  expected: { arn: ARN },
};
const facts: KeyFacts = {
  owner: {
    kind: "ok",
    value: {
      userName: "deploy-bot",
      lastUsed: { at: "2026-11-20T09:59:00.000Z", service: "s3", region: "eu-west-1" },
    },
  },
  user: { kind: "ok", value: { arn: ARN, userName: "deploy-bot" } },
  keys: {
    kind: "ok",
    value: [
      { id: KEY, status: "Active", createdAt: "2026-11-10T12:00:00.000Z" },
      { id: OTHER_KEY, status: "Inactive", createdAt: "2026-11-20T12:00:00.000Z" },
    ],
  },
};
const rules = { protected: [] as string[], now: NOW };

function owned(arn: string, userName = arn.slice(arn.lastIndexOf("/") + 1)): [DisableTarget, KeyFacts] {
  return [
    { ...target, expected: { arn } },
    {
      ...facts,
      owner: { kind: "ok", value: { userName } },
      user: { kind: "ok", value: { arn, userName } },
    },
  ];
}

function whyOf(plan: Plan): string {
  return plan.kind === "refused" ? plan.why : plan.kind;
}

describe("planDisable", () => {
  it("plans an active key of the user that the alert names, with its age, its last use and the user's other key", () => {
    const plan = planDisable(target, facts, rules);

    assert.deepEqual(plan, {
      kind: "possible",
      account: { id: ACCOUNT, name: "prod" },
      userName: "deploy-bot",
      userArn: ARN,
      key: {
        id: KEY,
        status: "Active",
        createdAt: "2026-11-10T12:00:00.000Z",
        ageDays: 9,
        lastUsed: { at: "2026-11-20T09:59:00.000Z", service: "s3", region: "eu-west-1" },
      },
      otherKeys: [{ id: OTHER_KEY, status: "Inactive", createdAt: "2026-11-20T12:00:00.000Z", ageDays: 0 }],
    });
  });

  it("says that an inactive key is inactive already", () => {
    const keys: KeyFacts["keys"] = {
      kind: "ok",
      value: [{ id: KEY, status: "Inactive", createdAt: "2026-11-10T12:00:00.000Z" }],
    };

    assert.equal(planDisable(target, { ...facts, keys }, rules).kind, "already-inactive");
  });

  const denied = { kind: "denied", missing: "iam:GetUser" } as const;
  const unavailable = { kind: "unavailable", why: "timed out" } as const;
  const gone = { kind: "not-found" } as const;
  const refusals: readonly [string, string, DisableTarget, KeyFacts][] = [
    ["a temporary key", "temporary-key", { ...target, keyId: "ASIAIOSFODNN7EXAMPLE" }, facts],
    ["what is no access key", "temporary-key", { ...target, keyId: "" }, facts],
    [
      "an account that is not configured",
      "unconfigured-account",
      { ...target, account: { id: ACCOUNT, configured: false } },
      facts,
    ],
    ["a key whose id names another account", "foreign-account", { ...target, keyId: "AKIAWO645SY5AAEXMPLE" }, facts],
    ["a user of another account", "foreign-account", ...owned("arn:aws:iam::444455556666:user/deploy-bot")],
    ["a role as owner", "foreign-account", ...owned(`arn:aws:iam::${ACCOUNT}:role/deploy-bot`)],
    ["a key that IAM knows without a user", "root-key", target, { ...facts, owner: { kind: "ok", value: {} } }],
    ["an alert about root", "root-key", { ...target, expected: { arn: `arn:aws:iam::${ACCOUNT}:root` } }, facts],
    [
      "a key of another user than the alert names",
      "owner-changed",
      { ...target, expected: { arn: `arn:aws:iam::${ACCOUNT}:user/alice` } },
      facts,
    ],
    [
      "a key of another user than the operator saw",
      "owner-changed",
      { ...target, expected: { userName: "alice" } },
      facts,
    ],
    [
      "a user that IAM gives under another name",
      "owner-changed",
      target,
      { ...facts, user: { kind: "ok", value: { arn: ARN, userName: "alice" } } },
    ],
    [
      "a user on the break-glass path",
      "protected-principal",
      ...owned(`arn:aws:iam::${ACCOUNT}:user/break-glass/anna`),
    ],
    ["Trailhound's own key", "protected-principal", target, { ...facts, ownKeyId: KEY }],
    ["the other key of Trailhound's own user", "protected-principal", target, { ...facts, ownKeyId: OTHER_KEY }],
    ["a key that the user does not have", "key-gone", target, { ...facts, keys: { kind: "ok", value: [] } }],
    ["a key that IAM does not know", "key-gone", target, { ...facts, owner: gone }],
    ["a user that is gone", "key-gone", target, { ...facts, user: gone }],
    ["an owner it may not read", "iam-denied", target, { ...facts, owner: denied }],
    ["a user it may not read", "iam-denied", target, { ...facts, user: denied }],
    ["keys it may not read", "iam-denied", target, { ...facts, keys: denied }],
    ["an owner that IAM does not answer", "iam-unavailable", target, { ...facts, owner: unavailable }],
    ["a user that IAM does not answer", "iam-unavailable", target, { ...facts, user: unavailable }],
    ["keys that IAM does not answer", "iam-unavailable", target, { ...facts, keys: unavailable }],
  ];
  for (const [what, why, wanted, found] of refusals)
    it(`refuses ${what} and says what to do instead`, () => {
      const plan = planDisable(wanted, found, rules);

      assert.equal(whyOf(plan), why);
      assert.ok(plan.kind === "refused" && plan.steps.length >= 2);
    });

  it("names the action that Trailhound's role lacks", () => {
    const plan = planDisable(target, { ...facts, user: denied }, rules);

    assert.ok(plan.kind === "refused" && plan.missing === "iam:GetUser" && plan.steps[0]?.includes("iam:GetUser"));
  });

  it("gives root's owner the way over AssumeRoot and over AWS Support", () => {
    const plan = planDisable(target, { ...facts, owner: { kind: "ok", value: {} } }, rules);

    const steps = plan.kind === "refused" ? plan.steps.join("\n") : "";
    assert.match(steps, /sts:AssumeRoot/);
    assert.match(steps, /AWS Support/);
  });

  const patterns: readonly [string, string, boolean][] = [
    [`arn:aws:iam::${ACCOUNT}:user/deploy-bot`, ARN, true],
    ["arn:aws:iam::*:user/deploy-*", ARN, true],
    ["arn:aws:iam::*:user/DEPLOY-BOT", ARN, true],
    ["*", ARN, true],
    ["arn:aws:iam::*:user/deploy", ARN, false],
    ["arn:aws:iam::*:user/*/deploy-bot", ARN, false],
    ["arn:aws:iam::*:user/ops/*", `arn:aws:iam::${ACCOUNT}:user/ops/deploy-bot`, true],
    ["arn:aws:iam::*:user/ops/*", `arn:aws:iam::${ACCOUNT}:user/devops/deploy-bot`, false],
    ["*bot*bot", ARN, false],
    ["arn:aws:iam::444455556666:user/*", ARN, false],
  ];
  for (const [pattern, arn, isProtected] of patterns)
    it(`${isProtected ? "protects" : "does not protect"} ${arn} by ${pattern}`, () => {
      const plan = planDisable(...owned(arn), { ...rules, protected: [pattern] });

      assert.equal(whyOf(plan), isProtected ? "protected-principal" : "possible");
    });

  it("takes no long time over a pattern made to take long", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/${"a".repeat(500)}/deploy-bot`;
    const started = process.hrtime.bigint();

    const plan = planDisable(...owned(arn), { ...rules, protected: [`${"*a".repeat(300)}*b*c`] });

    assert.equal(plan.kind, "possible");
    assert.ok(process.hrtime.bigint() - started < 50_000_000n);
  });

  it("is never possible while the account, the owner or the key differs from what was expected", () => {
    const name = fc.constantFrom("deploy-bot", "alice", "break-glass/anna");
    const account = fc.constantFrom(ACCOUNT, "444455556666");
    const key = fc.constantFrom(KEY, OTHER_KEY);
    fc.assert(
      fc.property(name, account, key, name, account, fc.boolean(), (owner, home, held, expected, where, configured) => {
        const arn = `arn:aws:iam::${home}:user/${owner}`;
        const plan = planDisable(
          {
            account: { id: where, configured },
            keyId: KEY,
            expected: { arn: `arn:aws:iam::${where}:user/${expected}` },
          },
          {
            owner: { kind: "ok", value: { userName: owner } },
            user: { kind: "ok", value: { arn, userName: owner } },
            keys: { kind: "ok", value: [{ id: held, status: "Active", createdAt: "2026-11-10T12:00:00.000Z" }] },
          },
          rules,
        );
        const isRight =
          configured && owner === expected && home === where && held === KEY && !owner.startsWith("break-glass/");
        return (plan.kind === "possible") === isRight;
      }),
    );
  });
});

describe("refusalOf", () => {
  it("lets a long-term key of a configured account through, to be looked up", () => {
    assert.equal(refusalOf(target), undefined);
  });
});
