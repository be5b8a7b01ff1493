import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

/** What sqs-consumer calls for us; IAM's are read from our own adapter. */
const OF_SQS = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"];

describe("docs/install.md", () => {
  const page = readFileSync("docs/install.md", "utf8");
  const blocks = [...page.matchAll(/```(json|yaml)\n([\s\S]*?)```/g)].map(([, kind, text = ""]) =>
    kind === "json" ? JSON.parse(text) : parse(text),
  );
  const role = blocks.find((block) => "Statement" in block);
  const allowed: readonly string[] = role.Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow")
    .flatMap(({ Action }: { Action: string | string[] }) => Action)
    .sort();

  it("gives the role just what the adapters call", () => {
    const source = readFileSync("src/adapters/iam.ts", "utf8");
    const called = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => `iam:${name}`);

    assert.deepEqual(allowed, [...new Set([...called, ...OF_SQS])].sort());
  });

  it("gives a reason for each permission and each scope", () => {
    const reasons = [...page.matchAll(/^\| `([^`]+)` \| .{5,} \|$/gm)].map(([, name]) => name);
    const scopes = blocks.find((block) => "oauth_config" in block).oauth_config.scopes.bot;

    assert.deepEqual(reasons.sort(), [...allowed, ...scopes, "connections:write"].sort());
  });

  it("lets only the rule send to the queue", () => {
    const { Policy, RedrivePolicy } = blocks.find((block) => "Policy" in block);
    const [statement, ...others] = JSON.parse(Policy).Statement;

    assert.deepEqual(others, []);
    assert.deepEqual(statement.Principal, { Service: "events.amazonaws.com" });
    assert.match(statement.Condition.ArnEquals["aws:SourceArn"], /:rule\/trailhound$/);
    assert.equal(JSON.parse(RedrivePolicy).maxReceiveCount, 10);
  });

  it("names only files that are there, as do the other pages", () => {
    const pages = ["README.md", ...readdirSync("docs").map((name) => `docs/${name}`)].filter((name) =>
      /\.md$/.test(name),
    );
    const missing = pages.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].flatMap(([, link = ""]) => {
        const target = new URL(link, new URL(file, `file://${process.cwd()}/`));
        try {
          readFileSync(target);
          return [];
        } catch {
          return [`${file}: ${link}`];
        }
      }),
    );

    assert.deepEqual(missing, []);
  });
});
