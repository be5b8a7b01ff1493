/**
 * Disabling from an alert: which key its button means, and whether that is done.
 * Pure.
 */
import { isSignal } from "../cloudtrail/signal.ts";
import type { Containment } from "../contain/outcome.ts";
import type { DisableTarget } from "../contain/plan.ts";
import type { Alert } from "./alert.ts";
import type { Snapshot } from "./snapshot.ts";
import { isTrusted } from "./trust.ts";

/**
 * The key that the button *Disable key…* means: the one that signed the record that opened the alert.
 *
 * @returns undefined when there is nothing to disable from here: no key, a temporary key, root's, an account that is not
 * in the config, or a record that may be forged.
 */
export function disableKeyOf(alert: Alert): DisableTarget | undefined {
  return isTrusted(alert.trust) ? keyTargetOf(alert) : undefined;
}

/** The same before anybody asked whether the record is to be believed. */
export function keyTargetOf(alert: Alert): DisableTarget | undefined {
  const { key, principalKind } = alert.opening;
  const account = alert.keyAccount ?? alert.account;
  if (key?.type !== "long-term" || !account.configured || principalKind === "Root") return undefined;
  const { id, name, configured } = account;
  return {
    account: name === undefined ? { id, configured } : { id, name, configured },
    keyId: key.id,
    expected: isSignal(alert.opening.action) ? ownerTold(alert.opening) : { arn: alert.principal },
  };
}

/** Findings of AWS's own services carry no ARN: GuardDuty names the user, AWS Health the key alone. */
function ownerTold({ principalName, key }: Snapshot): DisableTarget["expected"] {
  return principalName === key?.id ? "not-told" : { userName: principalName };
}

/** Whether the key of this alert is switched off, or on its way there: the button has done its work. */
export function isContained(alert: Alert): boolean {
  if (alert.containment === undefined || isActiveAgain(alert.containment)) return false;
  switch (alert.containment.state.kind) {
    case "requested":
    case "deactivated":
    case "already-inactive":
    case "not-found":
      return true;
    default:
      return false;
  }
}

/** Whether the newest read-back found the key Active although it had been switched off: undone, or never done. */
export function isActiveAgain({ state, readBacks }: Containment): boolean {
  const newest = readBacks.findLast(({ status }) => status !== undefined && status !== "unreadable");
  return (state.kind === "deactivated" || state.kind === "already-inactive") && newest?.status === "Active";
}
