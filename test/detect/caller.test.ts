import assert from "node:assert/strict";
import { factsOf, type Known } from "../../src/detect/facts.ts";
import { ACCOUNT, recordOf } from "./fixture.ts";

const factsFor = (fields: object, known: Known = {}) => factsOf(recordOf(fields), undefined, known);

/** A session of a role; `more` goes into sessionContext. */
const session = (role: string, name: string, more: object = {}) => ({
  userIdentity: {
    type: "AssumedRole",
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role.slice(role.lastIndexOf("/") + 1)}/${name}`,
    accountId: ACCOUNT,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        arn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        userName: role.slice(role.lastIndexOf("/") + 1),
      },
      ...more,
    },
  },
});
const SSO = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef";

const humans: readonly (readonly [says: string, fields: object, human: unknown, proof: unknown])[] = [
  ["an IAM user", {}, "jack", "proven"],
  ["root", { userIdentity: { type: "Root", accountId: ACCOUNT } }, undefined, undefined],
  ["a session of Identity Center", session(SSO, "alice@example.com"), "alice@example.com", "proven"],
  ["one of Identity Center's home region", session(SSO.replace("eu-west-1/", ""), "alice"), "alice", "proven"],
  [
    "a role that is only called so",
    session("AWSReservedSSO_Admin_0123456789abcdef", "alice@example.com"),
    "alice@example.com",
    "claimed",
  ],
  ["a session with a source identity", session("ci", "build-7", { sourceIdentity: "alice" }), "alice", "claimed"],
  ["a session called after an address", session("ops", "bob@example.com"), "bob@example.com", "claimed"],
  ["a machine's session", session("ci", "build-7"), undefined, undefined],
  [
    "an Identity Center user",
    {
      userIdentity: {
        type: "IdentityCenterUser",
        onBehalfOf: { userId: "user-1", identityStoreArn: "arn:aws:identitystore::111122223333:identitystore/d-1" },
      },
    },
    "user-1",
    "proven",
  ],
  [
    "a user's federation token, whatever it is called",
    {
      userIdentity: {
        type: "FederatedUser",
        arn: `arn:aws:sts::${ACCOUNT}:federated-user/mallory`,
        sessionContext: { sessionIssuer: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/jack` } },
      },
    },
    "jack",
    "proven",
  ],
  ["a service", { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } }, undefined, undefined],
];

describe("the person behind a call", () => {
  for (const [says, fields, human, proof] of humans) {
    it(`of ${says} is ${human} (${proof})`, () => {
      const facts = factsFor(fields);

      assert.deepEqual([facts.value("ids.human"), facts.value("ids.human_proof")], [human, proof]);
    });
  }

  it("came through Identity Center by the role's path, not by its name", () => {
    assert.equal(factsFor(session(SSO, "alice")).value("ids.via_sso"), true);
    assert.equal(factsFor(session(`team/${SSO}`, "alice")).value("ids.via_sso"), false);
    assert.equal(factsFor(session("AWSReservedSSO_Admin_0123456789abcdef", "alice")).value("ids.via_sso"), false);
  });
});

describe("the caller's account", () => {
  const stranger = { userIdentity: { type: "AWSAccount", accountId: "444455556666", principalId: "AIDAEXAMPLE" } };

  it("is one's own where it happened, or configured", () => {
    assert.equal(factsFor({}).value("ids.own_account"), true);
    assert.equal(factsFor(stranger).value("ids.own_account"), false);
    assert.equal(factsFor(stranger, { accounts: new Set(["444455556666"]) }).value("ids.own_account"), true);
  });

  it("is not known of services", () => {
    const service = { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } };

    assert.equal(factsFor(service).value("ids.caller_account"), undefined);
    assert.equal(factsFor(service).value("ids.own_account"), undefined);
  });
});
