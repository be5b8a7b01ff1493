/**
 * Ids of the demo's world. An access key id names its account the way AWS's do, so that whoever decodes it
 * finds the account it belongs to. Pure: the same seed gives the same id.
 * Source: IAM User Guide, "IAM identifiers" (prefixes); the account in bits 7 to 46 of the first six bytes is published research.
 */
import { createHash } from "node:crypto";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** `keyIdOf("AKIA", "111122223333", "deploy-bot/0")` → `"AKIA…"` (20 characters); `ASIA` for temporary keys. */
export function keyIdOf(prefix: "AKIA" | "ASIA", account: string, seed: string): string {
  const digest = createHash("sha256").update(`${prefix}/${seed}`).digest();
  // 48 bits: one set bit, the account in 40, seven free; then four bytes of chance.
  const head = (1n << 47n) | (BigInt(account) << 7n) | BigInt(digest.readUInt8(0) & 0x7f);
  return prefix + base32((head << 32n) | BigInt(digest.readUInt32BE(1)), 16);
}

/** `uniqueIdOf("AIDA", "alice")` → `"AIDA…"` (21 characters). */
export function uniqueIdOf(prefix: "AIDA" | "AROA", seed: string): string {
  const digest = createHash("sha256").update(`${prefix}/${seed}`).digest("hex");
  return prefix + base32(BigInt(`0x${digest}`), 17);
}

function base32(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest >>= 5n) text = (BASE32[Number(rest & 31n)] ?? "A") + text;
  return text;
}
