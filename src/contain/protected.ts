/**
 * Protected principals: who is never contained from Slack, whatever an alert says.
 * By ARN, not by tag: whoever may tag users could protect himself.
 * Pure.
 */

/** Always protected: the accounts kept for the day when everything else is locked. */
export const BREAK_GLASS = "arn:*:iam::*:user/break-glass/*";

/** `isProtected("arn:aws:iam::111122223333:user/ops/root-of-ci", ["arn:aws:iam::*:user/ops/*"])` → true */
export function isProtected(arn: string, patterns: readonly string[]): boolean {
  return [BREAK_GLASS, ...patterns].some((pattern) => matches(pattern, arn));
}

/**
 * `matches("arn:*:user/ops-*", "arn:aws:iam::111122223333:user/ops-1")` → true. Capitals do not matter: IAM keeps
 * names apart without them too. Each part is looked for once from the left, so no pattern takes long.
 */
function matches(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.toLowerCase().split("*");
  const whole = text.toLowerCase();
  const tail = rest.pop();
  if (tail === undefined) return whole === head;
  if (!whole.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const at = whole.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return whole.length - tail.length >= from && whole.endsWith(tail);
}
