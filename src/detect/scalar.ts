/**
 * Scalars: the plain values inside a JSON value, wherever they stand.
 * Pure.
 */
import type { Json } from "../cloudtrail/json.ts";

/** Like Array.isArray, which does not narrow a readonly array. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Every scalar anywhere inside a value with the key it stands under; a stack, not recursion: nesting is the sender's. */
export function* scalarsOf(
  root: Json | undefined,
): Generator<readonly [key: string, value: string | number | boolean]> {
  const stack: [string, Json | undefined][] = [["", root]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [key, value] = next;
    if (value === undefined || value === null) continue;
    if (isList(value)) for (const element of value) stack.push([key, element]);
    else if (typeof value === "object") for (const entry of Object.entries(value)) stack.push(entry);
    else yield [key, value];
  }
}
