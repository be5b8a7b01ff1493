/**
 * Identities: what `/ids who` can say about a name, an ARN or an access key.
 * Pure.
 */
import { isAccessKeyId, type KeyView } from "../cloudtrail/accesskey.ts";
import { arnOf, shortName } from "../cloudtrail/arn.ts";

/** What the question named, before anything was looked up. */
export type Subject =
  | { readonly kind: "key"; readonly keyId: string }
  | { readonly kind: "arn"; readonly arn: string; readonly account: string; readonly userName?: string }
  | { readonly kind: "name"; readonly name: string };

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

/** An IAM name's letters, and its longest form (role names: 64; a session name may follow). */
const NAME = /^[\w+=,.@/-]{1,128}$/;
/** A secret access key: somebody pasted what must not be pasted. AWS ids are shorter, ARNs have colons. */
const SECRET = /^[A-Za-z0-9/+=]{40}$/;

/**
 * `"AKIA…"` → key · `"arn:aws:iam::111122223333:user/ci/deploy-bot"` → arn with userName `deploy-bot` · `"alice"` → name
 *
 * @returns "secret" for what looks like a secret access key, undefined for what can be no identity.
 */
export function subjectOf(text: string): Subject | "secret" | undefined {
  if (SECRET.test(text)) return "secret";
  if (isAccessKeyId(text)) return { kind: "key", keyId: text };
  const arn = arnOf(text);
  if (arn !== undefined && text.length <= 2048) {
    const user = arn.resource.startsWith("user/") ? { userName: shortName(arn.resource) } : {};
    return { kind: "arn", arn: text, account: arn.account, ...user };
  }
  return NAME.test(text) ? { kind: "name", name: text } : undefined;
}
