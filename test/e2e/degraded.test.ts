import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Fault } from "../../demo/fault.ts";
import { envelopeOf } from "../../demo/trail.ts";
import { isObject } from "../../src/cloudtrail/json.ts";
import { recordNamed } from "../handlers/line.ts";
import { freePort } from "./port.ts";
import { startProxy, type TcpProxy } from "./proxy.ts";
import { openStage, PACE_MS, type Stage, until } from "./stage.ts";

/** Slack gives a request 3 s; this machine may be busy besides. */
const ANSWERED_MS = 3_500;

const isIam = ({ action }: { readonly action: string }) => action.startsWith("iam:");

const http = (status: number, body: string) =>
  `HTTP/1.1 ${status} X\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
const iamError = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`;

describe("degraded modes", function () {
  this.timeout(60_000);
  let dir: string;
  let server: ChildProcess;
  let direct: Redis;
  let stage: Stage;
  let healthUrl: string;
  let sam: string;
  let key: string;
  const sent: string[] = [];
  const proxies: Record<"redis" | "sqs" | "iam" | "cloudtrail", TcpProxy | undefined> = {
    redis: undefined,
    sqs: undefined,
    iam: undefined,
    cloudtrail: undefined,
  };
  const proxy = (name: keyof typeof proxies) => proxies[name] ?? assert.fail(`no proxy before ${name}`);

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-degraded-"));
    const port = await freePort();
    server = startServer(port, dir);
    direct = new Redis({ port, host: "127.0.0.1" });
    direct.on("error", () => undefined);
    await direct.ping();
    proxies.redis = await startProxy(port);
    stage = await openStage({
      redisUrl: `redis://127.0.0.1:${proxies.redis.port}`,
      async through(service, url) {
        const front = await startProxy(url);
        proxies[service] = front;
        return front.url;
      },
    });
    ({ healthUrl } = await stage.startBot());
    sam = stage.person("sam");
    key = stage.keyOf("deploy-bot");
    stage.attack(key);
    await until("two alerts are in Slack", async () => (await stage.alerts()).length === 2);
  });
  after(async () => {
    await stage?.close();
    for (const one of Object.values(proxies)) await one?.close();
    direct?.disconnect();
    server?.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
  });

  async function asked(path: "/healthz" | "/readyz") {
    const answer = await fetch(healthUrl + path);
    const { status, parts } = reportOf(await answer.json());
    return { http: answer.status, status, parts };
  }
  /** What people and supervisors see while `part` fails and nothing else. */
  async function seesFailing(part: string, status: "failing" | "degraded") {
    await until(`${part} is told as failing`, async () => (await asked("/healthz")).parts[part] === "failing");
    const [healthz, readyz] = [await asked("/healthz"), await asked("/readyz")];
    assert.deepEqual([healthz.http, healthz.status], [200, status]);
    assert.deepEqual([readyz.http, readyz.parts[part]], [status === "failing" ? 503 : 200, "failing"]);
  }
  const isWell = async () => (await asked("/readyz")).status === "ok";

  /** What a command answers, and how soon. */
  const ask = (text: string) => answerTo(() => stage.front.command({ user: sam, text }));
  /** What pressing a button under the first alert answers. */
  const press = async (actionId: string) => {
    const { ts } = await anAlert();
    return answerTo(() => stage.front.click({ user: sam, ts, actionId }));
  };
  async function answerTo(gesture: () => Promise<unknown>): Promise<{ readonly said: string; readonly ms: number }> {
    const before = stage.front.ephemerals(sam).length;
    const from = Date.now();
    await gesture();
    await until("it is answered", () => stage.front.ephemerals(sam).length > before);
    return { said: JSON.stringify(stage.front.ephemerals(sam).at(-1)), ms: Date.now() - from };
  }
  const anAlert = async () => (await stage.alerts())[0] ?? assert.fail("no alert");
  const botLog = () => readFile(join(stage.data, "bot.log"), "utf8");

  /** Records of so many users that nobody knows: as many alerts. */
  async function send(name: string, count: number): Promise<readonly string[]> {
    const users = Array.from({ length: count }, (_, n) => `${name}-${n}`);
    for (const user of users) await stage.queue.send(bodyOf(user));
    sent.push(...users);
    return users;
  }
  /** How many alert messages tell of each. */
  async function posted(users: readonly string[]): Promise<readonly number[]> {
    const alerts = await stage.alerts();
    return users.map((user) => alerts.filter(({ text }) => text.includes(`: ${user} created user`)).length);
  }
  async function areThereOnce(users: readonly string[]): Promise<void> {
    await until("each is in Slack", async () => (await posted(users)).every((count) => count > 0), 20_000);
    assert.deepEqual(await posted(users), Array(users.length).fill(1));
    assert.equal(stage.queue.counts().dead, 0);
  }
  /** How often the message that failed most had been received by then. */
  async function mostFailures(): Promise<number> {
    const counts = new Map<string, number>();
    for (const line of (await botLog()).trim().split("\n")) {
      const { msg, message } = JSON.parse(line);
      if (msg === "message.failed") counts.set(message, (counts.get(message) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
  }
  const REDIS = [
    ["cut off", { kind: "cut" }, 2_000],
    ["hung", { kind: "hang" }, 4_500],
    ["full", undefined, 5_500],
  ] as const;
  for (const [name, mode, outageMs] of REDIS)
    it(`takes nothing while Redis is ${name}, says so within 3 s, and does all of it when Redis is back`, async () => {
      const calls = stage.calls.length;
      const begun = Date.now();
      if (mode === undefined) await direct.config("SET", "maxmemory", "1mb");
      else proxy("redis").set(mode);
      const users = await send(`redis-${name.slice(0, 3)}`, 5);
      const click = await press("ids/disable_key/v1");
      assert.match(click.said, /store \(Redis\).*Nothing was changed/);
      const health = await ask("/ids health");
      assert.match(health.said, /Alerts do not come through now/);
      assert.match(health.said, /Redis (fails|does not answer)/);
      assert.ok(click.ms < ANSWERED_MS && health.ms < ANSWERED_MS, `${click.ms} ms, ${health.ms} ms`);
      await seesFailing("redis", "failing");
      await sleep(begun + outageMs - Date.now());

      assert.deepEqual(await posted(users), Array(users.length).fill(0));
      if (mode === undefined) await direct.config("SET", "maxmemory", "0");
      else proxy("redis").set({ kind: "pass" });
      await areThereOnce(users);
      await until("all is well", isWell);
      assert.ok((await mostFailures()) <= 1, "an outage must not use up receives");
      assert.deepEqual(stage.calls.slice(calls).filter(isIam), []);
    });

  it("works on while Redis is slow, only later", async () => {
    proxy("redis").set({ kind: "slow", delayMs: 150 });
    const users = await send("redis-slow", 3);
    const { ts } = await anAlert();
    await stage.front.click({ user: sam, ts, actionId: "ids/disable_key/v1" });
    await until("the dialog is filled", () => JSON.stringify(stage.front.modal(sam) ?? {}).includes("last_four"));
    stage.front.closeModal(sam);
    await areThereOnce(users);

    assert.equal(await isWell(), true);
    proxy("redis").set({ kind: "pass" });
  });

  it("backs off while SQS fails, and goes on when it answers", async () => {
    proxy("sqs").set({ kind: "cut" });
    await seesFailing("queue", "failing");
    // What the receives that were cut may have got is back after 30 s: see the last test.
    const users = await send("sqs", 4);
    proxy("sqs").set({ kind: "answer", text: http(503, '{"__type":"ServiceUnavailable"}') });
    const [tries, from] = [proxy("sqs").tries(), Date.now()];
    await sleep(3_000);
    const rate = ((proxy("sqs").tries() - tries) * 1_000) / (Date.now() - from);
    assert.match((await ask("/ids health")).said, /SQS fails/);
    proxy("sqs").set({ kind: "pass" });

    assert.ok(rate > 0 && rate <= 4, `${rate} requests a second`);
    await until("it goes on", async () => (await posted(users)).some((count) => count > 0));
    await until("all is well", isWell);
  });

  for (const [name, mode, said] of [
    ["does not answer", { kind: "hang" }, /IAM did not answer/],
    ["throttles", { kind: "answer", text: http(400, iamError("Throttling")) }, /IAM did not answer/],
    ["refuses", { kind: "answer", text: http(403, iamError("AccessDenied")) }, /iam:GetAccessKeyLastUsed/],
  ] as const)
    it(`opens no way to disable a key while IAM ${name}, and says why`, async () => {
      proxy("iam").set(mode);
      const { ts } = await anAlert();
      await stage.front.click({ user: sam, ts, actionId: "ids/disable_key/v1" });
      await until("the dialog says why", () => said.test(JSON.stringify(stage.front.modal(sam) ?? {})));

      assert.doesNotMatch(JSON.stringify(stage.front.modal(sam)), /last_four/);
      await seesFailing("iam", "degraded");
      assert.match((await ask("/ids health")).said, /IAM fails/);
      proxy("iam").set({ kind: "pass" });
      stage.front.closeModal(sam);
    });

  it("keeps an intent pending while the call to disable a key goes unanswered", async () => {
    proxy("iam").set({ kind: "hang", when: /Action=UpdateAccessKey/ });
    const { ts } = await anAlert();
    await stage.disable(sam, ts, key);
    await until("IAM has not answered", async () => /UpdateAccessKey went unanswered/.test(await botLog()));

    assert.equal(stage.world.keysOf("deploy-bot").find(({ id }) => id === key)?.status, "Active");
    assert.match((await anAlert()).all, /◔ Disabling key/);
    assert.deepEqual(stage.switches(), []);
    proxy("iam").set({ kind: "pass" });
  });

  it("answers /ids who without the regions that CloudTrail throttles, and names them", async () => {
    const throttled = { __type: "ThrottlingException", message: "Rate exceeded" };
    proxy("cloudtrail").set({ kind: "answer", text: http(400, JSON.stringify(throttled)) });
    await stage.front.command({ user: sam, text: "/ids who deploy-bot" });
    await until("what is missing is told", () => /throttles/.test(JSON.stringify(stage.front.modal(sam) ?? {})));

    assert.match(JSON.stringify(stage.front.modal(sam)), /[Pp]artial/);
    await seesFailing("cloudtrail", "degraded");
    proxy("cloudtrail").set({ kind: "pass" });
    await stage.front.command({ user: sam, text: "/ids who deploy-bot" });
    await until("CloudTrail is well", async () => (await asked("/healthz")).parts["cloudtrail"] === "ok");
    stage.front.closeModal(sam);
  });

  it("reads the key when IAM answers again, and disables it with one call", async () => {
    await until("the key is inactive", () =>
      stage.world.keysOf("deploy-bot").some(({ id, status }) => id === key && status === "Inactive"),
    );
    assert.equal(stage.switches().length, 1);
  });

  it("sends one message after the other however many alerts come at once: a click's first, then the worst", async () => {
    const { ts } = await anAlert();
    const users = await send("storm", 60);
    const toldOf = async () => (await posted(users)).filter((count) => count > 0).length;
    await until("the first are there", async () => (await toldOf()) > 0);
    const worst: unknown = recordNamed("cloudtrail_stop_logging");
    await stage.queue.send(JSON.stringify(isObject(worst) ? envelopeOf(worst) : undefined));
    await stage.front.click({ user: sam, ts, actionId: "ids/acknowledge/v1" });
    await until("the click is answered", async () => (await anAlert()).all.includes("*Acknowledged*"));
    const isWorst = ({ text }: { readonly text: string }) => /stopped CloudTrail|StopLogging|logging/.test(text);
    await until("the worst is there", async () => (await stage.alerts()).some(isWorst));

    assert.ok((await toldOf()) < 45, "these two did not wait for the others");
    await areThereOnce(users);
    const times = (await stage.alerts()).slice(-60).map((alert) => Number(alert.ts) * 1_000);
    const windows = times.slice(20).map((time, i) => time - (times[i] ?? 0));
    assert.ok(Math.min(...windows) > 16 * PACE_MS, `twenty within ${Math.min(...windows)} ms`);
  });

  const SLACK: readonly Omit<Fault, "method">[] = [
    { kind: "hang", accepted: true },
    { kind: "ratelimited", retryAfterSeconds: 1 },
    { kind: "http-500" },
    { kind: "http-503", accepted: true },
    { kind: "html" },
    { kind: "html", accepted: true },
    { kind: "drop" },
    { kind: "drop", accepted: true },
    { kind: "truncated" },
    { kind: "internal_error", accepted: true },
  ];
  it("posts and edits each alert once, whatever Slack answers", async () => {
    for (const fault of SLACK) stage.front.fault({ ...fault, method: "chat.postMessage" });
    const users = await send("slack", SLACK.length);
    // The one whose post hangs for 10 s is looked at by the last test.
    const isThere = ({ text }: { readonly text: string }) => users.some((user) => text.includes(user));
    await until("all but one are there", async () => (await stage.alerts()).filter(isThere).length >= users.length - 1);
    const before = new Map((await stage.alerts()).map(({ key: id, all }) => [id, all]));

    for (const fault of SLACK.slice(1)) stage.front.fault({ ...fault, method: "chat.update" });
    await send("slack", SLACK.length);
    await until("each is edited", async () => {
      const edited = (await stage.alerts()).filter(({ key: id, all }) => before.get(id) !== all);
      return edited.length >= users.length - 1;
    });
  });

  it("keeps alerts while Slack is down, says so, and posts each once when it is back", async () => {
    stage.front.fault({ method: "*", kind: "http-503", times: 10_000 });
    const users = await send("slack-down", 5);
    await seesFailing("slack", "failing");
    await sleep(1_500);
    assert.deepEqual(await posted(users), Array(users.length).fill(0));
    stage.front.clearFaults();

    await areThereOnce(users);
    await until("all is well", isWell);
    assert.match((await ask("/ids health")).said, /Trailhound works/);
  });

  it("posts in the fallback channel while the alerts' channel takes none, says so, and comes back", async () => {
    await stage.archive("archive");
    await stage.queue.send(bodyOf("elsewhere"));
    const isThere = ({ text }: { readonly text: string }) => text.includes(": elsewhere created user");
    await until("it is in the fallback channel", async () => (await stage.fallbackAlerts()).some(isThere));
    await seesFailing("slack", "failing");
    await stage.queue.send(bodyOf("elsewhere"));
    await until("it is edited there", async () =>
      (await stage.fallbackAlerts()).some(({ all }) => all.includes("2 events")),
    );
    assert.match((await ask("/ids health")).said, /is_archived, in the alerts' channel/);
    await stage.archive("unarchive");
    const users = await send("back", 1);

    await areThereOnce(users);
    await until("all is well", isWell);
    assert.equal((await stage.fallbackAlerts()).length, 1);
    assert.equal((await stage.alerts()).filter(isThere).length, 0);
  });

  it("is told by docs/health.md as it is", async function () {
    const page = await readFile("docs/health.md", "utf8");
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => shapeOf(JSON.parse(text)));
    const report = async () => JSON.stringify(await (await fetch(`${healthUrl}/healthz`)).json());
    await until("the newest record is noted", async () => (await report()).includes("lastRecordAt"));
    const well = shapeOf(JSON.parse(await report()));
    proxy("redis").set({ kind: "cut" });
    await seesFailing("redis", "failing");
    const ill = shapeOf(await (await fetch(`${healthUrl}/readyz`)).json());
    proxy("redis").set({ kind: "pass" });
    await until("all is well", isWell);

    assert.deepEqual(examples, [well, ill]);
    const titles = this.test?.parent?.tests.map(({ title }) => title) ?? [];
    const files = ["adapters/sqs-degraded", "adapters/skew", "handlers/deliver", "handlers/backlog"].map((name) =>
      readFile(`test/${name}.test.ts`, "utf8"),
    );
    const elsewhere = (await Promise.all(files)).join("");
    const table = page.slice(page.indexOf("| What is down |"));
    const named = [...table.matchAll(/\| ([^|]+) \|$/gm)]
      .map(([, name = ""]) => name)
      .filter((name) => / .* /.test(name));
    assert.ok(named.length >= 14);
    assert.deepEqual(
      named.filter((name) => !titles.includes(name) && !elsewhere.includes(`"${name}"`)),
      [],
    );
  });

  it("has lost nothing, told nothing twice and given up nothing in all that", async () => {
    await until("each is in Slack", async () => (await posted(sent)).every((count) => count > 0), 35_000);

    assert.deepEqual(await posted(sent), Array(sent.length).fill(1));
    assert.deepEqual(stage.queue.counts(), { waiting: 0, inFlight: 0, dead: 0 });
    assert.ok(stage.switches().length <= 1);
    assert.doesNotMatch((await anAlert()).all, /Disabling key/);
  });
});

/** Names and kinds of what an answer holds. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
  return typeof value;
}

function reportOf(answer: unknown): { readonly status: string; readonly parts: Readonly<Record<string, unknown>> } {
  if (!isObject(answer) || typeof answer["status"] !== "string" || !isObject(answer["parts"]))
    throw new Error(`no report: ${JSON.stringify(answer)}`);
  return { status: answer["status"], parts: answer["parts"] };
}

function bodyOf(userName: string): string {
  const { userIdentity: _, ...record } = recordNamed("iam_create_user");
  const detail = {
    ...record,
    eventID: randomUUID(),
    eventTime: new Date().toISOString().replace(/\.\d+/, ""),
    userIdentity: {
      type: "IAMUser",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      arn: `arn:aws:iam::111122223333:user/${userName}`,
      accountId: "111122223333",
      userName,
    },
  };
  const { eventTime: time } = detail;
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: "111122223333",
    time,
    region: "us-east-1",
    resources: [],
    detail,
  });
}

function startServer(port: number, dir: string): ChildProcess {
  const settings = {
    port,
    dir,
    bind: "127.0.0.1",
    appendonly: "yes",
    appendfsync: "always",
    save: "",
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return spawn("redis-server", args, { stdio: "ignore" });
}
