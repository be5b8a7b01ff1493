/**
 * `ids rules test`: whether rules do what their cases say.
 * Wires src/adapters/rulefolder.ts to the rule cases.
 */
import { isAbsolute, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { attackProblems } from "../src/detect/attack.ts";
import { runCase } from "../src/detect/cases.ts";
import type { Placeholders } from "../src/detect/modifier.ts";
import { RuleErrors } from "../src/detect/rule-error.ts";
import type { CompiledRules } from "../src/detect/rules.ts";
import { bundledAttack } from "./coverage.ts";
import { knowledgeIn } from "./knowledge.ts";
import type { Output } from "./output.ts";

/** @returns the exit code: 1 when a case failed. A tag that ATT&CK does not have is told, and no failure: such rules run all the same. */
export async function testRules(argv: readonly string[], { stdout, stderr }: Output): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { config: { type: "string" } },
  });
  const { placeholders } = await knowledgeIn(values.config);
  const folders = positionals.length > 0 ? positionals : [bundledRules()];
  const compiled = await loadWithBundled(folders, placeholders);
  const own = compiled.summaries.filter(({ file }) => folders.some((folder) => isInside(file, folder)));
  const cases = await loadCases(folders, { ...compiled, summaries: own });
  const attack = bundledAttack();
  for (const { file, name, tags } of own) {
    for (const problem of attackProblems(tags, attack)) stderr.write(`${file}: ${name}: warning: ${problem}\n`);
  }
  let failed = 0;
  for (const one of cases) {
    const problem = await runCase(one, compiled, memoryState());
    if (problem === undefined) continue;
    failed++;
    stderr.write(`${one.file}:${one.line}: ${one.name}: expected a ${one.expect}, but it ${problem}\n`);
  }
  stdout.write(`${counted(own.length, "rule")}, ${counted(cases.length, "case")}, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** `counted(1, "rule")` → `1 rule` */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Rules of folders or files by themselves, so that a changed copy of a bundled rule may be looked at; with the bundled
 * rules where a filter or correlation among them builds on these.
 *
 * @throws RuleErrors of whichever attempt had fewer problems: the others only come of what was left out.
 */
export async function loadWithBundled(paths: readonly string[], placeholders: Placeholders): Promise<CompiledRules> {
  try {
    return await loadRules(paths, { placeholders });
  } catch (alone) {
    if (!(alone instanceof RuleErrors)) throw alone;
    return loadRules([bundledRules(), ...paths], { placeholders }).catch((together: unknown) => {
      const isFewer = together instanceof RuleErrors && together.problems.length < alone.problems.length;
      throw isFewer ? together : alone;
    });
  }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(resolve(folder), resolve(file));
  return !path.startsWith("..") && !isAbsolute(path);
}
