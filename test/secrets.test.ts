import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ConfigError, parseConfig } from "../src/config.ts";
import { readSecrets } from "../src/secrets.ts";

const config = (mode: "socket" | "http") =>
  parseConfig(
    `accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [], mode: ${mode} }
sqs: { queues: ["https://sqs.eu-west-1.amazonaws.com/111122223333/ids"] }`,
    "ids.config.yml",
  );
const SOCKET = { SLACK_BOT_TOKEN: "xoxb-1-a", SLACK_APP_TOKEN: "xapp-1-a" };

function problemsIn(env: Record<string, string>, mode: "socket" | "http" = "socket"): readonly string[] {
  try {
    readSecrets(env, config(mode));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  assert.fail("no problem was found");
}

describe("readSecrets", () => {
  it("needs the two tokens in mode socket and takes an empty variable for none", () => {
    assert.deepEqual(readSecrets({ ...SOCKET, REDIS_URL: "", SLACK_SIGNING_SECRET: "" }, config("socket")), {
      slackBotToken: "xoxb-1-a",
      slackAppToken: "xapp-1-a",
      allowUnsafeRedis: false,
    });
  });

  it("tells everything that is missing at once", () => {
    assert.deepEqual(problemsIn({ REDIS_URL: "redis://cache:6379" }, "http"), [
      "environment SLACK_BOT_TOKEN: missing; the bot's token, xoxb-…",
      "environment SLACK_SIGNING_SECRET: missing; slack.mode http needs the app's signing secret",
      "environment IDS_AUDIT_KEY: missing; with REDIS_URL it signs intents and the audit log (openssl rand -hex 32)",
    ]);
    assert.deepEqual(problemsIn({ SLACK_BOT_TOKEN: "xoxb-1" }), [
      "environment SLACK_APP_TOKEN: missing; slack.mode socket needs the app-level token, xapp-…",
    ]);
  });

  it("tells the shape of what is wrong and never the value", () => {
    const env = {
      SLACK_BOT_TOKEN: "planted-bot",
      SLACK_APP_TOKEN: "planted-app\n",
      SLACK_SIGNING_SECRET: "planted-sig",
      SLACK_API_URL: "http://planted.example.com/api/",
      REDIS_URL: "http://:planted@cache",
      IDS_AUDIT_KEY: "planted key",
      ALLOW_UNSAFE_REDIS: "planted",
    };

    const problems = problemsIn(env);

    assert.deepEqual(problems, [
      "environment SLACK_BOT_TOKEN: does not start with xoxb-",
      "environment SLACK_APP_TOKEN: has space around it",
      "environment SLACK_SIGNING_SECRET: is shorter than any signing secret of Slack",
      "environment SLACK_API_URL: is not https (http only for localhost: the bot's token goes there)",
      "environment REDIS_URL: is not redis://…, rediss://… or the path of a unix socket",
      "environment IDS_AUDIT_KEY: holds 11 bytes, at least 32 are needed (openssl rand -hex 32)",
      "environment ALLOW_UNSAFE_REDIS: is neither 1 nor 0",
    ]);
    assert.ok(!problems.join().includes("planted"));
  });

  it("takes the audit key as hex, base64 or text, and counts the bytes it stands for", () => {
    const key = randomBytes(32);
    const read = (IDS_AUDIT_KEY: string) => readSecrets({ ...SOCKET, IDS_AUDIT_KEY }, config("socket")).auditKey;

    assert.deepEqual(read(key.toString("hex")), key);
    assert.deepEqual(read(key.toString("base64")), key);
    assert.deepEqual(read(key.toString("base64url")), key);
    assert.deepEqual(
      read("a sentence that is long enough to be a key"),
      Buffer.from("a sentence that is long enough to be a key"),
    );
    for (const short of [key.toString("hex").slice(0, 32), randomBytes(31).toString("base64"), "x".repeat(31)]) {
      assert.match(problemsIn({ ...SOCKET, IDS_AUDIT_KEY: short }).join(), /at least 32 are needed/);
    }
  });

  for (const url of ["redis://cache:6379/0", "rediss://u:p@cache", "/run/redis.sock"]) {
    it(`takes REDIS_URL ${url}`, () => {
      const env = {
        ...SOCKET,
        REDIS_URL: url,
        IDS_AUDIT_KEY: randomBytes(32).toString("hex"),
        ALLOW_UNSAFE_REDIS: "1",
      };

      const secrets = readSecrets(env, config("socket"));

      assert.equal(secrets.redisUrl, url);
      assert.equal(secrets.allowUnsafeRedis, true);
    });
  }

  it("lets SLACK_API_URL be http on this machine only", () => {
    const url = "http://127.0.0.1:4001/api/";

    assert.equal(readSecrets({ ...SOCKET, SLACK_API_URL: url }, config("socket")).slackApiUrl, url);
    assert.match(problemsIn({ ...SOCKET, SLACK_API_URL: "not a url" }).join(), /is not a URL/);
  });
});
