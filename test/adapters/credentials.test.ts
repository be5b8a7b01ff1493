import assert from "node:assert/strict";
import { createServer } from "node:http";
import { openTrail } from "../../src/adapters/cloudtrail.ts";
import { openCredentials } from "../../src/adapters/credentials.ts";
import { openIam } from "../../src/adapters/iam.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import type { Account } from "../../src/config.ts";

const PROD = "111122223333";
const DEV = "444455556666";
const ACCOUNTS: readonly Account[] = [
  { id: PROD, name: "prod" },
  {
    id: DEV,
    name: "dev",
    reader: `arn:aws:iam::${DEV}:role/trailhound-reader`,
    responder: `arn:aws:iam::${DEV}:role/trailhound-responder`,
    externalId: "9f1c2a7e",
  },
];

/** STS, IAM and CloudTrail at one address, as far as this test needs them. */
async function startAws() {
  const assumed: Record<string, string>[] = [];
  const signedBy: string[] = [];
  const state = { denies: false, seconds: 3_600 };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const form = Object.fromEntries(new URLSearchParams(text));
      const answer = (status: number, body: string) =>
        response.writeHead(status, { "content-type": "text/xml" }).end(body);
      if (form["Action"] !== "AssumeRole") {
        signedBy.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "");
        if (text.startsWith("{"))
          return void response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end("{}");
        return void answer(200, `<${form["Action"]}Response><${form["Action"]}Result/></${form["Action"]}Response>`);
      }
      assumed.push(form);
      if (state.denies)
        return void answer(
          403,
          "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        );
      const until = new Date(Date.now() + state.seconds * 1_000).toISOString();
      answer(
        200,
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${assumed.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    assumed,
    signedBy,
    state,
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("credentials of an account", () => {
  const NAMES = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  const environment = { ...process.env };
  let aws: Awaited<ReturnType<typeof startAws>>;
  beforeEach(async () => {
    aws = await startAws();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "none",
    });
  });
  afterEach(() => {
    aws.stop();
    for (const name of NAMES)
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
  });
  const open = () => {
    const credentials = openCredentials({ accounts: ACCOUNTS, requestTimeoutMs: 2_000 });
    const options = { log: memoryLog(), requestTimeoutMs: 2_000 };
    return {
      iam: openIam({ ...options, credentials }),
      trail: openTrail({ ...options, credentialsOf: credentials.reader }),
    };
  };
  const lookup = (account: string) => ({
    account,
    region: "us-east-1",
    attribute: { key: "EventId" as const, value: "e" },
    since: 0,
    pages: 1,
  });

  it("without a role are the bot's own", async () => {
    const { iam } = open();
    await iam.keys(PROD, "jack");

    assert.deepEqual([aws.assumed.length, aws.signedBy], [0, ["AKIAIOSFODNN7EXAMPLE"]]);
    assert.equal(await iam.ownKeyId(DEV), "AKIAIOSFODNN7EXAMPLE");
  });

  it("are its reader role's, assumed once with the external id, for IAM and for CloudTrail", async () => {
    const { iam, trail } = open();
    await Promise.all([iam.keys(DEV, "jack"), iam.keys(DEV, "jill")]);
    await trail.lookup(lookup(DEV));

    const { RoleArn, RoleSessionName, ExternalId } = aws.assumed[0] ?? {};
    assert.deepEqual(
      [aws.assumed.length, RoleArn, RoleSessionName, ExternalId],
      [1, ACCOUNTS[1]?.reader, "trailhound", "9f1c2a7e"],
    );
    assert.deepEqual(aws.signedBy, ["ASIA1", "ASIA1", "ASIA1"]);
  });

  it("are renewed before they end", async () => {
    aws.state.seconds = 60;
    const { iam } = open();
    await iam.keys(DEV, "jack");
    await iam.keys(DEV, "jack");

    const [first, second] = aws.signedBy;
    assert.ok(first !== undefined && second !== undefined && first !== second);
  });

  it("for the write are its responder role's, anew for each intent and under its name", async () => {
    const { iam } = open();
    await iam.deactivateKey(DEV, "jack", "AKIAI44QH8DHBEXAMPLE", "in_aaa");
    await iam.deactivateKey(DEV, "jack", "AKIAI44QH8DHBEXAMPLE", "in_bbb");

    assert.deepEqual(
      aws.assumed.map(({ RoleArn, RoleSessionName, DurationSeconds }) => [RoleArn, RoleSessionName, DurationSeconds]),
      ["in_aaa", "in_bbb"].map((session) => [ACCOUNTS[1]?.responder, session, "900"]),
    );
    assert.deepEqual(aws.signedBy, ["ASIA1", "ASIA2"]);
  });

  it("that STS refuses are told as a missing permission, and asked for again the next time", async () => {
    aws.state.denies = true;
    const { iam, trail } = open();

    assert.deepEqual(await iam.keys(DEV, "jack"), { kind: "denied", missing: "sts:AssumeRole" });
    assert.deepEqual(await trail.lookup(lookup(DEV)), { kind: "denied", missing: "sts:AssumeRole" });
    aws.state.denies = false;
    assert.equal((await iam.keys(DEV, "jack")).kind, "ok");
  });
});
