/**
 * How long a cold start takes: each in a process of its own, which imports the library, opens a detector with the bundled rules
 * and feeds it its first records. What is read from disk is in the file system's cache.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { quantile } from "./measure.ts";

const PROCESSES = 15;
/** That the first, cold ones of a start are told apart from what comes when the trie has grown. */
const RECORDS = 200;

const LIBRARY = new URL("../dist/bin/library.js", import.meta.url).href;
/** Prints how many ms each step took. */
const PROGRAM = `
  import { readFileSync } from "node:fs";
  const times = [performance.now()];
  const lap = () => times.push(performance.now());
  const { openDetector } = await import(process.argv[1]);
  lap();
  const detector = await openDetector();
  lap();
  const [first, ...others] = JSON.parse(readFileSync(0, "utf8"));
  lap();
  await detector.feed(first);
  lap();
  await detector.feedAll(others);
  lap();
  console.log(JSON.stringify(times.slice(1).map((time, at) => time - times[at])));
`;

export interface Start {
  /** Medians of the processes, in ms. */
  readonly import: number;
  readonly open: number;
  readonly first: number;
  readonly others: number;
  /** The slowest `open` of all. */
  readonly worst: number;
}

/** @param texts records as JSON; the first 200 are fed. */
export function coldStarts(texts: readonly string[]): Start {
  const input = `[${texts.slice(0, RECORDS).join(",")}]`;
  const runs = Array.from({ length: PROCESSES }, () => stepsOf(input));
  const column = (at: number): readonly number[] => runs.map((times) => times[at] ?? Number.NaN);
  return {
    import: quantile(column(0), 0.5),
    open: quantile(column(1), 0.5),
    first: quantile(column(3), 0.5),
    others: quantile(column(4), 0.5),
    worst: Math.max(...column(1)),
  };
}

/** @throws Error with what the process says when it fails. */
function stepsOf(input: string): readonly number[] {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", PROGRAM, "--", LIBRARY],
    { input, cwd, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`a cold start failed: ${stderr}`);
  return JSON.parse(stdout);
}
