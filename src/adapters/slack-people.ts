/**
 * People in Slack: who somebody is, who reads a channel.
 * Source: Slack Web API reference, users.info, conversations.members, conversations.info.
 */
import { webApi } from "@slack/bolt";
import type { Asker } from "../contain/approval.ts";

const MEMBERS_PAGE = 1_000;

export async function isMember(client: webApi.WebClient, channel: string, user: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await client.conversations.members({
      channel,
      limit: MEMBERS_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (page.members?.includes(user)) return true;
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  return false;
}

export async function isExternal(client: webApi.WebClient, id: string): Promise<boolean> {
  const { channel } = await client.conversations.info({ channel: id });
  // What Slack does not deny may be so.
  return channel?.is_ext_shared !== false || channel.is_pending_ext_shared === true;
}

export async function userOf(client: webApi.WebClient, id: string): Promise<Asker | undefined> {
  try {
    const { user } = await client.users.info({ user: id });
    if (user?.id === undefined) return undefined;
    return {
      id: user.id,
      teamId: user.team_id ?? "",
      deleted: user.deleted === true,
      bot: user.is_bot === true || user.id === "USLACKBOT",
      guest: user.is_restricted === true || user.is_ultra_restricted === true,
      external: user.is_stranger === true,
    };
  } catch (error) {
    if (error instanceof webApi.WebAPIPlatformError && error.data.error === "user_not_found") return undefined;
    throw error;
  }
}
