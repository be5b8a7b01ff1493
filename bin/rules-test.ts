/**
 * `ids rules test`: whether rules do what their cases say.
 * Wires src/adapters/rulefolder.ts to the rule cases.
 */
import { parseArgs } from "node:util";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { attackProblems } from "../src/detect/attack.ts";
import { runCase } from "../src/detect/cases.ts";
import { bundledAttack } from "./coverage.ts";
import type { Output } from "./output.ts";

/** @returns the exit code: 1 when a case failed. A tag that ATT&CK does not have is told, and no failure: such rules run all the same. */
export async function testRules(argv: readonly string[], { stdout, stderr }: Output): Promise<number> {
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true });
  const folders = positionals.length > 0 ? positionals : [bundledRules()];
  const compiled = await loadRules(folders);
  const cases = await loadCases(folders, compiled);
  const attack = bundledAttack();
  for (const { file, name, tags } of compiled.summaries) {
    for (const problem of attackProblems(tags, attack)) stderr.write(`${file}: ${name}: warning: ${problem}\n`);
  }
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
