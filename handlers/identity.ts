/**
 * What IAM of one account says about a name, an ARN or a long-term access key.
 */
import type { AccountView } from "../src/alert/alert.ts";
import type { KeyView } from "../src/cloudtrail/accesskey.ts";
import { arnOf } from "../src/cloudtrail/arn.ts";
import type { IamAnswer } from "../src/contain/plan.ts";
import type { Identity, Subject } from "../src/identity/identity.ts";
import type { IamUser, UserKey } from "../src/ports/iam.ts";
import type { Ports } from "../src/ports.ts";
import { lastUseOf } from "./plan.ts";

type IdentityPorts = Pick<Ports, "iam" | "clock">;

/** An identity, nothing, or our sentence about why IAM could not be asked. */
export type Found = { readonly identity?: Identity; readonly note?: string };

const DAY_MS = 24 * 3600_000;

export async function identityIn(account: AccountView, subject: Subject, ports: IdentityPorts): Promise<Found> {
  const userName = await userNameIn(account, subject, ports);
  if (userName.kind !== "ok") return { ...noteOf(account, userName) };
  if (userName.value === undefined) return {};
  const user = await ports.iam.user(account.id, userName.value);
  if (user.kind !== "ok") return { ...noteOf(account, user) };
  if (arnOf(user.value.arn)?.account !== account.id)
    return {
      note: `IAM of ${account.name ?? account.id} cannot be read: Trailhound's role belongs to another account`,
    };
  if (subject.kind === "arn" && user.value.arn !== subject.arn) return {};
  return cardOf(account, user.value, ports);
}

/** ok with undefined: the account knows no such user, or the key is root's. */
async function userNameIn(
  account: AccountView,
  subject: Subject,
  ports: IdentityPorts,
): Promise<IamAnswer<string | undefined>> {
  switch (subject.kind) {
    case "name":
      return { kind: "ok", value: subject.name };
    case "arn":
      // Whoever has no user's name is not asked for (unaskedOf).
      return { kind: "ok", value: subject.userName };
    case "key": {
      const owner = await ports.iam.keyOwner(account.id, subject.keyId);
      return owner.kind === "ok" ? { kind: "ok", value: owner.value.userName } : owner;
    }
    default:
      return { kind: "ok", value: undefined };
  }
}

async function cardOf(account: AccountView, user: IamUser, ports: IdentityPorts): Promise<Found> {
  const keys = await ports.iam.keys(account.id, user.userName);
  const views = keys.kind === "ok" ? await Promise.all(keys.value.map((key) => viewOf(account, key, ports))) : [];
  const { arn, userName, createdAt, passwordLastUsed } = user;
  const used = passwordLastUsed === undefined ? {} : { passwordLastUsed };
  return { identity: { account, userName, arn, createdAt, ...used, keys: views }, ...noteOf(account, keys) };
}

async function viewOf(account: AccountView, key: UserKey, { iam, clock }: IdentityPorts): Promise<KeyView> {
  const lastUsed = await lastUseOf(account.id, key.id, { iam });
  const ageDays = Math.floor((clock.now() - Date.parse(key.createdAt)) / DAY_MS);
  return { ...key, ageDays, ...(lastUsed === undefined ? {} : { lastUsed }) };
}

function noteOf(account: AccountView, answer: IamAnswer<unknown>): { readonly note?: string } {
  const name = account.name ?? account.id;
  switch (answer.kind) {
    case "denied":
      return { note: `IAM of ${name} could not be read: Trailhound's role lacks ${answer.missing}` };
    case "unavailable":
      return { note: `IAM of ${name} did not answer (${answer.why}): ask again in a minute` };
    default:
      return {};
  }
}
