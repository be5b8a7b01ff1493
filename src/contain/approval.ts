/**
 * Approval: who may contain, and who may look. Nobody by default; every check stands on its own.
 * Pure: the caller asks Slack who the user is now.
 */

/** A Slack user as Slack describes him now. */
export interface Asker {
  readonly id: string;
  readonly teamId: string;
  readonly deleted: boolean;
  readonly bot: boolean;
  /** Single- or multi-channel guest. */
  readonly guest: boolean;
  /** From another workspace (Slack Connect). */
  readonly external: boolean;
}

export interface AskContext {
  readonly operators: readonly string[];
  /** The team the bot is installed in. */
  readonly team: string;
  /** The teams that Slack's request names: of the place it comes from, and of its user. */
  readonly payloadTeam: string;
  readonly userTeam: string;
}

export type Approval = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Operators only: full members of the bot's team who are listed in the config. An empty list means nobody. */
export function mayContain(user: Asker | undefined, context: AskContext): Approval {
  const look = mayLook(user, context);
  if (!look.allowed) return look;
  if (user !== undefined && context.operators.includes(user.id)) return look;
  return no("you are not an operator: someone with access to Trailhound's config can add you to slack.operators");
}

/** Full members of the bot's team. */
export function mayLook(user: Asker | undefined, context: Omit<AskContext, "operators">): Approval {
  if (user === undefined) return no("Slack does not know this user");
  if (user.deleted) return no("this user was removed from the workspace");
  if (user.bot) return no("bots may not do this");
  if (user.guest) return no("guests may not do this");
  if (user.external) return no("people of other workspaces may not do this");
  const teams = [user.teamId, context.payloadTeam, context.userTeam];
  if (context.team === "" || teams.some((team) => team !== context.team))
    return no("this came from another workspace than the one Trailhound is installed in");
  return { allowed: true };
}

function no(why: string): Approval {
  return { allowed: false, why };
}
