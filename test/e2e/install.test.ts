/**
 * The commands of docs/install.md and docs/accounts.md, as they stand there, typed into a shell whose AWS is moto. It
 * checks what the AWS CLI checks and that each call finds what it names; moto enforces no policy.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { IAMClient, ListRolesCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { freePort } from "./port.ts";
import { until } from "./stage.ts";

/** moto's own account, whatever the credentials. */
const HOME = "123456789012";

/** One region is enough; what moto lacks (start-message-move-task) is left out, what is no call of AWS, too. */
const PREAMBLE = `set -eu
aws() {
  case "$1 $2" in
    "ec2 describe-regions") echo us-east-1 ;;
    "sqs start-message-move-task") ;;
    *) command aws --endpoint-url "$MOTO" "$@" ;;
  esac
}
sleep() { :; }
cp() { :; }
`;

function commandsOf(page: string): string {
  return [...readFileSync(page, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .map(([, text = ""]) => text)
    .filter((text) => /^(\w+=\$\()?aws |^ {2}aws |\bfill\(\)|\bfiles\(\)|\$\(aws /m.test(text))
    .join("\n");
}

describe("the commands of the docs, on moto", function () {
  this.timeout(120_000);
  let moto: ChildProcess | undefined;
  let endpoint = "";

  before(async function () {
    const missing = ["moto_server", "aws"].filter(
      (name) => spawnSync("sh", ["-c", 'command -v "$0"', name]).status !== 0,
    );
    if (missing.length > 0) {
      console.log(`      not on the PATH: ${missing.join(", ")}`);
      return this.skip();
    }
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    await until("moto answers", () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      ),
    );
  });
  beforeEach(async () => {
    await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
  });
  after(() => void moto?.kill());

  it("make the queues, the rule, the notification and the roles of install.md", async () => {
    await client(S3Client).send(new CreateBucketCommand({ Bucket: "example-cloudtrail-logs" }));

    type(commandsOf("docs/install.md"));

    const [rule] = ask("events", "list-rules").Rules;
    assert.equal(rule.State, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    const [target] = ask("events", "list-targets-by-rule", "--rule", "trailhound").Targets;
    assert.equal(target.Arn, `arn:aws:sqs:us-east-1:${HOME}:trailhound`);
    const { RedrivePolicy = "", Policy = "" } = await queueAttributes();
    assert.equal(JSON.parse(RedrivePolicy).maxReceiveCount, 10);
    assert.match(Policy, new RegExp(`arn:aws:events:us-east-1:${HOME}:rule/trailhound`));
    const notified = await client(S3Client).send(
      new GetBucketNotificationConfigurationCommand({ Bucket: "example-cloudtrail-logs" }),
    );
    assert.match(notified.QueueConfigurations?.[0]?.QueueArn ?? "", /:trailhound-files$/);
    const roles = await trustByRole();
    assert.deepEqual([...roles.keys()].sort(), ["trailhound", "trailhound-reader", "trailhound-responder"]);
    const trust = roles.get("trailhound-responder") ?? "";
    assert.match(trust, new RegExp(`"arn:aws:iam::${HOME}:role/trailhound"`));
    // The example's id is in public: a real one must have taken its place.
    assert.match(trust, /"sts:ExternalId": ?"[0-9a-f]{32}"/);
    assert.deepEqual((await client(IAMClient).send(new ListUsersCommand({}))).Users, []);
  });

  it("make the roles and the rule of accounts.md, and let its role send", async () => {
    await client(SQSClient).send(new CreateQueueCommand({ QueueName: "trailhound" }));

    type(`EXTERNAL_ID=\n${commandsOf("docs/accounts.md")}`);

    const [target] = ask("events", "list-targets-by-rule", "--rule", "trailhound").Targets;
    assert.equal(target.Arn, "arn:aws:sqs:us-east-1:111122223333:trailhound");
    assert.equal(target.RoleArn, `arn:aws:iam::${HOME}:role/trailhound-events`);
    assert.match((await queueAttributes()).Policy ?? "", new RegExp(`"arn:aws:iam::${HOME}:role/trailhound-events"`));
    const roles = await trustByRole();
    assert.deepEqual([...roles.keys()].sort(), ["trailhound-events", "trailhound-reader", "trailhound-responder"]);
    assert.match(roles.get("trailhound-reader") ?? "", /"arn:aws:iam::111122223333:role\/trailhound"/);
  });

  function client<T>(Client: new (options: object) => T): T {
    const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" };
    return new Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  }

  async function queueAttributes(): Promise<Readonly<Record<string, string>>> {
    const question = { QueueUrl: `${endpoint}/${HOME}/trailhound`, AttributeNames: ["All" as const] };
    return (await client(SQSClient).send(new GetQueueAttributesCommand(question))).Attributes ?? {};
  }

  /** Role → its trust policy. */
  async function trustByRole(): Promise<ReadonlyMap<string, string>> {
    const { Roles = [] } = await client(IAMClient).send(new ListRolesCommand({}));
    return new Map(Roles.map((role) => [role.RoleName ?? "", decodeURIComponent(role.AssumeRolePolicyDocument ?? "")]));
  }

  function type(commands: string): void {
    const { status, stderr } = spawnSync("sh", ["-c", PREAMBLE + commands], { env: environment(), encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /error/i);
  }

  function ask(...words: readonly string[]) {
    const { stdout, stderr } = spawnSync("aws", ["--endpoint-url", endpoint, "--output", "json", ...words], {
      env: environment(),
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  }

  function environment() {
    return {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      MOTO: endpoint,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "none",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_PAGER: "",
    };
  }
});
