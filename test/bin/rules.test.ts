import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rules } from "../../bin/rules.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `ids rules …` and gives what it wrote. */
async function run(...argv: readonly string[]): Promise<Ran> {
  return runIn({}, ...argv);
}

/** The same on a terminal of some width, or with something on standard input. */
async function runIn(
  { columns, stdin }: { readonly columns?: number; readonly stdin?: NodeJS.ReadableStream },
  ...argv: readonly string[]
): Promise<Ran> {
  let [out, err] = ["", ""];
  const write = (text: string) => {
    out += text;
  };
  const code = await rules(argv, {
    ...(stdin && { stdin }),
    stdout: { write, ...(columns !== undefined && { columns }) },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
  });
  return { code, out, err };
}

const rule = `title: Oddity
logsource: { product: aws, service: cloudtrail }
tags: [attack.impact, attack.t1496, attack.t1098.001]
level: high
detection: { sel: { eventName: OddCall }, condition: sel }
`;
const miss = "- { name: miss, record: { eventName: Other }, expect: miss }\n";

describe("ids rules", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rules-"));
    await writeFile(join(folder, "odd.yml"), rule);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("test runs the cases of the bundled rules", async () => {
    const { code, out, err } = await run("test");

    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^\d+ rules, \d+ cases, 0 failed\n$/);
  });

  it("test says where a case failed, with field and value, and gives 1", async () => {
    await writeFile(
      join(folder, "odd.cases.yml"),
      `${miss}- { name: match, record: { eventName: EvenCall }, expect: match }\n`,
    );
    const { code, out, err } = await run("test", folder);

    assert.deepEqual([code, out], [1, "1 rule, 2 cases, 1 failed\n"]);
    assert.equal(
      err,
      `${join(folder, "odd.cases.yml")}:2: match: expected a match, but it did not match: sel: eventName is EvenCall, wanted OddCall\n`,
    );
  });

  it("test gives 2 for a rule without a match", async () => {
    await writeFile(join(folder, "odd.cases.yml"), miss);

    assert.deepEqual(await run("test", folder), {
      code: 2,
      out: "",
      err: `${join(folder, "odd.yml")}:1: rule odd has no case that expects a match\n`,
    });
  });

  it("test gives 2 for a folder that is not there", async () => {
    const { code, err } = await run("test", join(folder, "gone"));

    assert.equal(code, 2);
    assert.match(err, /gone:1: rules folder cannot be read/);
  });

  it("list shows level, name, techniques and title, highest level first", async () => {
    const { code, out } = await run("list", "--rules", folder);
    const rows = out.split("\n");
    const odd = rows.findIndex((row) => /^high +odd +T1496 T1098\.001$/.test(row));

    assert.equal(code, 0);
    assert.match(rows[0] ?? "", /^level +name +ATT&CK$/);
    assert.equal(rows[odd + 1], "          Oddity");
    assert.ok(rows.some((row) => /^\(base\) +aws_denied_call/.test(row)));
    assert.ok(rows.findIndex((row) => row.startsWith("high")) < rows.findIndex((row) => row.startsWith("low")));
  });

  for (const columns of [80, 120]) {
    it(`list and coverage keep to ${columns} columns`, async () => {
      const tags = Array.from({ length: 20 }, () => "attack.t1098.001").join(", ");
      await writeFile(join(folder, "odd.yml"), `name: ${"n".repeat(50)}\n${rule.replace("attack.t1496", tags)}`);
      for (const tool of ["list", "coverage"]) {
        const { out } = await runIn({ columns }, tool, "--rules", folder);
        const wide = out.split("\n").filter((line) => line.length > columns);

        assert.deepEqual(wide, [], tool);
      }
    });
  }

  it("list takes one line a rule where the terminal has room for it", async () => {
    const { out } = await runIn({ columns: 250 }, "list", "--rules", folder);

    assert.ok(out.split("\n").some((row) => /^high +odd +Oddity +T1496 T1098\.001$/.test(row)));
  });

  it("list --format md gives a table whose titles cannot break it", async () => {
    await writeFile(join(folder, "odd.yml"), rule.replace("title: Oddity", "title: Odd | <b>call</b>"));
    const { out } = await run("list", "--rules", folder, "--format", "md");

    const techniques = ["T1496", "T1098.001"].map(
      (id) => `[${id}](https://attack.mitre.org/techniques/${id.replace(".", "/")}/)`,
    );
    assert.ok(out.includes(`| high | \`odd\` | Odd \\| \\<b\\>call\\</b\\> | ${techniques.join(" ")} |\n`), out);
  });

  it("list --format json gives the same to programs", async () => {
    const listed: unknown = JSON.parse((await run("list", "--rules", folder, "--format", "json")).out);
    assert.ok(Array.isArray(listed));
    const odd = listed.find((one) => one.name === "odd");

    assert.deepEqual(odd, {
      name: "odd",
      kind: "rule",
      title: "Oddity",
      level: "high",
      raises: true,
      tags: ["attack.impact", "attack.t1496", "attack.t1098.001"],
      topics: [],
      steps: [],
      references: [],
      falsepositives: [],
      file: join(folder, "odd.yml"),
    });
  });

  it("test takes a filter of a bundled rule, and tests the folder's own rules alone", async () => {
    await writeFile(
      join(folder, "odd.cases.yml"),
      `${miss}- { name: match, record: { eventName: OddCall }, expect: match }\n`,
    );
    const filter = `title: Not Root
logsource: { product: aws, service: cloudtrail }
filter: { rules: [aws_root_used], selection: { ids.account: "111122223333" }, condition: not selection }
`;
    await writeFile(join(folder, "filter.yml"), filter);

    assert.deepEqual(await run("test", folder), { code: 0, out: "1 rule, 2 cases, 0 failed\n", err: "" });
  });

  it("test takes a changed copy of a bundled rule", async () => {
    const [rule, cases] = await Promise.all(
      ["yml", "cases.yml"].map((end) => readFile(`rules/aws_iam_user_created.${end}`, "utf8")),
    );
    await rm(join(folder, "odd.yml"));
    await writeFile(join(folder, "aws_iam_user_created.yml"), rule ?? "");
    await writeFile(join(folder, "aws_iam_user_created.cases.yml"), cases ?? "");
    await cp("rules/records", join(folder, "records"), { recursive: true });

    assert.match((await run("test", folder)).out, /^1 rule, \d+ cases, 0 failed\n$/);
  });

  it("test tells only what is wrong in the folder, not what the bundled rules would have given", async () => {
    const filter = "title: F\nlogsource: { product: aws, service: cloudtrail }\n";
    await writeFile(
      join(folder, "filter.yml"),
      `${filter}filter: { rules: [aws_root_used], s: { a: b }, condition: t }\n`,
    );
    const { code, err } = await run("test", folder);

    assert.equal(code, 2);
    assert.match(err, /filter\.yml:3: .*condition/);
    assert.doesNotMatch(err, /no rule is called/);
  });

  it("coverage tells tactics and techniques with their rules", async () => {
    const { code, out } = await run("coverage", "--rules", folder);

    assert.equal(code, 0);
    assert.match(out, /^Persistence {2}TA0003 · \d+ techniques, \d+ rules$/m);
    assert.match(
      out,
      /^ {2}T1098\.001 +\d+ {2}Account Manipulation: Additional Cloud Credentials\n( {17}.*\n)* {17}.*\bodd\b/m,
    );
    assert.match(out, /^\d+ rules, \d+ techniques of ATT&CK 16$/m);
  });

  it("coverage --format navigator gives a layer of version 4.5", async () => {
    const layer = JSON.parse((await run("coverage", "--rules", folder, "--format", "navigator")).out);
    const cells: readonly { techniqueID: string; tactic: string; score: number; comment: string }[] = layer.techniques;
    const cell = cells.find(({ techniqueID, tactic }) => techniqueID === "T1496" && tactic === "impact");

    assert.deepEqual([layer.domain, layer.versions.layer, layer.versions.attack], ["enterprise-attack", "4.5", "16"]);
    assert.equal(cell?.comment.split("\n").length, cell?.score);
    assert.ok(cell?.comment.split("\n").includes("odd (high)"));
    assert.equal(new Set(cells.map(({ techniqueID, tactic }) => `${techniqueID} ${tactic}`)).size, cells.length);
  });

  it("test tells of a tag that ATT&CK does not have, and fails nothing for it", async () => {
    await writeFile(join(folder, "odd.yml"), rule.replace("attack.t1496", "attack.t9999"));
    await writeFile(
      join(folder, "odd.cases.yml"),
      `${miss}- { name: match, record: { eventName: OddCall }, expect: match }\n`,
    );
    const { code, err } = await run("test", folder);

    assert.equal(code, 0);
    assert.equal(
      err,
      `${join(folder, "odd.yml")}: odd: warning: tag attack.t9999 names no tactic or technique of ATT&CK 16\n`,
    );
  });

  const wrong: readonly (readonly [argv: readonly string[], says: RegExp])[] = [
    [["list", "--format", "xml"], /^ids rules: --format "xml" is not one of table, md, json\n$/],
    [["coverage", "--format", "json"], /^ids rules: --format "json" is not one of table, navigator\n$/],
    [["list", "--frmat", "json"], /^ids rules: unknown option '--frmat'; see ids rules --help\n$/],
    [["tset"], /^ids rules: no tool "tset"; did you mean ids rules test\?\n$/],
    [[], /^ids rules: no tool named\nids rules test/],
    [["new"], /^ids rules: no NAME given/],
    [["new", "../up"], /^ids rules: NAME "\.\.\/up" is not lower-case letters/],
    [["new", "a", "b"], /^ids rules: "b" is one NAME too many/],
    [["new", "a", "--dir", "/no/such/folder"], /a\.yml cannot be written: its folder is not there/],
    [["backtest"], /^ids rules: no RULE given/],
    [["backtest", "aws_root_used"], /^ids rules: no PATH given/],
    [
      ["backtest", "aws_root_usd", "logs"],
      /^ids rules: no rule is called "aws_root_usd"; did you mean aws_root_used\?\n$/,
    ],
    [
      ["backtest", "aws_step_secret_batch", "logs"],
      /raises nothing of its own; it is counted by .*aws_secrets_read_in_batches.*: name that/,
    ],
    [
      ["backtest", "aws_secrets_read_in_batches_again", "logs"],
      /raises nothing of its own; it is counted by aws_secrets_read_in_batches: name that\n$/,
    ],
    [["backtest", "gone.yml", "logs"], /^ids rules: RULE "gone.yml" does not exist/],
  ];
  for (const [argv, says] of wrong) {
    it(`gives 2 and says what is wrong with: ${argv.join(" ") || "nothing"}`, async () => {
      const { code, out, err } = await run(...argv);

      assert.match(err, says);
      assert.deepEqual([code, out], [2, ""]);
    });
  }

  it("gives its usage when asked for it", async () => {
    for (const argv of [["--help"], ["backtest", "-h"]]) {
      const { code, out, err } = await run(...argv);

      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /ids rules backtest RULE PATH/);
    }
  });

  it("new writes a rule with cases that passes as it is, and overwrites nothing", async () => {
    await rm(join(folder, "odd.yml"));
    const made = await run("new", "aws_iam_group_made", "--dir", folder);
    const tested = await run("test", folder);
    const before = await readFile(join(folder, "aws_iam_group_made.yml"), "utf8");
    const again = await run("new", "aws_iam_group_made", "--dir", folder);

    assert.equal(made.code, 0);
    assert.deepEqual(tested, { code: 0, out: "1 rule, 3 cases, 0 failed\n", err: "" });
    assert.equal(again.code, 2);
    assert.match(again.err, /aws_iam_group_made\.yml is there already/);
    assert.equal(await readFile(join(folder, "aws_iam_group_made.yml"), "utf8"), before);
  });

  describe("docs/rules.md", () => {
    const lesson = readFileSync("docs/rules.md", "utf8").split("## Fields")[0] ?? "";
    const block = (language: string, start: string): string =>
      [...lesson.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].find(
        ([, kind, text]) => kind === language && text?.startsWith(start),
      )?.[2] ?? "";
    const name = "our_access_key_for_other_user";

    beforeEach(async () => {
      await rm(join(folder, "odd.yml"));
      await writeFile(join(folder, `${name}.yml`), block("yaml", "title:"));
      await writeFile(join(folder, `${name}.cases.yml`), block("yaml", "- name:"));
      await copyFile("rules/records/iam_create_access_key.json", join(folder, "key.json"));
    });

    it("teaches a rule whose cases pass, and which runs beside the bundled ones", async () => {
      assert.deepEqual(await run("test", folder), { code: 0, out: "1 rule, 3 cases, 0 failed\n", err: "" });
      assert.equal((await run("list", "--rules", folder)).code, 0);
    });

    it("quotes what a failing case says", async () => {
      const record = await readFile(join(folder, "key.json"), "utf8");
      await writeFile(join(folder, "key.json"), record.replace('"CreateAccessKey"', '"CreateUser"'));
      const { err } = await run("test", folder);

      assert.ok(err.replaceAll(folder, "my-rules").startsWith(block("text", "my-rules/")), err);
    });
  });
});
