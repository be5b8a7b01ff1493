/**
 * A memo in a file: one small text that outlives the process, and Redis being away. Where the disk takes nothing, it lasts
 * as long as the process.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Memo } from "../ports/vitals.ts";
import type { Log } from "../ports.ts";

export async function openMemo(file: string, log: Log): Promise<Memo> {
  let held = await readFile(file, "utf8").catch(() => undefined);
  return {
    async read() {
      return held;
    },
    async write(text) {
      held = text;
      await put(file, text).catch((error) => log.warn({ file, err: String(error) }, "memo.not-written"));
    },
  };
}

async function put(file: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(file, { force: true });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Whole or not at all.
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
