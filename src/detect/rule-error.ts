/**
 * Rule errors: what is wrong with a rule file, where, and what would be right.
 * Pure.
 */

/** `rules/aws_s3_public.yml:14: modifier "contians" is not one of contains, startswith, …` */
export class RuleError extends Error {
  override name = "RuleError";
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, what: string, options?: ErrorOptions) {
    super(`${file}:${line}: ${what}`, options);
    this.file = file;
    this.line = line;
  }
}

/** Everything wrong in the folders that were loaded, one problem a line, in the order in which the files read. */
export class RuleErrors extends Error {
  override name = "RuleErrors";
  readonly problems: readonly RuleError[];

  constructor(problems: readonly RuleError[]) {
    const files = [...new Set(problems.map(({ file }) => file))];
    const sorted = problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
    super(sorted.map((problem) => problem.message).join("\n"));
    this.problems = sorted;
  }
}
