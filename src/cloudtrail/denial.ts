/**
 * Denials: which permission a refused call lacked, and which policy refused it.
 * Pure. errorMessage holds names that the caller chose: it is read from both ends, in linear time, never trusted.
 * Source: AWS IAM User Guide, "Troubleshoot access denied error messages"; the forms of older records were observed.
 */
import { arnOf } from "./arn.ts";
import { type CloudTrailRecord, errorCodeOf } from "./record.ts";

/** The kinds of policy that AWS names as the one that refused. */
export const POLICY_TYPES = [
  "identity-based policy",
  "resource-based policy",
  "permissions boundary",
  "service control policy",
  "resource control policy",
  "session policy",
  "VPC endpoint policy",
  "role trust policy",
] as const;
export type PolicyType = (typeof POLICY_TYPES)[number];

/** All strings but `by` and `policyType` are untrusted text. */
export interface Denial {
  /** No policy allows it, a policy denies it, or the message does not say. AWS names one policy even if several deny. */
  readonly by: "implicit" | "explicit" | "unknown";
  /** The action that was refused, which may be a secondary one (`iam:PassRole`); absent from bare and old EC2 messages. */
  readonly action?: string;
  /** An ARN, `*`, or words such as `role ci`. */
  readonly resource?: string;
  readonly policyType?: PolicyType;
  /** The denying policy; AWS adds it since January 2026, within one account or organisation. */
  readonly policyArn?: string;
  readonly principalArn?: string;
}

/**
 * Whether the call was refused for want of permission. Limits, throttling, missing or malformed things, expired
 * credentials and failed sign-ins are failures too, but no denials.
 */
export function isDenied(record: CloudTrailRecord): boolean {
  const code = errorCodeOf(record)?.slice(0, MAX_TEXT);
  if (code === undefined) return false;
  if (DENIED_CODE.test(code) || DENIED_EXCEPTION.test(code)) return true;
  return code.endsWith("AuthFailure") && /^not authorized/i.test(record.errorMessage ?? "");
}

/** EC2's answer to a dry run that would have succeeded: someone tries out what the credentials may do. */
export function isDryRun(record: CloudTrailRecord): boolean {
  return /(^|\.)DryRunOperation$/.test(errorCodeOf(record) ?? "");
}

/**
 * What a denied record says about the refusal.
 *
 * `"User: arn:aws:iam::111122223333:user/jack is not authorized to perform: iam:CreateUser on resource:
 *   arn:aws:iam::111122223333:user/eve because no identity-based policy allows the iam:CreateUser action"`
 *   → `{ by: "implicit", action: "iam:CreateUser", resource: "arn:…:user/eve", policyType: "identity-based policy", principalArn: "arn:…:user/jack" }`
 *
 * @returns undefined when the record is no denial; `{ by: "unknown" }` when its message is bare (`Access Denied`).
 */
export function denialOf(record: CloudTrailRecord): Denial | undefined {
  if (!isDenied(record)) return undefined;
  const message = (record.errorMessage ?? "").slice(0, MAX_TEXT);
  if (message.includes("denied due to a VPC endpoint policy"))
    return { by: "unknown", policyType: "VPC endpoint policy" };
  const encodedAt = message.indexOf(" Encoded authorization failure message:");
  const told = encodedAt < 0 ? message : message.slice(0, encodedAt);
  const [who, what] = cut(told, "not authorized to perform: ");
  if (what === undefined) return { by: "unknown" };
  const [act, why] = splitReason(what);
  return { ...principalIn(who), ...callIn(act), ...reasonIn(why) };
}

/** CloudTrail cuts errorCode and errorMessage at 1 KB and ends them with `...`. */
const MAX_TEXT = 1100;
const DENIED_CODE =
  /(^|\.)(AccessDenied|UnauthorizedOperation|UnauthorizedAccess|Unauthorized|NotAuthorized|Forbidden|AuthorizationError|VpceAccessDenied)/i;
const DENIED_EXCEPTION = /(AccessDenied|Unauthorized|NotAuthorized|Forbidden)\w*Exception$/i;
const BECAUSE = " because ";
const EXPLICIT = " with an explicit deny";
const REASON = /^ (because no|with an explicit deny)(?: in an?)? ?(.*)/s;

function cut(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** A resource's name may quote a reason; AWS's own comes last, and after the resource's closing quote. */
function splitReason(what: string): readonly [string, string] {
  const from = what.lastIndexOf('"') + 1;
  const at = Math.max(what.lastIndexOf(BECAUSE), what.lastIndexOf(EXPLICIT));
  return at < from ? [what, ""] : [what.slice(0, at), what.slice(at)];
}

function principalIn(who: string): Pick<Denial, "principalArn"> {
  const [, named] = cut(who, "User: ");
  const arn = named?.split(" ", 1)[0] ?? "";
  return arnOf(arn) ? { principalArn: arn } : {};
}

/** `iam:CreateUser on resource: "arn:…"`, `kms:Decrypt on the resource associated with this ciphertext`, `sts:AssumeRole` */
function callIn(act: string): Pick<Denial, "action" | "resource"> {
  const [first, rest = ""] = cut(act, " on ");
  const action = first.trim().replace(/\.$/, "");
  const resource = rest
    .replace(/^resource: ?/, "")
    .trim()
    .replace(/^"(.*)"$/s, "$1");
  return { ...(/^[\w-]+:[\w*]+$/.test(action) && { action }), ...(resource && { resource }) };
}

/** `because no session policy allows …`, `with an explicit deny in a service control policy: arn:…` */
function reasonIn(why: string): Pick<Denial, "by" | "policyType" | "policyArn"> {
  const [, by, rest = ""] = REASON.exec(why) ?? [];
  if (by === undefined) return { by: "unknown" };
  const kind = by === "because no" ? "implicit" : "explicit";
  const policyType = POLICY_TYPES.find((type) => rest.startsWith(type));
  if (policyType === undefined) return { by: kind };
  const policyArn = /^: (\S+)/.exec(rest.slice(policyType.length))?.[1] ?? "";
  const isWhole = arnOf(policyArn) !== undefined && !policyArn.endsWith("...");
  return { by: kind, policyType, ...(isWhole && { policyArn }) };
}
