/**
 * Log files in memory, for tests: slices by `bucket/key`.
 */
import type { LogFileSlice, LogFiles } from "../ports/logfiles.ts";

export interface MemoryLogFiles extends LogFiles {
  /** By `bucket/key`; what is not there is missing. */
  readonly files: Map<string, { readonly version: string; readonly slices: readonly LogFileSlice[] }>;
  readonly opened: string[];
  /** How many of them were closed. */
  readonly closed: () => number;
}

export function memoryLogFiles(): MemoryLogFiles {
  const files: MemoryLogFiles["files"] = new Map();
  const opened: string[] = [];
  let closed = 0;
  return {
    files,
    opened,
    closed: () => closed,
    async open({ bucket, key }) {
      const file = files.get(`${bucket}/${key}`);
      opened.push(key);
      if (file === undefined) return { kind: "refused", reason: "log-file-missing", why: "it is not there" };
      return { kind: "opened", version: file.version, slices: each(file.slices), close: () => void closed++ };
    },
  };
}

async function* each(slices: readonly LogFileSlice[]): AsyncGenerator<LogFileSlice> {
  yield* slices;
}
