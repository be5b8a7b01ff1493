/**
 * `ids serve` against moto, which answers as SQS, S3, STS and IAM do: the real SDK at both ends, roles in two accounts,
 * and a key that is disabled in the account it belongs to. moto has no LookupEvents and lets every call pass.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { startFront } from "../../demo/front.ts";
import { accountOfKeyId } from "../../src/cloudtrail/accesskey.ts";
import type { BotSettings } from "./crash-point.ts";
import { freePort } from "./port.ts";
import { until } from "./stage.ts";

/** Where the bot and its queue live; moto's own account. */
const HOME = "123456789012";
/** Where the key lives. */
const FAR = "444455556666";
const REGION = "us-east-1";
const BUCKET = "example-trail-logs";
const SIGNING_SECRET = "moto-signing-secret-0123456789";
const READER = `arn:aws:iam::${FAR}:role/trailhound-reader`;
const RESPONDER = `arn:aws:iam::${FAR}:role/trailhound-responder`;
const EXTERNAL_ID = "9f1c2a7e";
/** Of the old form, which carries no account: moto takes it for one of its own. */
const OWN_KEY = "AKIAIOSFODNN7EXAMPLE";

describe("serve, on moto", function () {
  this.timeout(60_000);
  const undo: (() => Promise<unknown>)[] = [];
  let place: Awaited<ReturnType<typeof openPlace>>;

  before(async function () {
    const program = await findProgram("moto_server");
    if (program === undefined) {
      console.log("      moto_server is not on the PATH (pip install 'moto[server]')");
      return this.skip();
    }
    place = await openPlace(program, undo);
  });
  after(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it("tells of a new key that came as an EventBridge event through SQS", async () => {
    await place.send(eventOf(recordOf("iam", "CreateAccessKey", place.thief, { userName: "support2" })));

    await until("the alert is in Slack", async () => (await place.alerts()).length === 1);
    const [alert] = await place.alerts();
    assert.match(alert?.all ?? "", /deploy-bot.*created.*access key/);
    assert.match(alert?.all ?? "", /acme-dev/);
  });

  it("tells of a call from a log file in S3 that a notification names", async () => {
    const key = `AWSLogs/${HOME}/CloudTrail/${REGION}/2026/11/20/${HOME}_CloudTrail_${REGION}_20261120T1005Z_abc.json.gz`;
    const record = recordOf("cloudtrail", "StopLogging", place.thief, { name: "acme-trail" }, HOME);
    await place.store(key, gzipSync(JSON.stringify({ Records: [record] })));
    await place.send({
      Records: [{ eventName: "ObjectCreated:Put", s3: { bucket: { name: BUCKET }, object: { key } } }],
    });

    await until("the alert is in Slack", async () => (await place.alerts()).length === 2);
    const alert = (await place.alerts()).at(-1);
    assert.match(alert?.all ?? "", /StopLogging|stopped/i);
    // The call went to the bot's account, with a key of the other one: both are named.
    assert.match(alert?.all ?? "", /acme-prod.*123456789012/);
    assert.match(alert?.all ?? "", /acme-dev.*444455556666/);
  });

  it("disables the key in its own account, and reads it back", async () => {
    const [alert] = await place.alerts();
    await place.disable(alert?.ts ?? "", place.thief.keyId);

    await until("the key is inactive", async () => (await place.statusOf(place.thief.keyId)) === "Inactive");
    await until(
      "the read-back is told",
      async () => /read back[^◔]*[Ii]nactive/.test((await place.alerts())[0]?.all ?? ""),
      20_000,
    );
    assert.equal(await place.statusOf(place.spareKeyId), "Active");
  });

  it("made that one call as the far account's responder, in a session of the intent's name", async () => {
    const asked = await place.asked();
    const writing = asked.filter(({ form }) => form["RoleArn"] === RESPONDER);
    const writes = asked.filter(({ form }) => form["Action"] === "UpdateAccessKey");

    assert.deepEqual(
      writing.map(({ form, keyId }) => [form["ExternalId"], form["DurationSeconds"], keyId]),
      [[EXTERNAL_ID, "900", OWN_KEY]],
    );
    assert.match(writing[0]?.form["RoleSessionName"] ?? "", /^in_[0-9a-f]+$/);
    assert.deepEqual(
      writes.map(({ form, keyId }) => [form["AccessKeyId"], form["Status"], accountOfKeyId(keyId)]),
      [[place.thief.keyId, "Inactive", FAR]],
    );
    const reading = new Set(asked.filter(({ form }) => form["Action"] === "GetUser").map(({ keyId }) => keyId));
    assert.equal(reading.has(writes[0]?.keyId ?? ""), false, "the reader's session does not write");
  });

  it("leaves nothing in the queue", async () => {
    await until("SQS is empty", async () => (await place.left()) === 0);
  });
});

interface Place {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
interface Thief {
  readonly keyId: string;
  readonly arn: string;
  readonly userId: string;
}

/** moto, Slack's front and one bot between them. */
async function openPlace(program: string, undo: (() => Promise<unknown>)[]) {
  const data = await mkdtemp(join(tmpdir(), "ids-moto-"));
  undo.push(() => rm(data, { recursive: true, force: true }));
  const recording = join(data, "moto.log");
  const { endpoint, moto } = await startMoto(program, recording);
  undo.push(() => ended(moto));
  const options = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: OWN_KEY, secretAccessKey: "none" },
    forcePathStyle: true,
  };
  const sqs = new SQSClient(options);
  const s3 = new S3Client(options);
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "trailhound" }));
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const { iam, thief, spareKeyId } = await settle(options);
  undo.push(async () => {
    for (const client of [sqs, s3, iam]) client.destroy();
  });

  const front = await startFront({ port: 0, signingSecret: SIGNING_SECRET });
  undo.push(() => front.stop());
  const { people, channel, token } = front.workspace();
  const sam = people.find(({ name }) => name === "sam")?.id ?? "";
  const settings: BotSettings = {
    config: {
      accounts: [
        { id: HOME, name: "acme-prod" },
        { id: FAR, name: "acme-dev", reader: READER, responder: RESPONDER, externalId: EXTERNAL_ID },
      ],
      slack: { channel: channel.id, operators: [sam], mode: "http", http: { host: "127.0.0.1", port: 0 } },
      sqs: { queues: [{ url: QueueUrl, region: REGION }] },
      s3: { buckets: [{ name: BUCKET, region: REGION }] },
      rules: [],
      placeholders: {},
      vendors: {},
      organizations: [],
      geoip: {},
      protected: [],
      redis: { durability: "strict" },
      health: { host: "127.0.0.1", port: 0 },
      data,
    },
    secrets: {
      slackBotToken: token,
      slackSigningSecret: SIGNING_SECRET,
      slackApiUrl: front.apiUrl,
      allowUnsafeRedis: false,
    },
  };
  await fetch(`${endpoint}/moto-api/recorder/start-recording`, { method: "POST" });
  const bot = startBot(settings, endpoint);
  // Together: the bot's long polls end when the queue does.
  undo.push(() => Promise.all([ended(bot), ended(moto)]));
  const [started] = await Promise.race([
    once(bot, "message"),
    once(bot, "exit").then(([code]) => Promise.reject(new Error(`the bot ended with ${code}`))),
  ]);
  front.aimAt(started.slackUrl);

  return {
    thief,
    spareKeyId,
    send: (body: unknown) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) })),
    store: (Key: string, Body: Buffer) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body })),
    async left() {
      const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
      );
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
    /** What moto was asked in the Query protocol, and with which key. */
    async asked() {
      const lines = (await readFile(recording, "utf8")).split("\n").filter((line) => line !== "");
      return lines.map((line) => {
        const { headers, body, body_encoded } = JSON.parse(line);
        const text = body_encoded ? Buffer.from(body, "base64").toString() : String(body);
        const form: Record<string, string> = Object.fromEntries(new URLSearchParams(text));
        return { form, keyId: /Credential=(\w+)\//.exec(headers["Authorization"] ?? "")?.[1] ?? "" };
      });
    },
    async statusOf(keyId: string) {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: "deploy-bot" }));
      return AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === keyId)?.Status;
    },
    /** Alert messages, oldest first. */
    async alerts() {
      return (await front.messages())
        .filter((message) => /"k":"al_/.test(JSON.stringify(message["metadata"] ?? {})))
        .map((message) => ({ ts: String(message["ts"]), all: JSON.stringify(message) }));
    },
    async disable(ts: string, keyId: string) {
      await front.click({ user: sam, ts, actionId: "ids/disable_key/v1" });
      await until("the dialog is filled", () => /last_four/.test(JSON.stringify(front.modal(sam) ?? {})));
      const viewId = String(front.modal(sam)?.view["id"]);
      const values = { reason: "key found in a public gist", last_four: keyId.slice(-4) };
      await front.submit({ user: sam, viewId, values });
    },
  };
}

