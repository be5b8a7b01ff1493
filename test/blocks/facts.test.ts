import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { why } from "../../blocks/facts.ts";
import { FACT_NAMES } from "../../src/detect/facts.ts";
import { alertWith } from "../alert/fixture.ts";

/** What an alert says of one piece of evidence. */
function saidOf(field: string, value: string): string {
  return JSON.stringify(why(alertWith({}, { evidence: [{ selection: "selection", field, value }] }), 3));
}

describe("a fact as evidence", () => {
  it("is said in words", () => {
    assert.match(saidOf("ids.attack_tool", "true"), /its user agent names an attack tool/);
    assert.doesNotMatch(saidOf("ids.attack_tool", "true"), /ids\./);
  });

  it("is a value behind words where it has one, quoted", () => {
    assert.match(saidOf("ids.ports_open", "22"), /opens port "},\{"type":"text","text":"22","style":\{"code":true\}/);
  });

  it("is the interval at which the calls came", () => {
    assert.match(
      saidOf("steady", "12 times, every 5 minutes"),
      /at a steady interval: "},\{[^}]*12 times, every 5 minutes"/,
    );
  });

  it("is left out where the sentence says it already: what was called, and how it ended", () => {
    const evidence = [
      { selection: "meant", field: "ids.outcome", value: "success" },
      { selection: "stopped", field: "ids.mfa", value: "false" },
    ];
    const said = JSON.stringify(why(alertWith({}, { evidence }), 3));

    assert.doesNotMatch(said, /outcome/);
    assert.match(said, /no MFA was used/);
  });

  it("is not cut where it says what a score is made of", () => {
    const said = saidOf(
      "aws_denied_call",
      "54 points: 11 distinct calls, such as iam:ListUsers, s3:ListBuckets, ec2:RunInstances",
    );

    assert.match(said, /11 distinct calls, such as iam:ListUsers, s3:ListBuckets, ec2:RunInstances/);
  });

  it("is field and value where there are no words", () => {
    assert.match(saidOf("ids.ports_open", "absent"), /ids\.ports_open.*absent/);
    assert.match(saidOf("ids.human", "jack"), /ids\.human.*jack/);
  });

  it("has words only for facts that there are", () => {
    const source = readFileSync(new URL("../../blocks/facts.ts", import.meta.url), "utf8");
    const named = [...source.matchAll(/\["(ids\.\w+)/g)].map(([, name]) => name);

    assert.deepEqual(
      named.filter((name) => name === undefined || !FACT_NAMES.includes(name)),
      [],
    );
    assert.equal(named.length > 30, true);
  });
});
