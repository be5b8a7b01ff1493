import assert from "node:assert/strict";
import { alertOf } from "../../src/alert/alert.ts";
import { disableKeyOf, isActiveAgain, isContained } from "../../src/alert/disable.ts";
import { ACCOUNTS, alertWith, CONTAINMENT, KEY, ROLE_SESSION, ROOT, recordWith, storedOf } from "./fixture.ts";

const record = recordWith();

describe("disableKeyOf", () => {
  it("is the long-term key that signed the opening record", () => {
    assert.deepEqual(disableKeyOf(alertWith()), {
      account: { id: "111122223333", name: "acme-prod", configured: true },
      keyId: KEY,
      expected: { arn: "arn:aws:iam::111122223333:user/deploy-bot" },
    });
  });

  it("is the key's own account when the call went to another one", () => {
    assert.equal(disableKeyOf(alertWith({}, { account: "444455556666" }))?.account.id, "111122223333");
  });

  it("is still the opening record's key when another key was used since", () => {
    const other = recordWith({ userIdentity: { ...record.userIdentity, accessKeyId: "AKIAI44QH8DHBEXAMPLE" } });
    const stored = { ...storedOf(record), latest: storedOf(other).opening };

    assert.equal(disableKeyOf(alertOf(stored, ACCOUNTS))?.keyId, KEY);
  });

  for (const [name, fields] of [
    ["a temporary key", { userIdentity: ROLE_SESSION }],
    ["root's key", { userIdentity: ROOT }],
    ["no key", { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } }],
    [
      "a key of an account that is not in the config",
      { userIdentity: { ...ROOT, type: "IAMUser", accountId: "999988887777" } },
    ],
  ] as const)
    it(`is undefined for ${name}`, () => {
      assert.equal(disableKeyOf(alertWith(fields)), undefined);
    });
});

describe("a containment", () => {
  it("is active again when the newest readable read-back says so", () => {
    const back = (...statuses: readonly ("Active" | "Inactive" | "unreadable")[]) => ({
      ...CONTAINMENT,
      readBacks: statuses.map((status, i) => ({ afterMs: i, at: "2026-11-20T10:05:51Z", status })),
    });

    assert.equal(isActiveAgain(back("Inactive", "Active")), true);
    assert.equal(isActiveAgain(back("Active", "unreadable")), true);
    assert.equal(isActiveAgain(back("Active", "Inactive")), false);
    assert.equal(isActiveAgain(CONTAINMENT), false);
  });

  it("has done its work while asked for and when the key is off, not when it failed", () => {
    const isDone = (kind: "requested" | "already-inactive" | "not-found" | "expired" | "superseded") =>
      isContained(alertWith({}, {}, { containment: { ...CONTAINMENT, state: { kind } } }));

    assert.deepEqual([isDone("requested"), isDone("already-inactive"), isDone("not-found")], [true, true, true]);
    assert.deepEqual([isDone("expired"), isDone("superseded"), isContained(alertWith())], [false, false, false]);
  });
});
