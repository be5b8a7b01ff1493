/**
 * Access keys: what an id alone tells, and how a key of a user is shown.
 * Pure. Nothing here asks AWS.
 * Source: AWS IAM User Guide, "IAM identifiers", for the prefixes; the place of the account id inside a key id
 * is published research ("Get Account ID from AWS Access Keys"), not documented by AWS.
 */
import { type CloudTrailRecord, isAccountId } from "./record.ts";

/** When and for what IAM saw a key last. "never": IAM says so, which is not the same as not having asked. */
export type LastUse = { readonly at: string; readonly service: string; readonly region: string } | "never";

/** One key of the user as the dialog shows it. */
export interface KeyView {
  readonly id: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: string;
  readonly ageDays: number;
  /** Absent: not known. */
  readonly lastUsed?: LastUse;
}

export type KeyType = "long-term" | "temporary";

export interface AccessKey {
  /** Safe by form: `AKIA` or `ASIA` and 16 capitals and digits. */
  readonly id: string;
  readonly type: KeyType;
  /** Whose key it is, as the record says: 12 digits. */
  readonly account: string;
}

/**
 * The access key that signed a record.
 *
 * `{ userIdentity: { accessKeyId: "ASIA…", accountId: "111122223333" } }`
 *   → `{ id: "ASIA…", type: "temporary", account: "111122223333" }`
 *
 * @returns undefined for calls no key signed: AWS services (`invokedBy` alone), console sign-in, anonymous.
 */
export function accessKeyOf(record: CloudTrailRecord): AccessKey | undefined {
  const { accessKeyId: id, accountId: account } = record.userIdentity;
  const type = keyTypeOf(id);
  if (id === undefined || type === undefined || !isAccessKeyId(id) || !isAccountId(account)) return undefined;
  return { id, account, type };
}

/** What its first letters say, also of an id that is cut or made unreadable: `"ASIA…"` → `"temporary"`; other ids are no keys. */
export function keyTypeOf(id = ""): KeyType | undefined {
  if (id.startsWith("AKIA")) return "long-term";
  return id.startsWith("ASIA") ? "temporary" : undefined;
}

/** The id of a long-term (`AKIA…`) or temporary (`ASIA…`) access key, by form. */
export function isAccessKeyId(text: string): boolean {
  return /^A[KS]IA[A-Z0-9]{16}$/.test(text);
}

/**
 * The account that a key id was issued in, read from the id itself.
 *
 * `"ASIAQNZGKIQY56JQ7WML"` → `"029608264753"`
 *
 * @returns undefined for ids of the form used before 2019 (fifth character I or J), which carry no account, and for other texts.
 */
export function accountOfKeyId(id: string): string | undefined {
  if (!isAccessKeyId(id) || /^.{4}[IJ]/.test(id)) return undefined;
  let bits = 0;
  // Ten characters of five bits: the first 6 bytes and two bits more; 50 bits are exact in a number.
  for (const char of id.slice(4, 14)) {
    const digit = BASE32.indexOf(char);
    if (digit < 0) return undefined;
    bits = bits * 32 + digit;
  }
  const account = Math.floor(bits / 2 ** 9) % 2 ** 40;
  return account < 1e12 ? String(account).padStart(12, "0") : undefined;
}

/** A key id as people are shown it: `"AKIAIOSFODNN7EXAMPLE"` → `"AKIA…MPLE"`. */
export function maskedKeyId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
