/**
 * `ids serve`: config → adapters → handlers → run, and the orderly end of all that.
 * The demo and the tests run this same code with stand-ins behind the same adapters.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { onAct } from "../handlers/act.ts";
import { tellBacklog } from "../handlers/backlog.ts";
import { onConfirm } from "../handlers/confirm.ts";
import { handleDeliver } from "../handlers/deliver.ts";
import { handleRow, type RowHandlers } from "../handlers/effect.ts";
import { healthOf } from "../handlers/health.ts";
import { listenersOf } from "../handlers/index.ts";
import { handleMessage } from "../handlers/message.ts";
import { onReplay } from "../handlers/replay.ts";
import { suspectsAmong } from "../handlers/suspect.ts";
import { tellTrouble } from "../handlers/trouble.ts";
import { onVerify } from "../handlers/verify.ts";
import { readOrMakeAuditKey } from "../src/adapters/auditkey.ts";
import { type DoorOptions, openDoor } from "../src/adapters/bolt.ts";
import { openTrail } from "../src/adapters/cloudtrail.ts";
import { openCredentials } from "../src/adapters/credentials.ts";
import { openHealth } from "../src/adapters/health.ts";
import { openIam } from "../src/adapters/iam.ts";
import { openMemo } from "../src/adapters/memo.ts";
import { openEffects } from "../src/adapters/queue.ts";
import { openRedis, type RedisStores, type RedisTarget } from "../src/adapters/redis.ts";
import { startRedis } from "../src/adapters/redis-server.ts";
import { startRounds } from "../src/adapters/rounds.ts";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { openLogFiles } from "../src/adapters/s3.ts";
import { openChat } from "../src/adapters/slack.ts";
import { openInbox } from "../src/adapters/sqs.ts";
import { startSweep } from "../src/adapters/sweep.ts";
import { openVitals, watched } from "../src/adapters/vitals.ts";
import type { Config } from "../src/config.ts";
import { makeDetector } from "../src/detect/detector.ts";
import { apart, type DetectorState } from "../src/detect/state.ts";
import type { Vitals } from "../src/ports/vitals.ts";
import type { Clock, Log, Ports } from "../src/ports.ts";
import type { Secrets } from "../src/secrets.ts";
import { knowledgeOf } from "./knowledge.ts";

export interface ServeOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Log;
  /** The bot cannot hear Slack any more and should be started anew; without it nothing happens. */
  readonly onDeaf?: () => void;
  /** The fault tests put crash points between the ports. */
  readonly wrap?: (ports: Ports) => Ports;
  /** From one delivery to Slack to the next; the tests do not wait a second for each. */
  readonly paceMs?: number;
}

export interface Running {
  /** Where Slack's requests go in HTTP mode. */
  readonly slackUrl?: string;
  readonly healthUrl: string;
  /** Drains: finishes what was begun, within STOP_MS. */
  stop(): Promise<void>;
}

/** SIGTERM to exit, at most: supervisors send SIGKILL after 30 s. */
export const STOP_MS = 25_000;
const INBOX_STOP_MS = 12_000;
const EFFECTS_STOP_MS = 5_000;
const CHECK_MS = 60_000;
const TROUBLE_MS = 30_000;
const BACKLOG_MS = 1_000;
/** A foreign Redis that syncs every second loses at most 2 s of replies in a power cut: the delete waits longer. */
const DELAYED_DELETE_MS = 3_000;
const IAM_TIMEOUT_MS = 5_000;
const TRAIL_TIMEOUT_MS = 10_000;
const S3_TIMEOUT_MS = 10_000;

const clock: Clock = { now: () => Date.now() };

