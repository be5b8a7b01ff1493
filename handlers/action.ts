/**
 * A click under an alert, and the submission of the dialog behind *Disable key…*. Nothing here calls IAM to change
 * anything: a confirmed dialog becomes a recorded intent, and handlers/act.ts acts on that.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Advice, detailsModal } from "../blocks/alert.ts";
import {
  alreadyModal,
  disableLoadingModal,
  disableModal,
  disableRequestedModal,
  failedModal,
  LAST_FOUR,
  REASON,
  REASON_CHARS,
  refusalModal,
} from "../blocks/containment.ts";
import { noticeMessage } from "../blocks/notice.ts";
import type { Modal } from "../blocks/text.ts";
import { alertOf, type StoredAlert } from "../src/alert/alert.ts";
import { disableKeyOf } from "../src/alert/disable.ts";
import type { Approval } from "../src/contain/approval.ts";
import { makeIntent } from "../src/contain/intent.ts";
import { containmentOf } from "../src/contain/outcome.ts";
import type { Plan } from "../src/contain/plan.ts";
import { clockFault } from "../src/health/health.ts";
import type { Dialog, IntentRecord } from "../src/ports/containments.ts";
import type { Click, Submission, SubmissionAnswer } from "../src/ports/listeners.ts";
import type { DueRow } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { noteIntent } from "./audit.ts";
import { type AskDeps, approvalOf, authorisedAlert, isFirst, noteRefusal } from "./authorise.ts";
import { accountOf, planFromIam, withUses } from "./plan.ts";

export interface ActionDeps extends AskDeps, Pick<Ports, "iam" | "effects" | "vitals"> {
  /** What the author of a rule says; undefined for a rule that is not loaded any more. */
  readonly advice: (rule: string) => Advice | undefined;
}

/** How long a dialog counts: what it showed gets old. */
const DIALOG_MS = 15 * 60_000;
/** Slack waits 3 s for the answer to a submission; its look-up and IAM get what the stores leave. */
const LOOK_MS = 2_000;

/** First operator takes the alert; a later one is told who has it. */
export async function onAcknowledge(click: Click, deps: ActionDeps): Promise<void> {
  const alert = await authorisedAlert(click, "operator", deps);
  if (alert === undefined) return;
  const now = deps.clock.now();
  const answer = await deps.alerts.acknowledge(alert.id, click.user, now);
  if (answer?.kind === "acknowledged") return hint([{ kind: "deliver", id: alert.id, at: now }], deps);
  if (answer?.kind !== "already") return;
  const told = noticeMessage({ person: answer.by }, " acknowledged this ", { at: answer.at });
  await deps.chat.respond(click.responseUrl, told);
}

/** The record behind the alert, for any full member of the workspace. */
export async function onDetails(click: Click, deps: ActionDeps): Promise<void> {
  const alert = await authorisedAlert(click, "member", deps);
  if (alert === undefined) return;
  await deps.chat.openModal(
    click.triggerId,
    detailsModal(alertOf(alert, deps.config.accounts), deps.advice(alert.opening.finding.rule)),
  );
}

export async function onDisableClick(click: Click, deps: ActionDeps): Promise<void> {
  const alert = await authorisedAlert(click, "operator", deps);
  if (alert === undefined) return;
  // Slack takes a trigger for 3 s only, and IAM may need longer: the dialog opens first and is filled then.
  const viewId = await deps.chat.openModal(click.triggerId, disableLoadingModal());
  try {
    await deps.chat.updateModal(viewId, await dialogFor(alert, click.user, deps));
  } catch (error) {
    await deps.chat.updateModal(viewId, failedModal("Trailhound could not look this key up. Nothing was changed."));
    throw error;
  }
}

async function dialogFor(stored: StoredAlert, operator: string, deps: ActionDeps): Promise<Modal> {
  const fault = clockFault(deps.vitals.all());
  if (fault !== undefined) {
    deps.log.info({ alert: stored.id, operator, why: "clock" }, "key.refused");
    return failedModal(clockSentence(fault));
  }
  const target = disableKeyOf(alertOf(stored, deps.config.accounts));
  if (target === undefined)
    return failedModal("This alert names no long-term key of an account in Trailhound's config.");
  const plan = await planFromIam(target, deps);
  if (plan.kind === "refused") {
    deps.log.info({ alert: stored.id, operator, why: plan.why }, "key.refused");
    return refusalModal(plan);
  }
  const dialog: Dialog = {
    id: `dl_${randomBytes(16).toString("hex")}`,
    alert: stored.id,
    account: target.account.id,
    keyId: target.keyId,
    userName: plan.userName,
    operator,
    openedAt: new Date(deps.clock.now()).toISOString(),
  };
  await deps.containments.keepDialog(dialog, DIALOG_MS);
  return disableModal(await withUses(plan, deps), dialog.id);
}

