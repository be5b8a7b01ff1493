/**
 * The audit key where Trailhound runs its own Redis: a file beside it, made once, readable by its owner alone.
 * With a foreign Redis the key must come from the environment instead: whoever can write that Redis must not own it.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";

const KEY_BYTES = 32;

/**
 * `readOrMakeAuditKey("data/audit.key")` → 32 bytes, the same at every start.
 *
 * @throws when the file is readable by others or does not hold 64 hex digits: then a person must look.
 */
export async function readOrMakeAuditKey(file: string): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) await make(file);
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0)
    throw new Error(`${file}: others may read it (mode ${(mode & 0o777).toString(8)}); chmod 600 ${file}`);
  const text = (await readFile(file, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(
      `${file}: not 64 hex digits; restore it from a backup (without it the audit log cannot be verified)`,
    );
  return Buffer.from(text, "hex");
}

/** Written whole beside its place and linked there: of two processes that start at once, both read the same key. */
async function make(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(8).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  await handle.writeFile(`${randomBytes(KEY_BYTES).toString("hex")}\n`);
  await handle.sync();
  await handle.close();
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
}
