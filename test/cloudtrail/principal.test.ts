import assert from "node:assert/strict";
import fc from "fast-check";
import { type Principal, principalOf } from "../../src/cloudtrail/principal.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";

const A = "111122223333";
const B = "444455556666";

function callerOf(userIdentity: unknown, more: object = {}): Principal {
  return principalOf(parseRecord({ eventName: "ListUsers", recipientAccountId: B, userIdentity, ...more }));
}

const session = `arn:aws:sts::${A}:assumed-role/ci/build-7`;
const issuer = { type: "Role", arn: `arn:aws:iam::${A}:role/ops/ci`, accountId: A, userName: "ci" };

/** Every row of the table of userIdentity types, and the ways in which each may be incomplete. */
const table: readonly (readonly [string, object, Principal])[] = [
  [
    "root, whose userName may be the account's alias",
    { type: "Root", accountId: A, principalId: A, arn: `arn:aws:iam::${A}:root`, userName: "example-alias" },
    { id: `arn:aws:iam::${A}:root`, kind: "Root", name: "root", account: A },
  ],
  [
    "root without ARN and account",
    { type: "Root", principalId: A },
    { id: `arn:aws:iam::${A}:root`, kind: "Root", name: "root", account: A },
  ],
  [
    "root by AssumeRoot",
    { type: "Root", accountId: A, arn: `arn:aws:sts::${A}:assumed-root`, sessionContext: { assumedRoot: "true" } },
    { id: `arn:aws:iam::${A}:root`, kind: "Root", name: "root", account: A },
  ],
  [
    "root of which nothing is told but where it acted",
    { type: "Root" },
    { id: `arn:aws:iam::${B}:root`, kind: "Root", name: "root", account: B },
  ],
  [
    "an IAM user, by ARN with path",
    {
      type: "IAMUser",
      arn: `arn:aws:iam::${A}:user/ops/jack`,
      accountId: A,
      userName: "jack",
      principalId: "AIDAEXAMPLE",
    },
    { id: `arn:aws:iam::${A}:user/ops/jack`, kind: "IAMUser", name: "jack", account: A },
  ],
  [
    "an IAM user without ARN",
    { type: "IAMUser", accountId: A, userName: "jack", principalId: "AIDAEXAMPLE" },
    { id: `arn:aws:iam::${A}:user/jack`, kind: "IAMUser", name: "jack", account: A },
  ],
  [
    "an IAM user with nothing but a principalId",
    { type: "IAMUser", principalId: "AIDAEXAMPLE" },
    { id: "AIDAEXAMPLE", kind: "IAMUser", name: "AIDAEXAMPLE" },
  ],
  [
    "an unknown name at sign-in",
    { type: "IAMUser", accountId: A, principalId: "", accessKeyId: "", userName: "HIDDEN_DUE_TO_SECURITY_REASONS" },
    {
      id: `arn:aws:iam::${A}:user/HIDDEN_DUE_TO_SECURITY_REASONS`,
      kind: "IAMUser",
      name: "HIDDEN_DUE_TO_SECURITY_REASONS",
      account: A,
    },
  ],
  [
    "an IAM user for whom a service acted",
    {
      type: "IAMUser",
      arn: `arn:aws:iam::${A}:user/jack`,
      userName: "jack",
      invokedBy: "cloudformation.amazonaws.com",
    },
    { id: `arn:aws:iam::${A}:user/jack`, kind: "IAMUser", name: "jack", account: A },
  ],
  [
    "a role's session, by its issuer, which alone has the path",
    { type: "AssumedRole", arn: session, accountId: A, sessionContext: { sessionIssuer: issuer } },
    { id: issuer.arn, kind: "AssumedRole", name: "ci", account: A, sessionName: "build-7" },
  ],
  [
    "a role's session without sessionContext",
    { type: "AssumedRole", arn: session, principalId: "AROAEXAMPLE:build-7" },
    { id: `arn:aws:iam::${A}:role/ci`, kind: "AssumedRole", name: "ci", account: A, sessionName: "build-7" },
  ],
  [
    "a role's session in GovCloud",
    { type: "AssumedRole", arn: session.replace("arn:aws:", "arn:aws-us-gov:") },
    { id: `arn:aws-us-gov:iam::${A}:role/ci`, kind: "AssumedRole", name: "ci", account: A, sessionName: "build-7" },
  ],
  [
    "a role's session by issuer alone",
    { type: "AssumedRole", principalId: "AROAEXAMPLE:build-7", sessionContext: { sessionIssuer: { arn: issuer.arn } } },
    { id: issuer.arn, kind: "AssumedRole", name: "ci", sessionName: "build-7" },
  ],
  [
    "a role's session whose ARN has no session",
    { type: "AssumedRole", arn: `arn:aws:sts::${A}:assumed-role/ci` },
    { id: `arn:aws:sts::${A}:assumed-role/ci`, kind: "AssumedRole", name: "ci", account: A },
  ],
  [
    "a role's session of which nothing is told",
    { type: "AssumedRole" },
    { id: "unknown", kind: "AssumedRole", name: "unknown" },
  ],
  [
    "a role",
    { type: "Role", arn: issuer.arn, userName: "ci", accountId: A },
    { id: issuer.arn, kind: "Role", name: "ci", account: A },
  ],
  [
    "a federated user, with the IAM user behind it",
    {
      type: "FederatedUser",
      arn: `arn:aws:sts::${A}:federated-user/temp`,
      accountId: A,
      principalId: `${A}:temp`,
      sessionContext: { sessionIssuer: { type: "IAMUser", arn: `arn:aws:iam::${A}:user/jack` } },
    },
    {
      id: `arn:aws:sts::${A}:federated-user/temp`,
      kind: "FederatedUser",
      name: "temp",
      account: A,
      parent: `arn:aws:iam::${A}:user/jack`,
    },
  ],
  [
    "a federated user without ARN",
    { type: "FederatedUser", accountId: A, principalId: `${A}:temp` },
    { id: `arn:aws:sts::${A}:federated-user/temp`, kind: "FederatedUser", name: "temp", account: A },
  ],
  [
    "a SAML user, who has neither ARN nor account",
    {
      type: "SAMLUser",
      principalId: "kdHmrjaRRUKDKFExample=:jack",
      userName: "jack",
      identityProvider: "kdHmrjaRRUKDKFExample=",
    },
    { id: "kdHmrjaRRUKDKFExample=|jack", kind: "SAMLUser", name: "jack", account: B },
  ],
  [
    "a web identity",
    {
      type: "WebIdentityUser",
      principalId: "token.example.com:sts.amazonaws.com:repo:example/app",
      userName: "repo:example/app",
      identityProvider: "arn:aws:iam::111122223333:oidc-provider/token.example.com",
    },
    {
      id: "arn:aws:iam::111122223333:oidc-provider/token.example.com|repo:example/app",
      kind: "WebIdentityUser",
      name: "repo:example/app",
      account: B,
    },
  ],
  [
    "a web identity without provider and name",
    { type: "WebIdentityUser", principalId: "token.example.com:aud:sub" },
    { id: "token.example.com:aud:sub", kind: "WebIdentityUser", name: "token.example.com:aud:sub", account: B },
  ],
  [
    "a user of Identity Center",
    {
      type: "IdentityCenterUser",
      accountId: A,
      credentialId: "c-1",
      onBehalfOf: { userId: "u-1", identityStoreArn: `arn:aws:identitystore::${A}:identitystore/d-1` },
    },
    {
      id: `arn:aws:identitystore::${A}:identitystore/d-1/user/u-1`,
      kind: "IdentityCenterUser",
      name: "u-1",
      account: A,
    },
  ],
  [
    "a user of Identity Center without a store",
    { type: "IdentityCenterUser", onBehalfOf: { userId: "u-1" } },
    { id: "u-1", kind: "IdentityCenterUser", name: "u-1", account: B },
  ],
  [
    "somebody of another account, whatever the session",
    { type: "AWSAccount", accountId: A, principalId: "AROAEXAMPLE:build-7" },
    { id: `${A}:AROAEXAMPLE`, kind: "AWSAccount", name: A, account: A, sessionName: "build-7" },
  ],
  [
    "a user of another account",
    { type: "AWSAccount", accountId: A, principalId: "AIDAEXAMPLE" },
    { id: `${A}:AIDAEXAMPLE`, kind: "AWSAccount", name: A, account: A },
  ],
  [
    "nobody",
    { type: "AWSAccount", accountId: "ANONYMOUS_PRINCIPAL", principalId: "" },
    { id: "ANONYMOUS_PRINCIPAL", kind: "AWSAccount", name: "ANONYMOUS_PRINCIPAL" },
  ],
  [
    "a service",
    { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
    { id: "ec2.amazonaws.com", kind: "AWSService", name: "ec2.amazonaws.com" },
  ],
  [
    "a service that gives no type",
    { accountId: A, invokedBy: "AWS Internal" },
    { id: "AWS Internal", kind: "AWSService", name: "AWS Internal" },
  ],
  ["a service that gives no name", { type: "AWSService" }, { id: "unknown", kind: "Unknown", name: "unknown" }],
  [
    "a directory's user",
    { type: "Directory", principalId: "d-1:S-1-5", userName: "jack", accountId: A },
    { id: "d-1:S-1-5", kind: "Unknown", name: "jack", account: A },
  ],
  [
    "an unknown one with a name only",
    { type: "Unknown", userName: "jack" },
    { id: "jack", kind: "Unknown", name: "jack" },
  ],
  ["a type of tomorrow", { type: "AgentUser", principalId: "x-1" }, { id: "x-1", kind: "Unknown", name: "x-1" }],
  ["an empty identity", {}, { id: "unknown", kind: "Unknown", name: "unknown" }],
];

describe("principalOf", () => {
  for (const [who, userIdentity, expected] of table)
    it(`names ${who}`, () => {
      assert.deepEqual(callerOf(userIdentity), expected);
    });

  it("names a record without userIdentity unknown", () => {
    assert.equal(callerOf(undefined).id, "unknown");
  });

  it("builds ARNs of the partition that the region lies in", () => {
    const china = { awsRegion: "cn-north-1" };

    assert.equal(callerOf({ type: "Root", accountId: A }, china).id, `arn:aws-cn:iam::${A}:root`);
    assert.equal(callerOf({ type: "IAMUser", accountId: A, userName: "li" }, china).id, `arn:aws-cn:iam::${A}:user/li`);
  });

  it("is the same for all sessions of a role", () => {
    const ids = ["a", "b"].map(
      (name) => callerOf({ type: "AssumedRole", arn: `arn:aws:sts::${A}:assumed-role/ci/${name}` }).id,
    );

    assert.equal(ids[0], ids[1]);
  });

  it("never throws and never gives an empty id or name, whatever the identity holds", () => {
    const types = [...new Set(table.map(([, identity]) => ("type" in identity ? identity.type : undefined)))];
    const text = fc.oneof(fc.constantFrom("", ":", "/", "arn:", session, issuer.arn, A), fc.string(), fc.integer());
    const field = fc.option(text, { nil: undefined });
    const identity = fc.record({
      type: fc.constantFrom(...types),
      arn: field,
      accountId: field,
      principalId: field,
      userName: field,
      invokedBy: field,
      identityProvider: field,
      onBehalfOf: fc.oneof(field, fc.record({ userId: field, identityStoreArn: field })),
      sessionContext: fc.oneof(field, fc.record({ sessionIssuer: fc.record({ arn: field, userName: field }) })),
    });

    fc.assert(
      fc.property(identity, (userIdentity) => {
        const { id, name } = callerOf(userIdentity);
        assert.ok(id.length > 0 && name.length > 0);
      }),
      { numRuns: 2_000 },
    );
  });
});
