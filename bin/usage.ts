/**
 * Usage: what is wrong with the arguments of a command.
 * Pure.
 */

/** Wrong arguments: which one, its value, and what would be right. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** `oneOf("--format", "json", ["table", "json"])` → `"json"` @throws UsageError when it is none of them. */
export function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} "${value}" is not one of ${known.join(", ")}`);
  return found;
}

/**
 * What Node's parseArgs says of an unknown or malformed option, in our words: `"unknown option '--frmat'"`
 *
 * @returns undefined for any other error. What follows Node's first sentence is advice on positionals.
 */
export function argumentProblem(error: unknown): string | undefined {
  const isTheirs = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!isTheirs) return undefined;
  const [what = error.message] = error.message.split(/\. |\n/);
  return `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
}
