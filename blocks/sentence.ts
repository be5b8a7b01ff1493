/**
 * Sentences: an alert's one line — who did what to which resource, from where, and how it ended; or what AWS found.
 * Pure. The same pieces make the rich line of the message and the escaped text of the push notification.
 */
import type { Alert, Snapshot } from "../src/alert/alert.ts";
import { EVERYONE, partsOf } from "../src/cloudtrail/target.ts";
import { findReport, isReport, type Report } from "./report.ts";
import { bold, moment, named, say } from "./rich.ts";
import { type Inline, joined, type Plain, shown, words } from "./text.ts";
import { anyOf, type Verb } from "./verb.ts";
import { findVerb } from "./verbs.ts";

/** Our own words, or a value that somebody else wrote. */
type Piece = { readonly words: Plain; readonly strong?: true } | { readonly value: string; readonly max: number };

/** From this many different actions on, a refused alert is told as a spread instead of by its last call. */
const SPREAD = 3;
/** Targets that are told; of more, how many. */
const TOLD = 3;
/** Longest name of a target: GuardDuty's types are long, and say everything at their end. */
const NAME = 56;

const SPACE: Piece = { words: words` ` };

/** As elements of rich text: `deploy-bot` **created** user `support2` from `198.51.100.23`. */
export function sentence(alert: Alert): Inline[] {
  return inlines([...whoDidWhat(alert, whereFrom(alert.opening)), ...howOften(alert), { words: words`.` }]);
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

/** As one safe line without quotes: `alice created access key AKIA…MPLE for user bob` */
export function headline(alert: Alert): Plain {
  const told = whoDidWhat(alert, []).map((piece) => ("value" in piece ? shown(piece.value, piece.max) : piece.words));
  return joined(told, words``);
}

function whoDidWhat(alert: Alert, from: readonly Piece[]): Piece[] {
  const { opening } = alert;
  if (isReport(opening)) return what(opening, from);
  return [...whoIs(opening), SPACE, ...(isSpread(alert) ? spread(alert, from) : what(opening, from))];
}

function what(snapshot: Snapshot, from: readonly Piece[]): Piece[] {
  const report = findReport(snapshot.action, snapshot.targets);
  if (report !== undefined) return [...found(report, snapshot), ...from];
  if (snapshot.outcome === "success") return [...whatWasDone(snapshot, "did"), ...from];
  const end = snapshot.denial === undefined ? words`and failed` : words`and was denied`;
  return [{ words: words`tried to ` }, ...whatWasDone(snapshot, "tried"), ...from, SPACE, { words: end, strong: true }];
}

function isSpread({ outcome, counters }: Alert): boolean {
  return outcome === "failure" && counters.actions.length >= SPREAD;
}

/** Whom AWS found it about; nobody, when the record names only the service that found it. */
function found(report: Report, snapshot: Snapshot): Piece[] {
  const { principalKind } = snapshot;
  const about = principalKind === "AWSService" ? [] : [{ words: words` ${report.about} ` }, ...whoIs(snapshot)];
  const targets = report.whole ? [] : withTargets(report, snapshot.targets);
  return [{ words: report.found, strong: true }, ...targets, ...about];
}

/** CloudTrail writes this for a sign-in under a name that is no user's: it may be a password. */
const HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** A role's session name says who used it, as far as he tells the truth. */
function whoIs({ principalKind, principalName, sessionName }: Snapshot): Piece[] {
  if (principalKind === "Root") return [{ words: words`root`, strong: true }];
  if (principalName === HIDDEN_NAME) return [{ words: words`somebody under an unknown name`, strong: true }];
  const kind = principalKind === "AWSAccount" ? [{ words: words`account ` }] : [];
  const name: Piece[] = [...kind, { value: principalName, max: 36 }];
  return sessionName === undefined ? name : [...name, { words: words` as ` }, { value: sessionName, max: 32 }];
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

/** A correlation's sentence tells one record of many. */
function howOften(alert: Alert): Piece[] {
  const { counters, evidence } = alert;
  const isCounted = evidence.some(({ field }) => field === "records") && counters.events > 1;
  if (!isCounted || isSpread(alert)) return [];
  return [{ words: words`, one of ` }, { words: words`${counters.events} such calls`, strong: true }];
}

function whatWasDone(snapshot: Snapshot, form: "did" | "tried"): Piece[] {
  const verb = findVerb(snapshot.action);
  if (verb !== undefined) return [{ words: verb[form], strong: true }, ...withTargets(verb, snapshot.targets)];
  const call = form === "did" ? words`called ` : words`call `;
  return [{ words: call, strong: true }, { value: snapshot.action, max: 64 }, ...listOf(snapshot.targets, [ON])];
}

const ON = words` on `;
const COMMA = words`, `;
/** A status is what something was set to, whatever else is told of it. */
const BECOMES = words` to `;

/** The object first, "a trail" where no target is one; then the others, each after its join. */
function withTargets({ object, joins = [] }: Pick<Verb, "object" | "joins">, targets: readonly string[]): Piece[] {
  const separators = joins.map((join) => words` ${join} `);
  if (object === undefined) return listOf(targets, separators);
  const isObject = (target: string) => partsOf(target)[0] === object;
  // A target without a noun, such as "8 x p3.16xlarge", is what the call was about.
  const objects = targets.filter((target, i) => isObject(target) || (i === 0 && partsOf(target)[0] === ""));
  const others = targets.filter((target) => !objects.includes(target));
  if (objects.length === 0) return [{ words: words` ${anyOf(object)}` }, ...listOf(others, separators)];
  const between = objects.map((_, i) => (i === 0 ? words` ` : COMMA));
  return listOf([...objects, ...others], [...between, ...separators]);
}

/** At most TOLD, each with its kind in our words and its name as a value. */
function listOf(targets: readonly string[], separators: readonly Plain[]): Piece[] {
  const told = targets.slice(0, TOLD).flatMap((target, i): Piece[] => {
    const [noun, name] = partsOf(target);
    const lead = noun === "status" ? BECOMES : (separators[i] ?? COMMA);
    if (target === EVERYONE) return [{ words: lead }, { words: words`everyone`, strong: true }];
    return [{ words: noun === "" ? lead : words`${lead}${shown(noun)} ` }, { value: name, max: NAME }];
  });
  const more = targets.length - TOLD;
  return more > 0 ? [...told, { words: words` and ${more} more` }] : told;
}

function whereFrom({ ip }: Snapshot): Piece[] {
  return ip === undefined ? [] : [{ words: words` from ` }, { value: ip, max: 45 }];
}
