/**
 * Lua scripts as functions, and guards for what Redis answers.
 * A script is sent by its digest; its text follows only when Redis does not know it yet.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { KEY_TAG } from "./lua/prelude.ts";

export type Script = (redis: Redis, args: readonly (string | number)[]) => Promise<unknown>;

/** `scriptOf("return ARGV[1]")(redis, ["a"])` → `"a"`. Its one declared key names the slot that all keys share. */
export function scriptOf(lua: string): Script {
  const sha = createHash("sha1").update(lua).digest("hex");
  const slot = `${KEY_TAG}:schema`;
  return async (redis, args) => {
    try {
      return await redis.evalsha(sha, 1, slot, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return redis.eval(lua, 1, slot, ...args);
    }
  };
}

export function listOf(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new Error(`redis answered ${typeof reply} where a list was expected`);
  return reply;
}

export function textOf(reply: unknown): string {
  if (typeof reply === "number") return String(reply);
  if (typeof reply !== "string") throw new Error(`redis answered ${typeof reply} where a string was expected`);
  return reply;
}

/** `["a", "1", "b", "2"]` → `Map { a → "1", b → "2" }`; a Map, because keys may be record text such as `__proto__`. */
export function pairsOf(reply: unknown): ReadonlyMap<string, string> {
  const flat = listOf(reply).map(textOf);
  const pairs = new Map<string, string>();
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.set(flat[i] ?? "", flat[i + 1] ?? "");
  return pairs;
}
