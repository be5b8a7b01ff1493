import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOrMakeAuditKey } from "../../src/adapters/auditkey.ts";

describe("the audit key", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ids-key-"));
    file = join(folder, "data", "audit.key");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is made once, for its owner alone", async () => {
    const first = await readOrMakeAuditKey(file);

    assert.equal(first.length, 32);
    assert.deepEqual(await readOrMakeAuditKey(file), first);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await readFile(file, "utf8")).trim(), first.toString("hex"));
  });

  it("is the same for processes that start at once, and leaves no draft", async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => readOrMakeAuditKey(file)));

    assert.equal(new Set(keys.map((key) => key.toString("hex"))).size, 1);
    assert.deepEqual(await readdir(join(folder, "data")), ["audit.key"]);
  });

  it("is refused when others may read it, or when it is no key", async () => {
    await readOrMakeAuditKey(file);
    await chmod(file, 0o644);
    await assert.rejects(readOrMakeAuditKey(file), /chmod 600/);

    await chmod(file, 0o600);
    await writeFile(file, "short");
    await assert.rejects(readOrMakeAuditKey(file), /64 hex digits/);
  });
});
