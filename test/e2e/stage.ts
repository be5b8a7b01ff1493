/**
 * The stage of the end-to-end tests: SQS, Slack, IAM and one AWS account on this machine, and bot processes that can be
 * killed and started again on the same data.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startAws } from "../../demo/aws.ts";
import { ACCOUNT, CLIENTS, HOME_REGION } from "../../demo/cast.ts";
import { startFront } from "../../demo/front.ts";
import { objectOf, textOf } from "../../demo/json.ts";
import { startQueue } from "../../demo/queue.ts";
import { historyOf } from "../../demo/workspace.ts";
import { openWorld } from "../../demo/world.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openRedis } from "../../src/adapters/redis.ts";
import { startRedis } from "../../src/adapters/redis-server.ts";
import type { StoredAlert } from "../../src/alert/alert.ts";
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import type { Bucket } from "../../src/config.ts";
import { verifyChain } from "../../src/contain/audit.ts";
import type { BotSettings, CrashPoint } from "./crash-point.ts";
import { freePort } from "./port.ts";

const SIGNING_SECRET = "e2e-signing-secret-0123456789";
/** From a kill -9 until everything is in order again: SQS shows the message after 30 s, then it is searched and posted. */
export const RECOVERY_MS = 90_000;
/** A tenth of what Slack gets: the tests have a lot to say. */
export const PACE_MS = 100;

export interface StageOptions {
  readonly buckets?: readonly Bucket[];
  /** Where the bot finds one of AWS's services instead: a proxy before `url`. */
  readonly through?: (service: "sqs" | "iam" | "cloudtrail", url: string) => Promise<string>;
  /** Instead of the bot's own Redis. */
  readonly redisUrl?: string;
}

