/**
 * Looking a key up in IAM and planning on what is found: the same look before the dialog, at its submission and
 * before the call.
 */
import type { LastUse } from "../src/cloudtrail/accesskey.ts";
import type { Account } from "../src/config.ts";
import { type DisableTarget, type Plan, planDisable, refusalOf } from "../src/contain/plan.ts";
import type { Ports } from "../src/ports.ts";

export interface ContainConfig {
  readonly accounts: readonly Account[];
  /** Slack user ids; none means nobody. */
  readonly operators: readonly string[];
  readonly protected: readonly string[];
}

export interface PlanDeps extends Pick<Ports, "iam" | "clock"> {
  readonly config: ContainConfig;
}

/** `accountOf("111122223333", config)` → `{ id: "111122223333", name: "prod", configured: true }` */
export function accountOf(id: string, config: ContainConfig): DisableTarget["account"] {
  const known = config.accounts.find((account) => account.id === id);
  if (known === undefined) return { id, configured: false };
  return known.name === undefined ? { id, configured: true } : { id, name: known.name, configured: true };
}

/** When IAM saw a key last; undefined when it could not be asked. */
export async function lastUseOf(
  account: string,
  keyId: string,
  { iam }: Pick<Ports, "iam">,
): Promise<LastUse | undefined> {
  const owner = await iam.keyOwner(account, keyId);
  return owner.kind === "ok" ? (owner.value.lastUsed ?? "never") : undefined;
}

/** The same plan with the last use of the user's other keys: who decides should see which one the thief used. */
export async function withUses<P extends Plan>(plan: P, deps: Pick<Ports, "iam">): Promise<P> {
  if (plan.kind === "refused") return plan;
  const otherKeys = await Promise.all(
    plan.otherKeys.map(async (key) => {
      const lastUsed = await lastUseOf(plan.account.id, key.id, deps);
      return lastUsed === undefined ? key : { ...key, lastUsed };
    }),
  );
  return { ...plan, otherKeys };
}

export async function planFromIam(target: DisableTarget, deps: PlanDeps): Promise<Plan> {
  const early = refusalOf(target);
  if (early !== undefined) return early;

  const { iam } = deps;
  const account = target.account.id;
  const rules = { protected: deps.config.protected, now: deps.clock.now() };
  const owner = await iam.keyOwner(account, target.keyId);
  if (owner.kind !== "ok" || owner.value.userName === undefined) {
    const nobody = { kind: "not-found" } as const;
    return planDisable(target, { owner, user: nobody, keys: nobody }, rules);
  }
  const { userName } = owner.value;
  const [user, keys, ownKeyId] = await Promise.all([
    iam.user(account, userName),
    iam.keys(account, userName),
    iam.ownKeyId(account),
  ]);
  return planDisable(target, { owner, user, keys, ...(ownKeyId === undefined ? {} : { ownKeyId }) }, rules);
}
