/**
 * The build's last step: opens, checks and compiles the bundled rules, and writes them as the pack that a start reads.
 */
import { writeFileSync } from "node:fs";
import { bundledRules, loadRules, readRules } from "../src/adapters/rulefolder.ts";
import { PACK_FILE, packOf, parsePack } from "../src/adapters/rulepack.ts";
import { type RuleError, RuleErrors } from "../src/detect/rule-error.ts";

const folders = [bundledRules()];
try {
  const problems: RuleError[] = [];
  const pack = await packOf(readRules(folders, problems));
  await loadRules(folders, {}, parsePack(pack));
  writeFileSync(PACK_FILE, pack);
} catch (error) {
  if (!(error instanceof RuleErrors)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
