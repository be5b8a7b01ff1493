import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type RedisServer, startRedis } from "../../src/adapters/redis-server.ts";
import { socketPathOf } from "../../src/adapters/redis-socket.ts";

describe("own redis-server", () => {
  let dir: string;
  const servers: RedisServer[] = [];
  const children: ChildProcess[] = [];
  const clients: Redis[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-redis-"));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const server of servers.splice(0)) await server.stop();
    const left = await pidIn(dir);
    if (left !== undefined && isAlive(left)) process.kill(left, "SIGKILL");
    await rm(dir, { recursive: true, force: true });
  });

  async function start(home = dir): Promise<RedisServer> {
    const server = await startRedis({ dir: home });
    servers.push(server);
    return server;
  }
  function clientOf(path: string): Redis {
    const client = new Redis({ path, retryStrategy: () => 50 });
    client.on("error", () => {});
    clients.push(client);
    return client;
  }
  /** Another process that runs its own redis in `dir`, as a Trailhound would. */
  async function startElsewhere(): Promise<ChildProcess> {
    const script = `
      import { startRedis } from ${JSON.stringify(join(process.cwd(), "src/adapters/redis-server.ts"))};
      await startRedis({ dir: ${JSON.stringify(dir)} });
      process.once("SIGUSR2", () => process.exit(3));
      console.log("up");`;
    const child = spawn(process.execPath, ["--import=tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    assert.ok(child.stdout);
    await once(child.stdout, "data");
    return child;
  }

  it("listens on a unix socket that only this user can open, and writes files that only this user can read", async () => {
    const server = await start();
    await clientOf(server.path).set("a", "1");

    assert.equal((await stat(server.path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(dir, "appendonlydir"))).mode & 0o077, 0);
    assert.equal(await clientOf(server.path).config("GET", "port").then(String), "port,0");
  });

  it("keeps what it acknowledged over a stop and a start", async () => {
    const first = await start();
    await clientOf(first.path).set("a", "1");
    await first.stop();
    const second = await start();

    assert.equal(await clientOf(second.path).get("a"), "1");
  });

  it("leaves no process behind after a stop", async () => {
    const server = await start();
    const pid = await pidIn(dir);
    await server.stop();

    assert.ok(pid !== undefined && !isAlive(pid));
  });

  it("starts again by itself after a kill -9, with everything it acknowledged", async () => {
    const server = await start();
    const client = clientOf(server.path);
    for (let i = 0; i < 200; i += 1) await client.rpush("list", i);
    const pid = await pidIn(dir);
    assert.ok(pid);
    process.kill(pid, "SIGKILL");
    await sleep(100);

    assert.equal(await client.llen("list"), 200);
    assert.notEqual(await pidIn(dir), pid);
  });

  it("ends with the process that started it", async () => {
    const other = await startElsewhere();
    const pid = await pidIn(dir);
    other.kill("SIGUSR2");
    await once(other, "exit");
    await until(() => pid !== undefined && !isAlive(pid));
  });

  it("replaces the server that a killed process left over, keeping its data", async () => {
    const other = await startElsewhere();
    const left = await pidIn(dir);
    await clientOf(join(dir, "redis.sock")).set("a", "1");
    clients.splice(0).forEach((client) => void client.disconnect());
    other.kill("SIGKILL");
    await once(other, "exit");
    assert.ok(left !== undefined && isAlive(left));
    const server = await start();

    assert.equal(await clientOf(server.path).get("a"), "1");
    await until(() => !isAlive(left));
  });

  it("refuses a folder that another process uses, and leaves that one alone", async () => {
    const first = await start();

    await assert.rejects(
      startRedis({ dir }),
      /is in use by another Trailhound \(redis-server pid \d+\): stop that one/,
    );
    assert.equal(await clientOf(first.path).ping(), "PONG");
  });

  it("says what to do about a left-over server that hangs", async function () {
    this.timeout(20_000);
    const server = await start();
    const pid = await pidIn(dir);
    assert.ok(pid);
    process.kill(pid, "SIGSTOP");
    try {
      await assert.rejects(startRedis({ dir }), /does not answer: end it \(its pid is in redis\.pid\)/);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    assert.ok(server.path);
  });

  it("puts the socket into a private folder when the path of the data is long", async () => {
    const long = join(dir, "x".repeat(60), "y".repeat(60));
    await mkdir(long, { recursive: true });
    const server = await start(long);

    assert.equal(server.path, await socketPathOf(long));
    assert.ok(Buffer.byteLength(server.path) <= 100);
    assert.equal((await stat(join(server.path, ".."))).mode & 0o777, 0o700);
    assert.equal(await clientOf(server.path).ping(), "PONG");
  });

  it("says what to do when redis-server is not installed", async () => {
    await assert.rejects(
      startRedis({ dir, binary: "redis-server-of-nowhere" }),
      /cannot run redis-server-of-nowhere: install it \(apt-get install redis-server, .*\) or set REDIS_URL/,
    );
  });

  it("says why redis-server ended at its start", async () => {
    await mkdir(join(dir, "appendonlydir"));
    await writeFile(join(dir, "appendonlydir", "appendonly.aof.manifest"), "no manifest\n");

    await assert.rejects(startRedis({ dir }), /redis-server ended at its start: .*manifest/);
  });
});

async function pidIn(dir: string): Promise<number | undefined> {
  const text = await readFile(join(dir, "redis.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(20)) if (holds()) return;
  assert.fail("did not happen within 5 s");
}
