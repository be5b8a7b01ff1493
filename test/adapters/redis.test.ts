import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openRedis } from "../../src/adapters/redis.ts";
import { findAccessFault } from "../../src/adapters/redis-check.ts";
import { openTestRedis, type TestRedis } from "./contract.ts";
import { foldOf, NOON } from "./fold.ts";

const STRICT = { durability: "always", allowUnsafe: false } as const;

describe("openRedis", () => {
  let redis: TestRedis;
  before(async () => {
    redis = await openTestRedis();
  });
  after(async () => {
    await redis?.stop();
  });
  beforeEach(async () => {
    await redis.client.flushall();
    for (const [name, value] of Object.entries({
      "maxmemory-policy": "noeviction",
      maxmemory: "0",
      appendonly: "yes",
      appendfsync: "always",
    }))
      await redis.client.config("SET", name, value);
  });
  const open = async (options: Parameters<typeof openRedis>[1] = STRICT) => {
    const stores = await openRedis({ path: redis.path }, options, memoryLog());
    await stores.close();
  };

  it("takes a Redis that keeps everything, and marks it with our schema", async () => {
    await open();

    assert.equal(await redis.client.get("{ids}:schema"), "1");
  });

  for (const [setting, value, reason] of [
    ["maxmemory-policy", "allkeys-lru", /^redis maxmemory-policy is allkeys-lru: .* set it to noeviction$/],
    ["appendonly", "no", /^redis keeps no append-only file: .* set appendonly yes$/],
    ["appendfsync", "everysec", /^redis appendfsync is everysec: .* or set redis.durability to delayed$/],
  ] as const) {
    it(`refuses ${setting} ${value} and says what to do`, async () => {
      await redis.client.config("SET", setting, value);

      await assert.rejects(open(), { name: "RedisError", message: reason });
      assert.match((await redis.stores.check()) ?? "", reason);
    });

    it(`takes ${setting} ${value} with a warning when the unsafe is allowed`, async () => {
      await redis.client.config("SET", setting, value);
      const log = memoryLog();
      const stores = await openRedis({ path: redis.path }, { ...STRICT, allowUnsafe: true }, log);
      const later = await stores.check();
      await stores.close();

      assert.equal(later, undefined);
      assert.deepEqual(
        log.lines.map(({ level, name }) => [level, name]),
        [["warn", "redis.unsafe"]],
      );
    });
  }

  it("takes everysec when the delete is delayed", async () => {
    await redis.client.config("SET", "appendfsync", "everysec");

    await open({ durability: "delayed", allowUnsafe: false });
  });

  it("reads the policy from INFO where CONFIG is forbidden, and asks for delayed because fsync stays unknown", async () => {
    await redis.client.acl("SETUSER", "limited", "on", ">pw", "~*", "&*", "+@all", "-config");
    const limited = (durability: "always" | "delayed") =>
      openAs("limited", "pw", { durability, allowUnsafe: false }).then((stores) => stores.close());
    try {
      await limited("delayed");
      await assert.rejects(limited("always"), /appendfsync is not readable \(CONFIG is forbidden\): .* delayed$/);
      await redis.client.config("SET", "maxmemory-policy", "volatile-ttl");
      await assert.rejects(limited("delayed"), /maxmemory-policy is volatile-ttl/);
    } finally {
      await redis.client.acl("DELUSER", "limited");
    }
  });

  it("refuses data that a newer version wrote, whatever is allowed", async () => {
    await redis.client.set("{ids}:schema", 2);

    await assert.rejects(open({ ...STRICT, allowUnsafe: true }), /redis holds schema 2 and this Trailhound knows 1/);
  });

  it("refuses an old Redis", async () => {
    const server = createServer((socket) => {
      const info = "redis_version:6.0.16\r\naof_enabled:1\r\n";
      socket.on("data", (data) => {
        for (const command of String(data).matchAll(/\r\n(hello|set|get|info|client|config)\r\n/gi))
          socket.write(answerOf(String(command[1]).toLowerCase(), info));
      });
    });
    const path = join(redis.dir, "old.sock");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await assert.rejects(
        openRedis({ path }, STRICT, memoryLog()),
        /redis is version 6\.0\.16; Trailhound needs 6\.2 or newer/,
      );
    } finally {
      server.close();
    }
  });

  it("says where it could not connect, and never repeats a password", async () => {
    await assert.rejects(openRedis({ url: "redis://:hunter2@127.0.0.1:1/0" }, STRICT, memoryLog()), (error: Error) => {
      assert.equal(error.message, "cannot use redis at 127.0.0.1:1");
      assert.doesNotMatch(JSON.stringify([error.message, String(error.cause)]), /hunter2/);
      return true;
    });
    await assert.rejects(openRedis({ url: "hunter2@db" }, STRICT, memoryLog()), {
      message: "REDIS_URL is not a redis:// or rediss:// URL",
    });
  });

  it("asks for a password off this machine", () => {
    assert.match(
      findAccessFault("db.example.com", undefined) ?? "",
      /redis at db\.example\.com is asked without a password/,
    );
    for (const host of [undefined, "localhost", "127.0.0.1", "127.9.9.9", "::1"])
      assert.equal(findAccessFault(host, undefined), undefined);
    assert.equal(findAccessFault("db.example.com", "secret"), undefined);
    assert.ok(findAccessFault("127.0.0.1.example.com", undefined));
  });

  it("rejects a commit when memory is full and keeps nothing of it", async () => {
    await redis.client.config("SET", "maxmemory", "1");
    await assert.rejects(
      redis.stores.alerts.commit({
        folds: [foldOf({ id: "a" }), foldOf({ id: "b", key: "k2" })],
        quarantined: [],
        now: NOON,
      }),
      /OOM/,
    );
    await redis.client.config("SET", "maxmemory", "0");

    assert.deepEqual(await redis.client.keys("{ids}:*"), []);
  });

  it("writes only keys of one slot, and lets each of them expire but the outbox with its ranks, the schema and the audit log", async () => {
    await redis.stores.check();
    await redis.stores.alerts.commit({
      folds: [foldOf({ id: "a", subjects: ["arn:x"] })],
      quarantined: [{ id: "qu_1", reason: "x", head: "x", sha256: "x", bytes: 1, text: "x", receiveCount: 1 }],
      now: NOON,
    });
    const keys = (await redis.client.keys("*")).sort();
    const lasting: string[] = [];
    for (const key of keys) if ((await redis.client.pttl(key)) < 14 * 24 * 3600_000 - 10_000) lasting.push(key);

    assert.equal(keys.length, 16);
    assert.ok(keys.every((key) => key.startsWith("{ids}:")));
    assert.deepEqual(lasting, ["{ids}:outbox", "{ids}:ranks", "{ids}:schema"]);
  });

  async function openAs(username: string, password: string, options: Parameters<typeof openRedis>[1]) {
    // Only a URL carries a user, so the socket is reached through a port of this test.
    const { port, close } = await bridgeTo(redis.path);
    try {
      return await openRedis({ url: `redis://${username}:${password}@127.0.0.1:${port}` }, options, memoryLog());
    } finally {
      close();
    }
  }
});