/** @throws with the reason and what to do, when a rule, Redis or a port cannot be used; nothing is left running then. */
export async function serve(options: ServeOptions): Promise<Running> {
  const { config, secrets, log } = options;
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse())
      await step().catch((error) => log.error({ err: messageOf(error) }, "stop.failed"));
  };
  try {
    const { accounts, known, placeholders } = await knowledgeOf(config);
    const compiled = await loadRules([bundledRules(), ...config.rules], { placeholders });
    const redis = await redisOf(options, undo);
    const store = await openRedis(
      redis,
      {
        durability: config.redis.durability === "strict" ? "always" : "delayed",
        allowUnsafe: secrets.allowUnsafeRedis,
      },
      log,
    );
    undo.push(() => store.close());
    const auditKey = secrets.auditKey ?? (await readOrMakeAuditKey(join(config.data, "audit.key")));
    const vitals = openVitals(clock);
    const usable = watchRedis(store, vitals, log, undo);
    const ports = portsOf(options, store, vitals, usable);

    const worker = randomUUID();
    const contain = { accounts: config.accounts, operators: config.slack.operators, protected: config.protected };
    const summaries = new Map(compiled.summaries.map((summary) => [summary.name, summary]));
    const advice = (rule: string) => summaries.get(rule);
    const startedAt = new Date(clock.now()).toISOString();
    const { channel } = config.slack;
    const places = placesOf(config);
    const deps = { ...ports, config: contain, auditKey, worker, startedAt, lookups: new Map(), advice, channel };
    const suspects = (principals: readonly string[]) => suspectsAmong(principals, ports);
    const detectorWith = (state: DetectorState) => makeDetector(compiled, state, { accounts, suspects, known });
    const detectors = {
      sure: detectorWith(store.state),
      doubted: detectorWith(apart(store.state, "unverified")),
      accounts: new Set(accounts.map(({ id }) => id)),
    };
    const handlers: RowHandlers = {
      deliver: (id) => handleDeliver(id, { places, accounts, worker }, ports),
      confirm: (id) => onConfirm(id, deps),
      replay: (id) => onReplay(id, detectors, ports),
      act: (id) => onAct(id, deps),
      verify: (id) => onVerify(id, deps),
    };
    ports.effects.start((row) => handleRow(row, handlers, ports));
    undo.push(() => ports.effects.stop(EFFECTS_STOP_MS));
    const sweep = startSweep(ports);
    undo.push(() => sweep.stop());

    const memo = await openMemo(join(config.data, "told.json"), log);
    const trouble = startRounds(TROUBLE_MS, () => tellTrouble({ ...ports, places, memo }));
    undo.push(() => trouble.stop());
    let toldBacklog: string | undefined;
    const backlog = startRounds(BACKLOG_MS, async () => {
      toldBacklog = await tellBacklog(toldBacklog, { ...ports, channel });
    });
    undo.push(() => backlog.stop());

    const door = await openDoor(listenersOf(deps), doorOf(options, vitals));
    undo.push(() => door.close());
    const health = await openHealth({ ...config.health, health: () => healthOf(deps) });
    undo.push(() => health.close());
    ports.inbox.start((message) => handleMessage(message, detectors, ports));
    undo.push(() => ports.inbox.stop(INBOX_STOP_MS));
    log.info(
      { rules: compiled.summaries.length, accounts: accounts.length, queues: config.sqs.queues.length },
      "serve.started",
    );
    return { ...(door.url === undefined ? {} : { slackUrl: door.url }), healthUrl: health.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function redisOf({ config, secrets }: ServeOptions, undo: (() => Promise<void>)[]): Promise<RedisTarget> {
  const { redisUrl } = secrets;
  if (redisUrl !== undefined) return /^rediss?:/.test(redisUrl) ? { url: redisUrl } : { path: redisUrl };
  const server = await startRedis({ dir: join(config.data, "redis") });
  undo.push(() => server.stop());
  return { path: server.path };
}

/** Rejects while Redis takes no writes, or since it was found to be set so that it would lose alerts. */
function watchRedis(store: RedisStores, vitals: Vitals, log: Log, undo: (() => Promise<void>)[]): () => Promise<void> {
  let fault: string | undefined;
  const timer = setInterval(async () => {
    const found = await store.check().catch(() => undefined);
    if (found !== undefined && found !== fault) log.error({ fault: found }, "redis.unusable");
    fault = found;
  }, CHECK_MS);
  undo.push(async () => clearInterval(timer));
  const isUsable = async () => {
    if (fault !== undefined) throw new Error(fault);
    await store.writable();
  };
  return () =>
    isUsable().then(
      () => vitals.ok("redis"),
      (error: unknown) => {
        vitals.failed("redis", messageOf(error));
        throw error;
      },
    );
}

function portsOf(options: ServeOptions, store: RedisStores, vitals: Vitals, usable: () => Promise<void>): Ports {
  const { config, secrets, log, wrap = (ports) => ports } = options;
  const credentials = openCredentials({ accounts: config.accounts, requestTimeoutMs: IAM_TIMEOUT_MS });
  const apiUrl = secrets.slackApiUrl === undefined ? {} : { apiUrl: secrets.slackApiUrl };
  const ports: Ports = {
    clock,
    log,
    vitals,
    inbox: openInbox({
      queues: config.sqs.queues,
      ready: usable,
      deleteDelayMs: config.redis.durability === "delayed" ? DELAYED_DELETE_MS : 0,
      vitals,
      log,
    }),
    intake: store.intake,
    alerts: store.alerts,
    quarantine: store.quarantine,
    outbox: store.outbox,
    containments: store.containments,
    audit: store.audit,
    effects: openEffects(store.connection, clock, log, options.paceMs),
    trail: openTrail({ log, requestTimeoutMs: TRAIL_TIMEOUT_MS, credentialsOf: credentials.reader }),
    logFiles: openLogFiles({
      buckets: config.s3.buckets,
      credentialsOf: credentials.reader,
      requestTimeoutMs: S3_TIMEOUT_MS,
    }),
    iam: openIam({ log, credentials, requestTimeoutMs: IAM_TIMEOUT_MS }),
    chat: openChat({ token: secrets.slackBotToken, ...apiUrl, log }),
  };
  return wrap(watched(ports, vitals, config.slack.channel));
}

/** Where alerts and troubles are told, in this order: operators hear of them where not even the fallback channel takes them. */
function placesOf({ slack: { channel, fallback, operators } }: Config): readonly string[] {
  return fallback === undefined ? [channel] : [channel, fallback, ...operators];
}

function doorOf({ config, secrets, log, onDeaf = () => undefined }: ServeOptions, vitals: Vitals): DoorOptions {
  const { slackBotToken: token, slackAppToken = "", slackSigningSecret = "", slackApiUrl } = secrets;
  const door =
    config.slack.mode === "socket"
      ? ({ mode: "socket", appToken: slackAppToken, onDeaf } as const)
      : ({ mode: "http", signingSecret: slackSigningSecret, ...config.slack.http } as const);
  return { token, ...(slackApiUrl === undefined ? {} : { apiUrl: slackApiUrl }), door, clock, vitals, log };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
