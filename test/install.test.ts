import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

const page = readFileSync("docs/install.md", "utf8");
const json = (name: string) => JSON.parse(readFileSync(`docs/aws/${name}`, "utf8"));

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

function actionsOf(policy: { readonly Statement: readonly Statement[] }): readonly string[] {
  return policy.Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
}

/** `new GetUserCommand(` in src/adapters/iam.ts → `iam:GetUser` */
function calledIn(adapter: string, service: string): readonly string[] {
  const source = readFileSync(`src/adapters/${adapter}.ts`, "utf8");
  return [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `${service}:${name}`);
}

/** What sqs-consumer calls for us. */
const OF_SQS_CONSUMER = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"];
/** Called by nobody: without it S3 does not tell that a file is gone. */
const TO_TELL_MISSING = "s3:ListBucket";

/** What each method of the Web API asks for, in src/adapters/slack.ts and slack-people.ts; Slack's method reference. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  "auth.test": [],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history"],
  "conversations.info": ["channels:read", "groups:read"],
  "conversations.members": ["channels:read", "groups:read"],
  "users.info": ["users:read"],
  "views.open": [],
  "views.publish": [],
  "views.update": [],
};

describe("the policies of docs/aws", () => {
  const policies = { bot: json("bot.json"), reader: json("reader.json"), files: json("reader-files.json") };
  const responder = json("responder.json");
  const allowed = [...Object.values(policies), responder].flatMap(actionsOf);

  it("allow just what the adapters call", () => {
    const called = [
      ...calledIn("iam", "iam"),
      ...calledIn("sqs", "sqs"),
      ...calledIn("sqs-depth", "sqs"),
      ...calledIn("cloudtrail", "cloudtrail"),
      ...calledIn("s3", "s3"),
      ...calledIn("credentials", "sts"),
      ...OF_SQS_CONSUMER,
      TO_TELL_MISSING,
    ];

    assert.deepEqual([...allowed].sort(), [...new Set(called)].sort());
  });

  it("leave no adapter out that calls AWS", () => {
    const calling = readdirSync("src/adapters")
      .filter((name) => name.endsWith(".ts"))
      .filter((name) => /^import (?!type )[^;]*@aws-sdk\//m.test(readFileSync(`src/adapters/${name}`, "utf8")))
      .map((name) => name.replace(".ts", ""));

    assert.deepEqual(calling, ["cloudtrail", "credentials", "iam", "s3", "sqs-depth", "sqs"]);
  });

  it("give the one write to the responder alone, and never for break-glass users", () => {
    const [contain, never, ...others] = responder.Statement;

    assert.deepEqual(others, []);
    assert.deepEqual([contain.Effect, contain.Action], ["Allow", "iam:UpdateAccessKey"]);
    assert.deepEqual([never.Effect, never.Action], ["Deny", "iam:UpdateAccessKey"]);
    assert.match(never.Resource, /:user\/break-glass-\*$/);
    assert.deepEqual(
      Object.values(policies)
        .flatMap(actionsOf)
        .filter((action) => /Update|Put|Create|Attach/.test(action)),
      [],
    );
  });

  it("let only the bot's role assume the roles, with the external id", () => {
    const [statement, ...others] = json("role-trust.json").Statement;

    assert.deepEqual(others, []);
    assert.deepEqual(statement.Principal, { AWS: "arn:aws:iam::111122223333:role/trailhound" });
    assert.deepEqual(statement.Condition, { StringEquals: { "sts:ExternalId": "9f1c2a7e" } });
    assert.deepEqual(json("bot.json").Statement.find(({ Sid }: Statement) => Sid === "Roles").Resource, [
      "arn:aws:iam::*:role/trailhound-reader",
      "arn:aws:iam::*:role/trailhound-responder",
    ]);
  });

  for (const [file, principals] of [
    ["dead.json", [{ Service: "events.amazonaws.com" }]],
    ["queue.json", [{ Service: "events.amazonaws.com" }]],
    ["queue-files.json", [{ Service: "s3.amazonaws.com" }]],
    [
      "queue-accounts.json",
      [{ Service: "events.amazonaws.com" }, { AWS: ["arn:aws:iam::444455556666:role/trailhound-events"] }],
    ],
  ] as const)
    it(`let nobody else send to the queue: ${file}`, () => {
      const { Policy, RedrivePolicy } = json(file);
      const { Statement: statements } = JSON.parse(Policy);

      assert.deepEqual(
        statements.map(({ Principal }: { Principal: unknown }) => Principal),
        principals,
      );
      for (const { Effect, Action, Principal, Condition } of statements) {
        assert.deepEqual([Effect, Action], ["Allow", "sqs:SendMessage"]);
        // A service sends for anybody's rule or bucket unless its source is named.
        if ("Service" in Principal)
          assert.match(Condition.ArnEquals["aws:SourceArn"], /:rule\/trailhound$|^arn:aws:s3:::/);
      }
      if (RedrivePolicy !== undefined) assert.equal(JSON.parse(RedrivePolicy).maxReceiveCount, 10);
    });
});

describe("the event pattern of docs/aws", () => {
  it("takes all that Trailhound reads, and nothing else", () => {
    const signals = [...readFileSync("src/cloudtrail/signal.ts", "utf8").matchAll(/"aws\.[\w-]+ ([^"]+)": "/g)];
    const { source, "detail-type": types } = json("pattern.json");
    const named = types.filter((type: unknown) => typeof type === "string");

    assert.deepEqual(source, [{ prefix: "aws." }]);
    assert.ok(types.some((type: { suffix?: string }) => type.suffix === " via CloudTrail"));
    assert.deepEqual([...named].sort(), signals.map(([, type]) => type).sort());
    for (const type of named) assert.ok(page.includes(`| \`${type}\` |`), type);
  });
});

describe("docs/slack-manifest.yml", () => {
  const manifest = parse(readFileSync("docs/slack-manifest.yml", "utf8"));
  const scopes: readonly string[] = manifest.oauth_config.scopes.bot;

  it("asks for the scopes of what is called, and no more", () => {
    const source = ["slack", "slack-people"].map((name) => readFileSync(`src/adapters/${name}.ts`, "utf8")).join();
    const called = [...source.matchAll(/\bclient\.(\w+\.\w+)\(/g)].map(([, method = ""]) => method);
    const unknown = called.filter((method) => !(method in SCOPES));

    assert.deepEqual(unknown, []);
    const needed = new Set(["commands", ...called.flatMap((method) => SCOPES[method] ?? [])]);
    assert.deepEqual([...scopes].sort(), [...needed].sort());
  });

  it("has the commands and shortcuts that are listened to", async () => {
    const { listenersOf } = await import("../handlers/index.ts");
    // Only the table's keys are read.
    const listeners = listenersOf({} as never);

    const commands = manifest.features.slash_commands.map(({ command }: { command: string }) => command);
    const shortcuts = manifest.features.shortcuts.map(({ callback_id: id }: { callback_id: string }) => id);
    assert.deepEqual(commands, Object.keys(listeners.commands));
    assert.deepEqual(shortcuts, Object.keys(listeners.shortcuts));
    assert.ok(
      manifest.features.shortcuts.every(
        ({ name, type }: { name: string; type: string }) => type === "message" && name.length <= 24,
      ),
    );
  });

  it("subscribes to the events that are listened to", () => {
    const heard = [...readFileSync("src/adapters/bolt.ts", "utf8").matchAll(/app\.event\("(\w+)"/g)].map(
      ([, name]) => name,
    );

    assert.deepEqual(manifest.settings.event_subscriptions.bot_events, heard);
    assert.equal(manifest.features.app_home.home_tab_enabled, true);
    // Without its tab nobody can be written to.
    assert.equal(manifest.features.app_home.messages_tab_enabled, true);
    assert.equal(manifest.settings.socket_mode_enabled, true);
    assert.equal(manifest.settings.interactivity.is_enabled, true);
  });
});

describe("docs/install.md", () => {
  it("gives a reason for each permission and each scope", () => {
    const files = ["bot.json", "reader.json", "reader-files.json", "responder.json"];
    const permissions = files.flatMap((file) => actionsOf(json(file)));
    const scopes = parse(readFileSync("docs/slack-manifest.yml", "utf8")).oauth_config.scopes.bot;
    const reasons = [...page.matchAll(/^\| `([a-z0-9]+:\w+|commands)` \| .{5,} \|$/gm)].map(([, name]) => name);

    assert.deepEqual(reasons.sort(), [...permissions, ...scopes, "connections:write"].sort());
  });

  it("turns read-only records on wherever it makes a rule", () => {
    const pages = ["docs/install.md", "docs/accounts.md"].map((file) => readFileSync(file, "utf8"));

    for (const text of pages) {
      const rules = text.split("aws events put-rule").slice(1);
      assert.ok(rules.length > 0);
      for (const rule of rules)
        assert.match(rule, /^[^\n]*\n[^\n]*--state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS /);
    }
  });

  it("names log lines that are written", () => {
    const told = [...page.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, name = ""]) => name);
    const sources = ["src/adapters", "handlers", "bin"]
      .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(name, "utf8"));
    const lines = told.filter(
      (name) => /^(queue|redis|message|alert|door)\./.test(name) && name !== "redis.durability",
    );

    assert.ok(lines.length >= 5);
    for (const name of lines)
      assert.ok(
        sources.some((source) => source.includes(`"${name}"`)),
        name,
      );
  });

  it("uses each file of docs/aws, and no other", () => {
    const text = ["docs/install.md", "docs/accounts.md"].map((file) => readFileSync(file, "utf8")).join("\n");
    const used = [...text.matchAll(/\$\((?:fill|files) ([\w-]+\.json)\)/g)].map(([, name]) => name);

    assert.deepEqual([...new Set(used)].sort(), readdirSync("docs/aws").sort());
  });
});
