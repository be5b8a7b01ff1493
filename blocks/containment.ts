/**
 * The dialog behind *Disable key…*: what the server knows of the key, what disabling stops and what it does not.
 * Pure. The modal carries a dialog id and nothing else: what is disabled is decided by the server's own facts.
 */
import type { KeyView } from "../src/cloudtrail/accesskey.ts";
import type { Containment } from "../src/contain/outcome.ts";
import type { Plan, RefusedPlan } from "../src/contain/plan.ts";
import { proof } from "./proof.ts";
import { between, bold, code, lines, moment, named, person, plainText, quote, rich, say } from "./rich.ts";
import { type Block, type Inline, type Modal, type Plain, shown, type TextInput, words } from "./text.ts";

export const DISABLE_SUBMIT = "ids/disable_key_submit/v1";
export const DISABLE_NOTICE = "ids/disable_key_notice/v1";
/** Block ids of the inputs, by which a submission names its values and its errors. */
export const REASON = "reason";
export const LAST_FOUR = "last_four";

/** Longest reason that is taken: alerts and the audit log show it whole. */
export const REASON_CHARS = 160;

type KnownPlan = Exclude<Plan, RefusedPlan>;

/** Opened within Slack's three seconds, before IAM was asked. */
export function disableLoadingModal(): Modal {
  return notice(rich(lines([say(words`Asking IAM about this key …`)])));
}

/** The question itself; for a key that is inactive already, the facts without the question. */
export function disableModal(plan: KnownPlan, dialogId: string): Modal {
  const facts = rich(factsOf(plan));
  if (plan.kind === "already-inactive")
    return notice(
      rich(
        lines([bold(words`This key is inactive already.`), say(words` Nothing needs to be done, and nothing was.`)]),
      ),
      facts,
      notStopped(plan),
    );
  return {
    type: "modal",
    callback_id: DISABLE_SUBMIT,
    private_metadata: dialogId,
    title: plainText(words`Disable key`),
    submit: plainText(words`Disable key`),
    close: plainText(words`Cancel`),
    blocks: [facts, notStopped(plan), reasonInput(), lastFourInput()],
  };
}

/** Why this key is not disabled from here, and what to do instead. */
export function refusalModal(plan: RefusedPlan): Modal {
  const steps = plan.steps.map((step, i) => [say(words`${i + 1}. ${shown(step, 400)}`)]);
  return notice(
    rich(lines([bold(words`Trailhound does not disable this key.`), say(words` ${REFUSED[plan.why]}`)])),
    rich(lines([bold(words`Do this instead`)], ...steps)),
  );
}

/** The answer to a submission; what came of it stands on the alert. */
export function disableRequestedModal(): Modal {
  return notice(
    rich(
      lines(
        [
          bold(words`Asked for.`),
          say(words` Trailhound disables the key now and reads it back from IAM after 10 s and 5 min.`),
        ],
        [say(words`The alert shows how it goes. You can close this.`)],
      ),
    ),
  );
}

/** Another operator was first: who, when, and how that stands. */
export function alreadyModal(containment: Containment): Modal {
  const { operator, requestedAt } = containment;
  const told = [
    say(words` Nothing was added to what `),
    person(operator),
    say(words` asked for `),
    moment(requestedAt),
  ];
  return notice(rich(lines([bold(words`Somebody was first.`), ...told, say(words`.`)])), rich(...proof(containment)));
}

/** Something broke on our side: `why` is any text, shown and never parsed. */
export function failedModal(why: string): Modal {
  return notice(rich(lines([bold(words`That did not work.`), say(words` ${shown(why, 400)}`)])));
}

function notice(...blocks: Block[]): Modal {
  return {
    type: "modal",
    callback_id: DISABLE_NOTICE,
    title: plainText(words`Disable key`),
    close: plainText(words`Close`),
    blocks,
  };
}

function factsOf({ account, userName, key, otherKeys }: KnownPlan) {
  const { id, name } = account;
  const place = name === undefined ? [say(shown(id, 30))] : [bold(shown(name, 60)), say(words` (${shown(id, 30)})`)];
  return lines(
    [bold(words`Account`), say(words`  `), ...place],
    [bold(words`User`), say(words`  `), ...named(userName)],
    [bold(words`Key`), say(words`  `), ...keyLine(key)],
    ...otherKeys.slice(0, 4).map((other) => [bold(words`Other key`), say(words`  `), ...keyLine(other)]),
  );
}

/** `AKIA…7QXA` · Active · 412 days old · last used … by `s3` in `us-east-1` */
export function keyLine({ id, status, ageDays, lastUsed }: KeyView): Inline[] {
  const age = ageDays === 1 ? words`1 day old` : words`${ageDays} days old`;
  return between(
    words` · `,
    [code(id)],
    [bold(words`${status === "Active" ? words`Active` : words`Inactive`}`)],
    [say(age)],
    useOf(lastUsed),
  );
}

function useOf(lastUsed: KeyView["lastUsed"]): Inline[] {
  if (lastUsed === undefined) return [say(words`last use not known`)];
  if (lastUsed === "never") return [say(words`never used, says IAM`)];
  const { at, service, region } = lastUsed;
  return [say(words`last used `), moment(at), say(words` for `), code(service, 30), say(words` in `), code(region, 30)];
}

/** Said before the click, not after: a disabled key is not a thief locked out. */
function notStopped({ otherKeys }: KnownPlan): Block {
  const active = otherKeys.filter(({ status }) => status === "Active");
  const other: Inline[][] =
    active.length === 0
      ? []
      : [
          [
            say(words`• the user's other active key `),
            ...between(words`, `, ...active.slice(0, 4).map(({ id }) => [code(id)])),
          ],
        ];
  return rich(
    quote(
      [bold(words`Not stopped by this`)],
      [say(words`• sessions made with the key by GetSessionToken or GetFederationToken, up to 36 h`)],
      [say(words`• roles it assumed, up to 12 h: revoke those roles' sessions in IAM`)],
      ...other,
      [say(words`• a console password of this user`)],
    ),
  );
}

function reasonInput(): TextInput {
  return {
    type: "input",
    block_id: REASON,
    label: plainText(words`Reason`),
    hint: plainText(words`Shown on the alert and kept in the audit log.`),
    element: {
      type: "plain_text_input",
      action_id: REASON,
      min_length: 3,
      max_length: REASON_CHARS,
      placeholder: plainText(words`key found in a public gist`),
    },
  };
}

function lastFourInput(): TextInput {
  return {
    type: "input",
    block_id: LAST_FOUR,
    label: plainText(words`Type the key's last four characters`),
    element: { type: "plain_text_input", action_id: LAST_FOUR, min_length: 4, max_length: 4 },
  };
}

const REFUSED: Readonly<Record<RefusedPlan["why"], Plain>> = {
  "root-key": words`It belongs to the root user.`,
  "foreign-account": words`It belongs to another account.`,
  "unconfigured-account": words`Its account is not in Trailhound's config.`,
  "protected-principal": words`Its user is protected.`,
  "temporary-key": words`It is a temporary key.`,
  "owner-changed": words`IAM names another owner than the alert.`,
  "key-gone": words`IAM does not know it any more.`,
  "iam-denied": words`IAM did not let Trailhound look.`,
  "iam-unavailable": words`IAM did not answer.`,
};
