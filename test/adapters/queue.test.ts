import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fixedClock, memoryLog, memoryStores } from "../../src/adapters/memory.ts";
import { BULL_PREFIX, openEffects } from "../../src/adapters/queue.ts";
import { startSweep } from "../../src/adapters/sweep.ts";
import type { DueRow, Effects, Row } from "../../src/ports/outbox.ts";
import type { Clock } from "../../src/ports.ts";
import { openTestRedis, type TestRedis } from "./contract.ts";
import { foldOf, NOON } from "./fold.ts";

const wallClock: Clock = { now: () => Date.now() };
const ROW: DueRow = { kind: "deliver", id: "al_1", at: 0 };

describe("effects", () => {
  let redis: TestRedis;
  const opened: Effects[] = [];
  let log = memoryLog();

  beforeEach(async () => {
    redis = await openTestRedis();
    log = memoryLog();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((effects) => effects.stop(2_000)));
    await redis?.stop();
  });
  function open(clock = wallClock, connection = redis.stores.connection, paceMs = 5): Effects {
    const effects = openEffects(connection, clock, log, paceMs);
    opened.push(effects);
    return effects;
  }
  /** Started, with the rows that were handled so far. */
  async function started(handle: (row: Row) => Promise<void> = async () => {}, clock = wallClock) {
    const effects = open(clock);
    const handled: Row[] = [];
    effects.start(async (row) => {
      handled.push(row);
      await handle(row);
    });
    await until(() => hint(effects, []));
    return { effects, handled };
  }
  /** True once Redis took the hint. */
  async function hint(effects: Effects, rows: readonly DueRow[]): Promise<boolean> {
    const before = log.lines.filter(({ name }) => name === "effects.not-hinted").length;
    await effects.hint(rows);
    return log.lines.filter(({ name }) => name === "effects.not-hinted").length === before;
  }
  const pid = async () => Number(await readFile(join(redis.dir, "redis.pid"), "utf8"));

  it("hands every kind of hinted row to the handler", async () => {
    const { effects, handled } = await started();
    const rows: readonly DueRow[] = [
      ROW,
      { kind: "act", id: "in_1", at: 0 },
      { kind: "verify", id: "in_1:10000", at: 0 },
    ];
    await until(() => hint(effects, rows));
    await until(() => handled.length === 3);

    const names = handled.map(({ kind, id }) => `${kind}:${id}`).sort();
    assert.deepEqual(names, ["act:in_1", "deliver:al_1", "verify:in_1:10000"]);
  });

  it("hands over deliveries of a low rank before those that were hinted earlier", async () => {
    const effects = open();
    const many = Array.from({ length: 200 }, (_, i) => ({ ...ROW, id: `al_d${i}`, rank: 8 }));
    await until(() => hint(effects, many));
    await until(() => hint(effects, [{ ...ROW, id: "al_low", rank: 3 }]));
    await until(() => hint(effects, [{ ...ROW, id: "al_critical", rank: 0 }]));
    const handled: string[] = [];
    effects.start(async ({ id }) => {
      handled.push(id);
      await sleep(20);
    });
    await until(() => handled.length > 30);

    assert.deepEqual(handled.slice(0, 2), ["al_critical", "al_low"]);
  });

  it("hands over one delivery a second and no more, from however many processes: those of the lowest rank first", async function () {
    this.timeout(20_000);
    // A tenth of a second here.
    const paceMs = 100;
    const workers = [1, 2].map(() => open(wallClock, redis.stores.connection, paceMs));
    const rows = Array.from({ length: 50 }, (_, i) => ({ ...ROW, id: `al_${i}`, rank: i % 20 === 7 ? 0 : 3 }));
    const [first = assert.fail(), second = assert.fail()] = workers;
    await until(() => hint(first, rows));
    const handled: { readonly row: Row; readonly at: number }[] = [];
    for (const worker of workers)
      worker.start(async (row) => {
        handled.push({ row, at: performance.now() });
        // As long as Slack may take: who comes next does not wait for it.
        await sleep(3 * paceMs);
      });
    await until(() => handled.length === 10);
    await until(() =>
      hint(second, [
        { ...ROW, id: "al_clicked" },
        { kind: "act", id: "in_1", at: 0 },
      ]),
    );
    const clickedAt = performance.now();
    await until(() => handled.length === 52, 15_000);

    const deliveries = handled.filter(({ row }) => row.kind === "deliver");
    const order = deliveries.map(({ row }) => row.id);
    assert.equal(new Set(order).size, 51);
    assert.deepEqual(order.slice(0, 3), ["al_7", "al_27", "al_47"]);
    const waited = (id: string) => (handled.find(({ row }) => row.id === id)?.at ?? 0) - clickedAt;
    assert.ok(order.indexOf("al_clicked") < 20, order.join());
    assert.ok(waited("in_1") < waited("al_clicked") + 5 * paceMs);
    // Whoever takes a job is called a little later, now more, now less: so twenty at a time.
    const windows = deliveries.slice(20).map(({ at }, i) => at - (deliveries[i]?.at ?? 0));
    assert.ok(Math.min(...windows) > 16 * paceMs, `twenty within ${Math.min(...windows)} ms`);
  });

  it("waits until a row is due", async () => {
    const { effects, handled } = await started();
    await until(() => hint(effects, [{ ...ROW, at: Date.now() + 700 }]));
    await sleep(400);
    assert.equal(handled.length, 0);

    await until(() => handled.length === 1);
  });

  it("runs a row once however often it is hinted while it waits or runs, and again afterwards", async () => {
    let finish = () => {};
    const running = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { effects, handled } = await started(() => running);
    await until(() => hint(effects, [ROW]));
    await until(() => handled.length === 1);
    for (let i = 0; i < 5; i += 1) await effects.hint([ROW, ROW]);
    await sleep(200);
    assert.equal(handled.length, 1);
    finish();
    await until(async () => (await jobKeys()).length === 0);
    await effects.hint([ROW]);

    await until(() => handled.length === 2);
  });

  it("keeps no job of a handler that threw, and logs it", async () => {
    const { effects, handled } = await started(async () => {
      throw new Error("boom");
    });
    await until(() => hint(effects, [ROW]));
    await until(() => log.lines.some(({ name, fields }) => name === "effect.threw" && fields["err"] === "boom"));

    await until(async () => (await jobKeys()).length === 0);
    assert.equal(handled.length, 1);
  });

  it("writes only keys with our hash tag", async () => {
    const { effects } = await started();
    await until(() => hint(effects, [{ ...ROW, at: Date.now() + 60_000 }]));

    const keys = await redis.client.keys("*");
    assert.ok(keys.length > 3);
    assert.deepEqual(
      keys.filter((key) => !key.startsWith("{ids}:")),
      [],
    );
  });

  it("gives a hint up at once while Redis is gone, says so, and works on soon after its return", async () => {
    const { effects, handled } = await started();
    process.kill(await pid(), "SIGKILL");
    await sleep(50);
    const began = Date.now();
    await effects.hint([ROW]);

    assert.ok(Date.now() - began < 1_500);
    assert.ok(log.lines.some(({ name }) => name === "effects.not-hinted"));
    assert.equal(handled.length, 0);
    // The server comes back after half a second.
    await until(async () => {
      await effects.hint([ROW]);
      return handled.length > 0;
    }, 4_000);
  });

  it("gives a hint up within about three seconds while Redis hangs, and stops in time", async function () {
    this.timeout(20_000);
    const { effects } = await started();
    const server = await pid();
    process.kill(server, "SIGSTOP");
    try {
      const began = Date.now();
      await effects.hint([ROW]);
      const hintMs = Date.now() - began;
      await effects.stop(1_000);
      const stopMs = Date.now() - began - hintMs;

      assert.ok(hintMs < 4_500, `hint ${hintMs} ms`);
      assert.ok(stopMs < 1_500, `stop ${stopMs} ms`);
    } finally {
      process.kill(server, "SIGCONT");
    }
  });

  it("finishes what runs before it stops", async () => {
    let finished = false;
    const { effects, handled } = await started(async () => {
      await sleep(500);
      finished = true;
    });
    await until(() => hint(effects, [ROW]));
    await until(() => handled.length === 1);
    await effects.stop(5_000);

    assert.equal(finished, true);
  });

  it("replaces a worker whose connection died without a word", async function () {
    this.timeout(20_000);
    const bridge = await openBridge(redis.path, join(redis.dir, "bridge.sock"));
    const clock = fixedClock(NOON);
    const effects = open(clock, { ...redis.stores.connection, path: bridge.path });
    const handled: Row[] = [];
    effects.start(async (row) => void handled.push(row));
    await until(() => hint(effects, [ROW]));
    await until(() => handled.length === 1);

    bridge.silence();
    clock.advance(61_000);
    await effects.hint([{ ...ROW, id: "al_2", at: NOON }]);
    assert.ok(log.lines.some(({ name }) => name === "effects.worker-replaced"));
    await until(async () => {
      await effects.hint([{ ...ROW, id: "al_2", at: NOON }]);
      return handled.length === 2;
    }, 12_000);
    await effects.stop(500);
    await bridge.close();
  });

  it("loses no row when every key of BullMQ is deleted under load", async function () {
    this.timeout(30_000);
    const { alerts, outbox } = redis.stores;
    const { effects, handled } = await started(async (row) => {
      await sleep(5);
      await outbox.done(row);
    });
    const sweep = startSweep({ outbox, effects, clock: wallClock, log });
    for (let i = 0; i < 300; i += 1) {
      const due = await alerts.commit({
        folds: [foldOf({ id: `f${i}`, key: `k${i}` })],
        quarantined: [],
        now: Date.now(),
      });
      await effects.hint(due);
      if (i % 30 === 15) await deleteBullKeys();
    }
    await deleteBullKeys();
    const began = Date.now();
    await until(async () => (await outbox.due(Date.now(), 1)).length === 0, 8_000);
    await sweep.stop();

    assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms`);
    assert.equal(new Set(handled.map(({ id }) => id)).size, 300);
  });

  async function jobKeys(): Promise<readonly string[]> {
    const keys = await redis.client.keys(`${BULL_PREFIX}:*`);
    return keys.filter((key) => /:(deliver|act|verify)-/.test(key));
  }
  async function deleteBullKeys(): Promise<void> {
    const keys = await redis.client.keys(`${BULL_PREFIX}:*`);
    if (keys.length > 0) await redis.client.del(...keys);
  }
});

describe("sweep", () => {
  it("hints what is overdue, again and again, and nothing else", async () => {
    const { alerts, outbox } = memoryStores();
    await alerts.commit({ folds: [foldOf({ id: "a" }), foldOf({ id: "b", key: "k2" })], quarantined: [], now: NOON });
    await outbox.postpone({ kind: "deliver", id: "al_k2_b" }, NOON + 1);
    const hints: (readonly DueRow[])[] = [];
    const effects = { hint: async (rows: readonly DueRow[]) => void hints.push(rows), start() {}, async stop() {} };
    const sweep = startSweep({ outbox, effects, clock: fixedClock(NOON), log: memoryLog() }, 10);
    await until(() => hints.length >= 3);
    await sweep.stop();

    const row = { kind: "deliver", id: "al_key-1_a", at: NOON, rank: 2 };
    assert.deepEqual(hints.slice(0, 3), [[row], [row], [row]]);
  });

  it("goes on after an outbox that could not be read", async () => {
    const log = memoryLog();
    const { outbox } = memoryStores();
    let calls = 0;
    const broken = {
      ...outbox,
      due: async () => {
        calls += 1;
        throw new Error("Command timed out");
      },
    };
    const effects = { async hint() {}, start() {}, async stop() {} };
    const sweep = startSweep({ outbox: broken, effects, clock: wallClock, log }, 10);
    await until(() => calls >= 2);
    await sweep.stop();

    assert.equal(log.lines[0]?.name, "sweep.failed");
  });
});

/** A socket that leads to Redis, until the connections made so far fall silent, as a lost network would have it. */
async function openBridge(target: string, path: string) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const inner = createConnection(target);
    sockets.add(socket).add(inner);
    socket.pipe(inner).pipe(socket);
    for (const one of [socket, inner]) one.on("error", () => {});
    socket.on("close", () => inner.destroy());
  });
  server.listen(path);
  await once(server, "listening");
  return {
    path,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function until(holds: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) if (await holds()) return;
  assert.fail(`did not happen within ${withinMs} ms`);
}
