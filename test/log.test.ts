import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logTo, openLog } from "../src/log.ts";

function capture(level: "debug" | "info" = "debug") {
  const lines: string[] = [];
  return { lines, log: logTo({ write: (line) => void lines.push(line) }, level) };
}

// Made up, in the shapes of the real ones.
const PLANTED = {
  bot: "xoxb-111122223333-444455556666-PlantedPlantedPlanted",
  app: "xapp-1-A0PLANTED-1111-plantedplanted",
  refresh: "xoxe.xoxp-1-PlantedPlanted",
  secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYPLANTEDKEY",
  session: `IQoJb3JpZ2luX2VjPLANTED${"a1B2".repeat(20)}`,
  password: "planted-redis-password",
};

describe("log", () => {
  it("writes one JSON line with the level's name, the time, the fields and the fixed name", () => {
    const { lines, log } = capture();

    log.warn({ rule: "aws_s3_public", findings: 3 }, "rule.failed");

    const { time, ...line } = JSON.parse(lines.join(""));
    assert.deepEqual(line, { level: "warn", rule: "aws_s3_public", findings: 3, msg: "rule.failed" });
    assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(lines.join(""), /^[^\n]+\n$/);
  });

  it("leaves out what is below its level", () => {
    const { lines, log } = capture("info");

    log.debug({}, "record.read");
    log.info({}, "alert.posted");

    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ["alert.posted"],
    );
  });

  const places: Record<string, (secret: string) => Record<string, unknown>> = {
    "a field": (secret) => ({ note: secret }),
    "the middle of a text": (secret) => ({ note: `it was ${secret}, they say` }),
    "a list in a section": (secret) => ({ answer: { items: [1, secret] } }),
    "a record": (secret) => ({ record: { userAgent: secret } }),
    "the name of a field": (secret) => ({ record: { [secret]: 1 } }),
    "an error": (secret) => ({ err: new Error(`bad: ${secret}`) }),
    "the cause of an error": (secret) => ({ err: new Error("bad", { cause: new Error(secret) }) }),
    "JSON in a text": (secret) => ({ body: JSON.stringify({ a: JSON.stringify({ b: secret }) }) }),
  };
  for (const [place, fields] of Object.entries(places)) {
    it(`keeps secrets by their shape out of ${place}`, () => {
      const { lines, log } = capture();

      for (const secret of [PLANTED.bot, PLANTED.app, PLANTED.refresh, PLANTED.secret, PLANTED.session]) {
        log.error(fields(secret), "planted");
      }

      assert.equal(lines.length, 5);
      assert.doesNotMatch(lines.join(""), /planted[^"]/i);
    });
  }

  it("keeps secrets out by the name they stand under, in fields and in texts", () => {
    const { lines, log } = capture();
    const named = {
      secretAccessKey: "planted",
      SessionToken: "planted",
      Authorization: "planted",
      appToken: "planted",
    };

    log.info({ ...named, credentials: named }, "a");
    log.info({ text: `Authorization: AWS4 Credential=planted, Signature=planted` }, "b");
    log.info({ text: "x Bearer plantedplanted" }, "c");
    log.info({ text: JSON.stringify(JSON.stringify({ ...named, appToken: 1 })) }, "d");
    log.info({ text: "GET /?X-Amz-Security-Token=planted&X-Amz-Signature=planted" }, "e");
    log.info({ text: `cannot reach redis://ids:${PLANTED.password}@cache:6379` }, "f");
    log.info({ key: Buffer.from("planted") }, "g");

    assert.equal(lines.length, 7);
    assert.doesNotMatch(lines.join(""), /planted|706c616e746564/);
  });

  it("does not let a cut make half a secret", () => {
    const { lines, log } = capture();

    for (let pad = 4070; pad < 4100; pad++) log.info({ text: `${" ".repeat(pad)}${PLANTED.bot}` }, "long");

    assert.doesNotMatch(lines.join(""), /planted/i);
  });

  it("masks access key ids everywhere but in a record", () => {
    const { lines, log } = capture();

    log.info({ key: "AKIAIOSFODNN7EXAMPLE", record: { accessKeyId: "ASIAIOSFODNN7EXAMPLE" } }, "key.read");

    const line = JSON.parse(lines.join(""));
    assert.equal(line.key, "AKIA…MPLE");
    assert.equal(line.record.accessKeyId, "ASIAIOSFODNN7EXAMPLE");
  });

  it("leaves ids, hashes, ARNs and our own messages readable", () => {
    const { lines, log } = capture();
    const plain = {
      sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      arn: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0a1b/jane@example.com",
      problem: "environment SLACK_BOT_TOKEN: does not start with xoxb-",
      queue: "https://sqs.us-east-1.amazonaws.com/111122223333/trailhound",
    };

    log.info(plain, "kept");

    const { level, time, msg, ...kept } = JSON.parse(lines.join(""));
    assert.deepEqual({ level, msg, kept }, { level: "info", msg: "kept", kept: plain });
    assert.ok(time);
  });

  it("survives what cannot be JSON: cycles, big integers, deep values", () => {
    const { lines, log } = capture();
    const loop: Record<string, unknown> = { big: 10n };
    loop["self"] = loop;

    log.info({ loop }, "loop");

    assert.equal(JSON.parse(lines.join("")).loop.self.self.big, "10");
  });

  it("appends to a file that only its owner can read", () => {
    const folder = mkdtempSync(join(tmpdir(), "ids-log-"));
    const file = join(folder, "logs", "ids.log");
    try {
      openLog("info", file).info({ n: 1 }, "first");
      openLog("info", file).info({ n: 2 }, "second");

      assert.equal(readFileSync(file, "utf8").trim().split("\n").length, 2);
      assert.equal(statSync(file).mode & 0o777, 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
