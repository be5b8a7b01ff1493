import assert from "node:assert/strict";
import fc from "fast-check";
import { accessKeyOf, accountOfKeyId, isAccessKeyId, maskedKeyId } from "../../src/cloudtrail/accesskey.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";

const signedBy = (userIdentity: object) => accessKeyOf(parseRecord({ eventName: "ListUsers", userIdentity }));

describe("accessKeyOf", () => {
  it("gives a user's long-term key", () => {
    assert.deepEqual(signedBy({ type: "IAMUser", accessKeyId: "AKIAIOSFODNN7EXAMPLE", accountId: "111122223333" }), {
      id: "AKIAIOSFODNN7EXAMPLE",
      type: "long-term",
      account: "111122223333",
    });
  });

  it("gives a session's temporary key", () => {
    const key = signedBy({ type: "AssumedRole", accessKeyId: "ASIAIOSFODNN7EXAMPLE", accountId: "111122223333" });

    assert.equal(key?.type, "temporary");
  });

  for (const [what, identity] of [
    ["an AWS service", { type: "AWSService", invokedBy: "ec2.amazonaws.com" }],
    ["a console sign-in", { type: "IAMUser", accessKeyId: "", accountId: "111122223333" }],
    ["an anonymous call", { type: "AWSAccount", accountId: "ANONYMOUS_PRINCIPAL", principalId: "" }],
    ["a text that is no key id", { accessKeyId: "<!channel> AKIAIOSFODNN7EXAMPLE", accountId: "111122223333" }],
    ["a key id with a line break after it", { accessKeyId: "AKIAIOSFODNN7EXAMPLE\n", accountId: "111122223333" }],
    ["a key of no account", { accessKeyId: "AKIAIOSFODNN7EXAMPLE", accountId: "somebody" }],
    ["a number", { accessKeyId: 7, accountId: "111122223333" }],
  ] as const) {
    it(`gives no key for ${what}`, () => {
      assert.equal(signedBy(identity), undefined);
    });
  }
});

describe("isAccessKeyId", () => {
  it("knows long-term and temporary ids by form", () => {
    assert.equal(isAccessKeyId("AKIAI44QH8DHBEXAMPLE"), true);
    assert.equal(isAccessKeyId("ASIAIOSFODNN7EXAMPLE"), true);
  });

  for (const other of [
    "AIDAIOSFODNN7EXAMPLE",
    "AROAIOSFODNN7EXAMPLE",
    "AKIAIOSFODNN7EXAMPL",
    "akiaiosfodnn7example",
    "",
  ])
    it(`refuses "${other}"`, () => {
      assert.equal(isAccessKeyId(other), false);
    });
});

describe("accountOfKeyId", () => {
  it("reads the account of the published vector", () => {
    assert.equal(accountOfKeyId("ASIAQNZGKIQY56JQ7WML"), "029608264753");
  });

  it("reads back every account that an id of the new form was made for", () => {
    const anyId = fc.tuple(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 511 }));

    fc.assert(
      fc.property(anyId, ([account, low]) => {
        let bits = BigInt(account) * 512n + BigInt(low) + (1n << 49n); // top bit set: first character Q or later
        let id = "";
        for (let at = 0; at < 10; at++, bits /= 32n) id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number(bits % 32n)] + id;
        assert.equal(accountOfKeyId(`AKIA${id}7EXAMP`), String(account).padStart(12, "0"));
      }),
    );
  });

  for (const [what, id] of [
    ["an id of the old form", "AKIAIOSFODNN7EXAMPLE"],
    ["another id of the old form", "AKIAJ44QHADHBEXAMPLE"],
    ["a character outside base32", "AKIAQ010101010101010"],
    ["another kind of id", "AROAQNZGKIQY56JQ7WML"],
    ["a value above twelve digits", "AKIA77777777777777AA"],
    ["no id", "hello"],
  ] as const) {
    it(`gives no account for ${what}`, () => {
      assert.equal(accountOfKeyId(id), undefined);
    });
  }
});

describe("maskedKeyId", () => {
  it("shows the prefix and the last four", () => {
    assert.equal(maskedKeyId("AKIAIOSFODNN7EXAMPLE"), "AKIA…MPLE");
  });
});
