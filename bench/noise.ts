/**
 * `npm run noise [-- --seed N --weeks N --learn DAYS --json --no-goals]`: how loud the bundled rules are where nothing is wrong.
 * Exit codes: 0 the goals are met, 1 one is missed, 2 used wrongly.
 */
import { parseArgs } from "node:util";
import { COMPANY, type CompanyOptions } from "../demo/company/company.ts";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { isAtLeast } from "../src/detect/finding.ts";
import { GOALS, missedGoals, type Noise, noiseOf, type RuleNoise } from "./background.ts";

const OPTIONS = {
  seed: { type: "string", default: String(COMPANY.seed) },
  weeks: { type: "string", default: String(COMPANY.weeks) },
  learn: { type: "string", default: "7" },
  json: { type: "boolean", default: false },
  "no-goals": { type: "boolean", default: false },
} as const;

function told(noise: Noise, { seed, weeks }: CompanyOptions, learnDays: number): string {
  const { reads, writes } = noise.records;
  const heard = noise.rules.filter(({ level }) => isAtLeast(level, "low"));
  const counted = noise.rules.filter(({ level }) => !isAtLeast(level, "low"));
  return [
    `${weeks} weeks of a small company, seed ${seed}: ${noise.learned} records of the first ${learnDays} days to learn from, then ${reads} reads and ${writes} writes`,
    "",
    `findings at low or above per 1,000 reads   ${noise.rate.reads.toFixed(2)}   (goal ${GOALS.reads})`,
    `findings at low or above per 1,000 writes  ${noise.rate.writes.toFixed(2)}   (goal ${GOALS.writes})`,
    `findings at high or above                  ${noise.high}   (goal ${GOALS.high})`,
    `alerts that people see                     ${noise.alerts}`,
    "",
    "what fired at low or above",
    ...heard.map(lineOf),
    "",
    "signals (informational, never posted)",
    ...counted.map(lineOf),
    "",
  ].join("\n");
}

const lineOf = ({ rule, level, kind, count, example }: RuleNoise): string =>
  `${String(count).padStart(6)}  ${level.padEnd(13)} ${kind.padEnd(6)} ${rule}\n${" ".repeat(29)}${example}`;

/** @returns undefined for a value that is no whole number from 1 on. */
const countOf = (text: string): number | undefined => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined);

function optionsOf(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function noise(argv: readonly string[]): Promise<number> {
  const values = optionsOf(argv);
  if (values === undefined) return 2;
  const [seed, weeks, learnDays] = [values.seed, values.weeks, values.learn].map(countOf);
  if (seed === undefined || weeks === undefined || learnDays === undefined) {
    console.error("--seed, --weeks and --learn are whole numbers from 1 on");
    return 2;
  }
  const company = { ...COMPANY, seed, weeks };
  const measured = await noiseOf(await loadRules([bundledRules()]), company, learnDays);
  const missed = missedGoals(measured);
  console.log(
    values.json ? JSON.stringify({ ...company, learnDays, ...measured, missed }) : told(measured, company, learnDays),
  );
  if (values["no-goals"]) return 0;
  for (const goal of missed) console.error(`missed: ${goal}`);
  return missed.length === 0 ? 0 : 1;
}

process.exitCode = await noise(process.argv.slice(2));
