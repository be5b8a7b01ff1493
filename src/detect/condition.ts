/**
 * Conditions: how a rule joins its selections, parsed to a tree.
 * Pure. Source: Sigma specification 2.1, "Condition"; precedence not > and > or.
 */

import { wildcard } from "./pattern.ts";

export type Condition =
  | { readonly kind: "selection"; readonly name: string }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] };

/** The names that `1 of` and `all of` mean: those that fit a pattern such as `sel*`; `them` is all but those starting with `_`. */
function namesLike(pattern: string, names: readonly string[]): readonly string[] {
  if (pattern === "them") return names.filter((name) => !name.startsWith("_"));
  const fits = wildcard(pattern);
  return names.filter((name) => fits(name.toLowerCase()));
}

/**
 * `parseCondition("selection and not 1 of own*", ["selection", "own_key"])`
 *   → `and(selection, not(or(own_key)))`
 *
 * @throws Error saying what is wrong with the text: an undefined selection, an unexpected or missing word.
 */
export function parseCondition(text: string, names: readonly string[]): Condition {
  if (text.includes("|")) throw new Error('condition has a "|": write a correlation to count matches (docs/rules.md)');
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const keyword = (): string => (words[at] ?? "").toLowerCase();

  function either(): Condition {
    const parts = [both()];
    while (keyword() === "or") {
      at++;
      parts.push(both());
    }
    return joined("or", parts);
  }
  function both(): Condition {
    const parts = [single()];
    while (keyword() === "and") {
      at++;
      parts.push(single());
    }
    return joined("and", parts);
  }
  function single(): Condition {
    const word = words[at++];
    if (word === undefined) throw new Error("condition ends where a selection is expected");
    if (word.toLowerCase() === "not") return { kind: "not", of: single() };
    if (word === "(") {
      const inner = either();
      if (words[at++] !== ")") throw new Error('condition has a "(" without its ")"');
      return inner;
    }
    if ((word === "1" || word === "all") && keyword() === "of") return quantified(word);
    if (!names.includes(word)) {
      throw new Error(`condition names "${word}", which is not one of the selections ${names.join(", ")}`);
    }
    return { kind: "selection", name: word };
  }
  function quantified(count: "1" | "all"): Condition {
    at++;
    const pattern = words[at++] ?? "";
    const chosen = namesLike(pattern, names);
    if (chosen.length === 0) throw new Error(`condition says "${count} of ${pattern}", but no selection is called so`);
    return joined(
      count === "1" ? "or" : "and",
      chosen.map((name) => ({ kind: "selection", name })),
    );
  }

  const whole = either();
  if (at < words.length) throw new Error(`condition has "${words[at]}" where "and" or "or" is expected`);
  return whole;
}

function joined(kind: "and" | "or", of: readonly Condition[]): Condition {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

/** All selections a condition names; with `positive`, only those that are not under a `not`. */
export function selectionsOf(condition: Condition, positive = false): readonly string[] {
  switch (condition.kind) {
    case "selection":
      return [condition.name];
    case "not":
      return positive ? [] : selectionsOf(condition.of);
    case "and":
    case "or":
      return condition.of.flatMap((part) => selectionsOf(part, positive));
  }
}
