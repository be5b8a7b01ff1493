/**
 * Facts: the lines of an alert below its sentence — who, credential, from, with, where, when — and why it fired.
 * Pure. Every value of the record stands in quotes (code); labels and everything else are our own words.
 */
import type { Alert, AlertAccount, Snapshot } from "../src/alert/alert.ts";
import type { PrincipalKind } from "../src/cloudtrail/principal.ts";
import type { Evidence } from "../src/detect/finding.ts";
import { productOf } from "./client.ts";
import { durationIn } from "./proof.ts";
import { isReport } from "./report.ts";
import { between, bold, code, lines, listing, moment, named, quote, say } from "./rich.ts";
import { type Inline, type Plain, type RichPart, shown, words } from "./text.ts";

const DOT = words` · `;

/** Who, Credential, From, With, Where, When: a line each. */
export function facts(alert: Alert): RichPart {
  const { opening } = alert;
  // What AWS found by itself and names nobody in: the finder is no suspect.
  const isAnybody = !(isReport(opening) && opening.principalKind === "AWSService");
  return lines(
    isAnybody ? labelled(isReport(opening) ? words`About` : words`Who`, who(alert)) : [],
    isAnybody ? labelled(words`Credential`, credential(alert)) : [],
    labelled(words`From`, from(alert)),
    labelled(words`With`, client(alert.opening)),
    labelled(words`Where`, where(alert)),
    labelled(words`When`, when(alert)),
  );
}

/** The rule and the facts that made it match, and which policy refused the call. */
export function why(alert: Alert, most: number): RichPart {
  const beyondTheCall = alert.evidence.filter(({ field }) => !CALL_FIELDS.has(field));
  // The call stands in the sentence already: it is named here only when nothing else matched.
  const evidence = distinct(beyondTheCall.length > 0 ? beyondTheCall : alert.evidence);
  return quote(
    [bold(words`Why this fired`), say(words` · rule `), code(alert.rule, 48)],
    between(DOT, ...evidence.slice(0, most).map(evidenceLine)),
    refusal(alert),
  );
}

/** What was called and how it ended, or that AWS found it. */
const CALL_FIELDS: ReadonlySet<string> = new Set(["eventName", "eventSource", "eventType", "ids.outcome"]);

/** Facts as people say them; others are shown as field and value. */
const FACT_WORDS: ReadonlyMap<string, Plain> = new Map([
  ["ids.actor_is_target false", words`it acts on somebody else than its caller`],
  ["ids.actor_is_target true", words`the caller acts on itself`],
  ["ids.admin_port_open true", words`an administration or database port`],
  ["ids.attack_tool true", words`its user agent names an attack tool`],
  ["ids.big_instance true", words`big or GPU instances, or very many at once`],
  ["ids.credential_file true", words`an object named like a credential file`],
  ["ids.denied true", words`the call was refused`],
  ["ids.dry_run true", words`a dry run, to see whether it would be allowed`],
  ["ids.federation_open true", words`everyone of an identity provider may use the role`],
  ["ids.foreign_account true", words`it lets another account in`],
  ["ids.from_cloudshell true", words`from CloudShell, as the caller says`],
  ["ids.from_container true", words`with a container's credentials`],
  ["ids.from_instance true", words`with an EC2 instance's credentials`],
  ["ids.from_lambda true", words`with a Lambda function's credentials`],
  ["ids.from_pipeline true", words`by a build service`],
  ["ids.instance_credentials_outside true", words`an EC2 instance's credentials, used elsewhere`],
  ["ids.key_type long-term", words`with a long-term access key`],
  ["ids.key_type temporary", words`with temporary credentials`],
  ["ids.mfa false", words`no MFA was used`],
  ["ids.mfa true", words`with MFA`],
  ["ids.opt_in_region true", words`a region that has to be enabled first`],
  ["ids.own_account false", words`the caller belongs to another account`],
  ["ids.policy_grants_admin true", words`the policy gives administrator rights`],
  ["ids.policy_not_action true", words`the policy allows all but what it names`],
  ["ids.public_principal true", words`it lets everyone in`],
  ["ids.ransom_note_name true", words`an object named like a ransom note`],
  ["ids.read_only false", words`it changes something`],
  ["ids.region_unused absent", words`the config does not say which regions are in use`],
  ["ids.region_unused true", words`a region that this account does not use`],
  ["ids.role_chaining true", words`a role that assumes another`],
  ["ids.unknown_foreign_account true", words`it lets in an account of nobody you know`],
  ["ids.world_open true", words`it is open to the whole internet`],
  ["userIdentity.type Root", words`by the root user`],
]);

/** Facts with a value, as the words before it. */
const VALUE_WORDS: ReadonlyMap<string, Plain> = new Map([
  ["ids.action", words`called `],
  ["ids.as_org", words`from the network of `],
  ["ids.canonical_users", words`lets in the canonical user `],
  ["ids.country", words`from the country `],
  ["ids.foreign_accounts", words`lets in account `],
  ["ids.foreign_organizations", words`lets in the organisation `],
  ["ids.policy_escalates", words`opens the escalation path `],
  ["ids.policy_escalation_kinds", words`opens escalation paths of the kind `],
  ["ids.ports_open", words`opens port `],
  ["ids.refused_action", words`was refused `],
  ["ids.shared_with", words`lets in `],
  ["ids.target_principal", words`acts on `],
  ["ids.tool", words`with `],
  ["ids.unknown_organizations", words`lets in the organisation `],
  ["ids.vendor", words`of the vendor `],
  ["records", words`counted `],
  ["steady", words`at a steady interval: `],
]);

