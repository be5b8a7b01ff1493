/**
 * `ids rules`: tools for people who write rules; the second word names the tool.
 * Exit codes: 0 all well, 1 a case failed, 2 wrong usage, broken rules or unreadable input.
 */
import { RuleErrors } from "../src/detect/rule-error.ts";
import { nearest } from "../src/nearest.ts";
import { backtest } from "./backtest.ts";
import { coverage } from "./coverage.ts";
import type { Output } from "./output.ts";
import { listRules } from "./rules-list.ts";
import { newRule } from "./rules-new.ts";
import { testRules } from "./rules-test.ts";
import { argumentProblem, UsageError } from "./usage.ts";

const USAGE = `ids rules test [DIR…]                 load the rules of the folders (default: Trailhound's own) and run their cases
ids rules list [--format table|md|json]
                                      the rules, highest level first
ids rules coverage [--format table|navigator]
                                      the rules by ATT&CK tactic and technique; navigator: a layer for the ATT&CK Navigator
ids rules backtest RULE PATH…         how often a rule would have fired on CloudTrail log files, for whom, and what would
                                      quiet it; RULE is a rule's name or a .yml file, PATH as for ids scan
ids rules new NAME [--dir DIR]        a rule to start from, with its cases, in DIR (default: here)

list, coverage and backtest take --rules DIR, repeatedly: rules besides Trailhound's own; all take --config FILE, the bot's
configuration, for placeholders and for what a backtest knows of accounts, organisations, vendors and addresses. What
test and a backtest of a .yml file read may be a changed copy of a rule of Trailhound's, and may build on Trailhound's rules, but not
both.
How rules and cases are written: docs/rules.md. Exit code: 0 all well · 1 a case failed · 2 wrong usage, broken rules or unreadable input
`;

const TOOLS: Readonly<Record<string, (argv: readonly string[], output: Output) => Promise<number>>> = {
  test: testRules,
  list: listRules,
  coverage,
  backtest,
  new: newRule,
};

/** @returns the exit code. */
export async function rules(argv: readonly string[], output: Output = process): Promise<number> {
  const [word, ...rest] = argv;
  if (word === "--help" || word === "-h" || rest.includes("--help") || rest.includes("-h")) {
    output.stdout.write(USAGE);
    return 0;
  }
  try {
    if (word === undefined) throw new UsageError(`no tool named\n${USAGE.trimEnd()}`);
    const tool = Object.hasOwn(TOOLS, word) ? TOOLS[word] : undefined;
    if (tool !== undefined) return await tool(rest, output);
    const meant = nearest(word, Object.keys(TOOLS));
    const advice = meant === undefined ? "ids rules --help lists the tools" : `did you mean ids rules ${meant}?`;
    throw new UsageError(`no tool ${JSON.stringify(word)}; ${advice}`);
  } catch (error) {
    if (error instanceof RuleErrors) output.stderr.write(`${error.message}\n`);
    else if (error instanceof UsageError) output.stderr.write(`ids rules: ${error.message}\n`);
    else {
      const what = argumentProblem(error);
      if (what === undefined) throw error;
      output.stderr.write(`ids rules: ${what}; see ids rules --help\n`);
    }
    return 2;
  }
}
