import assert from "node:assert/strict";
import type { Json } from "../../src/cloudtrail/json.ts";
import { escalationKindOf, escalationsOf } from "../../src/detect/escalation.ts";

type Statement = { readonly [key: string]: Json };
const allow = (Action: Json, more: Statement = {}): Statement => ({ Effect: "Allow", Action, Resource: "*", ...more });
const deny = (Action: Json, more: Statement = {}): Statement => ({ ...allow(Action, more), Effect: "Deny" });
const paths = (...Statement: readonly Statement[]) => escalationsOf({ Version: "2012-10-17", Statement });

const PASSROLE_ON_ONE = allow("iam:PassRole", { Resource: "arn:aws:iam::111122223333:role/app" });
const EVERYTHING = paths(allow("*")).length;

describe("the escalation paths of a policy", () => {
  it("are all where everything is allowed, hidden in a list or not", () => {
    assert.equal(EVERYTHING > 100, true);
    assert.equal(paths(allow("sns:*"), allow(["s3:*", "*"])).length, EVERYTHING);
    assert.equal(paths(allow("*:*")).length, EVERYTHING);
  });

  it("see through NotAction, also where it is a decoy", () => {
    const decoy = { Effect: "Allow", NotAction: "*", Resource: "*" };
    const butSts = paths({ Effect: "Allow", NotAction: "sts:*", Resource: "*" });

    assert.deepEqual(paths(decoy, allow("iam:PutUserPolicy")), ["iam-007"]);
    assert.equal(butSts.includes("iam-007") && !butSts.includes("sts-001"), true);
  });

  it("join the actions of several statements", () => {
    const found = paths(allow("ec2:*"), allow(["s3:*", "iam:PassRole"]));

    for (const id of ["ec2-001", "ec2-002", "ec2-004", "ec2-005"]) assert.equal(found.includes(id), true, id);
    assert.deepEqual(paths(allow("ec2:*"), allow(["s3:*", "iam:PassRole"]), deny("iam:*")), ["ec2-002", "ec2-005"]);
  });

  it("are none for reading, or for passing roles alone", () => {
    assert.deepEqual(paths(allow(["s3:Get*", "iam:List*", "iam:Get*"])), []);
    assert.deepEqual(paths(allow("iam:PassRole")), []);
  });

  it("do not count what is narrowed to a role, a path or a condition", () => {
    const run = allow(["lambda:CreateFunction", "lambda:InvokeFunction"]);
    const passed = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } };

    assert.equal(paths(run, allow("iam:PassRole")).includes("lambda-001"), true);
    assert.deepEqual(paths(run, PASSROLE_ON_ONE), []);
    assert.deepEqual(paths(run, allow("iam:PassRole", { Resource: "arn:aws:iam::*:role/app/*" })), []);
    assert.deepEqual(paths(run, allow("iam:PassRole", { Condition: passed })), []);
  });

  it("count what names only the account, the region or the kind", () => {
    const functions = "arn:aws:lambda:eu-west-1:111122223333:function:*";
    const roles = allow("iam:PassRole", { Resource: "arn:aws:iam::111122223333:role/*" });
    const found = paths(allow(["lambda:CreateFunction", "lambda:InvokeFunction"], { Resource: functions }), roles);

    assert.deepEqual(found, ["lambda-001"]);
  });

  it("want the kind of resource that the action is about", () => {
    const users = "arn:aws:iam::111122223333:user/*";

    assert.deepEqual(paths(allow("iam:PutUserPolicy", { Resource: users })), ["iam-007"]);
    assert.deepEqual(paths(allow("iam:PutRolePolicy", { Resource: users })), []);
    assert.deepEqual(paths(allow("iam:AddUserToGroup", { Resource: "arn:aws:iam::111122223333:group/*" })), [
      "iam-013",
    ]);
  });

  it("are not closed by a Deny under a condition or of something else", () => {
    const put = allow("iam:PutUserPolicy");
    const unlessMfa = { Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } };

    assert.deepEqual(paths(put, deny("iam:*", unlessMfa)), ["iam-007"]);
    assert.deepEqual(paths(put, deny("iam:PutUserPolicy", { Resource: "arn:aws:iam::111122223333:user/root" })), [
      "iam-007",
    ]);
    assert.deepEqual(paths(put, deny("iam:Put*")), []);
  });

  it("are of a known kind", () => {
    assert.equal(escalationKindOf("iam-007"), "self");
    assert.equal(escalationKindOf("iam-002"), "access");
    assert.equal(escalationKindOf("lambda-001"), "passrole");
    assert.equal(escalationKindOf("ssm-001"), "existing");
    assert.equal(escalationKindOf("x"), undefined);
  });

  it("are none in a policy larger than AWS accepts", () => {
    const many = Array.from({ length: 7000 }, (_, at) => `x:${at}`);

    assert.deepEqual(paths(allow([...many, "*"])), []);
  });
});
