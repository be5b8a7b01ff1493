/**
 * `ids rules backtest`: a rule over CloudTrail log files of the past, before anybody is woken by it.
 * Wires src/adapters/logfiles.ts to the detector; backtest-report.ts writes what people read.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { findLogFiles, readLogFile } from "../src/adapters/logfiles.ts";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import type { Correlation } from "../src/detect/correlation.ts";
import { makeDetector } from "../src/detect/detector.ts";
import { type CompiledRules, RULE_FAILED, type RuleSummary } from "../src/detect/rules.ts";
import { nearest } from "../src/nearest.ts";
import { openTrial, type Scope, type Trial, trialText } from "./backtest-report.ts";
import { type Knowledge, knowledgeIn } from "./knowledge.ts";
import { columnsOf, counted, type Output } from "./output.ts";
import { shown } from "./report.ts";
import { loadWithBundled } from "./rules-test.ts";
import { UsageError } from "./usage.ts";

const IS_FILE = /\.ya?ml$/;

/** @returns the exit code: 2 when something could not be read, however often the rule fired. */
export async function backtest(argv: readonly string[], output: Output): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { rules: { type: "string", multiple: true, default: [] }, config: { type: "string" } },
  });
  const [wanted, ...paths] = positionals;
  if (wanted === undefined) throw new UsageError("no RULE given: a rule's name (ids rules list) or a .yml file");
  if (paths.length === 0) throw new UsageError("no PATH given: name log files or folders, or - for standard input");
  if (IS_FILE.test(wanted) && !existsSync(wanted)) throw new UsageError(`RULE "${wanted}" does not exist`);
  const knowledge = await knowledgeIn(values.config);
  const own = [...knowledge.rules, ...values.rules];
  const compiled = await (IS_FILE.test(wanted)
    ? loadWithBundled([wanted, ...own], knowledge.placeholders)
    : loadRules([bundledRules(), ...own], knowledge));
  const trials = rulesOf(wanted, compiled).map((rule) => openTrial(rule, scopeOf(rule, compiled)));
  const unread = await run(trials, compiled, knowledge, paths, output);
  const columns = columnsOf(output.stdout);
  output.stdout.write(trials.map((trial) => trialText(trial, columns)).join("\n"));
  return unread > 0 || trials.every(({ records }) => records === 0) ? 2 : 0;
}

/** The rules that a name or a file stands for. @throws UsageError when there is none that raises findings. */
function rulesOf(wanted: string, { summaries, rules }: CompiledRules): readonly RuleSummary[] {
  const found = IS_FILE.test(wanted)
    ? summaries.filter(({ file }) => resolve(file) === resolve(wanted))
    : summaries.filter(({ name }) => name === wanted);
  const raising = found.filter(({ raises }) => raises);
  if (raising.length > 0) return raising;
  const [base] = found;
  if (base !== undefined) {
    const every = [...rules, ...allOf(rules.flatMap(({ countedBy }) => countedBy))];
    const above = allOf(every.find(({ name }) => name === base.name)?.countedBy ?? []).filter(({ raises }) => raises);
    const names = [...new Set(above.map(({ name }) => name))].join(", ");
    throw new UsageError(`RULE "${wanted}" raises nothing of its own; it is counted by ${names}: name that`);
  }
  if (IS_FILE.test(wanted)) throw new UsageError(`RULE "${wanted}" holds no rule`);
  const meant = nearest(
    wanted,
    summaries.map(({ name }) => name),
  );
  const advice = meant === undefined ? "ids rules list names them" : `did you mean ${meant}?`;
  throw new UsageError(`no rule is called "${wanted}"; ${advice}`);
}

/** What a filter has to name: the rule, or the rules that a correlation counts, be it over other correlations. */
function scopeOf({ name, kind }: RuleSummary, { rules }: CompiledRules): Scope {
  if (kind === "rule") return { rules: [name], byPrincipal: true, others: [] };
  const bases = rules.filter(({ countedBy }) => allOf(countedBy).some((one) => one.name === name));
  const above = bases.flatMap(({ countedBy }) => allOf(countedBy));
  const groupBy = above.find((one) => one.name === name)?.groupBy ?? [];
  const generating = bases.filter(({ raises }) => raises).map((base) => base.name);
  return {
    rules: bases.map((base) => base.name),
    byPrincipal: groupBy.some((field) => field.name === "ids.principal"),
    others: [...new Set([...generating, ...above.map((one) => one.name)])].filter((other) => other !== name),
  };
}

/** Correlations, and those that count them. */
function allOf(correlations: readonly Correlation[]): readonly Correlation[] {
  return correlations.flatMap((one) => [one, ...allOf(one.countedBy)]);
}

/** Feeds all files. @returns how many inputs could not be read. */
async function run(
  trials: readonly Trial[],
  compiled: CompiledRules,
  knowledge: Knowledge,
  paths: readonly string[],
  { stdin = process.stdin, stderr }: Output,
): Promise<number> {
  const detector = makeDetector(compiled, memoryState(), knowledge);
  const byName = new Map(trials.map((trial) => [trial.rule.name, trial]));
  const { files, unreadable, skipped } = await findLogFiles(paths);
  let unread = 0;
  const complain = (file: string, why: string) => {
    unread++;
    stderr.write(`ids rules: ${shown(file, 4096)}: ${why}\n`);
  };
  for (const { file, why } of unreadable) complain(file, why);
  for (const file of files) {
    for await (const part of readLogFile(file, stdin)) {
      if ("why" in part) complain(part.file, part.why);
      else {
        for (const trial of trials) trial.count(part.records);
        for (const finding of await detector.feedAll(part.records)) {
          byName.get(finding.rule)?.add(finding);
          if (finding.rule === RULE_FAILED) byName.get(finding.group[0] ?? "")?.fail(finding);
        }
      }
    }
  }
  if (skipped > 0) stderr.write(`ids rules: ${counted(skipped, "file")} left out, not named like a log file\n`);
  if (files.length > 0 && trials.every(({ records }) => records === 0))
    stderr.write("ids rules: no CloudTrail record read\n");
  return unread;
}
