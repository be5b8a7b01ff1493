/**
 * `ids rules list`: which rules there are, for people, for documents and for programs.
 * Wires src/adapters/rulefolder.ts to three formats.
 */
import { parseArgs } from "node:util";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { techniquesOf } from "../src/detect/attack.ts";
import { LEVELS } from "../src/detect/finding.ts";
import type { RuleSummary } from "../src/detect/rules.ts";
import { knowledgeIn } from "./knowledge.ts";
import { columnsOf, type Output } from "./output.ts";
import { shown } from "./report.ts";
import { oneOf } from "./usage.ts";

/** @returns the exit code. */
export async function listRules(argv: readonly string[], { stdout }: Output): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rules: { type: "string", multiple: true, default: [] },
      config: { type: "string" },
      format: { type: "string", default: "table" },
    },
  });
  const format = oneOf("--format", values.format, ["table", "md", "json"] as const);
  const { rules, placeholders } = await knowledgeIn(values.config);
  const { summaries } = await loadRules([bundledRules(), ...rules, ...values.rules], { placeholders });
  const sorted = [...summaries].sort(
    (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || (a.name < b.name ? -1 : 1),
  );
  if (format === "json") stdout.write(`${JSON.stringify(sorted, null, 2)}\n`);
  else stdout.write(format === "md" ? markdownOf(sorted) : tableOf(sorted, columnsOf(stdout)));
  return 0;
}

/** A base rule that raises nothing of its own is shown as "(base)". */
function levelText({ raises, level }: RuleSummary): string {
  if (!raises) return "(base)";
  return level === "informational" ? "info" : level;
}

/**
 * One line a rule where all fit, else two:
 * ```
 * level     name                                      ATT&CK
 * high      aws_root_used                             T1078.004
 *           Root User Used
 * ```
 */
function tableOf(summaries: readonly RuleSummary[], columns: number): string {
  const rows = [
    { level: "level", name: "name", title: "title", techniques: "ATT&CK" },
    ...summaries.map((rule) => ({
      level: levelText(rule),
      name: shown(rule.name, 60),
      title: shown(rule.title, columns - INDENT),
      techniques: techniquesOf(rule.tags).join(" "),
    })),
  ];
  const widest = (key: "name" | "title" | "techniques") => Math.max(...rows.map((row) => row[key].length));
  const [name, title, techniques] = [widest("name"), widest("title"), widest("techniques")];
  const fits = INDENT + name + 2 + title + 2 + techniques <= columns;
  return rows
    .map((row) => {
      const start = `${row.level.padEnd(INDENT)}${row.name.padEnd(name)}`;
      if (fits) return [`${start}  ${row.title.padEnd(title)}  ${row.techniques}`];
      const first = `${start}  ${row.techniques}`;
      const [below, named] = [
        " ".repeat(INDENT) + row.title,
        " ".repeat(INDENT) + shown(row.techniques, columns - INDENT),
      ];
      return first.length <= columns ? [first, below] : [start, below, named];
    })
    .map((lines) => lines.map((line) => line.trimEnd()).join("\n"))
    .map((line) => `${line}\n`)
    .join("");
}
const INDENT = 10;

function markdownOf(summaries: readonly RuleSummary[]): string {
  const rows = summaries.map((rule) => {
    const techniques = techniquesOf(rule.tags).map(
      (id) => `[${id}](https://attack.mitre.org/techniques/${id.replace(".", "/")}/)`,
    );
    const title = rule.title.replace(/[\\|<>[\]*_`]/g, "\\$&");
    return `| ${levelText(rule)} | \`${rule.name}\` | ${shown(title, 300)} | ${techniques.join(" ")} |\n`;
  });
  return `| Level | Name | Title | ATT&CK |\n|---|---|---|---|\n${rows.join("")}`;
}
