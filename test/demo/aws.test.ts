import assert from "node:assert/strict";
import { CloudTrailClient, LookupEventsCommand, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import {
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { type AwsEndpoint, startAws } from "../../demo/aws.ts";
import { CLIENTS } from "../../demo/cast.ts";
import { openWorld, type World } from "../../demo/world.ts";

describe("aws endpoint, spoken to by the real SDK clients", () => {
  let world: World;
  let endpoint: AwsEndpoint;
  let sent: string[];
  const clientOptions = (accessKeyId = world.trailhoundKey) => ({
    endpoint: endpoint.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "none" },
    maxAttempts: 1,
  });

  beforeEach(async () => {
    sent = [];
    world = openWorld({ now: Date.now, delayMs: 0, send: async (body) => void sent.push(body) });
    endpoint = await startAws(() => world);
  });
  afterEach(async () => {
    world.stop();
    await endpoint.stop();
  });

  it("finds the owner of a key, shuts it with UpdateAccessKey and shows it inactive", async () => {
    const iam = new IAMClient(clientOptions());
    const AccessKeyId = world.keysOf("deploy-bot")[0]?.id ?? "";

    const { UserName, AccessKeyLastUsed } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    const update = await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));

    assert.equal(UserName, "deploy-bot");
    assert.equal(AccessKeyLastUsed?.ServiceName, "ec2");
    assert.ok(AccessKeyLastUsed?.LastUsedDate instanceof Date);
    assert.match(update.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      AccessKeyMetadata.map((key) => key.Status),
      ["Inactive", "Active"],
    );
    const { User } = await iam.send(new GetUserCommand({ UserName }));
    assert.equal(User?.Arn, "arn:aws:iam::111122223333:user/deploy-bot");
  });

  it("leaves records of the bot's own calls, as the role's session", async () => {
    const iam = new IAMClient(clientOptions());
    const AccessKeyId = world.keysOf("bob")[0]?.id ?? "";

    await iam.send(new UpdateAccessKeyCommand({ UserName: "bob", AccessKeyId, Status: "Inactive" }));

    await world.settled();
    const record = JSON.parse(sent.at(-1) ?? "{}").detail;
    assert.equal(record.eventName, "UpdateAccessKey");
    assert.equal(record.userIdentity.sessionContext.sessionIssuer.arn, "arn:aws:iam::111122223333:role/trailhound");
    assert.deepEqual(record.requestParameters, { userName: "bob", accessKeyId: AccessKeyId, status: "Inactive" });
    assert.match(record.userAgent, /aws-sdk-js/);
  });

  it("answers errors that the SDK turns into its own", async () => {
    const bot = new IAMClient(clientOptions());
    const stranger = new IAMClient(clientOptions("AKIAIOSFODNN7EXAMPLE"));
    const bob = new IAMClient(clientOptions(world.keysOf("bob")[0]?.id));

    await assert.rejects(bot.send(new GetUserCommand({ UserName: "nobody" })), { name: "NoSuchEntityException" });
    await assert.rejects(bot.send(new ListAccessKeysCommand({})), { name: "ValidationError" });
    await assert.rejects(stranger.send(new GetUserCommand({ UserName: "bob" })), { name: "InvalidClientTokenId" });
    await assert.rejects(bob.send(new GetUserCommand({ UserName: "bob" })), {
      name: "AccessDenied",
      message: /not authorized to perform: iam:GetUser on resource: arn:aws:iam::111122223333:user\/bob/,
    });
  });

  it("answers LookupEvents newest first, by one attribute, in pages", async () => {
    const keyId = world.keysOf("deploy-bot")[0]?.id ?? "";
    for (const action of ["iam:ListUsers", "iam:ListRoles", "sts:GetCallerIdentity"])
      world.call({ keyId, action, ...CLIENTS.thief, region: "us-east-1" });
    world.call({
      keyId: world.keysOf("bob")[0]?.id ?? "",
      action: "iam:ListUsers",
      ...CLIENTS.bob,
      region: "us-east-1",
    });
    await world.settled();
    const client = new CloudTrailClient(clientOptions());
    const query = () => ({ LookupAttributes: [{ AttributeKey: "AccessKeyId" as const, AttributeValue: keyId }] });

    const pages = [];
    for await (const page of paginateLookupEvents({ client, pageSize: 2 }, query())) pages.push(page.Events ?? []);

    assert.deepEqual(
      pages.map((page) => page.map((event) => event.EventName)),
      [["GetCallerIdentity", "ListRoles"], ["ListUsers"]],
    );
    assert.equal(JSON.parse(pages[1]?.[0]?.CloudTrailEvent ?? "{}").errorCode, "AccessDenied");
    const elsewhere = new CloudTrailClient({ ...clientOptions(), region: "eu-north-1" });
    assert.deepEqual((await elsewhere.send(new LookupEventsCommand(query()))).Events, []);
  });

  it("answers LookupEvents with what all keys of a user did, since a moment", async () => {
    for (const { id: keyId } of world.keysOf("deploy-bot"))
      world.call({ keyId, action: "sts:GetCallerIdentity", ...CLIENTS.ci, region: "us-east-1" });
    const bobs = world.keysOf("bob")[0]?.id ?? "";
    world.call({ keyId: bobs, action: "sts:GetCallerIdentity", ...CLIENTS.bob, region: "us-east-1" });
    await world.settled();
    const client = new CloudTrailClient(clientOptions());
    const ask = async (StartTime: Date) => {
      const attribute = { AttributeKey: "Username" as const, AttributeValue: "deploy-bot" };
      const { Events = [] } = await client.send(new LookupEventsCommand({ LookupAttributes: [attribute], StartTime }));
      return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? "{}").userIdentity.accessKeyId);
    };

    const keys = world.keysOf("deploy-bot").map(({ id }) => id);
    assert.deepEqual((await ask(new Date(Date.now() - 60_000))).toSorted(), keys.toSorted());
    assert.deepEqual(await ask(new Date(Date.now() + 60_000)), []);
  });
});
