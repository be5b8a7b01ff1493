import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMemo } from "../../src/adapters/memo.ts";
import { memoryLog } from "../../src/adapters/memory.ts";

describe("a memo", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-memo-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("is there when it is opened again, until it is forgotten", async () => {
    const file = join(dir, "data", "told.json");
    const memo = await openMemo(file, memoryLog());
    assert.equal(await memo.read(), undefined);
    await memo.write("one");
    await memo.write("two");

    assert.equal(await (await openMemo(file, memoryLog())).read(), "two");
    await memo.write(undefined);
    assert.equal(await memo.read(), undefined);
    assert.equal(await (await openMemo(file, memoryLog())).read(), undefined);
  });

  it("lasts as long as the process where the disk takes nothing", async () => {
    await writeFile(join(dir, "data"), "a file and no folder");
    const memo = await openMemo(join(dir, "data", "told.json"), memoryLog());
    await memo.write("one");

    assert.equal(await memo.read(), "one");
  });
});
