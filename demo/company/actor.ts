/**
 * Actors: who signs the company's calls, with the userIdentity that AWS writes for each kind.
 * Pure: ids are functions of names.
 * Source: AWS CloudTrail User Guide, "CloudTrail userIdentity element".
 */
import { createHash } from "node:crypto";
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { keyIdOf, uniqueIdOf } from "../key.ts";
import { isoSeconds } from "../record.ts";
import type { Day } from "./day.ts";
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

/** What somebody signed in with a permission set of Identity Center does; console or command line. */
export function ssoActor(who: Person, set: string, account: string, day: Day, where: "console" | "cli"): Actor {
  const suffix = createHash("sha256").update(`${account}/${set}`).digest("hex").slice(0, 16);
  const role = { account, path: `aws-reserved/sso.amazonaws.com/${HOME}/`, name: `AWSReservedSSO_${set}_${suffix}` };
  const place = { ip: addressOf(who, day), agent: where === "console" ? who.browser : who.cli };
  const actor = roleActor(role, `${who.name}@example.com`, day.start + 7 * 3_600_000, place);
  return where === "console" ? { ...actor, console: true } : actor;
}

/** An IAM user with its long-term key, or in the console after a sign-in with MFA. */
export function userActor(who: Person, account: string, day: Day, where: "console" | "cli", key = 0): Actor {
  const arn = `arn:aws:iam::${account}:user/${who.name}`;
  const principalId = uniqueIdOf("AIDA", `${account}/${who.name}`);
  const shared = { type: "IAMUser", principalId, arn, accountId: account };
  if (where === "cli") {
    const accessKeyId = userKeyOf(who, account, key);
    return {
      identity: { ...shared, accessKeyId, userName: who.name },
      arn,
      account,
      ip: addressOf(who, day),
      agent: who.cli,
    };
  }
  const accessKeyId = keyIdOf("ASIA", account, `${who.name}/${day.index}`);
  const attributes = { creationDate: isoSeconds(day.start + 8 * 3_600_000), mfaAuthenticated: "true" };
  const identity = { ...shared, accessKeyId, userName: who.name, sessionContext: { attributes } };
  return { identity, arn, account, ip: addressOf(who, day), agent: who.browser, console: true };
}

export const userKeyOf = (who: Person, account: string, key: number): string =>
  keyIdOf("AKIA", account, `${who.name}/${key}`);

/** One of the two administrators, by name: in the console, or at a shell. */
export function adminActor(name: string, day: Day, where: "console" | "cli" = "console"): Actor {
  const who = staffOn(day).find((person) => person.name === name);
  if (who === undefined) throw new Error(`nobody is called ${name}`);
  return ssoActor(who, "Administrator", PROD, day, where);
}
