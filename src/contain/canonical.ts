/**
 * Canonical JSON: one text for one value, whatever order its keys were written in, and the HMAC over it.
 * Pure.
 * Source: RFC 8785 (JSON Canonicalization Scheme), for the kinds of value used here.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * `canonicalJson({ b: 1, a: ["x"] })` → `{"a":["x"],"b":1}`. A key without a value is left out, as JSON.stringify does.
 *
 * @throws TypeError for what JSON cannot say: functions, symbols, NaN, a bare undefined.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return JSON.stringify(value);
  throw new TypeError(`${typeof value} has no canonical JSON`);
}

/** HMAC-SHA256 over the canonical JSON, 64 hex digits. */
export function macOf(value: unknown, key: Buffer): string {
  return createHmac("sha256", key).update(canonicalJson(value)).digest("hex");
}

/** Compares in constant time, so that a forger learns nothing from how long a "no" takes. */
export function isMacOf(mac: unknown, value: unknown, key: Buffer): boolean {
  if (typeof mac !== "string") return false;
  const given = Buffer.from(mac);
  const right = Buffer.from(macOf(value, key));
  return given.length === right.length && timingSafeEqual(given, right);
}
