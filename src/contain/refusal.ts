/**
 * Refusals: why a key is not disabled from Slack, and what a person can do instead.
 * Pure. Every sentence is ours: nothing that a record says is in it.
 * Source: AWS, "Managing access keys for IAM users" and "Centrally manage root access for member accounts".
 */

export type Refusal =
  | "root-key"
  | "foreign-account"
  | "unconfigured-account"
  | "protected-principal"
  | "temporary-key"
  | "owner-changed"
  | "key-gone"
  | "iam-denied"
  | "iam-unavailable";

/** `stepsFor("iam-denied", "111122223333", "iam:GetUser")` → `["Trailhound's role lacks iam:GetUser in 111122223333.", …]` */
export function stepsFor(why: Refusal, account: string, missing = "a permission"): readonly string[] {
  switch (why) {
    case "root-key":
      return [
        "No IAM call of this account can disable a key of its root user.",
        "Member account of an organization: from the management or delegated administrator account, call sts:AssumeRoot with the task policy IAMDeleteRootUserCredentials and delete the key there.",
        "Management or stand-alone account: sign in as root, open Security credentials, make the key inactive, then change the password and check MFA.",
        "A service control policy that denies root stops it at once in a member account; it does not bind the management account.",
        "Nobody can sign in as root: open a case with AWS Support.",
      ];
    case "foreign-account":
      return [
        `The key does not belong to account ${account}, so nothing here can disable it.`,
        "Find out whose account it is and tell its owner; AWS Support can pass it on.",
        "Shut it out on our side: take its account or principal out of role trust policies, bucket policies and other resource policies.",
      ];
    case "unconfigured-account":
      return [
        `Account ${account} is not in Trailhound's config, so Trailhound does not act in it.`,
        "If it is ours: add it under accounts and give Trailhound's role access; until then disable the key in that account's IAM console.",
      ];
    case "protected-principal":
      return [
        "This user is protected: Trailhound never disables its keys from Slack.",
        "Call the owner of the user. If the key was stolen, an administrator disables it in the IAM console.",
        "Protected are Trailhound's own user, break-glass users, and the patterns under protected in its config.",
      ];
    case "temporary-key":
      return [
        "Temporary keys (ASIA…) cannot be made inactive; they end by themselves.",
        "Role session: in the IAM console open the role and choose Revoke active sessions. It ends every session of that role.",
        "Session of an IAM user: attach the AWSDenyAll policy to the user; disabling the user's key does not end it.",
        "Identity Center: disable the user there and delete its sessions.",
      ];
    case "owner-changed":
      return [
        "IAM names another owner for this key than the alert does, so the alert may point at the wrong person.",
        "Look at both with /ids who before anything is disabled.",
        "If the key must go now, an administrator disables it in the IAM console.",
      ];
    case "key-gone":
      return [
        "IAM does not know this key any more: it was deleted, or its user was.",
        "Sessions that were made with it can live on for up to 36 hours: look at what else its user and sessions did.",
      ];
    case "iam-denied":
      return [
        `Trailhound's role lacks ${missing} in ${account}.`,
        `Allow ${missing} for that role on the users of ${account}, then open this dialog again.`,
        "If the key must go now, an administrator disables it in the IAM console.",
      ];
    case "iam-unavailable":
      return [
        "IAM did not answer. Nothing was changed.",
        "Open this dialog again in a minute.",
        "If the key must go now, an administrator disables it in the IAM console.",
      ];
  }
}
