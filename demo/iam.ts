/**
 * IAM of the demo's world: users, keys and policies, and what each IAM call does to them.
 * Changes are seen at once; real IAM takes some seconds.
 * Source: IAM API Reference, for names, errors and limits.
 */
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { ACCOUNT, POLICIES, USERS } from "./cast.ts";
import type { Policy } from "./evaluate.ts";
import { textOf } from "./json.ts";
import { keyIdOf, uniqueIdOf } from "./key.ts";

export interface WorldKey {
  readonly id: string;
  readonly userName: string;
  readonly createdAt: number;
  status: "Active" | "Inactive";
  lastUsed?: { readonly at: number; readonly service: string; readonly region: string };
}
export interface WorldUser {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly policies: Set<string>;
}
export interface IamState {
  readonly users: Map<string, WorldUser>;
  readonly keys: Map<string, WorldKey>;
}

/** What a call did: its answer in CloudTrail's spelling (`{ user: { userName: … } }`), or an error by its code. */
export type Done =
  | { readonly kind: "done"; readonly value: JsonObject }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

const DAY_MS = 24 * 3600_000;
const KEYS_PER_USER = 2;

/** The world before the story: the cast with their keys, aged relative to `now`. */
export function openIam(now: number): IamState {
  const iam: IamState = { users: new Map(), keys: new Map() };
  for (const { name, policies, ageDays, keys } of USERS) {
    const user = addUser(iam, name, now - ageDays * DAY_MS);
    for (const arn of policies) user.policies.add(arn);
    for (const { ageDays: keyAge, usedDaysAgo } of keys) {
      const key = addKey(iam, name, now - keyAge * DAY_MS);
      if (usedDaysAgo !== undefined)
        key.lastUsed = { at: now - usedDaysAgo * DAY_MS, service: "ec2", region: "eu-west-1" };
    }
  }
  return iam;
}

export function policiesOf(user: WorldUser): readonly Policy[] {
  return [...user.policies].flatMap((arn) => POLICIES.get(arn) ?? []);
}

/** Keys of a user, oldest first. */
export function keysOf(iam: IamState, userName: string): readonly WorldKey[] {
  return [...iam.keys.values()].filter((key) => key.userName === userName);
}

export function userArnOf(name: string): string {
  return `arn:aws:iam::${ACCOUNT.id}:user/${name}`;
}

/** Runs one allowed IAM call. `params` are in CloudTrail's spelling: `{ userName: "support2" }`. */
export function runIam(iam: IamState, name: string, params: JsonObject, now: number): Done {
  const userName = textOf(params, "userName");
  const keyId = textOf(params, "accessKeyId");
  switch (name) {
    case "ListUsers":
      return done({ users: [...iam.users.values()].map(userView), isTruncated: false });
    case "ListRoles":
      return done({ roles: [], isTruncated: false });
    case "GetAccountAuthorizationDetails":
      return done({ isTruncated: false });
    case "CreateUser":
      if (iam.users.has(userName)) return exists(`User with name ${userName} already exists.`);
      return done({ user: userView(addUser(iam, userName, now)) });
    case "GetAccessKeyLastUsed": {
      const key = iam.keys.get(keyId);
      return key === undefined ? noSuchKey(keyId) : done(lastUsedView(key));
    }
  }
  if (userName === "") return failed("ValidationError", "Must specify userName when calling with non-User credentials");
  const user = iam.users.get(userName);
  if (user === undefined) return missing(`The user with name ${userName} cannot be found.`);
  switch (name) {
    case "GetUser":
      return done({ user: userView(user) });
    case "ListAccessKeys":
      return done({ accessKeyMetadata: keysOf(iam, userName).map(keyView), isTruncated: false });
    case "ListAttachedUserPolicies":
      return done({ attachedPolicies: [...user.policies].map(policyView), isTruncated: false });
    case "CreateAccessKey":
      if (keysOf(iam, userName).length >= KEYS_PER_USER)
        return failed("LimitExceeded", `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`);
      // No secret: nothing here checks a signature, so nobody needs one.
      return done({ accessKey: keyView(addKey(iam, userName, now)) });
    case "AttachUserPolicy": {
      const arn = textOf(params, "policyArn");
      if (!POLICIES.has(arn)) return missing(`Policy ${arn} does not exist or is not attachable.`);
      user.policies.add(arn);
      return done({});
    }
    case "UpdateAccessKey": {
      const key = iam.keys.get(keyId);
      const status = textOf(params, "status");
      if (key === undefined || key.userName !== userName) return noSuchKey(keyId);
      if (status !== "Active" && status !== "Inactive")
        return failed("ValidationError", `Value '${status}' at 'status' failed to satisfy constraint`);
      key.status = status;
      return done({});
    }
    default:
      throw new Error(`the demo's IAM does not know ${name}; add it to demo/iam.ts and demo/actions.ts`);
  }
}

function addUser(iam: IamState, name: string, createdAt: number): WorldUser {
  const user = { name, id: uniqueIdOf("AIDA", name), arn: userArnOf(name), createdAt, policies: new Set<string>() };
  iam.users.set(name, user);
  return user;
}

function addKey(iam: IamState, userName: string, createdAt: number): WorldKey {
  const id = keyIdOf("AKIA", ACCOUNT.id, `${userName}/${keysOf(iam, userName).length}`);
  const key: WorldKey = { id, userName, createdAt, status: "Active" };
  iam.keys.set(id, key);
  return key;
}

const done = (value: JsonObject): Done => ({ kind: "done", value });
const failed = (code: string, message: string): Done => ({ kind: "failed", code, message });
const missing = (message: string) => failed("NoSuchEntity", message);
const exists = (message: string) => failed("EntityAlreadyExists", message);
const noSuchKey = (id: string) => missing(`The Access Key with id ${id} cannot be found.`);

const isoOf = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");

function userView(user: WorldUser): JsonObject {
  return { path: "/", userName: user.name, userId: user.id, arn: user.arn, createDate: isoOf(user.createdAt) };
}

function keyView(key: WorldKey): JsonObject {
  return { userName: key.userName, accessKeyId: key.id, status: key.status, createDate: isoOf(key.createdAt) };
}

function policyView(arn: string): JsonObject {
  return { policyName: arn.slice(arn.lastIndexOf("/") + 1), policyArn: arn };
}

function lastUsedView(key: WorldKey): JsonObject {
  const { lastUsed, userName } = key;
  const accessKeyLastUsed =
    lastUsed === undefined
      ? { serviceName: "N/A", region: "N/A" }
      : { lastUsedDate: isoOf(lastUsed.at), serviceName: lastUsed.service, region: lastUsed.region };
  return { userName, accessKeyLastUsed };
}
