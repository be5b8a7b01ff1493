/**
 * `ids demo`: the real bot — the code of `ids serve` — on a stage of this machine: embedded Redis and SQS, stand-ins
 * for Slack, IAM and CloudTrail, and a story of a stolen key. Needs neither AWS nor Slack, and can reach neither.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { borrowRedis } from "../demo/borrowed.ts";
import { ACCOUNT, GLOBAL_REGION, HOME_REGION } from "../demo/cast.ts";
import { listen, stopServer } from "../demo/http.ts";
import { QUEUE_REGION } from "../demo/queue.ts";
import { type Bot, openStage, type Scene } from "../demo/stage.ts";
import { startRedis } from "../src/adapters/redis-server.ts";
import { openLog } from "../src/log.ts";
import type { Log } from "../src/ports.ts";
import { serve } from "./serve.ts";

const DEFAULT_PORT = 4000;
const PORTS_TRIED = 20;
const DATA = "data";
const SPEEDS = { least: 0.1, most: 50 };

const HELP = `usage: ids demo [--port PORT] [--speed FACTOR] [--no-open]

  --port PORT      where the page is (default: ${DEFAULT_PORT}, or the next free one)
  --speed FACTOR   how fast the story goes: 2 is twice as fast (default: 1; from ${SPEEDS.least} to ${SPEEDS.most})
  --no-open        do not open a browser
`;

interface Options {
  /** undefined: the first free one from DEFAULT_PORT on. */
  readonly port: number | undefined;
  readonly speed: number;
  readonly open: boolean;
}

export async function demo(argv: readonly string[]): Promise<number> {
  const options = optionsOf(argv);
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof options === "string") return refuse(options, 2);
  const port = await findPort(options.port);
  if (typeof port === "string") return refuse(port, 1);

  await clearLeftOvers();
  const folder = resolve(DATA, `demo-${port}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const redisUrl = process.env["REDIS_URL"] || undefined;
  const borrowed = redisUrl === undefined ? undefined : await borrowRedis(redisUrl);
  const log = openLog("info", join(folder, "demo.log"));
  const ended = new Promise<void>((done) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => done());
  });
  useStageOnly();
  const stage = await openStage({
    port,
    speed: options.speed,
    startBot: async (scene) => {
      await borrowed?.clear();
      return startBot(scene, join(folder, "bot"), redisUrl, log);
    },
    onFailure: (error) => log.error({ err: error }, "demo.failed"),
  });
  process.stdout.write(`open ${stage.front.url}\n`);
  if (options.open) openBrowser(stage.front.url);
  await ended;
  await stage.stop();
  await borrowed?.giveBack();
  return 0;
}

/** A bot with an empty memory, told in its own words where everything is. */
async function startBot(scene: Scene, data: string, redisUrl: string | undefined, log: Log): Promise<Bot> {
  await rm(data, { recursive: true, force: true });
  Object.assign(process.env, {
    AWS_REGION: scene.region,
    AWS_ACCESS_KEY_ID: scene.keyId,
    AWS_SECRET_ACCESS_KEY: "nobody-here-checks-signatures",
    AWS_SESSION_TOKEN: "none",
    AWS_ENDPOINT_URL: scene.awsEndpoint,
    AWS_ENDPOINT_URL_SQS: scene.sqsEndpoint,
  });
  const running = await serve({
    config: {
      accounts: [{ ...ACCOUNT, regions: [GLOBAL_REGION, HOME_REGION] }],
      slack: {
        channel: scene.channel,
        operators: scene.operators,
        mode: "http",
        http: { host: "127.0.0.1", port: await freePort() },
      },
      sqs: { queues: [{ url: scene.queueUrl, region: QUEUE_REGION }] },
      s3: { buckets: [] },
      rules: [],
      placeholders: {},
      vendors: {},
      organizations: [],
      geoip: {},
      protected: [],
      redis: { durability: "strict" },
      health: { host: "127.0.0.1", port: await freePort() },
      data,
    },
    secrets: {
      slackBotToken: scene.slackToken,
      slackSigningSecret: scene.signingSecret,
      slackApiUrl: scene.slackApiUrl,
      // A borrowed Redis need not be a durable one: nothing here outlives the demo.
      ...(redisUrl === undefined ? {} : { redisUrl }),
      allowUnsafeRedis: redisUrl !== undefined,
    },
    log,
  });
  if (running.slackUrl === undefined) throw new Error("the bot takes no requests over HTTP");
  return { slackUrl: running.slackUrl, stop: running.stop };
}

/** Nothing of this machine's own AWS settings: a profile or an endpoint could lead to a real account. */
function useStageOnly(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    // The SDK's warning about Node 20 would stand above the one line that matters.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
}

/** Removes the folders of demos that ended; a redis-server that outlived its demo, killed, is ended first. */
async function clearLeftOvers(): Promise<void> {
  for (const name of await readdir(DATA).catch(() => [])) {
    const port = Number(/^demo-(\d+)$/.exec(name)?.[1]);
    if (Number.isNaN(port) || !(await isFree(port))) continue;
    const redis = join(DATA, name, "bot", "redis");
    if (existsSync(redis)) await (await startRedis({ dir: redis })).stop();
    await rm(join(DATA, name), { recursive: true, force: true });
  }
}

function optionsOf(argv: readonly string[]): Options | "help" | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        speed: { type: "string", default: "1" },
        "no-open": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65535))
      return `--port: ${JSON.stringify(values.port)} is not a port from 1 to 65535`;
    const speed = Number(values.speed);
    if (!(speed >= SPEEDS.least && speed <= SPEEDS.most))
      return `--speed: ${JSON.stringify(values.speed)} is not a number from ${SPEEDS.least} to ${SPEEDS.most}`;
    return { port, speed, open: !values["no-open"] && hasDisplay() };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}; ids demo --help lists the options`;
  }
}

/** The port itself, or why there is none. */
async function findPort(asked: number | undefined): Promise<number | string> {
  const candidates = asked === undefined ? Array.from({ length: PORTS_TRIED }, (_, n) => DEFAULT_PORT + n) : [asked];
  for (const port of candidates) if (await isFree(port)) return port;
  if (asked !== undefined) return `port ${asked} is taken; leave --port out to take the first free one`;
  return `ports ${DEFAULT_PORT} to ${DEFAULT_PORT + PORTS_TRIED - 1} are all taken; name a free one with --port`;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
    await stopServer(server);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await stopServer(server);
  return port;
}

function hasDisplay(): boolean {
  if (process.env["CI"]) return false;
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return Boolean(process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"]);
}

function openBrowser(url: string): void {
  const command = { darwin: "open", win32: "explorer" }[String(process.platform)] ?? "xdg-open";
  const browser = spawn(command, [url], { stdio: "ignore", detached: true });
  // No browser to open is no problem: the line tells where the page is.
  browser.on("error", () => undefined);
  browser.unref();
}

function refuse(problem: string, code: number): number {
  process.stderr.write(`ids demo: ${problem}\n`);
  return code;
}
