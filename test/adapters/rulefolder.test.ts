import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledRules, loadCases, loadRules } from "../../src/adapters/rulefolder.ts";
import { RuleErrors } from "../../src/detect/rule-error.ts";

const rule = (title: string) =>
  `title: ${title}\nlogsource: { product: aws, service: cloudtrail }\nlevel: low\ndetection: { sel: { eventName: X }, condition: sel }\n`;
const cases =
  "- { name: a, record: records/x.json, expect: match }\n- { name: b, record: { eventName: Y }, expect: miss }\n";

describe("rule folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rules-"));
    await mkdir(join(folder, "deep", "records"), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("loads .yml and .yaml files at any depth, sorted, without cases and other files", async () => {
    await writeFile(join(folder, "b.yml"), rule("b"));
    await writeFile(join(folder, "a.yaml"), rule("a"));
    await writeFile(join(folder, "deep", "c.yml"), rule("c"));
    await writeFile(join(folder, "deep", "c.cases.yml"), cases);
    await writeFile(join(folder, "README.md"), "title: no rule");
    const { summaries } = await loadRules([folder]);

    assert.deepEqual(
      summaries.map(({ name }) => name),
      ["a", "b", "c"],
    );
    assert.equal(summaries[2]?.file, join(folder, "deep", "c.yml"));
  });

  it("collects the problems of all files and folders", async () => {
    await writeFile(join(folder, "a.yml"), rule("a").replace("low", "lwo"));
    await writeFile(join(folder, "b.yml"), rule("b").replace("sel }", "own }"));

    await assert.rejects(loadRules([folder]), (error) => {
      assert.ok(error instanceof RuleErrors);
      assert.deepEqual(
        error.problems.map(({ file, line }) => [file, line]),
        [
          [join(folder, "a.yml"), 3],
          [join(folder, "b.yml"), 4],
        ],
      );
      return true;
    });
    await assert.rejects(
      loadRules([join(folder, "gone"), folder]),
      /gone:1: rules folder cannot be read: ENOENT.*\n.*a\.yml:3: .*\n.*b\.yml:4: /,
    );
  });

  it("refuses two rules of one name in two folders", async () => {
    await writeFile(join(folder, "a.yml"), rule("a"));
    await writeFile(join(folder, "deep", "a.yml"), rule("a"));

    await assert.rejects(loadRules([folder]), /deep\/a\.yml:1: name: "a" is already the name of a rule in .*\/a\.yml/);
  });

  it("reads cases with their recorded records", async () => {
    await writeFile(join(folder, "deep", "c.yml"), rule("c"));
    await writeFile(join(folder, "deep", "c.cases.yml"), cases);
    await writeFile(join(folder, "deep", "records", "x.json"), '{"eventName":"X"}');
    const loaded = await loadCases([folder], await loadRules([folder]));

    assert.deepEqual(
      loaded.map(({ name, line, records }) => [name, line, records[0]?.eventName]),
      [
        ["a", 1, "X"],
        ["b", 2, "Y"],
      ],
    );
  });

  it("refuses cases whose record is missing or broken, and rules without cases", async () => {
    await writeFile(join(folder, "deep", "c.yml"), rule("c"));
    const load = async () => loadCases([folder], await loadRules([folder]));
    await assert.rejects(load(), /rule c has no case that expects a match\n.*rule c has no case that expects a miss/);

    await writeFile(join(folder, "deep", "c.cases.yml"), cases);
    await assert.rejects(load(), /c\.cases\.yml:1: 0\.a: record .*x\.json: ENOENT/);

    await writeFile(join(folder, "deep", "records", "x.json"), "{");
    await assert.rejects(load(), /c\.cases\.yml:1: 0\.a: record .*x\.json: .*JSON/);
  });

  it("follows links, tells of one that leads nowhere, and leaves hidden folders alone", async () => {
    await mkdir(join(folder, "..2026"));
    await writeFile(join(folder, "..2026", "a.yml"), rule("a"));
    await symlink(join("..2026", "a.yml"), join(folder, "a.yml"));
    assert.deepEqual(
      (await loadRules([folder])).summaries.map(({ name }) => name),
      ["a"],
    );

    await symlink("gone", join(folder, "b.yml"));
    await assert.rejects(loadRules([folder]), /b\.yml:1: cannot be read: ENOENT/);
  });

  it("names files as people type them, from wherever they are", async () => {
    await writeFile(join(folder, "deep", "c.yml"), rule("c"));
    const here = process.cwd();
    const fileOf = async (path: string) => (await loadRules([path])).summaries[0]?.file;
    try {
      process.chdir(folder);
      assert.equal(await fileOf("."), join("deep", "c.yml"));
      assert.equal(await fileOf(folder), join("deep", "c.yml"));
      assert.equal(await fileOf("./deep/"), join("deep", "c.yml"));
      assert.equal(await fileOf(join("deep", "c.yml")), join("deep", "c.yml"));
      process.chdir(join(folder, "deep"));
      assert.equal(await fileOf(".."), join("..", "deep", "c.yml"));
      assert.equal(await fileOf("../"), join("..", "deep", "c.yml"));
    } finally {
      process.chdir(here);
    }
  });

  it("finds the bundled rules beside package.json", () => {
    assert.equal(bundledRules(), join(process.cwd(), "rules"));
  });
});
