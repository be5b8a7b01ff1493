/** Commands that are given the bot's configuration know what it knows. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { rules } from "../../bin/rules.ts";
import { scan } from "../../bin/scan.ts";
import { recordWith } from "../alert/fixture.ts";

const RULE = `title: User made by an administrator
name: made_by_admin
logsource: { product: aws, service: cloudtrail }
detection:
    selection: { eventName: CreateUser, userIdentity.userName|expand: '%admins%' }
    condition: selection
level: low
`;

describe("--config", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-knowledge-"));
    await writeFile(join(dir, "own.yml"), RULE);
    await writeFile(
      join(dir, "ids.config.yml"),
      `accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [] }
sqs: { queues: ["https://sqs.us-east-1.amazonaws.com/111122223333/trailhound"] }
rules: [own.yml]
placeholders: { admins: [deploy-bot] }
`,
    );
    await writeFile(join(dir, "log.json"), JSON.stringify({ Records: [recordWith().json] }));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const output = () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const [out, err]: [string[], string[]] = [[], []];
    stdout.on("data", (chunk) => out.push(String(chunk)));
    stderr.on("data", (chunk) => err.push(String(chunk)));
    return { out, err, streams: { stdin: new PassThrough(), stdout, stderr } };
  };

  it("loads the bot's rules with their placeholders", async () => {
    const { out, streams } = output();
    assert.equal(await rules(["list", "--config", join(dir, "ids.config.yml"), "--format", "json"], streams), 0);

    assert.match(out.join(""), /made_by_admin/);
  });

  it("says what to do about a placeholder that nothing is configured for", async () => {
    const { err, streams } = output();

    assert.equal(await rules(["list", "--rules", join(dir, "own.yml")], streams), 2);
    assert.match(err.join(""), /placeholder %admins% has no values: write placeholders\.admins in the config/);
  });

  it("scans with the bot's rules", async () => {
    const { out, streams } = output();
    const code = await scan(
      ["--config", join(dir, "ids.config.yml"), "--format", "ndjson", join(dir, "log.json")],
      streams,
    );

    assert.equal(code, 1);
    assert.match(out.join(""), /"rule":"made_by_admin"/);
  });

  it("names a file that is none", async () => {
    for (const run of [rules, scan]) {
      const { err, streams } = output();
      const argv = run === rules ? ["list", "--config", "gone.yml"] : ["--config", "gone.yml", join(dir, "log.json")];
      assert.equal(await run(argv, streams), 2);
      assert.match(err.join(""), /gone\.yml cannot be read/);
    }
  });
});
