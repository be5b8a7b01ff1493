/**
 * The audit key where Trailhound runs its own Redis: a file beside it, made once, readable by its owner alone.
 * With a foreign Redis the key must come from the environment instead: whoever can write that Redis must not own it.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";

const KEY_BYTES = 32;

/**
 * `readOrMakeAuditKey("data/audit.key")` → 32 bytes, the same at every start.
 *
 * @throws when the file is readable by others or does not hold 64 hex digits: then a person must look.
 */
export async function readOrMakeAuditKey(file: string): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const made = randomBytes(KEY_BYTES);
  try {
    // "wx": of two processes that start at once, one makes the key and the other reads it.
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${made.toString("hex")}\n`);
    await handle.sync();
    await handle.close();
    return made;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
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
