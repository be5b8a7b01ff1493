/**
 * IAM of the accounts: whose key it is, and the one call that disables it.
 */
import type { IamAnswer } from "../contain/plan.ts";

export interface KeyOwner {
  /** Absent: the key belongs to root. */
  readonly userName?: string;
  readonly lastUsed?: { readonly at: string; readonly service: string; readonly region: string };
}

export interface UserKey {
  readonly id: string;
  readonly status: "Active" | "Inactive";
  readonly createdAt: string;
}

export interface IamUser {
  readonly arn: string;
  readonly userName: string;
  readonly userId: string;
  readonly createdAt: string;
  readonly passwordLastUsed?: string;
}

export interface Iam {
  keyOwner(account: string, keyId: string): Promise<IamAnswer<KeyOwner>>;
  user(account: string, userName: string): Promise<IamAnswer<IamUser>>;
  keys(account: string, userName: string): Promise<IamAnswer<readonly UserKey[]>>;
  /** One attempt, never retried inside. `session` names the role session that makes it: the intent's id. */
  deactivateKey(
    account: string,
    userName: string,
    keyId: string,
    session: string,
  ): Promise<IamAnswer<{ readonly requestId: string }>>;
  /** The access key id that our own calls are signed with: its user is never disabled. */
  ownKeyId(account: string): Promise<string | undefined>;
}
