/**
 * IAM in memory, for tests: users and their keys by account, and the writes that were asked for.
 */
import type { IamAnswer } from "../contain/plan.ts";
import type { Iam, IamUser, KeyOwner, UserKey } from "../ports/iam.ts";

export interface MemoryKey extends UserKey {
  readonly account: string;
  /** Absent: root's key. */
  readonly userName?: string;
  readonly lastUsed?: KeyOwner["lastUsed"];
}

export interface MemoryIam extends Iam {
  /** By account, then user name: `users.set("111122223333/deploy-bot", …)`. */
  readonly users: Map<string, IamUser>;
  /** By access key id. */
  readonly keyring: Map<string, MemoryKey>;
  /** Every deactivateKey that was asked for, answered well or not. */
  readonly deactivations: { readonly account: string; readonly userName: string; readonly keyId: string }[];
  /** Calls that fail, by method name; `arrives`: a deactivation takes effect although the answer says otherwise. */
  readonly failures: Map<
    "keyOwner" | "user" | "keys" | "deactivateKey",
    { readonly answer: Exclude<IamAnswer<never>, { readonly kind: "ok" }>; readonly arrives?: boolean }
  >;
  /** By account: the key of our own role or user, when it is a long-term one. */
  readonly ownKeys: Map<string, string>;
}

export function memoryIam(): MemoryIam {
  const users = new Map<string, IamUser>();
  const keyring = new Map<string, MemoryKey>();
  const deactivations: { account: string; userName: string; keyId: string }[] = [];
  const failures: MemoryIam["failures"] = new Map();
  const ownKeys = new Map<string, string>();

  function keyOf(account: string, keyId: string): MemoryKey | undefined {
    const key = keyring.get(keyId);
    return key?.account === account ? key : undefined;
  }

  return {
    users,
    keyring,
    deactivations,
    failures,
    ownKeys,
    async keyOwner(account, keyId) {
      const key = keyOf(account, keyId);
      const failure = failures.get("keyOwner");
      if (failure !== undefined) return failure.answer;
      if (key === undefined) return { kind: "not-found" };
      const { userName, lastUsed } = key;
      return {
        kind: "ok",
        value: { ...(userName === undefined ? {} : { userName }), ...(lastUsed === undefined ? {} : { lastUsed }) },
      };
    },
    async user(account, userName) {
      const user = users.get(`${account}/${userName}`);
      const failure = failures.get("user");
      if (failure !== undefined) return failure.answer;
      return user === undefined ? { kind: "not-found" } : { kind: "ok", value: user };
    },
    async keys(account, userName) {
      const failure = failures.get("keys");
      if (failure !== undefined) return failure.answer;
      if (!users.has(`${account}/${userName}`)) return { kind: "not-found" };
      const own = [...keyring.values()].filter((key) => key.account === account && key.userName === userName);
      return { kind: "ok", value: own.map(({ id, status, createdAt }) => ({ id, status, createdAt })) };
    },
    async deactivateKey(account, userName, keyId) {
      deactivations.push({ account, userName, keyId });
      const key = keyOf(account, keyId);
      const failure = failures.get("deactivateKey");
      if (key?.userName === userName && (failure === undefined || failure.arrives === true))
        keyring.set(keyId, { ...key, status: "Inactive" });
      if (failure !== undefined) return failure.answer;
      if (key === undefined || key.userName !== userName) return { kind: "not-found" };
      return { kind: "ok", value: { requestId: `request-${deactivations.length}` } };
    },
    async ownKeyId(account) {
      return ownKeys.get(account);
    },
  };
}
