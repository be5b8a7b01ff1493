/**
 * Sentences: an alert's one line — who did what to which resource, from where, and how it ended.
 * Pure. The same pieces make the rich line of the message and the escaped text of the push notification.
 */
import type { Alert, Snapshot } from "../src/alert/alert.ts";
import { bold, moment, named, say } from "./rich.ts";
import { type Inline, joined, type Plain, shown, words } from "./text.ts";

/** Our own words, or a value that somebody else wrote. */
type Piece = { readonly words: Plain; readonly strong?: true } | { readonly value: string; readonly max: number };

/** Past, infinitive, and the word between what it was done with and whom it was done to. */
interface Verb {
  readonly did: Plain;
  readonly tried: Plain;
  readonly to?: Plain;
}

/** Findings of AWS's own services never fail: their second form is never read. */
const reported = (did: Plain): Verb => ({ did, tried: did });

const VERBS: Readonly<Record<string, Verb>> = {
  "guardduty:GuardDutyFinding": reported(words`was reported by GuardDuty for`),
  "health:HealthEvent": reported(words`was found in public by AWS`),
  "access-analyzer:AccessAnalyzerFinding": reported(words`found access from outside to`),
  "ce:CostAnomaly": reported(words`found unusual costs in`),
  "signin:SigninAnomaly": reported(words`had an unusual sign-in`),
  "iam:CreateUser": { did: words`created`, tried: words`create` },
  "iam:DeleteUser": { did: words`deleted`, tried: words`delete` },
  "iam:CreateRole": { did: words`created`, tried: words`create` },
  "iam:CreateAccessKey": { did: words`created an access key for`, tried: words`create an access key for` },
  "iam:CreateLoginProfile": { did: words`set a console password for`, tried: words`set a console password for` },
  "iam:UpdateLoginProfile": {
    did: words`changed the console password of`,
    tried: words`change the console password of`,
  },
  "iam:AttachUserPolicy": { did: words`attached`, tried: words`attach`, to: words`to` },
  "iam:AttachRolePolicy": { did: words`attached`, tried: words`attach`, to: words`to` },
  "iam:AttachGroupPolicy": { did: words`attached`, tried: words`attach`, to: words`to` },
  "iam:PutUserPolicy": { did: words`wrote`, tried: words`write`, to: words`into` },
  "iam:PutRolePolicy": { did: words`wrote`, tried: words`write`, to: words`into` },
  "iam:PutGroupPolicy": { did: words`wrote`, tried: words`write`, to: words`into` },
  "iam:AddUserToGroup": { did: words`added`, tried: words`add`, to: words`to` },
  "iam:UpdateAssumeRolePolicy": { did: words`changed who may assume`, tried: words`change who may assume` },
  "iam:DeactivateMFADevice": { did: words`switched off MFA of`, tried: words`switch off MFA of` },
  "cloudtrail:StopLogging": { did: words`stopped logging of`, tried: words`stop logging of` },
  "cloudtrail:DeleteTrail": { did: words`deleted`, tried: words`delete` },
  "cloudtrail:UpdateTrail": { did: words`changed`, tried: words`change` },
  "cloudtrail:PutEventSelectors": { did: words`changed what is logged by`, tried: words`change what is logged by` },
  "ec2:RunInstances": { did: words`started`, tried: words`start` },
  "ec2:AuthorizeSecurityGroupIngress": { did: words`opened`, tried: words`open` },
  "guardduty:DeleteDetector": { did: words`deleted GuardDuty`, tried: words`delete GuardDuty` },
  "guardduty:UpdateDetector": { did: words`changed GuardDuty`, tried: words`change GuardDuty` },
  "s3:PutBucketPolicy": { did: words`changed the policy of`, tried: words`change the policy of` },
  "s3:PutBucketAcl": { did: words`changed the access list of`, tried: words`change the access list of` },
  "s3:DeleteBucketPublicAccessBlock": {
    did: words`removed the public access block of`,
    tried: words`remove the public access block of`,
  },
  "s3:PutBucketPublicAccessBlock": {
    did: words`changed the public access block of`,
    tried: words`change the public access block of`,
  },
  "signin:ConsoleLogin": { did: words`signed in to the console`, tried: words`sign in to the console` },
  "sts:GetFederationToken": { did: words`made a federation token`, tried: words`make a federation token` },
  "sts:GetSessionToken": { did: words`made a session token`, tried: words`make a session token` },
  "sts:AssumeRole": { did: words`assumed`, tried: words`assume` },
};

/** Kinds that `targetsOf` puts before a name; only these leave the quotes. Longer ones first. */
const KINDS = [
  "instance profile",
  "security group",
  "federated user",
  "MFA device",
  "database snapshot",
  ...[
    "user",
    "role",
    "group",
    "policy",
    "key",
    "trail",
    "detector",
    "recorder",
    "bucket",
    "object",
    "instance",
    "image",
  ],
  ...["snapshot", "volume", "database", "function", "secret", "parameter", "KMS key", "queue", "topic", "table"],
];
const IDENTITY = /^(user|role|group) /;

