/**
 * JSON from strangers: parsed only when neither too large nor too deep, read only through own properties.
 * Pure. Nothing here throws.
 */

export type Json = string | number | boolean | null | JsonObject | readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Deepest nesting that is opened. CloudTrail's own records stay below 20; JSON.stringify overflows at 5,000. */
export const MAX_DEPTH = 64;

export type ParsedJson =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "refused"; readonly why: "too-large" | "too-deep" | "broken-json" };

/**
 * Parses a text that nobody vouches for. `maxBytes` counts UTF-8.
 *
 * `'{"a":1}'` → `{ kind: "value", value: { a: 1 } }`, `'{"a":'` → `{ kind: "refused", why: "broken-json" }`
 */
export function parseJson(text: string, maxBytes: number): ParsedJson {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) return { kind: "refused", why: "too-large" };
  if (isTextDeeper(text, MAX_DEPTH)) return { kind: "refused", why: "too-deep" };
  try {
    return { kind: "value", value: JSON.parse(text) };
  } catch {
    return { kind: "refused", why: "broken-json" };
  }
}

/** Whether brackets nest deeper than `limit`. Reads the text once, before anything is built from it. */
function isTextDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    if (depth > limit) return true;
  }
  return false;
}

/** Index of the quote that ends the string which begins at `start`; the text's length when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a value nests deeper than `limit`; its own recursion ends there. Every record is walked: no lists are made on the way. */
export function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  if (!isObject(value)) return Array.isArray(value) && value.some((item) => isDeeper(item, limit - 1));
  for (const key in value) {
    const item = value[key];
    if (typeof item === "object" && isDeeper(item, limit - 1)) return true;
  }
  return false;
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value at a path of own properties; a number steps into an array.
 *
 * `valueAt({ a: { items: [{ b: 1 }] } }, "a.items.0.b")` → `1`; `undefined` when a step is missing.
 */
export function valueAt(json: Json | undefined, path: string): Json | undefined {
  let here = json;
  for (let from = 0; from <= path.length; ) {
    const dot = path.indexOf(".", from);
    const end = dot < 0 ? path.length : dot;
    here = ownValue(here, path.slice(from, end));
    from = end + 1;
  }
  return here;
}

/** The value of an object's own property, or of a list's element. */
export function ownValue(json: Json | undefined, key: string): Json | undefined {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, key)) return undefined;
  return isObject(json) ? json[key] : json[Number(key)];
}

/** A value that is a text and not empty. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The text at a path; `undefined` when it is missing, empty or no string. */
export function textAt(json: Json | undefined, path: string): string | undefined {
  return textOf(valueAt(json, path));
}

/** A yes or no that AWS writes as `true` or as `"true"`; `undefined` for anything else. */
export function flagOf(value: Json | undefined): boolean | undefined {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  return undefined;
}

/** A value that is an object: neither null nor an array. */
export function objectOf(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The same at a path. */
export function flagAt(json: Json | undefined, path: string): boolean | undefined {
  return flagOf(valueAt(json, path));
}

/** The object at a path; `undefined` when it is missing, null, an array or no object. */
export function objectAt(json: Json | undefined, path: string): JsonObject | undefined {
  return objectOf(valueAt(json, path));
}