export async function onDisableSubmit(submission: Submission, deps: ActionDeps): Promise<SubmissionAnswer> {
  if (!(await isFirst("submission", submission, deps))) return { kind: "close" };
  const dialog = await findDialog(submission, deps);
  if (dialog === undefined)
    return failed(
      "This dialog is not yours or is older than 15 minutes. Nothing was changed; open it again from the alert.",
    );
  const reason = (submission.values[REASON] ?? "").trim();
  const errors = errorsOf(reason, submission.values[LAST_FOUR] ?? "", dialog);
  if (errors !== undefined) return { kind: "errors", errors };
  const fault = clockFault(deps.vitals.all());
  if (fault !== undefined) return failed(clockSentence(fault));

  const looked = await lookAgain(submission, dialog, deps);
  if (looked === undefined)
    return failed("Slack or IAM did not answer in time. Nothing was changed; open the dialog again from the alert.");
  const [approval, plan] = looked;
  if (!approval.allowed) {
    await noteRefusal(submission, submission.callbackId, dialog.alert, approval.why, deps);
    return failed(`Not done: ${approval.why}.`);
  }
  if (plan.kind === "refused") return { kind: "show", view: refusalModal(plan) };
  if (plan.kind === "already-inactive") return { kind: "show", view: disableModal(plan, dialog.id) };
  return intend(dialog, reason, submission.team, deps);
}

/** Only the one who opened a dialog may submit it. */
async function findDialog(
  { privateMetadata, user }: Submission,
  { containments }: Pick<Ports, "containments">,
): Promise<Dialog | undefined> {
  if (!/^dl_[0-9a-f]{32}$/.test(privateMetadata)) return undefined;
  const dialog = await containments.dialog(privateMetadata);
  return dialog?.operator === user ? dialog : undefined;
}

function errorsOf(reason: string, lastFour: string, dialog: Dialog): Readonly<Record<string, string>> | undefined {
  const errors = {
    ...(reason.length >= 3 && reason.length <= REASON_CHARS
      ? {}
      : { [REASON]: `Say why, in 3 to ${REASON_CHARS} characters.` }),
    ...(lastFour.trim().toUpperCase() === dialog.keyId.slice(-4)
      ? {}
      : { [LAST_FOUR]: "These are not the last four characters of the key above." }),
  };
  return Object.keys(errors).length === 0 ? undefined : errors;
}

/** The asker as Slack knows him now, and the plan as IAM stands now for the user he saw; undefined: it took too long. */
async function lookAgain(
  submission: Submission,
  { account, keyId, userName }: Dialog,
  deps: ActionDeps,
): Promise<readonly [Approval, Plan] | undefined> {
  const target = { account: accountOf(account, deps.config), keyId, expected: { userName } };
  const both = Promise.all([approvalOf(submission, "operator", deps), planFromIam(target, deps)]);
  const enough = new AbortController();
  const late = sleep(LOOK_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  return Promise.race([both, late]).finally(() => enough.abort());
}

async function intend(dialog: Dialog, reason: string, team: string, deps: ActionDeps): Promise<SubmissionAnswer> {
  const { alert, account, keyId, userName, operator } = dialog;
  const now = deps.clock.now();
  const requestedAt = new Date(now).toISOString();
  const fence = await deps.containments.nextFence(account, keyId);
  const wish = { alert, account, keyId, userName, operator, team, reason, requestedAt, fence };
  const intent = makeIntent(wish, deps.auditKey);
  const record: IntentRecord = { intent, containment: containmentOf(intent, { kind: "requested" }) };
  const fact = { fact: "request", kind: "request", at: requestedAt, actor: operator, detail: { reason, team } };
  await noteIntent(intent, fact, deps);

  const answer = await deps.containments.intend(record, dialog.openedAt, now).catch((error: unknown) => {
    deps.log.error({ intent: intent.id, err: String(error) }, "intent.unsure");
  });
  // A store that timed out may still have recorded it: then the row is there, and it goes on.
  if (answer === undefined)
    return failed("Trailhound's store did not answer. If the alert does not show your request in a minute, try again.");
  if (answer.kind === "already") {
    const { id } = answer.record.intent;
    await noteIntent(intent, { ...fact, fact: "already", kind: "already", detail: { intent: id } }, deps);
    return { kind: "show", view: alreadyModal(answer.record.containment) };
  }
  deps.log.info({ intent: intent.id, alert, operator }, "key.requested");
  await hint(
    [
      { kind: "act", id: intent.id, at: now },
      { kind: "deliver", id: alert, at: now },
    ],
    deps,
  );
  return { kind: "show", view: disableRequestedModal() };
}

/** What was recorded is done with or without a hint: the sweep finds the rows. */
async function hint(rows: readonly DueRow[], { effects, log }: Pick<Ports, "effects" | "log">): Promise<void> {
  await effects.hint(rows).catch((error: unknown) => log.warn({ err: String(error) }, "hint.failed"));
}

/** A wish is worth five minutes, and by this clock nobody knows which. */
function clockSentence(fault: string): string {
  return `The clock of the machine that Trailhound runs on is ${fault}, and a wish counts for five minutes by it. Nothing was changed; set the clock, then try again. /ids health says when it is right.`;
}

function failed(why: string): SubmissionAnswer {
  return { kind: "show", view: failedModal(why) };
}