/** From this many different actions on, a refused alert is told as a spread instead of by its last call. */
const SPREAD = 3;

const SPACE: Piece = { words: words` ` };

/** As elements of rich text: `deploy-bot` **created** user `support2` from `198.51.100.23`. */
export function sentence(alert: Alert): Inline[] {
  return inlines([...whoDidWhat(alert, whereFrom(alert.opening)), { words: words`.` }]);
}

/** What the newest record says, where that is another one than the first: Then **created** user `support3` at … */
export function newest({ opening, latest }: Alert): Inline[] {
  if (latest.eventID === opening.eventID) return [];
  return [say(words`Last: `), ...inlines(what(latest, whereFrom(latest))), say(words` `), moment(latest.eventTime)];
}

function inlines(pieces: readonly Piece[]): Inline[] {
  return pieces.flatMap((piece) => {
    if ("value" in piece) return named(piece.value, piece.max);
    return [piece.strong ? bold(piece.words) : say(piece.words)];
  });
}

/** As one safe line without quotes: `alice created an access key for user bob` */
export function headline(alert: Alert): Plain {
  const told = whoDidWhat(alert, []).map((piece) => ("value" in piece ? shown(piece.value, 40) : piece.words));
  return joined(told, words``);
}

function whoDidWhat(alert: Alert, from: readonly Piece[]): Piece[] {
  const who = [...whoIs(alert.opening), SPACE];
  return [...who, ...(isSpread(alert) ? spread(alert, from) : what(alert.opening, from))];
}

function what(snapshot: Snapshot, from: readonly Piece[]): Piece[] {
  if (snapshot.outcome === "success") return [...whatWasDone(snapshot, "did"), ...from];
  const end = snapshot.denial === undefined ? words`and failed` : words`and was denied`;
  return [{ words: words`tried to ` }, ...whatWasDone(snapshot, "tried"), ...from, SPACE, { words: end, strong: true }];
}

function isSpread({ outcome, counters }: Alert): boolean {
  return outcome === "failure" && counters.actions.length >= SPREAD;
}

/** A role's session name says who used it, as far as he tells the truth. */
function whoIs(snapshot: Snapshot): Piece[] {
  const { principalKind, principalName, sessionName } = snapshot;
  if (principalKind === "Root") return [{ words: words`root`, strong: true }];
  const name: Piece = { value: principalName, max: 36 };
  return sessionName === undefined ? [name] : [name, { words: words` as ` }, { value: sessionName, max: 32 }];
}

function spread({ counters }: Alert, from: readonly Piece[]): Piece[] {
  const services = new Set(counters.actions.map(({ action }) => action.split(":", 1)[0]));
  return [
    { words: words`tried ${counters.actions.length} different actions`, strong: true },
    { words: services.size === 1 ? words` of one service` : words` of ${services.size} services` },
    ...from,
    SPACE,
    { words: words`and was denied`, strong: true },
  ];
}

function whatWasDone(snapshot: Snapshot, form: "did" | "tried"): Piece[] {
  const verb = Object.hasOwn(VERBS, snapshot.action) ? VERBS[snapshot.action] : undefined;
  if (verb === undefined) {
    const call = form === "did" ? words`called ` : words`call `;
    return [{ words: call, strong: true }, { value: snapshot.action, max: 64 }, ...onTargets(snapshot.targets)];
  }
  const targets = verb.to === undefined ? snapshot.targets : identitiesLast(snapshot.targets);
  const separator = verb.to === undefined ? words`, ` : words` ${verb.to} `;
  return [{ words: verb[form], strong: true }, ...listOf(targets, separator)];
}

function onTargets(targets: readonly string[]): Piece[] {
  return targets.length === 0 ? [] : [{ words: words` on` }, ...listOf(targets, words`, `)];
}

/** At most three, each with its kind in our words and its name as a value. */
function listOf(targets: readonly string[], separator: Plain): Piece[] {
  const told = targets.slice(0, 3).flatMap((target, i): Piece[] => {
    const kind = KINDS.find((word) => target.startsWith(`${word} `));
    const lead = i === 0 ? words` ` : separator;
    if (kind === undefined) return [{ words: lead }, { value: target, max: 40 }];
    return [{ words: words`${lead}${shown(kind)} ` }, { value: target.slice(kind.length + 1), max: 40 }];
  });
  const more = targets.length - 3;
  return more > 0 ? [...told, { words: words` and ${more} more` }] : told;
}

function identitiesLast(targets: readonly string[]): readonly string[] {
  return targets.toSorted((a, b) => Number(IDENTITY.test(a)) - Number(IDENTITY.test(b)));
}

function whereFrom({ ip }: Snapshot): Piece[] {
  return ip === undefined ? [] : [{ words: words` from ` }, { value: ip, max: 45 }];
}
