/**
 * Rule folders: rules and their cases from disk.
 * Reads files; decides nothing about them. No code is ever loaded from a rule folder. What opens YAML is loaded when it is needed:
 * with a pack it seldom is, and that is most of the time a start takes.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleCase } from "../detect/cases.ts";
import type { Placeholders } from "../detect/modifier.ts";
import { RuleError, RuleErrors } from "../detect/rule-error.ts";
import { type CompiledRules, compileDocuments } from "../detect/rules.ts";
import type { RuleDocument } from "../detect/sigma.ts";
import { NO_PACK, openPack, packedRules, type RulePack, type RuleSource } from "./rulepack.ts";

const IS_CASES = /\.cases\.ya?ml$/;
const IS_RULE = /\.ya?ml$/;

/** The rules that come with the package: `rules/` beside package.json, both from source and from `dist/`. */
export function bundledRules(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "rules");
}

export interface LoadOptions {
  /** Lists that `%name%` stands for behind the modifier `expand`. */
  readonly placeholders?: Placeholders;
}

/**
 * Compiles all rules of the folders as one set; files that the pack knows are not opened again.
 *
 * @throws RuleErrors with every problem; a folder that cannot be read is one of them.
 */
export async function loadRules(
  folders: readonly string[],
  { placeholders = {} }: LoadOptions = {},
  pack: RulePack = openPack(),
): Promise<CompiledRules> {
  try {
    return await compiled(folders, pack, placeholders);
  } catch (error) {
    if (!(error instanceof RuleErrors)) throw error;
    // What is wrong is told from the YAML, which has lines.
    return compiled(folders, NO_PACK, placeholders);
  }
}

async function compiled(
  folders: readonly string[],
  pack: RulePack,
  placeholders: Placeholders,
): Promise<CompiledRules> {
  const problems: RuleError[] = [];
  const documents: RuleDocument[] = [];
  for (const source of readRules(folders, problems)) {
    const known = packedRules(pack, source, problems);
    documents.push(...(known ?? (await import("../detect/sigma.ts")).openRules(source.file, source.text, problems)));
  }
  return compileDocuments(documents, placeholders, problems);
}

/** The rule files of the folders as texts, one after the other; what cannot be read goes into `problems`. */
export function* readRules(folders: readonly string[], problems: RuleError[]): Generator<RuleSource> {
  for (const file of filesIn(folders, problems)) {
    if (IS_CASES.test(file)) continue;
    try {
      yield { file, text: readFileSync(file, "utf8") };
    } catch (error) {
      problems.push(new RuleError(file, 1, `cannot be read: ${reasonOf(error)}`));
    }
  }
}

/**
 * The cases of all rules in the folders.
 *
 * @throws RuleErrors when a case cannot be read, or a rule has no match or no miss.
 */
export async function loadCases(folders: readonly string[], compiled: CompiledRules): Promise<readonly RuleCase[]> {
  const { openCases, uncovered } = await import("../detect/cases.ts");
  const problems: RuleError[] = [];
  const cases = filesIn(folders, problems)
    .filter((file) => IS_CASES.test(file))
    .flatMap((file) => {
      const stem = file.replace(IS_CASES, "");
      const rules = compiled.summaries.filter((rule) => rule.raises && rule.file.replace(IS_RULE, "") === stem);
      return openCases(file, readFileSync(file, "utf8"), rules, problems, (path) =>
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

/** Rule and case files, as people type them, each folder's sorted by path; a file stands for itself. */
function filesIn(folders: readonly string[], problems: RuleError[]): readonly string[] {
  return folders.flatMap((given) => {
    const folder = shown(given);
    try {
      if (IS_RULE.test(folder) && statSync(folder).isFile()) return [folder];
      return filesUnder(folder).toSorted();
    } catch (error) {
      problems.push(new RuleError(folder, 1, `rules folder cannot be read: ${reasonOf(error)}`));
      return [];
    }
  });
}

/** Links are followed, what is hidden is not: mounted configuration has both. */
function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    if (name.startsWith(".")) return [];
    const path = folder === "." ? name : `${folder}${sep}${name}`;
    if (entry.isDirectory()) return filesUnder(path);
    return IS_RULE.test(name) ? [path] : [];
  });
}

/** Paths as people type them: relative to where they are, unless that leads upwards. */
function shown(path: string): string {
  const short = relative(process.cwd(), path) || ".";
  return short.startsWith("..") ? normalize(path).replace(/(?!^)[/\\]$/, "") : short;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
