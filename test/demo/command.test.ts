import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { listen, stopServer } from "../../demo/http.ts";
import { freePort } from "../e2e/port.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("ids demo", () => {
  let folder: string;
  let running: ChildProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "trailhound-demo-"));
    running = [];
  });
  afterEach(async () => {
    for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  function run(...args: readonly string[]) {
    const tsx = join(ROOT, "node_modules", "tsx", "dist", "loader.mjs");
    const env = {
      ...process.env,
      CI: "1",
      REDIS_URL: "",
      AWS_PROFILE: "somebody-elses",
      AWS_ENDPOINT_URL_IAM: "http://192.0.2.1",
    };
    const child = spawn(process.execPath, ["--import", tsx, join(ROOT, "bin", "ids.ts"), "demo", ...args], {
      cwd: folder,
      env,
    });
    running.push(child);
    const told = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (told.out += chunk));
    child.stderr.on("data", (chunk) => (told.err += chunk));
    const exited = once(child, "close").then(() => child.exitCode);
    return { child, told, exited };
  }

  async function ready(told: { readonly out: string; readonly err: string }): Promise<string> {
    for (let waited = 0; waited < 30_000; waited += 50) {
      const url = /^open (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(told.out)?.[1];
      if (url !== undefined) return url;
      await sleep(50);
    }
    return assert.fail(`not ready: ${told.out} ${told.err}`);
  }

  const redisPid = async (port: number) =>
    Number(await readFile(join(folder, "data", `demo-${port}`, "bot", "redis", "redis.pid"), "utf8"));
  /** A killed demo's child may stay as a zombie where nobody reaps it: that is no life. */
  const lives = (pid: number) => {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    const state = `/proc/${pid}/stat`;
    return !existsSync(state) || !/\) Z /.test(readFileSync(state, "utf8"));
  };

  it("refuses wrong options with exit code 2, saying which", async () => {
    const wrong = [["--speed", "fast"], ["--speed", "0"], ["--port", "80000"], ["--colour"]];

    const results = await Promise.all(
      wrong.map((args) => run(...args)).map(async ({ told, exited }) => [await exited, told.err]),
    );

    assert.deepEqual(
      results.map(([code]) => code),
      [2, 2, 2, 2],
    );
    assert.match(results.join("\n"), /--speed: "fast"[\s\S]*--speed: "0"[\s\S]*--port: "80000"[\s\S]*'--colour'/);
  });

  it("refuses a port that is taken", async () => {
    const server = createServer();
    const port = await listen(server, 0);

    const { told, exited } = run("--port", String(port));

    assert.equal(await exited, 1);
    assert.match(told.err, new RegExp(`port ${port} is taken`));
    await stopServer(server);
  });

  it("tells one line, alerts through the real bot, and takes everything with it when it ends", async () => {
    const port = await freePort();
    const { child, told, exited } = run("--port", String(port), "--speed", "50", "--no-open");
    const url = await ready(told);
    const pid = await redisPid(port);

    const feed = (await fetch(`${url}/feed`)).body ?? assert.fail("no feed");
    let seen = "";
    for await (const chunk of feed.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (/Disable key…/.test(seen) && /support2[^\n]*Unused Region|Unused Region[^\n]*support2/.test(seen)) break;
    }
    const asked = performance.now();
    child.kill("SIGINT");

    assert.equal(await exited, 0);
    assert.ok(performance.now() - asked < 8_000);
    assert.equal(told.out, `open ${url}\n`);
    assert.equal(told.err, "");
    assert.equal(lives(pid), false);
  });

  it("starts again after a kill -9 and ends the redis-server that was left over", async () => {
    const port = await freePort();
    const first = run("--port", String(port), "--speed", "50", "--no-open");
    await ready(first.told);
    const left = await redisPid(port);
    first.child.kill("SIGKILL");
    await first.exited;
    assert.equal(lives(left), true);

    const second = run("--port", String(port), "--speed", "50", "--no-open");
    await ready(second.told);

    assert.equal(lives(left), false);
    second.child.kill("SIGINT");
    assert.equal(await second.exited, 0);
  });

  it("plays again from nothing when asked", async () => {
    const port = await freePort();
    const { child, told, exited } = run("--port", String(port), "--speed", "50", "--no-open");
    const url = await ready(told);
    const first = await redisPid(port);
    const headers = { "content-type": "application/json" };
    await sleep(500);

    await fetch(`${url}/do`, { method: "POST", headers, body: JSON.stringify({ kind: "again" }) });

    for (let waited = 0; waited < 10_000 && lives(first); waited += 50) await sleep(50);
    assert.equal(lives(first), false);
    const feed = (await fetch(`${url}/feed`)).body ?? assert.fail("no feed");
    let seen = "";
    for await (const chunk of feed.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (/event: message/.test(seen)) break;
    }
    child.kill("SIGINT");
    assert.equal(await exited, 0);
  });
});
