/**
 * Escalation: which sets of permissions lead to more than they say.
 * Pure. Source: action sets are facts of pathfinding.cloud (DataDog, Apache-2.0), whose ids they carry, as of 2026-11; those it
 * does not number have a name of ours and come from Prowler (Apache-2.0) and the IAM documentation.
 */
import type { Json } from "../cloudtrail/json.ts";
import { canDo } from "./policy.ts";

/** A path's id and the actions that together open it, each on any resource of its kind. */
const PATHS: readonly (readonly [id: string, actions: string])[] = [
  ["iam-001", "iam:CreatePolicyVersion"],
  ["iam-002", "iam:CreateAccessKey"],
  ["iam-003", "iam:CreateAccessKey iam:DeleteAccessKey"],
  ["iam-004", "iam:CreateLoginProfile"],
  ["iam-005", "iam:PutRolePolicy"],
  ["iam-006", "iam:UpdateLoginProfile"],
  ["iam-007", "iam:PutUserPolicy"],
  ["iam-008", "iam:AttachUserPolicy"],
  ["iam-009", "iam:AttachRolePolicy"],
  ["iam-010", "iam:AttachGroupPolicy"],
  ["iam-011", "iam:PutGroupPolicy"],
  ["iam-012", "iam:UpdateAssumeRolePolicy sts:AssumeRole"],
  ["iam-013", "iam:AddUserToGroup"],
  ["iam-014", "iam:AttachRolePolicy sts:AssumeRole"],
  ["iam-015", "iam:AttachUserPolicy iam:CreateAccessKey"],
  ["iam-016", "iam:CreatePolicyVersion sts:AssumeRole"],
  ["iam-017", "iam:PutRolePolicy sts:AssumeRole"],
  ["iam-018", "iam:PutUserPolicy iam:CreateAccessKey"],
  ["iam-019", "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy"],
  ["iam-020", "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy"],
  ["iam-021", "iam:PutRolePolicy iam:UpdateAssumeRolePolicy"],
  ["sts-001", "sts:AssumeRole"],
];

const COMPILED = PATHS.map(([id, actions]) => ({ id, actions: actions.split(" ") }));

/**
 * The paths that a policy surely opens: every action allowed on any resource, no condition.
 *
 * `{ Effect: "Allow", Action: ["ec2:*", "iam:PassRole"], Resource: "*" }` → `["ec2-001", "ec2-002", …]`
 */
export function escalationsOf(document: Json): readonly string[] {
  const asked = new Map<string, boolean>();
  const can = canDo(document, "do-not-count");
  const may = (action: string) => {
    const known = asked.get(action) ?? can(action);
    asked.set(action, known);
    return known;
  };
  return COMPILED.filter(({ actions }) => actions.every(may)).map(({ id }) => id);
}
