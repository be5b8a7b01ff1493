import assert from "node:assert/strict";
import { factsOf } from "../../src/detect/facts.ts";
import { recordOf } from "./fixture.ts";

const factOf = (name: string, userAgent: string) => factsOf(recordOf({ userAgent }), undefined).value(name);

const agents: readonly (readonly [userAgent: string, tool: string, kind: string])[] = [
  ["console.amazonaws.com", "console", "console"],
  ["signin.amazonaws.com", "console", "console"],
  ["[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11.1030 Linux/5.4.116]", "console", "console"],
  ["AWS CloudWatch Console", "console", "console"],
  ["aws-cli/2.15.59 md/awscrt#0.19.19 ua/2.0 os/macos#22.6.0 md/command#ec2.get-console-output", "cli", "cli"],
  ["Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0 os/linux", "boto3", "sdk"],
  ["aws-sdk-go/1.34.13 (go1.15.2; linux; amd64)", "sdk:go", "sdk"],
  ["aws-sdk-js/3.400.0 ua/2.0 os/linux#5.10 lang/js md/nodejs#20.5.0", "sdk:js", "sdk"],
  ["aws-sdk-java/2.20.0 Linux/5.10", "sdk:java", "sdk"],
  ["aws-sdk-somethingnew/1.0", "sdk:other", "sdk"],
  ["APN/1.0 HashiCorp/1.0 Terraform/1.5.0 (+https://www.terraform.io) aws-sdk-go-v2/1.21.0", "terraform", "iac"],
  ["cloudformation.amazonaws.com", "cloudformation", "iac"],
  ["aws-cdk/2.100.0 aws-sdk-nodejs/2.1000.0", "cdk", "iac"],
  ["aws-sdk-go/1.44 pulumi-aws/6.0", "pulumi", "iac"],
  ["Boto3/1.28 Ansible/2.15 Botocore/1.31", "ansible", "iac"],
  ["[S3 Browser 9.5.5 https://s3browser.com]", "s3-browser", "storage"],
  ["S3 Browser/11.6.7 (https://s3browser.com)", "s3-browser", "storage"],
  ["Cyberduck/8.7.1.40770 (Mac OS X/13.6) (x86_64)", "cyberduck", "storage"],
  ["WinSCP/6.1.2 neon/0.32.5", "winscp", "storage"],
  ["rclone/v1.64.0", "rclone", "storage"],
  ["Pacu/1.5", "pacu", "attack"],
  ["TruffleHog", "trufflehog", "attack"],
  ["stratus-red-team_5c59eb79-6dac-405c-a4c4-e19aec03c666", "stratus-red-team", "attack"],
  ["aws-sdk-go/1.44.0 aws-nuke/v2.25", "aws-nuke", "wipe"],
  ["Boto3/1.26 prowler/3.11", "prowler", "audit"],
  ["Boto3/1.26 Scout Suite/5.13", "scoutsuite", "audit"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36", "browser", "browser"],
  ["python-requests/2.28.0", "python-requests", "http"],
  ["AWS Internal", "aws", "service"],
  ["autoscaling.amazonaws.com", "aws", "service"],
  ["autoscaling.amazonaws.com.example.com", "other", "other"],
  ["thing/2.1", "other", "other"],
];

describe("the tool behind a user agent", () => {
  for (const [userAgent, tool, kind] of agents) {
    it(`is ${tool}: ${userAgent}`, () => {
      assert.deepEqual([factOf("ids.tool", userAgent), factOf("ids.tool_kind", userAgent)], [tool, kind]);
    });
  }

  it("is absent without a user agent", () => {
    assert.equal(factsOf(recordOf(), undefined).value("ids.tool"), undefined);
  });

  it("is made for attacks by its name or its system's", () => {
    const agent = (release: string) => `Boto3/1.26.0 Python/3.11 Linux/${release} Botocore/1.29.0`;

    assert.equal(factOf("ids.attack_tool", "Pacu/1.5"), true);
    assert.equal(factOf("ids.attack_tool", agent("6.1.0-kali9-amd64")), true);
    assert.equal(factOf("ids.attack_tool", agent("6.1.0-1parrot1-amd64")), true);
    assert.equal(factOf("ids.attack_tool", agent("5.10.0-pentoo")), true);
    assert.equal(factOf("ids.attack_tool", agent("5.10.0-1234-aws")), false);
    assert.equal(factOf("ids.attack_tool", "alkaline/1.0"), false);
    assert.equal(factOf("ids.attack_tool", "aws-nuke/2"), false);
  });

  it("says its system where it names one", () => {
    assert.equal(factOf("ids.client_os", "aws-cli/2.0 os/macos#22.6.0"), "macos");
    assert.equal(factOf("ids.client_os", "aws-cli/1.3.2 Python/2.7.5 Windows/7"), "windows");
    assert.equal(factOf("ids.client_os", "Boto3/1 Linux/6.1.0-kali9-amd64"), "kali");
    assert.equal(factOf("ids.client_os", "TruffleHog"), undefined);
  });
});
