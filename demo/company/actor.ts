/**
 * Actors: who signs the company's calls, with the userIdentity that AWS writes for each kind.
 * Pure: ids are functions of names.
 * Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
 */
import { createHash } from "node:crypto";
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { keyIdOf, uniqueIdOf } from "../key.ts";
import { isoSeconds } from "../record.ts";
import { type Day, timeOn } from "./day.ts";
import { addressOf, HOME, type Person, PROD, staffOn } from "./people.ts";

export interface Actor {
  readonly identity: JsonObject;
  /** As a denial names it. */
  readonly arn: string;
  readonly account: string;
  readonly ip: string;
  readonly agent: string;
  readonly console?: true;
}

export interface Role {
  readonly account: string;
  /** With the slash at its end: `service-role/`. */
  readonly path?: string;
  readonly name: string;
}
export interface Place {
  readonly ip: string;
  readonly agent: string;
}

export const roleArn = ({ account, path = "", name }: Role): string => `arn:aws:iam::${account}:role/${path}${name}`;

/** How a session came about beyond AssumeRole, as AWS writes it into the session's records. */
export interface Origin {
  /** The service that makes the calls. */
  readonly invokedBy?: string;
  /** ARN of the identity provider whose token opened the session. */
  readonly federatedProvider?: string;
}

/** A session of a role: `roleActor({ account, name: "orders" }, "i-0abc…", at, place)`. */
export function roleActor(role: Role, session: string, startedAt: number, place: Place, origin: Origin = {}): Actor {
  const { account, name } = role;
  const { invokedBy, federatedProvider } = origin;
  const principalId = uniqueIdOf("AROA", `${account}/${name}`);
  const arn = `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
  const identity = {
    type: "AssumedRole",
    principalId: `${principalId}:${session}`,
    arn,
    accountId: account,
    accessKeyId: keyIdOf("ASIA", account, `${name}/${session}/${startedAt}`),
    sessionContext: {
      sessionIssuer: { type: "Role", principalId, arn: roleArn(role), accountId: account, userName: name },
      ...(federatedProvider === undefined ? {} : { webIdFederationData: { federatedProvider, attributes: {} } }),
      attributes: { creationDate: isoSeconds(startedAt), mfaAuthenticated: "false" },
    },
    ...(invokedBy === undefined ? {} : { invokedBy }),
  };
  return { identity, arn, account, ...place };
}

/** A service that works in the account through its service-linked role: `config.amazonaws.com`. */
export function serviceLinkedActor(account: string, service: string, name: string, session: string, at: number): Actor {
  const role = { account, path: `aws-service-role/${service}/`, name };
  return roleActor(role, session, at, { ip: service, agent: service }, { invokedBy: service });
}

/** A service itself, as in the AssumeRole of an instance or a function. */
export function serviceActor(account: string, service: string): Actor {
  return { identity: { type: "AWSService", invokedBy: service }, arn: service, account, ip: service, agent: service };
}

/** When somebody sits down and signs in. */
export const dayBegins = (who: Person, day: Day): number => timeOn(day, 8.2 - who.utcOffset);

/** What somebody signed in with a permission set of Identity Center does; console or command line. */
export function ssoActor(who: Person, set: string, account: string, day: Day, where: "console" | "cli"): Actor {
  const suffix = createHash("sha256").update(`${account}/${set}`).digest("hex").slice(0, 16);
  const role = { account, path: `aws-reserved/sso.amazonaws.com/${HOME}/`, name: `AWSReservedSSO_${set}_${suffix}` };
  const place = { ip: addressOf(who, day), agent: where === "console" ? who.browser : who.cli };
  const actor = roleActor(role, `${who.name}@example.com`, dayBegins(who, day), place);
  return where === "console" ? { ...actor, console: true } : actor;
}

/** An IAM user with one of its long-term keys: the first is 0. */
export function keyActor(who: Person, account: string, day: Day, key: number): Actor {
  const identity = { ...userIdentity(who, account), accessKeyId: userKeyOf(who, account, key), userName: who.name };
  return { identity, arn: identity.arn, account, ip: addressOf(who, day), agent: who.cli };
}

/** An IAM user in the console, from a sign-in on. */
export function signedInActor(who: Person, account: string, day: Day, at: number, mfa = true): Actor {
  const accessKeyId = keyIdOf("ASIA", account, `${who.name}/${at}`);
  const attributes = { creationDate: isoSeconds(at), mfaAuthenticated: String(mfa) };
  const identity = { ...userIdentity(who, account), accessKeyId, userName: who.name, sessionContext: { attributes } };
  return { identity, arn: identity.arn, account, ip: addressOf(who, day), agent: who.browser, console: true };
}

/** The same user while it signs in: no key and no session yet. */
export function signingInActor(who: Person, account: string, day: Day): Actor {
  const identity = { ...userIdentity(who, account), userName: who.name };
  return { identity, arn: identity.arn, account, ip: addressOf(who, day), agent: who.browser };
}

function userIdentity(
  who: Person,
  account: string,
): { readonly type: "IAMUser"; readonly principalId: string; readonly arn: string; readonly accountId: string } {
  const arn = `arn:aws:iam::${account}:user/${who.name}`;
  return { type: "IAMUser", principalId: uniqueIdOf("AIDA", `${account}/${who.name}`), arn, accountId: account };
}

/** What a service does in somebody's name: CloudFormation, with the rights of whoever changed the stack. */
export function through(by: Actor, service: string): Actor {
  const { identity, arn, account } = by;
  return { identity: { ...identity, invokedBy: service }, arn, account, ip: service, agent: service };
}

/** What AssumeRole and its siblings answer; the token is CloudTrail's to hide. */
export function issued(session: Actor, at: number): JsonObject {
  const { accessKeyId = null, principalId = null } = session.identity;
  return {
    credentials: {
      accessKeyId,
      sessionToken: "HIDDEN_DUE_TO_SECURITY_REASONS",
      expiration: isoSeconds(at + 3_600_000),
    },
    assumedRoleUser: { assumedRoleId: principalId, arn: session.arn },
  };
}

export const userKeyOf = (who: Person, account: string, key: number): string =>
  keyIdOf("AKIA", account, `${who.name}/${key}`);

/** One of the two administrators, by name: in the console, or at a shell. */
export function adminActor(name: string, day: Day, where: "console" | "cli" = "console"): Actor {
  const who = staffOn(day).find((person) => person.name === name);
  if (who === undefined) throw new Error(`nobody is called ${name}`);
  return ssoActor(who, "Administrator", PROD, day, where);
}
