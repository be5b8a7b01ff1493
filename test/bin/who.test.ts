/** `ids who`, `ids key` and `ids ip` against a Redis of a bot, IAM and CloudTrail on this machine. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { who } from "../../bin/who.ts";
import { type AwsEndpoint, startAws } from "../../demo/aws.ts";
import { CLIENTS } from "../../demo/cast.ts";
import { openWorld, type World } from "../../demo/world.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openRedis, type RedisStores } from "../../src/adapters/redis.ts";
import { type RedisServer, startRedis } from "../../src/adapters/redis-server.ts";
import { foldOf } from "../../src/alert/alert.ts";
import type { Verb } from "../../src/identity/identity.ts";
import { findingOf, recordWith } from "../alert/fixture.ts";

const NAMES = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "NODE_NO_WARNINGS"];

describe("ids who", function () {
  this.timeout(20_000);
  const environment = { ...process.env };
  let dir: string;
  let server: RedisServer;
  let stores: RedisStores;
  let aws: AwsEndpoint;
  let world: World;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-who-"));
    await mkdir(join(dir, "data"));
    await writeFile(
      join(dir, "ids.config.yml"),
      `accounts: [{ id: "111122223333", name: acme-prod, regions: [eu-west-1] }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
`,
    );
    server = await startRedis({ dir: join(dir, "data", "redis") });
    stores = await openRedis({ path: server.path }, { durability: "always", allowUnsafe: false }, memoryLog());
    world = openWorld({ now: Date.now, delayMs: 0, send: async () => undefined });
    aws = await startAws(() => world);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: world.trailhoundKey,
      AWS_SECRET_ACCESS_KEY: "none",
      NODE_NO_WARNINGS: "1",
    });
    const keyId = world.keysOf("deploy-bot")[0]?.id ?? "";
    const { ip, userAgent } = CLIENTS.thief;
    for (const action of ["sts:GetCallerIdentity", "iam:ListUsers"])
      world.call({ keyId, ip, userAgent, region: "eu-west-1", action, params: {} });
    await world.settled();
    const record = recordWith();
    const counted = recordWith({ eventID: "counted", sourceIPAddress: "192.0.2.77" });
    const quiet = findingOf(counted, { id: "fi_quiet", rule: "quiet", level: "informational" });
    const folds = [foldOf(findingOf(record), record), foldOf(quiet, counted)];
    await stores.alerts.commit({ folds, quarantined: [], now: Date.now() });
  });
  after(async () => {
    for (const name of NAMES)
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    await stores.close();
    await server.stop();
    world.stop();
    await aws.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function run(verb: Verb, ...argv: readonly string[]) {
    const [out, err]: [string[], string[]] = [[], []];
    const output = {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
    };
    const code = await who(verb, [...argv, "--config", join(dir, "ids.config.yml")], {}, output);
    return { code, out: out.join(""), err: err.join("") };
  }

  it("tells the user, the keys, what CloudTrail has and what alerts recorded", async () => {
    const { code, out, err } = await run("who", "deploy-bot");

    assert.equal(err, "");
    assert.equal(code, 0);
    assert.match(out, /^deploy-bot {2}IAM user in acme-prod \(111122223333\)\n/);
    assert.match(out, /key AKIA\w{16} {2}Active, 412 days old/);
    assert.match(out, /in CloudTrail: 2 events, 1 denied/);
    assert.match(out, /198\.51\.100\.23 ×2/);
    assert.match(out, /recorded in alerts: 2 events,/);
    assert.match(out, /looked for IAM users in acme-prod \(111122223333\)/);
    assert.match(out, /17 of 17 regions/);
    assert.equal(out.includes("\u001b"), false);
  });

  it("tells the same as JSON", async () => {
    const { code, out } = await run("who", "deploy-bot", "--json");

    const answer = JSON.parse(out);
    assert.equal(code, 0);
    assert.deepEqual([answer.identities[0].userName, answer.history.activity.events], ["deploy-bot", 2]);
  });

  it("finds a key by its last four characters, and alerts by their address", async () => {
    const byEnd = await run("key", "mple");
    assert.match(byEnd.out, /recorded in alerts/);
    const byAddress = await run("ip", "198.51.100.23");
    assert.match(byAddress.out, /(HIGH|CRITICAL|MEDIUM|LOW) +\d{4}-\d\d-\d\d .* open\n/);
    assert.match((await run("ip", "192.0.2.77")).out, /INFO +\d{4}-\d\d-\d\d .* not posted\n/);
    assert.match(byAddress.out, /CloudTrail cannot be asked for an address/);
  });

  it("ends with 1 when nothing is found, and says where it looked", async () => {
    const { code, out } = await run("who", "nobody");

    assert.equal(code, 1);
    assert.match(out, /^nothing found about nobody\n.*alerts.*\n.*IAM.*\n.*CloudTrail/);
  });

  it("refuses what it cannot look up, a secret above all", async () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const refused = await run("who", secret);
    assert.equal(refused.code, 2);
    assert.equal(`${refused.out}${refused.err}`.includes(secret), false);
    for (const argv of [
      ["ip", "deploy-bot"],
      ["key", "deploy-bot"],
      ["who"],
      ["who", "a", "b"],
      ["who", "a b"],
    ] as const) {
      const [verb, ...rest] = argv;
      const { code, err } = await run(verb, ...rest);
      assert.equal(code, 2, argv.join(" "));
      assert.match(err, /usage: ids/);
    }
  });

  it("answers without alerts when no bot runs here, and says so", async () => {
    const empty = join(dir, "empty.yml");
    await writeFile(
      empty,
      `accounts: [{ id: "111122223333", name: acme-prod, regions: [eu-west-1] }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
data: nowhere
`,
    );
    const [out, err]: [string[], string[]] = [[], []];
    const output = {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
    };
    const code = await who("who", ["deploy-bot", "--config", empty], {}, output);

    assert.equal(code, 1);
    assert.match(err.join(""), /no bot runs.*alerts are missing/);
    assert.match(out.join(""), /IAM user in acme-prod/);
  });
});
