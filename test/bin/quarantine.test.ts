import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quarantine } from "../../bin/quarantine.ts";
import { unreadableOf } from "../../handlers/message.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openRedis, type RedisStores } from "../../src/adapters/redis.ts";
import { type RedisServer, startRedis } from "../../src/adapters/redis-server.ts";

const BROKEN = unreadableOf({ reason: "broken-json", text: "{\u001b[2J\u202eevil" }, { receiveCount: 3 });

describe("ids quarantine", () => {
  let dir: string;
  let server: RedisServer;
  let stores: RedisStores;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-quarantine-"));
    await mkdir(join(dir, "data"));
    await writeFile(
      join(dir, "ids.config.yml"),
      `accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
`,
    );
    server = await startRedis({ dir: join(dir, "data", "redis") });
    stores = await openRedis({ path: server.path }, { durability: "always", allowUnsafe: false }, memoryLog());
    await stores.alerts.commit({ folds: [], quarantined: [BROKEN], now: Date.now() });
  });
  after(async () => {
    await stores.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  async function run(...argv: readonly string[]) {
    const [out, err]: [string[], string[]] = [[], []];
    const output = {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
    };
    const code = await quarantine([...argv, "--config", join(dir, "ids.config.yml")], {}, output);
    return { code, out: out.join(""), err: err.join("") };
  }

  it("lists what could not be read, from the running bot's own Redis", async () => {
    const { code, out } = await run("list");

    assert.equal(code, 0);
    assert.match(out, new RegExp(`^${BROKEN.id} {2}.* broken-json .* received 3x\n$`));
    assert.equal(JSON.parse((await run("list", "--json")).out).sha256, BROKEN.sha256);
  });

  it("shows one, and no character of it that moves a terminal's cursor", async () => {
    const { code, out } = await run("show", BROKEN.id);

    assert.equal(code, 0);
    assert.match(out, /reason {4}broken-json/);
    assert.ok(out.includes("{\\u001b[2J\\u202eevil"));
  });

  it("says what is wrong with its arguments", async () => {
    assert.match((await run()).err, /no verb/);
    assert.match((await run("shwo")).err, /no verb "shwo"/);
    assert.match((await run("show")).err, /takes one id/);
    assert.match((await run("show", "x")).err, /"x" is not an id/);
    assert.match((await run("replay")).err, /takes ids, or --all/);
    assert.equal((await run("list", "--bogus")).code, 2);
    const unknown = await run("show", "qu_000000000000000000000000");
    assert.deepEqual([unknown.code, /is not in quarantine/.test(unknown.err)], [1, true]);
  });

  it("tells what became of a replay, and what cannot be replayed", async () => {
    const bot = (async () => {
      // The bot's part: it tries, and it still cannot be read.
      while (!(await stores.quarantine.isOwed(BROKEN.id))) await new Promise((done) => setTimeout(done, 20));
      await stores.outbox.done({ kind: "replay", id: BROKEN.id });
    })();
    const [{ code, out, err }] = await Promise.all([run("replay", BROKEN.id, "qu_000000000000000000000000"), bot]);

    assert.equal(code, 1);
    assert.match(out, /still cannot be read: broken-json/);
    assert.match(err, /qu_0+ is not in quarantine/);
  });

  it("says so when no bot runs", async () => {
    await writeFile(
      join(dir, "other.yml"),
      `accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
data: elsewhere
`,
    );
    const told: string[] = [];
    const output = { stdout: process.stdout, stderr: { write: (text: string) => told.push(text) } };

    assert.equal(await quarantine(["list", "--config", join(dir, "other.yml")], {}, output), 1);
    assert.match(told.join(""), /no bot runs .* start ids serve, or set REDIS_URL/);
  });
});
