import assert from "node:assert/strict";
import { factsOf, type Known } from "../../src/detect/facts.ts";
import { ACCOUNT, recordOf } from "./fixture.ts";

const OWN = "o-own1234567";
const FOREIGN = "o-zyx9876543";
const OTHER = "444455556666";
const named: Known = { organizations: new Set([OWN]) };

const factsOfCall = (service: string, eventName: string, requestParameters: object, known: Known) =>
  factsOf(recordOf({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters }), undefined, known);
/** Facts of a role's trust for everyone, or for `principal`, under a condition. */
const trust = (Condition: object, known: Known = named, principal = "*") => {
  const Statement = { Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole", Condition };
  return factsOfCall("iam", "UpdateAssumeRolePolicy", { policyDocument: { Statement } }, known);
};
const inside = (id: unknown) => ({ StringEquals: { "aws:PrincipalOrgID": id } });
const pathOf = (id: string) => `${id}/r-ab12/ou-ab12-cdef3456/*`;
const variable = (name: string) => `\${${name}}`;

const foreign: readonly (readonly [says: string, condition: object, ids: readonly string[]])[] = [
  ["another one", inside(FOREIGN), [FOREIGN]],
  ["another one beside one's own", inside([OWN, FOREIGN]), [FOREIGN]],
  ["another one under a key in capitals", { StringEquals: { "AWS:PRINCIPALORGID": FOREIGN } }, [FOREIGN]],
  ["another one in capitals", { StringEqualsIgnoreCase: { "aws:PrincipalOrgID": "O-ZYX9876543" } }, [FOREIGN]],
  ["a unit of another one", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": [pathOf(FOREIGN)] } }, [FOREIGN]],
  ["services of another one", { StringEquals: { "aws:SourceOrgID": FOREIGN } }, [FOREIGN]],
  ["paths of services", { "ForAnyValue:StringLike": { "aws:SourceOrgPaths": pathOf(FOREIGN) } }, [FOREIGN]],
  ["those with an id that begins so", { StringLike: { "aws:PrincipalOrgID": "o-z*" } }, ["o-z*"]],
  ["another one between wildcards", { StringLike: { "aws:PrincipalOrgID": `*${FOREIGN}*` } }, [FOREIGN]],
  [
    "all values in another one, none of them missing",
    {
      "ForAllValues:StringEquals": { "aws:PrincipalOrgID": FOREIGN },
      Null: { "aws:principalorgid": "false" },
    },
    [FOREIGN],
  ],
];

const own: readonly (readonly [says: string, condition: object])[] = [
  ["by its id", inside(OWN)],
  ["by a path", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": pathOf(OWN) } }],
  ["by its id with a wildcard behind", { StringLike: { "aws:PrincipalOrgID": [`${OWN}*`] } }],
  ["as that of the resource", inside(variable("aws:ResourceOrgID"))],
  [
    "as far as another account is in it",
    { StringEquals: { "aws:PrincipalOrgID": OWN, "aws:PrincipalAccount": OTHER } },
  ],
];

const open: readonly (readonly [says: string, condition: object])[] = [
  ["any organisation", { StringLike: { "aws:PrincipalOrgID": "o-*" } }],
  ["a root of any organisation", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-*/r-ab12/*" } }],
  ["a unit behind a wildcard", { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "*/ou-ab12-cdef3456/*" } }],
  ["one's own organisation or any", { StringLike: { "aws:PrincipalOrgID": [OWN, "*"] } }],
  ["the caller's organisation", inside(variable("aws:PrincipalOrgID"))],
  ["what the caller is tagged with", inside(variable("aws:PrincipalTag/org"))],
  ["one's own organisation, if there is one", { StringEqualsIfExists: { "aws:PrincipalOrgID": OWN } }],
  [
    "all values in one's own, of which there may be none",
    { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": OWN } },
  ],
  ["all but one organisation", { StringNotEquals: { "aws:PrincipalOrgID": FOREIGN } }],
];

describe("an organisation that is let in", () => {
  for (const [says, condition, ids] of foreign) {
    it(`is foreign: ${says}`, () => {
      const facts = trust(condition);

      assert.deepEqual(facts.value("ids.foreign_organizations"), ids);
      assert.equal(facts.value("ids.unknown_foreign_account"), true);
      assert.equal(facts.value("ids.foreign_account"), true);
      assert.equal(facts.value("ids.public_principal"), false);
    });
  }

  for (const [says, condition] of own) {
    it(`is one's own ${says}`, () => {
      const facts = trust(condition);

      assert.equal(facts.value("ids.foreign_organizations"), undefined);
      assert.equal(facts.value("ids.foreign_account"), false);
      assert.equal(facts.value("ids.public_principal"), false);
    });
  }

  for (const [says, condition] of open) {
    it(`is everyone: ${says}`, () => assert.equal(trust(condition).value("ids.public_principal"), true));
  }

  it("makes an account one's own that is named with it, and no other", () => {
    const account = (condition: object) => trust(condition, named, OTHER).value("ids.foreign_accounts");

    assert.equal(account(inside(OWN)), undefined);
    assert.deepEqual(account(inside([OWN, FOREIGN])), [OTHER]);
    assert.deepEqual(account({ StringEqualsIfExists: { "aws:PrincipalOrgID": OWN } }), [OTHER]);
  });

  it("is unknown while none is configured", () => {
    const facts = trust(inside(FOREIGN), {});

    assert.equal(facts.value("ids.foreign_organizations"), undefined);
    assert.deepEqual(facts.value("ids.unknown_organizations"), [FOREIGN]);
    assert.equal(facts.value("ids.foreign_account"), false);
    assert.equal(trust(inside(FOREIGN)).value("ids.unknown_organizations"), undefined);
  });
});

describe("an organisation named by ARN", () => {
  const share = (manager: string, id: string, known: Known) =>
    factsOfCall(
      "ram",
      "CreateResourceShare",
      { principals: [`arn:aws:organizations::${manager}:ou/${id}/ou-ab12-x`] },
      known,
    );

  it("is one's own by its id, whoever manages it", () => {
    assert.equal(share(OTHER, OWN, named).value("ids.foreign_account"), false);
    assert.deepEqual(share(ACCOUNT, FOREIGN, named).value("ids.foreign_organizations"), [FOREIGN]);
  });

  it("is not unknown where one's own account manages it", () => {
    assert.equal(share(ACCOUNT, OWN, {}).value("ids.unknown_organizations"), undefined);
    assert.equal(share(OTHER, OWN, { accounts: new Set([OTHER]) }).value("ids.unknown_organizations"), undefined);
    assert.deepEqual(share(OTHER, OWN, {}).value("ids.unknown_organizations"), [OWN]);
  });
});

describe("an event bus for an organisation", () => {
  const permit = (more: object) => factsOfCall("events", "PutPermission", { principal: "*", ...more }, named);
  const only = (value: string) => ({ condition: { type: "StringEquals", key: "aws:PrincipalOrgID", value } });

  it("is not everyone's, and foreign when the organisation is", () => {
    assert.equal(permit({}).value("ids.public_principal"), true);
    assert.equal(permit(only(OWN)).value("ids.public_principal"), false);
    assert.equal(permit(only(OWN)).value("ids.foreign_account"), false);
    assert.equal(permit(only(FOREIGN)).value("ids.foreign_account"), true);
  });
});
