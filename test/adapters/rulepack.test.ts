import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundledRules, loadRules, readRules } from "../../src/adapters/rulefolder.ts";
import { NO_PACK, openPack, packOf, parsePack } from "../../src/adapters/rulepack.ts";

const text = (title: string, wanted = "CreateUser") =>
  `title: ${title}
logsource: { product: aws, service: cloudtrail }
level: low
detection:
    sel: { eventName${wanted.startsWith("%") ? "|expand" : ""}: '${wanted}' }
    condition: sel
`;

describe("rule pack", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ids-pack-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** The pack of the folder, every title changed: who reads it is seen to. */
  const marked = async () =>
    parsePack(Buffer.from(String(await packOf(readRules([folder], []))).replaceAll("Yaml", "Pack")));
  const titles = async (pack: Awaited<ReturnType<typeof marked>>) =>
    (await loadRules([folder], {}, pack)).summaries.map(({ title, name, file }) => [title, name, file]);

  it("stands for the files it was made of, named as they are", async () => {
    await writeFile(join(folder, "a.yml"), text("Yaml"));

    assert.deepEqual(await titles(await marked()), [["Pack", "a", join(folder, "a.yml")]]);
  });

  it("does not stand for a file that has changed, was added or has another name", async () => {
    await writeFile(join(folder, "a.yml"), text("Yaml"));
    const pack = await marked();
    await writeFile(join(folder, "a.yml"), `${text("Yaml")} `);
    await writeFile(join(folder, "b.yml"), text("Yaml"));

    assert.deepEqual(await titles(pack), [
      ["Yaml", "a", join(folder, "a.yml")],
      ["Yaml", "b", join(folder, "b.yml")],
    ]);
  });

  it("leaves it to the YAML to say where a problem is", async () => {
    await writeFile(join(folder, "a.yml"), text("Yaml", "%mine%"));
    const pack = await marked();

    await assert.rejects(
      loadRules([folder], {}, pack),
      /a\.yml:5: detection\.sel\.eventName\|expand: placeholder %mine% has no values/,
    );
    assert.equal((await loadRules([folder], { placeholders: { mine: ["X"] } }, pack)).rules.length, 1);
  });

  it("is not made of broken rules, nor of regular expressions that nobody can run", async () => {
    await writeFile(join(folder, "a.yml"), text("Yaml").replace("low", "lwo"));
    await assert.rejects(marked(), /a\.yml:3: level: "lwo" is not one of/);

    await writeFile(join(folder, "a.yml"), text("Yaml", "(?=x)").replace("eventName", "eventName|re"));
    await assert.rejects(marked(), /a\.yml:5: detection\.sel\.eventName\|re: /);
  });

  it("keeps what people read closed until somebody wants to", async () => {
    await writeFile(join(folder, "a.yml"), `${text("Yaml")}description: Why and when\n`);
    const [compiled = ""] = String(await packOf(readRules([folder], []))).split("\n");
    const loaded = await loadRules([folder], {}, parsePack(Buffer.from(`${compiled}\nno JSON`)));

    assert.equal(loaded.rules.length, 1);
    assert.doesNotMatch(compiled, /Why and when/);
    assert.throws(() => loaded.summaries, SyntaxError);
  });

  it("is empty beside sources that nobody built", () => {
    assert.equal(openPack(), NO_PACK);
  });

  it("holds the bundled rules whole", async () => {
    const folders = [bundledRules()];
    const sources = [...readRules(folders, [])];
    const pack = parsePack(await packOf(sources));

    assert.equal(Object.keys(pack.documents).length, sources.length);
    const [packed, opened] = [await loadRules(folders, {}, pack), await loadRules(folders, {}, NO_PACK)];
    assert.deepEqual(packed.summaries, opened.summaries);
    const detections = ({ rules }: typeof packed) =>
      rules.map(({ condition, selections }) => [
        condition,
        [...selections.values()].map(({ name, alternatives }) => [
          name,
          alternatives.map((tests) => tests.map(({ field, wanted }) => `${field} ${wanted()}`)),
        ]),
      ]);
    assert.deepEqual(detections(packed), detections(opened));
  });
});
