/**
 * Router: which rules a record has to be tried against.
 * Pure. A rule whose condition can only hold for certain eventNames (or, failing that, eventSources) is filed under them;
 * every other rule is tried on every record.
 */
import type { Json } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { Condition } from "./condition.ts";
import type { Selection } from "./selection.ts";

export type Router<Rule> = (record: CloudTrailRecord) => readonly Rule[];

interface Routable {
  readonly condition: Condition;
  readonly selections: ReadonlyMap<string, Selection>;
}

/** Most combinations of eventName and eventSource that are remembered: a sender can make up any number of them. */
const MEMO_LIMIT = 20_000;

export function routerOf<Rule extends Routable>(rules: readonly Rule[]): Router<Rule> {
  const wanted = rules.map((rule) => ({
    rule,
    names: demandOf(rule.condition, rule.selections, "eventName"),
    sources: demandOf(rule.condition, rule.selections, "eventSource"),
  }));
  const memo = new Map<string, readonly Rule[]>();
  return ({ json }) => {
    const name = ownField(json, "eventName");
    const source = ownField(json, "eventSource");
    // Rules are filed under texts. A list or object there is nothing AWS writes: try every rule.
    if (typeof name === "object" || typeof source === "object") return rules;
    const key = `${name}\n${source}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const [asName, asSource] = [String(name).toLowerCase(), String(source).toLowerCase()];
    const routed = wanted
      .filter(({ names, sources }) => (names?.has(asName) ?? true) && (sources?.has(asSource) ?? true))
      .map(({ rule }) => rule);
    if (memo.size >= MEMO_LIMIT) memo.clear();
    memo.set(key, routed);
    return routed;
  };
}

function ownField(json: CloudTrailRecord["json"], key: string): Json | undefined {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return value === null ? undefined : value;
}

/**
 * The texts (lower case) one of which `field` must have for the condition to hold.
 *
 * `selection and not own`, with `selection: { eventName: CreateAccessKey }` → `{"createaccesskey"}`
 *
 * @returns undefined when the condition may hold without any of them.
 */
function demandOf(
  condition: Condition,
  selections: ReadonlyMap<string, Selection>,
  field: string,
): ReadonlySet<string> | undefined {
  switch (condition.kind) {
    case "selection": {
      const alternatives = selections.get(condition.name)?.alternatives ?? [];
      return union(alternatives.map((tests) => tests.find((test) => test.field === field && test.literals)?.literals));
    }
    case "not":
      return undefined;
    case "and":
      return condition.of
        .map((part) => demandOf(part, selections, field))
        .filter((demand) => demand !== undefined)
        .sort((a, b) => a.size - b.size)[0];
    case "or":
      return union(condition.of.map((part) => demandOf(part, selections, field)));
  }
}

function union(demands: readonly (Iterable<string> | undefined)[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const demand of demands) {
    if (demand === undefined) return undefined;
    for (const text of demand) all.add(text);
  }
  return all;
}
