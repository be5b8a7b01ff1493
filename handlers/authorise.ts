/**
 * Who is asking, is it the first time, and does the button stand where Trailhound put it: asked before every click
 * and submission does anything. What is not clearly allowed is refused, told to the asker and kept in the audit log.
 */
import { noticeMessage } from "../blocks/notice.ts";
import type { StoredAlert } from "../src/alert/alert.ts";
import { type Approval, mayContain, mayLook } from "../src/contain/approval.ts";
import type { Click, Submission } from "../src/ports/listeners.ts";
import type { Ports } from "../src/ports.ts";
import { appendAudit } from "./audit.ts";
import type { ContainConfig } from "./plan.ts";

export interface AskDeps extends Pick<Ports, "alerts" | "audit" | "chat" | "clock" | "containments" | "log"> {
  readonly config: ContainConfig;
  readonly auditKey: Buffer;
}

type Request = Pick<Click | Submission, "user" | "userTeam" | "team" | "triggerId">;

/** Slack signs a request for 5 minutes: within them it could be played again. */
const REPLAY_MS = 10 * 60_000;

/**
 * The alert that a click may act on.
 *
 * @returns undefined when it may not: the asker was told, except where a forger or a repeated request would be.
 */
export async function authorisedAlert(
  click: Click,
  who: "operator" | "member",
  deps: AskDeps,
): Promise<StoredAlert | undefined> {
  if (!(await isFirst("click", click, deps))) return undefined;
  const alert = /^al_[0-9a-f]{24}$/.test(click.value) ? await deps.alerts.alert(click.value) : undefined;
  if (alert === undefined) {
    deps.log.warn({ user: click.user, action: click.actionId }, "button.unknown");
    return undefined;
  }
  const misplaced = misplacedBecause(alert, click);
  const approval: Approval =
    misplaced === undefined ? await approvalOf(click, who, deps) : { allowed: false, why: misplaced };
  if (approval.allowed) return alert;
  await deps.chat.respond(click.responseUrl, noticeMessage(`Not done: ${approval.why}.`));
  await noteRefusal(click, click.actionId, alert.id, approval.why, deps);
  return undefined;
}

/** A button carries an alert id, which is no secret: it counts only where Trailhound posted that alert. */
function misplacedBecause({ post }: StoredAlert, { channel, messageTs }: Click): string | undefined {
  // A crash between post and confirm: the message is in the channel, the store learns where within half a minute.
  if (post === undefined)
    return "Trailhound restarted and is still finding this message again: press once more in half a minute";
  if (post.channel === channel && post.ts === messageTs) return undefined;
  return "this button is not on the alert's own message: use the one in the alert's channel";
}

/** False for a request that was handled before, or that carries nothing to know it again by. */
export async function isFirst(
  kind: "click" | "submission",
  { triggerId, user }: Request,
  { containments, log }: Pick<AskDeps, "containments" | "log">,
): Promise<boolean> {
  const isKnowable = triggerId.length > 0 && triggerId.length <= 200;
  if (isKnowable && (await containments.firstUse(`${kind}:${triggerId}`, REPLAY_MS))) return true;
  log.warn({ user, kind }, "request.repeated");
  return false;
}

export async function approvalOf(request: Request, who: "operator" | "member", deps: AskDeps): Promise<Approval> {
  const [user, team] = await Promise.all([deps.chat.user(request.user), deps.chat.team()]);
  const { operators } = deps.config;
  const context = { operators, team, payloadTeam: request.team, userTeam: request.userTeam };
  return who === "operator" ? mayContain(user, context) : mayLook(user, context);
}

/** Refusals are kept too: who tries what he may not do is a sign. */
export async function noteRefusal(
  request: Request,
  action: string,
  alert: string,
  why: string,
  deps: AskDeps,
): Promise<void> {
  deps.log.warn({ user: request.user, action, alert, why }, "request.refused");
  const fact = {
    id: `refused:${action}:${request.triggerId}`,
    at: new Date(deps.clock.now()).toISOString(),
    kind: "refused",
    actor: request.user,
    subject: alert,
    detail: { action, why, team: request.team, userTeam: request.userTeam },
  };
  await appendAudit(fact, deps.auditKey, deps.audit);
}
