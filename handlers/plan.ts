/**
 * Looking a key up in IAM and planning on what is found: the same look before the dialog, at its submission and
 * before the call.
 */
import { type DisableTarget, type Plan, planDisable, refusalOf } from "../src/contain/plan.ts";
import type { Ports } from "../src/ports.ts";

export interface ContainConfig {
  readonly accounts: readonly { readonly id: string; readonly name?: string; readonly owner?: string }[];
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
