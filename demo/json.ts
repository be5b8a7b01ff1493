/**
 * JSON of unknown shape: reading it without trusting it.
 * Pure.
 */
import type { Json, JsonObject } from "../src/cloudtrail/record.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string at `name`; "" when there is none. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}

/** The object at `name`; an empty one when there is none. */
export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

/** The objects of the list at `name`. */
export function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** `'{"a":1}'` → `{ a: 1 }`; undefined for text that is no JSON object. */
export function findObject(text: string): JsonObject | undefined {
  const value = findJson(text);
  return isObject(value) ? value : undefined;
}

export function findJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
