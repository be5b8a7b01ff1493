import assert from "node:assert/strict";
import { ADMINISTRATOR_ACCESS, CLIENTS, FAR_REGION, HOME_REGION } from "../../demo/cast.ts";
import { openWorld, type World } from "../../demo/world.ts";

const NOW = Date.parse("2026-11-20T10:02:03.456Z");

function stage() {
  const bodies: { detail: Record<string, unknown>; [name: string]: unknown }[] = [];
  const world = openWorld({ now: () => NOW, delayMs: 0, send: async (body) => void bodies.push(JSON.parse(body)) });
  const keyOf = (name: string) => world.keysOf(name)[0]?.id ?? "";
  const call = (key: string, action: string, params?: Record<string, string>, region = HOME_REGION) =>
    world.call({ keyId: key, action, ...CLIENTS.thief, region, ...(params === undefined ? {} : { params }) });
  return { world, bodies, keyOf, call };
}

async function lastRecord(world: World, bodies: readonly { detail: Record<string, unknown> }[]) {
  await world.settled();
  return bodies.at(-1)?.detail ?? {};
}

describe("world", () => {
  it("does what an allowed call says and leaves its record in SQS and LookupEvents", async () => {
    const { world, bodies, keyOf, call } = stage();

    const answer = call(keyOf("deploy-bot"), "iam:CreateUser", { userName: "support2" });

    assert.equal(answer.kind, "ok");
    const record = await lastRecord(world, bodies);
    assert.equal(record["eventTime"], "2026-11-20T10:02:03Z");
    assert.equal(record["awsRegion"], "us-east-1");
    assert.deepEqual(record["requestParameters"], { userName: "support2" });
    assert.match(JSON.stringify(record["responseElements"]), /"createDate":"Nov 20, 2026, 10:02:03 AM"/);
    assert.equal(bodies[0]?.["detail-type"], "AWS API Call via CloudTrail");
    assert.equal(bodies[0]?.["source"], "aws.iam");
    assert.deepEqual(world.lookup({ region: "us-east-1", limit: 50 }).records, [record]);
    assert.equal(call(keyOf("alice"), "iam:GetUser", { userName: "support2" }).kind, "ok");
  });

  it("denies what no policy allows, in the words AWS uses", async () => {
    const { world, bodies, keyOf, call } = stage();

    const answer = call(keyOf("deploy-bot"), "s3:ListBuckets");

    assert.equal(answer.kind, "denied");
    const record = await lastRecord(world, bodies);
    assert.equal(record["errorCode"], "AccessDenied");
    assert.equal(
      record["errorMessage"],
      "User: arn:aws:iam::111122223333:user/deploy-bot is not authorized to perform: s3:ListAllMyBuckets " +
        "on resource: * because no identity-based policy allows the s3:ListAllMyBuckets action",
    );
    assert.equal(record["responseElements"], null);
  });

  it("denies EC2 writes with Client.UnauthorizedOperation and a message cut at 1 KB", async () => {
    const { world, bodies, keyOf, call } = stage();

    call(keyOf("bob"), "ec2:RunInstances", undefined, FAR_REGION);

    const record = await lastRecord(world, bodies);
    assert.equal(record["errorCode"], "Client.UnauthorizedOperation");
    assert.equal(String(record["errorMessage"]).length, 1024);
    assert.equal(record["awsRegion"], FAR_REGION);
  });

  it("refuses an inactive key before anything else and leaves no record", async () => {
    const { world, bodies, keyOf, call } = stage();
    const key = keyOf("deploy-bot");
    call(keyOf("alice"), "iam:UpdateAccessKey", { userName: "deploy-bot", accessKeyId: key, status: "Inactive" });
    await world.settled();
    const before = bodies.length;

    const answers = [call(key, "sts:GetCallerIdentity"), call("AKIAIOSFODNN7EXAMPLE", "iam:ListUsers")];

    await world.settled();
    assert.deepEqual(answers, [{ kind: "invalid-key" }, { kind: "invalid-key" }]);
    assert.equal(bodies.length, before);
  });

  it("gives a new user what is attached to it, and no more", () => {
    const { keyOf, call } = stage();
    call(keyOf("deploy-bot"), "iam:CreateUser", { userName: "support2" });
    call(keyOf("deploy-bot"), "iam:CreateAccessKey", { userName: "support2" });
    const before = call(keyOf("support2"), "secretsmanager:ListSecrets");

    call(keyOf("deploy-bot"), "iam:AttachUserPolicy", { userName: "support2", policyArn: ADMINISTRATOR_ACCESS });

    assert.equal(before.kind, "denied");
    assert.equal(call(keyOf("support2"), "secretsmanager:ListSecrets").kind, "ok");
    assert.equal(call(keyOf("deploy-bot"), "cloudtrail:StopLogging").kind, "denied");
  });

  it("names the account in the ids of its keys", () => {
    const { world, keyOf } = stage();

    for (const id of [keyOf("alice"), keyOf("deploy-bot"), world.trailhoundKey])
      assert.equal(accountIn(id), "111122223333");
    assert.notEqual(world.keysOf("deploy-bot")[0]?.id, world.keysOf("deploy-bot")[1]?.id);
  });

  it("is silent after a successful StopLogging, whose own record still arrives", async () => {
    const { world, bodies, keyOf, call } = stage();

    call(keyOf("alice"), "cloudtrail:StopLogging", { name: "acme-trail" });
    call(keyOf("alice"), "iam:ListUsers");

    await world.settled();
    assert.deepEqual(
      bodies.map((body) => body.detail["eventName"]),
      ["StopLogging"],
    );
  });

  it("says that a call it does not know is a mistake", () => {
    const { keyOf, call } = stage();

    assert.throws(() => call(keyOf("alice"), "iam:DoNothing"), /does not know iam:DoNothing/);
  });
});

/** AWS's published decoding of a key id. */
function accountIn(keyId: string): string {
  const bits = [...keyId.slice(4)].map((c) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0"),
  );
  const first = BigInt(`0b${bits.join("").slice(0, 48)}`);
  return String((first & 0x7fffffffff80n) >> 7n).padStart(12, "0");
}
