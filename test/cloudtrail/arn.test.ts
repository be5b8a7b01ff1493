import assert from "node:assert/strict";
import { arnOf, partitionOf, shortName } from "../../src/cloudtrail/arn.ts";

describe("arnOf", () => {
  it("reads an ARN of another partition, path included", () => {
    assert.deepEqual(arnOf("arn:aws-cn:iam::111122223333:user/ops/jack"), {
      partition: "aws-cn",
      service: "iam",
      region: "",
      account: "111122223333",
      resource: "user/ops/jack",
    });
  });

  it("keeps the colons of a resource", () => {
    assert.equal(arnOf("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db")?.resource, "secret:prod/db");
  });

  it("reads an ARN without account and region", () => {
    assert.equal(arnOf("arn:aws:s3:::data")?.account, "");
  });

  for (const other of [
    "",
    "arn",
    "arn:aws:iam",
    "arn:aws:iam::111122223333:",
    "arn::iam::111122223333:root",
    "user/jack",
  ])
    it(`refuses "${other}"`, () => {
      assert.equal(arnOf(other), undefined);
    });
});

describe("shortName", () => {
  for (const [name, short] of [
    ["arn:aws:iam::aws:policy/job-function/Billing", "Billing"],
    ["arn:aws:sts::111122223333:federated-user/jack", "jack"],
    ["arn:aws:sns:eu-west-1:111122223333:alerts", "alerts"],
    ["jack", "jack"],
    ["odd/", "odd/"],
    ["", ""],
  ] as const) {
    it(`shortens "${name}" to "${short}"`, () => {
      assert.equal(shortName(name), short);
    });
  }
});

describe("partitionOf", () => {
  for (const [region, partition] of [
    ["eu-west-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["us-isof-south-1", "aws-iso-f"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["eusc-de-east-1", "aws-eusc"],
    ["", "aws"],
  ] as const) {
    it(`puts "${region}" into ${partition}`, () => {
      assert.equal(partitionOf(region), partition);
    });
  }
});
