/**
 * Router: which rules a record has to be tried against, and what of them is still to be tested.
 * Pure. A trie over the classes of hot fields (classes.ts): each node asks for one field, a leaf holds the rules that are still
 * undecided, without the tests that are. Grown as records come; the same records are matched as without it, whatever they hold.
 */
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { isFresh } from "../cloudtrail/scan.ts";
import { type HotField, hotFieldsOf, type ValueClass } from "./classes.ts";
import type { Facts, Known } from "./facts.ts";
import { type Detection, type Formula, fieldsIn, formulaOf, matcherOf, reduced, testsOf } from "./formula.ts";
import type { FieldTest } from "./matcher.ts";
import { openReading } from "./reading.ts";
import { waysOf } from "./ways.ts";

/**
 * The rules that may match, in their order; `matches` of each tests what is not decided yet.
 *
 * @param geo where addresses are, if the facts of the record are to say so.
 */
export type Router<Rule> = (record: CloudTrailRecord, geo?: Geo) => readonly Rule[];
type Geo = NonNullable<Known["geo"]>;

interface Routable extends Detection {
  /** Those that narrow the rule. */
  readonly filters: readonly Detection[];
  readonly matches: (facts: Facts) => boolean;
}

interface Candidate<Rule> {
  readonly rule: Rule;
  readonly formula: Formula;
}

interface Node<Rule> {
  /** The field to ask for; undefined in a leaf. */
  readonly asks: HotField | undefined;
  readonly candidates: readonly Candidate<Rule>[];
  readonly rules: readonly Rule[];
  readonly children: Map<ValueClass, Node<Rule>>;
  /** The child that was gone to last: mostly the next one, too. */
  lastBy: ValueClass | undefined;
  last: Node<Rule> | undefined;
  readonly parent: { readonly node: Node<Rule>; readonly by: ValueClass } | undefined;
}

/** Most nodes that are remembered: a sender can make up combinations of values. */
const MOST_NODES = 20_000;

/** What is known of a value holds for one look-up of places only: each has a trie of its own. */
export function routerOf<Rule extends Routable>(rules: readonly Rule[], mostNodes = MOST_NODES): Router<Rule> {
  let placeless: Router<Rule> | undefined;
  const placed = new WeakMap<Geo, Router<Rule>>();
  return (record, geo) => {
    if (geo === undefined) {
      placeless ??= trieOf(rules, mostNodes, undefined);
      return placeless(record);
    }
    const router = placed.get(geo) ?? trieOf(rules, mostNodes, geo);
    placed.set(geo, router);
    return router(record);
  };
}

function trieOf<Rule extends Routable>(rules: readonly Rule[], mostNodes: number, geo: Geo | undefined): Router<Rule> {
  // A filter of many rules is one and the same object.
  const detections = new Set(rules.flatMap((rule): Detection[] => [rule, ...rule.filters]));
  const reading = openReading<ValueClass>();
  const hot = hotFieldsOf([...detections].flatMap(testsOf), reading, geo ? { geo } : {});
  const bits = new Map(hot.flatMap(({ bit, tests }) => tests.map((test) => [test, bit] as const)));
  const bitOf = (test: FieldTest): number => bits.get(test) ?? 0;
  const candidates = rules.map((rule) => ({ rule, formula: formulaOf([rule, ...rule.filters], bitOf) }));
  let root: Node<Rule> | undefined;
  /** The oldest first. */
  const nodes = new Set<Node<Rule>>();

  function grow(node: Node<Rule>, field: HotField, by: ValueClass, record: CloudTrailRecord): Node<Rule> {
    for (const oldest of nodes) {
      if (nodes.size < mostNodes) break;
      forget(oldest);
    }
    const left = node.candidates.flatMap(({ rule, formula }) => {
      const rest = reduced(formula, field.bit, by);
      return rest === false ? [] : [{ rule, formula: rest }];
    });
    const child = nodeOf(left, hot, record, { node, by });
    node.children.set(by, child);
    nodes.add(child);
    return child;
  }

  function forget(node: Node<Rule>): void {
    if (node.parent !== undefined) {
      const { node: above, by } = node.parent;
      above.children.delete(by);
      if (above.last === node) above.lastBy = above.last = undefined;
    }
    nodes.delete(node);
    for (const child of node.children.values()) forget(child);
  }

  const ways = waysOf<Node<Rule>>(hot.flatMap(({ scanned }) => scanned ?? []));

  function next(node: Node<Rule>, asks: HotField, record: CloudTrailRecord): Node<Rule> {
    const by = asks.classOf(record);
    if (by === node.lastBy && node.last !== undefined) return node.last;
    // A test of the child's may throw: until it is made, this one went nowhere else.
    const child = node.children.get(by) ?? grow(node, asks, by, record);
    node.lastBy = by;
    node.last = child;
    return child;
  }

  /** The first node on the way that asks for more than scans of the same numbers have in common. */
  function start(record: CloudTrailRecord): Node<Rule> {
    root ??= nodeOf(candidates, hot, record, undefined);
    const scan = record.scan !== undefined && isFresh(record.scan) ? record.scan : undefined;
    const known = scan && ways.get(scan);
    if (known !== undefined) return known;
    let node = root;
    while (node.asks?.scanned !== undefined) node = next(node, node.asks, record);
    if (scan !== undefined) ways.keep(node);
    return node;
  }

  return (record) => {
    reading.begin(record);
    try {
      let node = start(record);
      while (node.asks !== undefined) node = next(node, node.asks, record);
      return node.rules;
    } catch {
      // A test that throws is told by the detector, which finds the rule that it belongs to.
      return rules;
    }
  };
}

function nodeOf<Rule extends Routable>(
  candidates: readonly Candidate<Rule>[],
  hot: readonly HotField[],
  record: CloudTrailRecord,
  parent: Node<Rule>["parent"],
): Node<Rule> {
  const asks = bestField(candidates, hot, record);
  const rules =
    asks === undefined ? candidates.map(({ rule, formula }) => ({ ...rule, matches: matcherOf(formula) })) : [];
  return { asks, candidates, rules, children: new Map(), lastBy: undefined, last: undefined, parent };
}

/**
 * The hot field that rules out the most for a record that came here, since others like it will come; of several the one that most
 * rules test. Undefined when no rule tests any.
 */
function bestField<Rule>(
  candidates: readonly Candidate<Rule>[],
  hot: readonly HotField[],
  record: CloudTrailRecord,
): HotField | undefined {
  let [most, best]: [number, HotField | undefined] = [0, undefined];
  for (const field of hot) {
    const asking = candidates.filter(({ formula }) => (fieldsIn(formula) & field.bit) !== 0);
    if (asking.length === 0) continue;
    const by = field.classOf(record);
    const out = asking.filter(({ formula }) => reduced(formula, field.bit, by) === false).length;
    const worth = 1 + out + asking.length / (candidates.length + 1);
    if (worth / field.cost > most) [most, best] = [worth / field.cost, field];
  }
  return best;
}
