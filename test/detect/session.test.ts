import assert from "node:assert/strict";
import { factsOf, type Known } from "../../src/detect/facts.ts";
import { ACCOUNT, recordOf } from "./fixture.ts";

const INSTANCE = "i-0abc1234def567890";

/** A call of a role session; `identity` goes into userIdentity, `fields` into the record. */
const sessionOf = (name: string, fields: object = {}, identity: object = {}) =>
  recordOf({
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/${name}`,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/app`, userName: "app" } },
      ...identity,
    },
    ...fields,
  });
const factOf = (name: string, record: ReturnType<typeof sessionOf>, known: Known = {}) =>
  factsOf(record, undefined, known).value(name);

describe("a session", () => {
  it("is an instance's by its name or by how the instance got it", () => {
    const delivered = { sessionContext: { ec2RoleDelivery: "2.0" } };

    assert.equal(factOf("ids.from_instance", sessionOf(INSTANCE)), true);
    assert.equal(factOf("ids.from_instance", sessionOf("i-0abc1234")), true);
    assert.equal(factOf("ids.from_instance", sessionOf("i-1234567890abcdef")), true);
    assert.equal(factOf("ids.from_instance", sessionOf("x", {}, delivered)), true);
    assert.equal(factOf("ids.from_instance", sessionOf("i-am-jack")), false);
    assert.equal(factOf("ids.from_instance", sessionOf("i-beef")), false);
    assert.equal(factOf("ids.from_instance", sessionOf(`${INSTANCE}x`)), false);
  });

  it("is a function's, a container's or CloudShell's", () => {
    const lambda = { inScopeOf: { issuerType: "AWS::Lambda::Function" } };
    const task = "0123456789abcdef0123456789abcdef";
    const pod = "eks-prod-web-7c9f-01234567-89ab-cdef-0123-456789abcdef";

    assert.equal(factOf("ids.from_lambda", sessionOf("f", {}, lambda)), true);
    assert.equal(
      factOf("ids.from_lambda", sessionOf("f", { userAgent: "Boto3/1 exec-env/AWS_Lambda_python3.12" })),
      true,
    );
    assert.equal(factOf("ids.from_lambda", sessionOf("f")), false);
    assert.equal(factOf("ids.from_container", sessionOf(task)), true);
    assert.equal(factOf("ids.from_container", sessionOf(pod)), true);
    assert.equal(factOf("ids.from_container", sessionOf("build-7")), false);
    assert.equal(factOf("ids.from_cloudshell", sessionOf("a", { userAgent: "aws-cli/2 exec-env/CloudShell" })), true);
  });

  it("has the age that its start and the call's time give", () => {
    const started = (creationDate: string) => sessionOf("a", {}, { sessionContext: { attributes: { creationDate } } });

    assert.equal(factOf("ids.session_age_minutes", started("2026-11-20T09:56:30Z")), 3);
    assert.equal(factOf("ids.session_age_minutes", started("2026-11-20T10:00:00Z")), 0);
    assert.equal(factOf("ids.session_age_minutes", started("2026-11-20T10:05:00Z")), undefined);
    assert.equal(factOf("ids.session_age_minutes", started("soon")), undefined);
  });

  it("chains roles when a role assumes one", () => {
    const assume = { eventSource: "sts.amazonaws.com", eventName: "AssumeRole" };

    assert.equal(factOf("ids.role_chaining", sessionOf("a", assume)), true);
    assert.equal(factOf("ids.role_chaining", sessionOf("a")), false);
    assert.equal(factOf("ids.role_chaining", recordOf(assume)), false);
  });
});

describe("an instance's credentials", () => {
  const outside = (fields: object, known?: Known) =>
    factOf("ids.instance_credentials_outside", sessionOf(INSTANCE, fields), known);
  const publicly = { sourceIPAddress: "198.51.100.7", userAgent: "Boto3/1.34.0" };

  it("are at home behind a private address or a service", () => {
    assert.equal(outside({ sourceIPAddress: "10.0.0.7" }), false);
    assert.equal(outside({ sourceIPAddress: "ec2.amazonaws.com" }), false);
  });

  it("may be anywhere behind a public address", () => {
    assert.equal(outside(publicly), undefined);
    assert.equal(outside(publicly, { geo: () => ({ org: "AMAZON-02" }) }), undefined);
  });

  it("are elsewhere in a network that is not Amazon's", () => {
    assert.equal(outside(publicly, { geo: () => ({ org: "EXAMPLE-ISP" }) }), true);
  });

  it("are elsewhere in a browser", () => {
    assert.equal(outside({ ...publicly, userAgent: "Mozilla/5.0 (X11; Linux x86_64)" }), true);
    assert.equal(outside({ ...publicly, eventName: "ConsoleLogin" }), true);
  });

  it("are elsewhere behind another account's VPC endpoint", () => {
    const through = (vpcEndpointAccountId: string) => ({ sourceIPAddress: "10.0.0.7", vpcEndpointAccountId });

    assert.equal(outside(through("444455556666")), true);
    assert.equal(outside(through("444455556666"), { accounts: new Set(["444455556666"]) }), false);
    assert.equal(outside(through(ACCOUNT)), false);
  });

  it("are no subject of other sessions", () => {
    assert.equal(factOf("ids.instance_credentials_outside", sessionOf("build-7", publicly)), undefined);
  });
});

describe("the address of a call", () => {
  const kinds: readonly (readonly [address: string, kind: string | undefined])[] = [
    ["198.51.100.7", "public"],
    ["2001:db8::1", "public"],
    ["10.1.2.3", "private"],
    ["172.16.0.1", "private"],
    ["172.32.0.1", "public"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "private"],
    ["100.128.0.1", "public"],
    ["169.254.169.254", "private"],
    ["127.0.0.1", "private"],
    ["::1", "private"],
    ["fd00::1", "private"],
    ["fe80::1", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["100.2.3.4", "public"],
    ["ec2.amazonaws.com", "aws"],
    ["AWS Internal", "aws"],
    ["ec2.amazonaws.com.example.com", undefined],
    ["10.0.0", undefined],
  ];
  for (const [address, kind] of kinds) {
    it(`${address} is ${kind}`, () => {
      assert.equal(factsOf(recordOf({ sourceIPAddress: address }), undefined).value("ids.source_kind"), kind);
    });
  }

  it("is looked up only when it is public", () => {
    const asked: string[] = [];
    const geo = (address: string) => {
      asked.push(address);
      return { country: "DE" };
    };
    const countryOf = (sourceIPAddress: string) =>
      factsOf(recordOf({ sourceIPAddress }), undefined, { geo }).value("ids.country");

    assert.deepEqual(["10.0.0.1", "ec2.amazonaws.com", "x", "198.51.100.7"].map(countryOf), [
      undefined,
      undefined,
      undefined,
      "DE",
    ]);
    assert.deepEqual(asked, ["198.51.100.7"]);
  });
});