function evidenceLine({ field, value }: Evidence): Inline[] {
  const said = FACT_WORDS.get(`${field} ${value}`);
  if (said !== undefined) return [say(said)];
  const before = VALUE_WORDS.get(field);
  if (before !== undefined && value !== "absent") return [say(before), code(value, 48)];
  if (POINTS.test(value)) return [code(field, 40), say(words`: `), code(value, 160)];
  // Nearly all fields are parameters: their own name is what tells.
  return [code(field.replace(/^requestParameters\./, ""), 40), say(words` is `), code(value, 48)];
}

/** What a score is made of; cut in the middle it would tell nothing. */
const POINTS = /^\d+ points: /;

/** Two conditions on one field are one piece of evidence. */
function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...new Map(evidence.map((one) => [`${one.field} ${one.value}`, one])).values()];
}

/** `  38  iam:ListUsers`, most frequent first. */
export function topActions({ counters }: Alert, most: number): RichPart {
  const top = counters.actions.slice(0, most);
  const width = Math.max(...top.map(({ count }) => count.toLocaleString("en-US").length));
  const rows = top.map(({ action, count }) => {
    const padded = count.toLocaleString("en-US").padStart(width);
    return words`${shown(padded)}  ${shown(action, 32)}`;
  });
  const more = counters.actions.length - top.length;
  return listing(more > 0 ? [...rows, words`+${more} more`] : rows);
}

function labelled(label: Plain, value: readonly Inline[]): Inline[] {
  return value.length === 0 ? [] : [bold(label), say(words`  `), ...value];
}

const KIND_WORDS: Readonly<Record<PrincipalKind, Plain>> = {
  Root: words`root user`,
  IAMUser: words`IAM user`,
  AssumedRole: words`role`,
  Role: words`role`,
  FederatedUser: words`federated user`,
  SAMLUser: words`SAML user`,
  WebIdentityUser: words`web identity`,
  IdentityCenterUser: words`Identity Center user`,
  AWSAccount: words`foreign account`,
  AWSService: words`AWS service`,
  Unknown: words`unknown kind of principal`,
};

function who({ opening, keyAccount }: Alert): Inline[] {
  const kind = say(words`${KIND_WORDS[opening.principalKind]} `);
  const name = opening.principalKind === "Root" ? [say(words`(full access)`)] : named(opening.principalName, 48);
  const session =
    opening.sessionName === undefined
      ? []
      : [say(words`session `), ...named(opening.sessionName, 32), say(words` (chosen by the caller)`)];
  const home = keyAccount === undefined ? [] : [say(words`of `), ...account(keyAccount)];
  return between(DOT, [kind, ...name], session, home);
}

function credential({ opening }: Alert): Inline[] {
  const { key, mfa } = opening;
  const mfaWords = mfa === undefined ? words`MFA not recorded` : mfa ? words`with MFA` : words`without MFA`;
  if (key === undefined) return [say(words`no access key${DOT}${mfaWords}`)];
  const kind = key.type === "long-term" ? words`long-term` : words`temporary, ends by itself`;
  return [code(key.id), say(words` ${kind}${DOT}${mfaWords}`)];
}

function from({ opening, counters }: Alert): Inline[] {
  const others = counters.addresses.filter((address) => address !== "" && address !== opening.ip).length;
  const more = others > 0 ? [say(words`${others} more`)] : [];
  return opening.ip === undefined ? more : between(DOT, [code(opening.ip, 45)], more);
}

function client({ userAgent }: Snapshot): Inline[] {
  if (userAgent === undefined) return [];
  return [say(words`${productOf(userAgent)} · `), code(userAgent, 48), say(words` (reported by the caller)`)];
}

function where(alert: Alert): Inline[] {
  const others = alert.counters.regions.filter((region) => region !== alert.opening.region).length;
  const regions = [code(alert.opening.region, 30), ...(others > 0 ? [say(words` and ${others} more`)] : [])];
  const { owner } = alert.account;
  const owned = owner === undefined ? [] : [say(words`owner ${shown(owner, 32)}`)];
  return between(DOT, account(alert.account), owned, regions);
}

function account({ id, name, configured }: AlertAccount): Inline[] {
  if (!configured) return [bold(words`⚠ unknown account`), say(words` ${shown(id, 30)}`)];
  return name === undefined ? [say(shown(id, 30))] : [bold(shown(name, 40)), say(words` (${shown(id, 30)})`)];
}

function when({ opening, seenAt }: Alert): Inline[] {
  const delayMs = Date.parse(seenAt) - Date.parse(opening.eventTime);
  const delay = Number.isFinite(delayMs) ? [say(words`seen ${durationIn(delayMs)} after`)] : [];
  return between(DOT, [moment(opening.eventTime)], delay);
}

function refusal({ opening: { outcome, errorCode, denial } }: Alert): Inline[] {
  if (outcome === "success" || errorCode === undefined) return [];
  const { policyType, policyArn } = denial ?? {};
  const layer = policyType === undefined ? [] : [say(words`refused by: ${shown(policyType)}`)];
  const policy = policyArn === undefined ? [] : [code(policyArn, 56)];
  return between(DOT, [say(words`AWS answered `), code(errorCode, 40)], layer, policy);
}
