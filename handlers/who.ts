/**
 * Who is that: what IAM says about a name, an ARN or an access key, and what Trailhound recorded about it.
 * Looks only into accounts of the config; an answer about another account than the one asked for is not believed.
 */
import type { WhoAnswer } from "../blocks/identity.ts";
import { type AccountView, alertOf, type StoredAlert } from "../src/alert/alert.ts";
import { recordedOf } from "../src/alert/summary.ts";
import { accountOfKeyId, type KeyView } from "../src/cloudtrail/accesskey.ts";
import { arnOf } from "../src/cloudtrail/arn.ts";
import type { Identity, Subject } from "../src/identity/identity.ts";
import type { IamAnswer, IamUser, Ports, UserKey } from "../src/ports.ts";
import { lastUseOf } from "./plan.ts";

type WhoPorts = Pick<Ports, "alerts" | "iam" | "clock">;

/** What IAM of one account answered: an identity, nothing, or our sentence about why it could not be asked. */
type Found = { readonly identity?: Identity; readonly note?: string };

const ALERTS = 50;
const DAY_MS = 24 * 3600_000;

export async function whoIs(subject: Subject, accounts: readonly AccountView[], ports: WhoPorts): Promise<WhoAnswer> {
  const asked = accountsOf(subject, accounts);
  const found = await Promise.all(asked.map((account) => identityIn(account, subject, ports)));
  const identities = found.flatMap(({ identity }) => (identity === undefined ? [] : [identity]));
  const stored = await alertsAbout([textOf(subject), ...identities.map(({ arn }) => arn)], ports);
  const recorded = recordedOf(stored);
  return {
    subject,
    identities,
    ...(recorded === undefined ? {} : { recorded }),
    alerts: stored.map((alert) => alertOf(alert, accounts)),
    notes: [searched(asked, accounts), ...found.flatMap(({ note }) => (note === undefined ? [] : [note]))],
  };
}

/** The accounts worth asking: the one that an ARN or a key id names, else all of the config. */
function accountsOf(subject: Subject, accounts: readonly AccountView[]): readonly AccountView[] {
  const named =
    subject.kind === "key" ? accountOfKeyId(subject.keyId) : subject.kind === "arn" ? subject.account : undefined;
  return named === undefined ? accounts : accounts.filter(({ id }) => id === named);
}

function searched(asked: readonly AccountView[], accounts: readonly AccountView[]): string {
  if (asked.length === 0)
    return `IAM not asked: it belongs to an account that is not in the config (${accounts.length} are)`;
  const names = asked.map(({ id, name }) => (name === undefined ? id : `${name} (${id})`));
  return `Looked in IAM of ${names.join(", ")} and in what Trailhound recorded in the last 30 days`;
}

async function identityIn(account: AccountView, subject: Subject, ports: WhoPorts): Promise<Found> {
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
  ports: WhoPorts,
): Promise<IamAnswer<string | undefined>> {
  switch (subject.kind) {
    case "name":
      return { kind: "ok", value: subject.name };
    case "arn":
      return { kind: "ok", value: subject.userName };
    case "key": {
      const owner = await ports.iam.keyOwner(account.id, subject.keyId);
      return owner.kind === "ok" ? { kind: "ok", value: owner.value.userName } : owner;
    }
  }
}

async function cardOf(account: AccountView, user: IamUser, ports: WhoPorts): Promise<Found> {
  const keys = await ports.iam.keys(account.id, user.userName);
  const views = keys.kind === "ok" ? await Promise.all(keys.value.map((key) => viewOf(account, key, ports))) : [];
  const { arn, userName, createdAt, passwordLastUsed } = user;
  const used = passwordLastUsed === undefined ? {} : { passwordLastUsed };
  return { identity: { account, userName, arn, createdAt, ...used, keys: views }, ...noteOf(account, keys) };
}

async function viewOf(account: AccountView, key: UserKey, { iam, clock }: WhoPorts): Promise<KeyView> {
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
      return { note: `IAM of ${name} did not answer: ask again in a minute` };
    default:
      return {};
  }
}

async function alertsAbout(
  subjects: readonly string[],
  { alerts }: Pick<Ports, "alerts">,
): Promise<readonly StoredAlert[]> {
  const lists = await Promise.all([...new Set(subjects)].map((subject) => alerts.alertsOf(subject, ALERTS)));
  const byID = new Map(lists.flat().map((alert) => [alert.id, alert]));
  return [...byID.values()].toSorted((a, b) => (a.last < b.last ? 1 : -1));
}

function textOf(subject: Subject): string {
  return subject.kind === "key" ? subject.keyId : subject.kind === "arn" ? subject.arn : subject.name;
}