export async function openStage({ buckets = [], through = async (_, url) => url, redisUrl }: StageOptions = {}) {
  const data = await mkdtemp(join(tmpdir(), "ids-e2e-"));
  const [queue, front, ports] = await Promise.all([
    startQueue(),
    startFront({ port: 0, signingSecret: SIGNING_SECRET }),
    Promise.all([freePort(), freePort()]),
  ]);
  const calls: { readonly action: string; readonly keyId: string; readonly kind: string; readonly params: unknown }[] =
    [];
  const world = openWorld({
    now: () => Date.now(),
    delayMs: 20,
    send: queue.send,
    onCall: ({ action, keyId, params }, { kind }) => calls.push({ action, keyId, kind, params }),
  });
  const aws = await startAws(() => world);
  const { people, channel, token, call } = front.workspace();
  await call("conversations.join", { channel: channel.id });
  const made = await call("conversations.create", { name: "security-fallback" });
  const fallback = textOf(objectOf(made ?? {}, "channel"), "id");
  const person = (name: string) => people.find((one) => one.name === name)?.id ?? "";
  const [slackPort = 0, healthPort = 0] = ports;
  const settings: BotSettings = {
    paceMs: PACE_MS,
    config: {
      accounts: [{ ...ACCOUNT, regions: [HOME_REGION] }],
      slack: {
        channel: channel.id,
        fallback,
        operators: [person("sam"), person("lee")],
        mode: "http",
        http: { host: "127.0.0.1", port: slackPort },
      },
      sqs: { queues: [{ url: queue.url, region: HOME_REGION }] },
      s3: { buckets },
      rules: [],
      placeholders: {},
      vendors: {},
      organizations: [],
      geoip: {},
      protected: [],
      redis: { durability: "strict" },
      health: { host: "127.0.0.1", port: healthPort },
      data,
    },
    secrets: {
      slackBotToken: token,
      slackSigningSecret: SIGNING_SECRET,
      slackApiUrl: front.apiUrl,
      allowUnsafeRedis: false,
      ...(redisUrl === undefined ? {} : { redisUrl }),
    },
  };
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_SQS: await through("sqs", queue.endpoint),
    AWS_ENDPOINT_URL_S3: queue.endpoint,
    AWS_ENDPOINT_URL_IAM: await through("iam", aws.url),
    AWS_ENDPOINT_URL_CLOUDTRAIL: await through("cloudtrail", aws.url),
    AWS_ACCESS_KEY_ID: world.trailhoundKey,
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_REGION: HOME_REGION,
    NODE_NO_WARNINGS: "1",
  };

  const bots: ChildProcess[] = [];
  async function startBot(crash?: CrashPoint): Promise<{ readonly bot: ChildProcess; readonly healthUrl: string }> {
    const given = JSON.stringify(crash === undefined ? settings : { ...settings, crash });
    const bot = fork(fileURLToPath(new URL("./bot.ts", import.meta.url)), [given], {
      env,
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    bots.push(bot);
    const [started] = await Promise.race([
      once(bot, "message"),
      once(bot, "exit").then(([code]) => Promise.reject(new Error(`the bot ended with ${code}; see ${data}/bot.log`))),
    ]);
    front.aimAt(started.slackUrl);
    return { bot, healthUrl: started.healthUrl };
  }

  async function stopBots(): Promise<void> {
    for (const bot of bots.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      const ended = once(bot, "exit");
      bot.kill("SIGTERM");
      await ended;
    }
  }

  const thief = (keyId: string) => ({
    keyId,
    ip: CLIENTS.thief.ip,
    userAgent: CLIENTS.thief.userAgent,
    region: HOME_REGION,
  });
  return {
    data,
    queue,
    front,
    world,
    calls,
    person,
    startBot,
    keyOf: (userName: string) => world.keysOf(userName)[0]?.id ?? "",
    /** The leaked key makes itself a user to stay: two alerts. */
    attack(keyId: string) {
      world.call({ ...thief(keyId), action: "iam:CreateUser", params: { userName: "support2" } });
      world.call({ ...thief(keyId), action: "iam:CreateAccessKey", params: { userName: "support2" } });
    },
    /** Alert messages in the channel, oldest first. */
    alerts: async () => (await front.messages()).flatMap(alertIn),
    /** The same in the fallback channel. */
    fallbackAlerts: async () => (await historyOf(front.workspace(), fallback)).toReversed().flatMap(alertIn),
    /** Nobody can post in the alerts' channel any more, or can again. */
    archive: (verb: "archive" | "unarchive") => call(`conversations.${verb}`, { channel: channel.id }),
    /** Presses, fills and submits as `user`, and gives what the dialog says afterwards. */
    async disable(user: string, ts: string, keyId: string, reason = "key found in a public gist") {
      await front.click({ user, ts, actionId: "ids/disable_key/v1" });
      await until("the dialog is filled", async () => /last_four/.test(JSON.stringify(front.modal(user) ?? {})));
      const viewId = String(front.modal(user)?.view["id"]);
      await front.submit({ user, viewId, values: { reason, last_four: keyId.slice(-4) } });
      return JSON.stringify(front.modal(user) ?? {});
    },
    /** Calls of UpdateAccessKey that reached IAM. */
    switches: () => calls.filter(({ action, kind }) => action === "iam:UpdateAccessKey" && kind === "ok"),
    /** Opens the store of a stopped bot and checks the audit log. */
    async audit() {
      const redis = await startRedis({ dir: join(data, "redis") });
      const stores = await openRedis({ path: redis.path }, { durability: "always", allowUnsafe: false }, memoryLog());
      const key = Buffer.from((await readFile(join(data, "audit.key"), "utf8")).trim(), "hex");
      const entries = await stores.audit.entries(1, 1000);
      const verified = verifyChain(entries, key);
      await stores.close();
      await redis.stop();
      return { entries, verified };
    },
    /** Opens the store of a stopped bot and gives these alerts. */
    async storedAlerts(ids: readonly string[]): Promise<readonly StoredAlert[]> {
      const redis = await startRedis({ dir: join(data, "redis") });
      const stores = await openRedis({ path: redis.path }, { durability: "always", allowUnsafe: false }, memoryLog());
      const found = await Promise.all(ids.map((id) => stores.alerts.alert(id)));
      await stores.close();
      await redis.stop();
      return found.filter((alert) => alert !== undefined);
    },
    stopBots,
    async close() {
      await stopBots();
      world.stop();
      await Promise.all([queue.stop(), front.stop(), aws.stop()]);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** An alert as its message shows it; nothing for another message. */
function alertIn(message: JsonObject) {
  const key = /"k":"(al_[0-9a-f]+)"/.exec(JSON.stringify(message["metadata"] ?? {}))?.[1];
  const all = JSON.stringify(message);
  return key === undefined ? [] : [{ ts: String(message["ts"]), key, text: String(message["text"]), all }];
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

export async function until(what: string, check: () => Promise<boolean> | boolean, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await sleep(50);
  }
}
