/**
 * Output: what a command of the terminal reads and writes, and how wide that is.
 */

/** `process` is one. */
export interface Output {
  readonly stdin?: NodeJS.ReadableStream;
  /** `columns`: the width of a terminal. */
  readonly stdout: { write(text: string): unknown; readonly columns?: number };
  readonly stderr: { write(text: string): unknown };
}

/** The terminal's width; 120 where the output is none, at least 40. */
export function columnsOf({ columns }: Output["stdout"]): number {
  return Math.max(40, columns ?? 120);
}

/** `counted(2, "rule")` → `"2 rules"`, `counted(4096, "record")` → `"4,096 records"` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
