/**
 * Plans: may this key be disabled, what would that do, and what would it not do. Decides and changes nothing.
 * Pure: the caller reads IAM and hands in what it found.
 */
import { accountOfKeyId, type KeyView, type LastUse } from "../cloudtrail/accesskey.ts";
import { isProtected } from "./protected.ts";
import { type Refusal, stepsFor } from "./refusal.ts";

export type { Refusal } from "./refusal.ts";

export type Plan =
  | {
      readonly kind: "possible" | "already-inactive";
      readonly account: { readonly id: string; readonly name?: string };
      readonly userName: string;
      readonly userArn: string;
      readonly key: KeyView;
      readonly otherKeys: readonly KeyView[];
    }
  | RefusedPlan;

export interface RefusedPlan {
  readonly kind: "refused";
  readonly why: Refusal;
  /** What to do instead, one step a line; our own text. */
  readonly steps: readonly string[];
  /** For `iam-denied`: the IAM action our role lacks. */
  readonly missing?: string;
}

/** A key and whose it should be. From an alert all of it is a record's word: compared with IAM, never trusted. */
export interface DisableTarget {
  readonly account: { readonly id: string; readonly name?: string; readonly configured: boolean };
  readonly keyId: string;
  /**
   * The alert's principal; or the user's name, once an operator has confirmed the plan that showed it to him or where AWS
   * named no more; or "not-told", where AWS named the key alone.
   */
  readonly expected: { readonly arn: string } | { readonly userName: string } | "not-told";
}

/** One answer of IAM. */
export type IamAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "not-found" }
  /** `missing` is the IAM action our role lacks, e.g. `iam:UpdateAccessKey`. */
  | { readonly kind: "denied"; readonly missing: string }
  /** Throttled, timed out, network: it may or may not have happened. */
  | { readonly kind: "unavailable"; readonly why: string };

export interface KeyFacts {
  /** Without a user name the key is root's. */
  readonly owner: IamAnswer<{ readonly userName?: string; readonly lastUsed?: Exclude<LastUse, "never"> }>;
  readonly user: IamAnswer<{ readonly arn: string; readonly userName: string }>;
  readonly keys: IamAnswer<readonly Pick<KeyView, "id" | "status" | "createdAt">[]>;
  /** The key that our own calls are signed with. */
  readonly ownKeyId?: string;
}

export interface PlanRules {
  /** ARN patterns of principals that are never contained, `*` = any characters. */
  readonly protected: readonly string[];
  /** Milliseconds since 1970, for the keys' age. */
  readonly now: number;
}

const DAY_MS = 24 * 3600_000;

/** Refuses what needs no look at IAM: `ASIA…`, root, an account that is not ours. Undefined: go and look. */
export function refusalOf(target: DisableTarget): RefusedPlan | undefined {
  if (!target.keyId.startsWith("AKIA")) return refused("temporary-key", target);
  if (!target.account.configured) return refused("unconfigured-account", target);
  if ((accountOfKeyId(target.keyId) ?? target.account.id) !== target.account.id)
    return refused("foreign-account", target);
  const { expected } = target;
  const isRoot = expected !== "not-told" && "arn" in expected && /^arn:[^:]+:iam::\d*:root$/.test(expected.arn);
  return isRoot ? refused("root-key", target) : undefined;
}

/**
 * `planDisable({ keyId: "AKIA…", expected: { arn: "arn:aws:iam::111122223333:user/deploy-bot" }, … }, facts, rules)`
 *   → `{ kind: "possible", userName: "deploy-bot", key: { status: "Active", ageDays: 412, … }, … }`
 */
export function planDisable(target: DisableTarget, facts: KeyFacts, rules: PlanRules): Plan {
  const early = refusalOf(target);
  if (early !== undefined) return early;

  const { owner, user, keys } = facts;
  if (owner.kind !== "ok") return unreadable(owner, target);
  if (owner.value.userName === undefined) return refused("root-key", target);
  if (user.kind !== "ok") return unreadable(user, target);
  const { arn, userName } = user.value;
  if (accountOfUser(arn) !== target.account.id) return refused("foreign-account", target);
  if (userName !== owner.value.userName || !isExpected(user.value, target)) return refused("owner-changed", target);
  if (isProtected(arn, rules.protected)) return refused("protected-principal", target);
  if (keys.kind !== "ok") return unreadable(keys, target);
  if (keys.value.some((key) => key.id === facts.ownKeyId)) return refused("protected-principal", target);
  const key = keys.value.find(({ id }) => id === target.keyId);
  if (key === undefined) return refused("key-gone", target);

  const { id, name } = target.account;
  const { lastUsed = "never" } = owner.value;
  return {
    kind: key.status === "Active" ? "possible" : "already-inactive",
    account: name === undefined ? { id } : { id, name },
    userName,
    userArn: arn,
    key: { ...viewOf(key, rules.now), lastUsed },
    otherKeys: keys.value.filter((other) => other !== key).map((other) => viewOf(other, rules.now)),
  };
}

function isExpected(user: { readonly arn: string; readonly userName: string }, { expected }: DisableTarget): boolean {
  if (expected === "not-told") return true;
  return "arn" in expected ? user.arn === expected.arn : user.userName === expected.userName;
}

/** `"arn:aws:iam::111122223333:user/team/bob"` → `"111122223333"`; undefined for any ARN but an IAM user's. */
function accountOfUser(arn: string): string | undefined {
  return /^arn:[^:]+:iam::(\d{12}):user\/./.exec(arn)?.[1];
}

function viewOf(key: Pick<KeyView, "id" | "status" | "createdAt">, now: number): KeyView {
  const ageMs = now - Date.parse(key.createdAt);
  return { ...key, ageDays: Math.max(0, Math.floor(ageMs / DAY_MS)) };
}

function unreadable(told: Exclude<IamAnswer<unknown>, { kind: "ok" }>, target: DisableTarget): RefusedPlan {
  switch (told.kind) {
    case "not-found":
      return refused("key-gone", target);
    case "denied":
      return refused("iam-denied", target, told.missing);
    case "unavailable":
      return refused("iam-unavailable", target);
  }
}

function refused(why: Refusal, target: DisableTarget, missing?: string): RefusedPlan {
  const steps = stepsFor(why, target.account.id, missing);
  return missing === undefined ? { kind: "refused", why, steps } : { kind: "refused", why, steps, missing };
}
