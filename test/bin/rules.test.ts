import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rules } from "../../bin/rules.ts";

/** Runs `ids rules …` and gives what it wrote. */
async function run(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await rules(argv, {
    stdout: {
      write: (text) => {
        out += text;
      },
    },
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

    assert.deepEqual([code, out], [1, "1 rules, 2 cases, 1 failed\n"]);
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

  it("list shows level, name, title and techniques, highest level first", async () => {
    const { code, out } = await run("list", "--rules", folder);
    const rows = out.split("\n");

    assert.equal(code, 0);
    assert.match(rows[0] ?? "", /^level +name +title +techniques$/);
    assert.ok(rows.some((row) => /^high +odd +Oddity +T1496 T1098\.001$/.test(row)));
    assert.ok(rows.some((row) => /^\(base\) +aws_denied_call /.test(row)));
    assert.ok(rows.findIndex((row) => row.startsWith("high")) < rows.findIndex((row) => row.startsWith("low")));
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
      file: join(folder, "odd.yml"),
    });
  });

  it("gives 2 and says what is right for wrong usage", async () => {
    assert.match((await run("list", "--format", "xml")).err, /"xml" is not one of table, json/);
    assert.match((await run("list", "--frmat", "json")).err, /'--frmat'/);
    assert.match((await run("tset")).err, /ids rules test/);
    const codes = await Promise.all([
      run("list", "--format", "xml"),
      run("list", "--frmat", "json"),
      run("tset"),
      run(),
    ]);
    assert.deepEqual(
      codes.map(({ code }) => code),
      [2, 2, 2, 2],
    );
    assert.equal((await run("--help")).code, 0);
  });
});
