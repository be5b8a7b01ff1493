/**
 * Evidence: which selection, field and value made a rule match, and what kept it from matching.
 * Pure. Values are record text: untrusted, cut at VALUE_LIMIT characters.
 */
import { selectionsOf } from "./condition.ts";
import type { Facts } from "./facts.ts";
import type { Evidence } from "./finding.ts";
import type { CompiledRule } from "./rules.ts";
import { holds } from "./selection.ts";

const VALUE_LIMIT = 256;
const MOST_EVIDENCE = 12;

/**
 * The tests of the selections that hold, `not` ones left out:
 * `[{ selection: "selection", field: "eventName", value: "CreateAccessKey" }, …]`
 */
export function evidenceOf(rule: CompiledRule, facts: Facts): readonly Evidence[] {
  const evidence: Evidence[] = [];
  for (const name of new Set(selectionsOf(rule.condition, true))) {
    const tests = rule.selections.get(name)?.alternatives.find((all) => all.every((test) => test.holds(facts))) ?? [];
    for (const { field, witness } of tests) {
      if (evidence.length < MOST_EVIDENCE) {
        evidence.push({ selection: name, field, value: witness(facts).slice(0, VALUE_LIMIT) });
      }
    }
  }
  return evidence;
}

/**
 * Why a rule does not match, for whoever writes its cases:
 * `["selection: eventName is ListUsers, wanted CreateAccessKey"]`, `["own holds: ids.actor_is_target is true"]`
 */
export function missOf(rule: CompiledRule, facts: Facts): readonly string[] {
  const positive = selectionsOf(rule.condition, true);
  return [...rule.selections.values()].flatMap((selection) => {
    const held = holds(selection, facts);
    const wanted = positive.includes(selection.name);
    if (held === wanted) return [];
    const tests = selection.alternatives.flat().filter((test) => test.holds(facts) === held);
    return tests.map(({ field, wanted: text, witness }) => {
      const found = `${field} is ${witness(facts).slice(0, VALUE_LIMIT)}`;
      return held ? `${selection.name} holds: ${found}` : `${selection.name}: ${found}, wanted ${text()}`;
    });
  });
}
