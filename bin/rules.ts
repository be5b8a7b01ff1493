/**
 * `ids rules`: which rules there are, and whether they do what their cases say.
 * Wires src/adapters/rulefolder.ts to the rule cases.
 */
import { parseArgs } from "node:util";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { runCase } from "../src/detect/cases.ts";
import { LEVELS } from "../src/detect/finding.ts";
import { RuleErrors } from "../src/detect/rule-error.ts";
import type { RuleSummary } from "../src/detect/rules.ts";

const USAGE = `ids rules test [DIR…]                     load the rules of the folders (default: Trailhound's own) and run their cases
ids rules list [--rules DIR] [--format table|json]
                                          Trailhound's own rules and those of the folders; --rules may be repeated

How rules and cases are written: docs/rules.md. Exit code: 0 all well · 1 a case failed · 2 wrong usage or broken rules
`;

/** What it writes to; `process` is one. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** @returns the exit code. */
export async function rules(argv: readonly string[], output: Output = process): Promise<number> {
  const [command, ...rest] = argv;
  try {
    if (command === "test") return await testRules(rest, output);
    if (command === "list") return await listRules(rest, output);
    const isHelp = command === "--help" || command === "-h";
    (isHelp ? output.stdout : output.stderr).write(USAGE);
    return isHelp ? 0 : 2;
  } catch (error) {
    if (!(error instanceof RuleErrors) && !isUsageError(error)) throw error;
    output.stderr.write(`${error.message}\n`);
    return 2;
  }
}

/** What parseArgs throws on an unknown or malformed option. */
function isUsageError(error: unknown): error is TypeError {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

async function testRules(argv: readonly string[], { stdout, stderr }: Output): Promise<number> {
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true });
  const folders = positionals.length > 0 ? positionals : [bundledRules()];
  const compiled = await loadRules(folders);
  const cases = await loadCases(folders, compiled);
  let failed = 0;
  for (const one of cases) {
    const problem = await runCase(one, compiled, memoryState());
    if (problem === undefined) continue;
    failed++;
    stderr.write(`${one.file}:${one.line}: ${one.name}: expected a ${one.expect}, but it ${problem}\n`);
  }
  stdout.write(`${compiled.summaries.length} rules, ${cases.length} cases, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

async function listRules(argv: readonly string[], { stdout, stderr }: Output): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rules: { type: "string", multiple: true }, format: { type: "string", default: "table" } },
  });
  if (values.format !== "table" && values.format !== "json") {
    stderr.write(`--format "${values.format}" is not one of table, json\n`);
    return 2;
  }
  const { summaries } = await loadRules([bundledRules(), ...(values.rules ?? [])]);
  const sorted = [...summaries].sort(
    (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || (a.name < b.name ? -1 : 1),
  );
  stdout.write(values.format === "json" ? `${JSON.stringify(sorted, null, 2)}\n` : tableOf(sorted));
  return 0;
}

/** Highest level first; a base rule that raises nothing of its own is shown as "(base)". */
function tableOf(summaries: readonly RuleSummary[]): string {
  const rows = summaries.map(({ level, name, title, tags, raises }) => {
    const techniques = tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []);
    return [raises ? level : "(base)", name, title, techniques.join(" ")];
  });
  const table = [["level", "name", "title", "techniques"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