describe("a Redis in trouble", () => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await openTestRedis();
  });
  afterEach(async () => {
    await redis?.stop();
  });
  const commit = (id: string) => redis.stores.alerts.commit({ folds: [foldOf({ id })], quarantined: [], now: NOON });
  const pid = async () => Number(await readFile(join(redis.dir, "redis.pid"), "utf8"));

  it("loses no commit that was answered when it is killed, and counts a repeated one once", async () => {
    const answered: string[] = [];
    let stopped = false;
    const writer = (async () => {
      for (let i = 0; !stopped; i += 1)
        await commit(`f${i}`).then(
          () => answered.push(`f${i}`),
          () => sleep(5),
        );
    })();
    await sleep(150);
    process.kill(await pid(), "SIGKILL");
    await sleep(1_500);
    stopped = true;
    await writer;

    assert.ok(answered.length > 50, `only ${answered.length} commits`);
    const alert = await redis.stores.alerts.alert(`al_key-1_${answered[0]}`);
    assert.ok(alert);
    const kept = alert.findings;
    assert.ok(kept >= answered.length, `${kept} kept of ${answered.length}`);
    for (const id of answered) await commit(id);
    assert.equal((await redis.stores.alerts.alert(alert.id))?.findings, kept);
  });

  it("is not writable while Redis is full or a replica, although it answers", async () => {
    const { client, stores } = redis;
    await client.config("SET", "maxmemory", "1mb");
    await assert.rejects(stores.writable(), /OOM/);
    await client.config("SET", "maxmemory", "0");
    await client.replicaof("127.0.0.1", "1");
    await assert.rejects(stores.writable(), /READONLY/);
    await client.replicaof("NO", "ONE");

    await stores.writable();
    assert.equal(await client.exists("{ids}:writable"), 0);
  });

  it("rejects every call within about two seconds when it hangs, and goes on when it is back", async function () {
    this.timeout(20_000);
    await commit("a");
    const server = await pid();
    process.kill(server, "SIGSTOP");
    const began = Date.now();
    const { alerts, outbox, audit, containments, state } = redis.stores;
    const calls = [
      commit("b"),
      alerts.alert("al_x"),
      outbox.due(NOON, 1),
      audit.head(),
      containments.dialog("d"),
      redis.stores.writable(),
      redis.stores.check(),
      state.ask({ adds: [], marks: [] }),
    ];
    const answers = await Promise.allSettled(calls);
    const tookMs = Date.now() - began;
    process.kill(server, "SIGCONT");

    assert.deepEqual(
      answers.slice(0, -1).map(({ status }) => status),
      Array(calls.length - 1).fill("rejected"),
    );
    assert.ok(tookMs > 1_500 && tookMs < 3_500, `${tookMs} ms`);
    await redis.stores.writable();
    // The commit that timed out was carried out after all: repeating it changes nothing.
    await commit("b");
    assert.equal((await alerts.alert("al_key-1_a"))?.findings, 2);
  });

  it("rejects at once while it is gone, and works again within three seconds of its return", async () => {
    process.kill(await pid(), "SIGKILL");
    await sleep(50);
    const began = Date.now();
    await assert.rejects(commit("a"));
    assert.ok(Date.now() - began < 1_000);
    for (const deadline = Date.now() + 3_500; ; await sleep(50)) {
      const done = await commit("a").then(
        () => true,
        () => false,
      );
      if (done) break;
      assert.ok(Date.now() < deadline, "not back in time");
    }
  });
});

/** A TCP port of this machine that leads to a unix socket. */
async function bridgeTo(path: string): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer((socket) => {
    const inner = createConnection(path);
    socket.pipe(inner).pipe(socket);
    socket.on("error", () => inner.destroy());
    inner.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { port: address.port, close: () => server.close() };
}

function answerOf(command: string, info: string): string {
  switch (command) {
    case "hello":
      return "*2\r\n$6\r\nserver\r\n$5\r\nredis\r\n";
    case "get":
      return "$1\r\n1\r\n";
    case "info":
      return `$${info.length}\r\n${info}\r\n`;
    default:
      return "+OK\r\n";
  }
}
