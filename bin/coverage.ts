/**
 * `ids rules coverage`: the rules by ATT&CK tactic and technique.
 * Wires src/adapters/rulefolder.ts and rules/attack.json to a table and to a layer for the ATT&CK Navigator.
 * Source: ATT&CK Navigator, layer file format 4.5.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { type Attack, type Cell, matrixOf, parseAttack } from "../src/detect/attack.ts";
import type { RuleSummary } from "../src/detect/rules.ts";
import { knowledgeIn } from "./knowledge.ts";
import { columnsOf, counted, type Output } from "./output.ts";
import { shown } from "./report.ts";
import { oneOf } from "./usage.ts";

/** @returns the exit code. */
export async function coverage(argv: readonly string[], { stdout }: Output): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rules: { type: "string", multiple: true, default: [] },
      config: { type: "string" },
      format: { type: "string", default: "table" },
    },
  });
  const format = oneOf("--format", values.format, ["table", "navigator"] as const);
  const { rules, placeholders } = await knowledgeIn(values.config);
  const { summaries } = await loadRules([bundledRules(), ...rules, ...values.rules], { placeholders });
  const raising = summaries.filter(({ raises }) => raises);
  const attack = bundledAttack();
  const cells = matrixOf(raising, attack);
  if (format === "navigator") stdout.write(`${JSON.stringify(layerOf(cells, attack), null, 2)}\n`);
  else stdout.write(tableOf(cells, raising, attack, columnsOf(stdout)));
  return 0;
}

/** The techniques that come with Trailhound. */
export function bundledAttack(): Attack {
  return parseAttack(readFileSync(join(bundledRules(), "attack.json"), "utf8"));
}

/**
 * ```
 * Persistence  TA0003 · 7 techniques, 20 rules
 *   T1098.001   3  Account Manipulation: Additional Cloud Credentials
 *                  aws_iam_access_key_for_other_user, aws_iam_access_key_reactivated, …
 * ```
 */
function tableOf(
  cells: readonly Cell<RuleSummary>[],
  raising: readonly RuleSummary[],
  attack: Attack,
  columns: number,
): string {
  const sections = attack.tactics.map((tactic) => {
    const own = cells.filter((cell) => cell.tactic === tactic);
    const rules = new Set(own.flatMap((cell) => cell.rules));
    const head = `${tactic.name}  ${tactic.id} · ${counted(own.length, "technique")}, ${counted(rules.size, "rule")}\n`;
    return head + own.map((cell) => cellText(cell, attack, columns)).join("");
  });
  const placed = new Set(cells.flatMap(({ rules }) => rules));
  const bare = raising.filter((rule) => !placed.has(rule)).map(({ name }) => name);
  const techniques = new Set(cells.map(({ technique }) => technique));
  return [
    ...sections,
    `${counted(raising.length, "rule")}, ${counted(techniques.size, "technique")} of ATT&CK ${attack.version}\n`,
    ...(bare.length === 0 ? [] : [`Without a technique:\n${wrapped(bare, "  ", columns)}`]),
  ].join("\n");
}

const INDENT = " ".repeat(17);

function cellText({ technique, rules }: Cell<RuleSummary>, attack: Attack, columns: number): string {
  const names = rules.map(({ name }) => name).sort();
  const title = shown(titleOf(technique.id, attack), columns - INDENT.length);
  return `  ${technique.id.padEnd(10)}${String(rules.length).padStart(3)}  ${title}\n${wrapped(names, INDENT, columns)}`;
}

/** `"T1098.001"` → `"Account Manipulation: Additional Cloud Credentials"` */
function titleOf(id: string, attack: Attack): string {
  const [parent = id, sub] = id.split(".");
  const names = [attack.techniques.get(parent)?.name, sub && attack.techniques.get(id)?.name];
  return names.filter((name) => name !== undefined).join(": ");
}

/** Names with commas, on as many indented lines as they need. */
function wrapped(names: readonly string[], indent: string, columns: number): string {
  const lines: string[] = [];
  for (const [at, name] of names.entries()) {
    const word = at === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** A layer file; a technique under two tactics is told for each. */
function layerOf(cells: readonly Cell<RuleSummary>[], attack: Attack): object {
  return {
    name: "Trailhound",
    versions: { attack: attack.version, navigator: "5.1.0", layer: "4.5" },
    domain: "enterprise-attack",
    description: "What Trailhound's rules look for. The score is the number of rules, the comment names them.",
    sorting: 3,
    layout: { layout: "side", showID: true, showName: true, expandedSubtechniques: "annotated" },
    hideDisabled: false,
    techniques: cells.map(({ tactic, technique, rules }) => ({
      techniqueID: technique.id,
      tactic: tactic.tag,
      score: rules.length,
      comment: rules
        .map(({ name, level }) => `${name} (${level})`)
        .sort()
        .join("\n"),
      enabled: true,
    })),
    gradient: {
      colors: ["#cfe8f3", "#1268a0"],
      minValue: 1,
      maxValue: Math.max(2, ...cells.map(({ rules }) => rules.length)),
    },
    selectTechniquesAcrossTactics: false,
    selectSubtechniquesWithParent: false,
  };
}
