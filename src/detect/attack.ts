/**
 * ATT&CK: the tactics and techniques that rules are tagged with, and what a tag names.
 * Pure. rules/attack.json is its text; whoever reads that file passes it in.
 * Source: MITRE ATT&CK, Enterprise; Sigma's tag appendix for the spelling `attack.t1098.001`, `attack.privilege-escalation`.
 */
import { z } from "zod";

const attackShape = z.object({
  version: z.string(),
  tactics: z.array(z.object({ id: z.string(), name: z.string(), tag: z.string() })),
  techniques: z.array(z.object({ id: z.string(), name: z.string(), tactics: z.array(z.string()) })),
});

export interface Tactic {
  /** `"TA0003"` */
  readonly id: string;
  readonly name: string;
  /** As a Sigma tag and as ATT&CK's own short name, with hyphens: `"privilege-escalation"`. */
  readonly tag: string;
}

export interface Technique {
  /** `"T1098"`, of a sub-technique `"T1098.001"` */
  readonly id: string;
  readonly name: string;
  /** Ids of its tactics. */
  readonly tactics: readonly string[];
}

export interface Attack {
  /** `"16"` */
  readonly version: string;
  /** In the order of the matrix. */
  readonly tactics: readonly Tactic[];
  readonly techniques: ReadonlyMap<string, Technique>;
}

/** Opens the text of rules/attack.json. @throws ZodError, SyntaxError: the file comes with Trailhound. */
export function parseAttack(text: string): Attack {
  const { version, tactics, techniques } = attackShape.parse(JSON.parse(text));
  return { version, tactics, techniques: new Map(techniques.map((one) => [one.id, one])) };
}

const TECHNIQUE = /^attack\.(t\d{4}(?:\.\d{3})?)$/i;
const TACTIC = /^attack\.([a-z_-]+|ta\d{4})$/i;

/** `["attack.persistence", "attack.t1098.001", "cve.2026-1"]` → `["T1098.001"]` */
export function techniquesOf(tags: readonly string[]): readonly string[] {
  return tags.flatMap((tag) => TECHNIQUE.exec(tag)?.[1]?.toUpperCase() ?? []);
}

/** The tactics that tags name: `["attack.privilege_escalation", "attack.t1098"]` → those of TA0004 */
export function tacticsOf(tags: readonly string[], attack: Attack): readonly Tactic[] {
  const named = new Set(tags.flatMap((tag) => TACTIC.exec(tag)?.[1]?.toLowerCase().replaceAll("_", "-") ?? []));
  return attack.tactics.filter(({ id, tag }) => named.has(tag) || named.has(id.toLowerCase()));
}

/**
 * Tags that name no tactic or technique we know; groups (`attack.g0016`) and software (`attack.s0650`) are not looked at.
 *
 * `["attack.persistance", "attack.t1098.001"]` → `["tag attack.persistance names no tactic or technique of ATT&CK 16"]`
 */
export function attackProblems(tags: readonly string[], attack: Attack): readonly string[] {
  return tags.flatMap((tag) => {
    if (!TECHNIQUE.test(tag) && !TACTIC.test(tag)) return [];
    const [technique] = techniquesOf([tag]);
    const known = technique === undefined ? tacticsOf([tag], attack).length > 0 : attack.techniques.has(technique);
    return known ? [] : [`tag ${tag} names no tactic or technique of ATT&CK ${attack.version}`];
  });
}

/** A cell of the matrix: one technique under one tactic. */
export interface Cell<Rule> {
  readonly tactic: Tactic;
  readonly technique: Technique;
  readonly rules: readonly Rule[];
}

/**
 * The cells that rules stand in, in the order of the matrix. A technique stands under those of its tactics that the rule
 * names, under all of them when it names none: `attack.persistence` and T1098.001 → one cell, not also Privilege Escalation.
 */
export function matrixOf<Rule extends { readonly tags: readonly string[] }>(
  rules: readonly Rule[],
  attack: Attack,
): readonly Cell<Rule>[] {
  return attack.tactics.flatMap((tactic) =>
    [...attack.techniques.values()].flatMap((technique) => {
      const inside = rules.filter(
        ({ tags }) => techniquesOf(tags).includes(technique.id) && tacticIdsOf(tags, technique, attack).has(tactic.id),
      );
      return inside.length === 0 ? [] : [{ tactic, technique, rules: inside }];
    }),
  );
}

function tacticIdsOf(tags: readonly string[], technique: Technique, attack: Attack): ReadonlySet<string> {
  const named = tacticsOf(tags, attack).filter(({ id }) => technique.tactics.includes(id));
  return new Set(named.length > 0 ? named.map(({ id }) => id) : technique.tactics);
}
