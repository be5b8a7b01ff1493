/**
 * Policies of the demo's world: may this caller do that?
 * Pure. Identity policies only: Allow and Deny, actions and resources with `*`; no conditions, boundaries or SCPs,
 * and no document of the world has any.
 * Source: IAM User Guide, "Policy evaluation logic" (an explicit deny wins, nothing is allowed by default).
 */

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}
export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export type Verdict = "allowed" | "implicitly-denied" | "explicitly-denied";

/**
 * `evaluate([{ …Allow "iam:Create*" on "*" }], "iam:CreateUser", "arn:aws:iam::111122223333:user/support2")`
 *   → `"allowed"`
 */
export function evaluate(policies: readonly Policy[], action: string, resource: string): Verdict {
  const matching = policies
    .flatMap((policy) => policy.Statement)
    .filter(
      (statement) =>
        statement.Action.some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
        statement.Resource.some((pattern) => isLike(pattern, resource)),
    );
  if (matching.some((statement) => statement.Effect === "Deny")) return "explicitly-denied";
  return matching.length > 0 ? "allowed" : "implicitly-denied";
}

/** `isLike("iam:Create*", "iam:CreateUser")` → true; `*` = any characters, everything else stands for itself. */
function isLike(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