/** In the far account: its two roles, and a user with two keys. */
async function settle(options: Place) {
  // The keys of an assumed role say to moto which account they act in.
  const assumed = await new STSClient(options).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${FAR}:role/admin`, RoleSessionName: "test" }),
  );
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = assumed.Credentials ?? {};
  const iam = new IAMClient({
    ...options,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  const trust = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${HOME}:root` }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  for (const RoleName of ["trailhound-reader", "trailhound-responder"])
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const { User } = await iam.send(new CreateUserCommand({ UserName: "deploy-bot" }));
  const made = () => iam.send(new CreateAccessKeyCommand({ UserName: "deploy-bot" }));
  const [stolen, spare] = [await made(), await made()];
  const thief: Thief = {
    keyId: stolen.AccessKey?.AccessKeyId ?? "",
    arn: User?.Arn ?? "",
    userId: User?.UserId ?? "",
  };
  assert.equal(thief.arn, `arn:aws:iam::${FAR}:user/deploy-bot`);
  return { iam, thief, spareKeyId: spare.AccessKey?.AccessKeyId ?? "" };
}

/** What CloudTrail writes of a call by the thief's key. */
function recordOf(service: string, eventName: string, thief: Thief, parameters: object, account = FAR) {
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: thief.userId,
      arn: thief.arn,
      accountId: FAR,
      accessKeyId: thief.keyId,
      userName: "deploy-bot",
    },
    eventTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: "198.51.100.23",
    userAgent: "aws-cli/2.31.9",
    requestParameters: parameters,
    responseElements: null,
    requestID: crypto.randomUUID(),
    eventID: crypto.randomUUID(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

function eventOf(record: ReturnType<typeof recordOf>) {
  return {
    version: "0",
    id: crypto.randomUUID(),
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${record.eventSource.split(".")[0]}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: record,
  };
}

async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, name);
    if (await readFile(file).catch(() => undefined)) return file;
  }
  return undefined;
}

async function startMoto(program: string, recording: string) {
  const port = await freePort();
  const moto = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], {
    env: { ...process.env, MOTO_RECORDER_FILEPATH: recording },
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until("moto answers", answers, 30_000);
  return { endpoint, moto };
}

function startBot(settings: BotSettings, endpoint: string): ChildProcess {
  return fork(fileURLToPath(new URL("./bot.ts", import.meta.url)), [JSON.stringify(settings)], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: OWN_KEY,
      AWS_SECRET_ACCESS_KEY: "none",
      AWS_REGION: REGION,
      NODE_NO_WARNINGS: "1",
    },
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}
