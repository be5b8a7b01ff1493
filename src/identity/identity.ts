/**
 * Identities: what `/ids who`, `/ids key` and `/ids ip` can be asked for.
 * Pure.
 */
import { isIP } from "node:net";
import { isAccessKeyId, type KeyView } from "../cloudtrail/accesskey.ts";
import { arnOf, shortName } from "../cloudtrail/arn.ts";
import type { Activity } from "./activity.ts";

/** What the question named, before anything was looked up. */
export type Subject =
  | { readonly kind: "key"; readonly keyId: string }
  /** The end of a key's id, as alerts show it. */
  | { readonly kind: "key-end"; readonly lastFour: string }
  /** `userName` of an IAM user's ARN; `sessionName` of an assumed role's. */
  | {
      readonly kind: "arn";
      readonly arn: string;
      readonly account: string;
      readonly userName?: string;
      readonly sessionName?: string;
    }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "address"; readonly address: string };

/** `/ids who` takes any subject, `/ids key` keys, `/ids ip` addresses. */
export type Verb = "who" | "key" | "ip";

/** One account's answer: the IAM user, when there is one, and its keys. */
export interface Identity {
  readonly account: { readonly id: string; readonly name?: string; readonly owner?: string };
  readonly userName: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly passwordLastUsed?: string;
  readonly keys: readonly KeyView[];
}

/** Totals over the alerts that Trailhound recorded about a subject. */
export interface Recorded {
  readonly events: number;
  readonly actions: readonly { readonly action: string; readonly count: number }[];
  readonly regions: readonly string[];
  readonly addresses: readonly string[];
  readonly first: string;
  readonly last: string;
}

/** What CloudTrail's history says of a subject, so far. */
export interface History {
  /** Regions of all accounts that are asked, and how many of them have answered. */
  readonly regions: number;
  readonly answered: number;
  readonly unanswered: readonly { readonly place: string; readonly why: string }[];
  /** Older records were left behind somewhere. */
  readonly more: boolean;
  readonly days: number;
  /** Nobody is asked any more. */
  readonly done: boolean;
  /** Absent: no record yet. */
  readonly activity?: Activity;
}

/** An IAM name's letters, and its longest form (role names: 64; a session name may follow). */
const NAME = /^[\w+=,.@/-]{1,128}$/;
/** A secret access key: somebody pasted what must not be pasted. AWS ids are shorter, ARNs have colons. */
const SECRET = /^[A-Za-z0-9/+=]{40}$/;

/** As alerts show a key: `AKIA…MPLE`. */
const SHOWN_KEY = /^(?:A[KS]IA(?:…|\.{2,3}))([A-Z0-9]{4})$/;

/**
 * `("who", "AKIA…16 more")` → key · `("who", "arn:aws:iam::111122223333:user/ci/deploy-bot")` → arn with userName
 * `deploy-bot` · `("who", "alice")` → name · `("key", "MPLE")` → key-end · `("ip", "198.51.100.23")` → address
 *
 * @returns "secret" for what looks like a secret access key, undefined for what this verb cannot be asked for.
 */
export function subjectOf(verb: Verb, text: string): Subject | "secret" | undefined {
  if (SECRET.test(text)) return "secret";
  if (verb !== "key" && isIP(text) !== 0) return { kind: "address", address: text.toLowerCase() };
  if (verb === "ip") return undefined;
  if (isAccessKeyId(text)) return { kind: "key", keyId: text };
  const lastFour = SHOWN_KEY.exec(text)?.[1];
  if (lastFour !== undefined) return { kind: "key-end", lastFour };
  if (verb === "key")
    return /^[A-Z0-9]{4}$/i.test(text) ? { kind: "key-end", lastFour: text.toUpperCase() } : undefined;
  return arnSubjectOf(text) ?? (NAME.test(text) ? { kind: "name", name: text } : undefined);
}

function arnSubjectOf(text: string): Subject | undefined {
  const arn = arnOf(text);
  if (arn === undefined || text.length > 2048) return undefined;
  const { account, resource } = arn;
  if (resource.startsWith("user/")) return { kind: "arn", arn: text, account, userName: shortName(resource) };
  if (/^assumed-role\/[^/]+\/[^/]+$/.test(resource))
    return { kind: "arn", arn: text, account, sessionName: shortName(resource) };
  return { kind: "arn", arn: text, account };
}

const MAX_TEXT = 40_000;
const MAX_SUBJECTS = 5;

/**
 * What a message names that can be looked up: ARNs of identities, access keys and addresses, each once, the first five.
 *
 * `"key AKIA…MPLE of arn:aws:iam::111122223333:user/jack"` → key-end, arn
 */
export function subjectsIn(text: string): readonly Subject[] {
  const found = text
    .slice(0, MAX_TEXT)
    .matchAll(
      /arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\w+=,.@/-]{1,600}|\bA[KS]IA(?:…[A-Z0-9]{4}|[A-Z0-9]{16})\b|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g,
    );
  const subjects = [...found].map(([part]) => subjectOf("who", part)).filter((subject) => typeof subject === "object");
  return [...new Map(subjects.map((subject) => [textOf(subject), subject])).values()].slice(0, MAX_SUBJECTS);
}

/**
 * Who is not asked about an ARN, in our own words: IAM is asked for users, CloudTrail's history for the names of users and
 * role sessions.
 *
 * @returns undefined: nobody is left out for want of a name.
 */
export function unaskedOf(subject: Subject): string | undefined {
  if (subject.kind !== "arn" || subject.userName !== undefined) return undefined;
  if (subject.sessionName !== undefined) return "IAM not asked: it is asked for users alone";
  return "IAM and CloudTrail not asked: they are asked for users and role sessions; give the ARN of one, or a key";
}

/** A subject as it is typed. */
export function textOf(subject: Subject): string {
  switch (subject.kind) {
    case "key":
      return subject.keyId;
    case "key-end":
      return `AKIA…${subject.lastFour}`;
    case "arn":
      return subject.arn;
    case "name":
      return subject.name;
    case "address":
      return subject.address;
  }
}
