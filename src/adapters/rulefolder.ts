/**
 * Rule folders: rules and their cases from disk.
 * Reads files; decides nothing about them. No code is ever loaded from a rule folder.
 */
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openCases, type RuleCase, uncovered } from "../detect/cases.ts";
import { RuleError, RuleErrors } from "../detect/rule-error.ts";
import { type CompiledRules, type CompileOptions, compileRules } from "../detect/rules.ts";

const IS_CASES = /\.cases\.ya?ml$/;
const IS_RULE = /\.ya?ml$/;
const IS_HIDDEN = /(^|[/\\])\./;

/** The rules that come with the package: `rules/` beside package.json, both from source and from `dist/`. */
export function bundledRules(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "rules");
}

/**
 * Compiles all rules of the folders as one set.
 *
 * @throws RuleErrors with every problem; a folder that cannot be read is one of them.
 */
export async function loadRules(
  folders: readonly string[],
  options: Pick<CompileOptions, "placeholders"> = {},
): Promise<CompiledRules> {
  const problems: RuleError[] = [];
  const files = await filesIn(folders, problems);
  const paths = files.filter((file) => !IS_CASES.test(file));
  const sources = await Promise.all(
    paths.map(async (file) => {
      try {
        return [{ file: shown(file), text: await readFile(file, "utf8") }];
      } catch (error) {
        problems.push(new RuleError(shown(file), 1, `cannot be read: ${reasonOf(error)}`));
        return [];
      }
    }),
  );
  return compileRules(sources.flat(), { ...options, earlier: problems });
}

/**
 * The cases of all rules in the folders.
 *
 * @throws RuleErrors when a case cannot be read, or a rule has no match or no miss.
 */
export async function loadCases(folders: readonly string[], compiled: CompiledRules): Promise<readonly RuleCase[]> {
  const problems: RuleError[] = [];
  const files = await filesIn(folders, problems);
  const cases = files
    .filter((file) => IS_CASES.test(file))
    .flatMap((file) => {
      const stem = shown(file).replace(IS_CASES, "");
      const rules = compiled.summaries.filter((rule) => rule.raises && rule.file.replace(IS_RULE, "") === stem);
      return openCases(shown(file), readFileSync(file, "utf8"), rules, problems, (path) =>
        recordAt(join(dirname(file), path)),
      );
    });
  if (problems.length === 0) problems.push(...uncovered(compiled.summaries, cases));
  if (problems.length > 0) throw new RuleErrors(problems);
  return cases;
}

function recordAt(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`record ${shown(path)}: ${reasonOf(error)}`);
  }
}

/** Rule and case files, each folder's sorted by path; a file stands for itself. Links are followed, hidden folders are not: mounted configuration has both. */
async function filesIn(folders: readonly string[], problems: RuleError[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      try {
        if (IS_RULE.test(folder) && (await stat(folder)).isFile()) return [folder];
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => !entry.isDirectory() && IS_RULE.test(entry.name));
        const paths = files.map((entry) => join(entry.parentPath, entry.name));
        return paths.filter((path) => !IS_HIDDEN.test(relative(folder, path))).sort();
      } catch (error) {
        problems.push(new RuleError(shown(folder), 1, `rules folder cannot be read: ${reasonOf(error)}`));
        return [];
      }
    }),
  );
  return lists.flat();
}

/** Paths as people type them: relative to where they are, unless that leads upwards. */
function shown(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
