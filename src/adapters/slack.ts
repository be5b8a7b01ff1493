/**
 * Slack's Web API as the port `Chat`. No retry happens here: every answer is classified (./slack-answer.ts), and the outbox
 * decides what to do next.
 */
import { webApi } from "@slack/bolt";
import type { Message } from "../../blocks/text.ts";
import { type Chat, ClosedError, type PostAnswer, type SearchAnswer } from "../ports/chat.ts";
import type { Log } from "../ports.ts";
import { answered, classify, type Shown } from "./slack-answer.ts";
import { isExternal, isMember, userOf } from "./slack-people.ts";

const TIMEOUT_MS = 10_000;
/** Name of our message metadata; the payload's `k` is the alert id. */
const METADATA_TYPE = "ids_alert";
const HISTORY_PAGE = 200;
/** Those who waited for the same channel do not knock together when its pause is over. */
const JITTER_MS = 1_000;

export interface SlackOptions {
  readonly token: string;
  readonly apiUrl?: string;
  readonly log: Log;
}

export function webClientOptions(options: Pick<SlackOptions, "apiUrl">): webApi.WebClientOptions {
  return {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logLevel: webApi.LogLevel.ERROR,
  };
}

export function openChat(options: SlackOptions): Chat {
  const client = new webApi.WebClient(options.token, webClientOptions(options));
  const answerHosts = [
    new URL("https://hooks.slack.com"),
    ...(options.apiUrl === undefined ? [] : [new URL(options.apiUrl)]),
  ];
  let team: Promise<string> | undefined;
  /** Slack limits each channel: one that said so is left alone until then, whichever alert is next. */
  const pausedUntil = new Map<string, number>();
  async function paced(channel: string, call: () => Promise<Shown>): Promise<PostAnswer> {
    const leftMs = (pausedUntil.get(channel) ?? 0) - Date.now();
    if (leftMs > 0) {
      const retryAfterMs = Math.ceil(leftMs + Math.random() * JITTER_MS);
      return { kind: "not-sent", why: "ratelimited", permanent: false, retryAfterMs };
    }
    const answer = await answered(channel, call);
    if (answer.kind === "not-sent" && answer.retryAfterMs !== undefined)
      pausedUntil.set(channel, Date.now() + answer.retryAfterMs);
    return answer;
  }
  return {
    post: (channel, message, key) =>
      paced(channel, () =>
        client.chat.postMessage({
          channel,
          ...content(message),
          metadata: { event_type: METADATA_TYPE, event_payload: { k: key } },
          parse: "none",
          link_names: false,
          unfurl_links: false,
          unfurl_media: false,
        }),
      ),
    update: (channel, ts, message) =>
      paced(channel, () => client.chat.update({ channel, ts, ...content(message), parse: "none", link_names: false })),
    findPost: (channel, key, since) => findPost(client, channel, key, since),
    async openModal(triggerId, view) {
      const { view: opened } = await client.views.open({ trigger_id: triggerId, view });
      if (opened?.id === undefined) throw new Error("views.open answered without a view id");
      return opened.id;
    },
    async updateModal(viewId, view) {
      await client.views.update({ view_id: viewId, view }).catch((cause: unknown) => {
        const isClosed = cause instanceof webApi.WebAPIPlatformError && cause.data.error === "not_found";
        throw isClosed ? new ClosedError(`dialog ${viewId} is closed`, { cause }) : cause;
      });
    },
    respond: (responseUrl, message, to = "author") => respond(responseUrl, message, to, answerHosts),
    async publishHome(user, view) {
      await client.views.publish({ user_id: user, view });
    },
    user: (id) => userOf(client, id),
    isMember: (channel, user) => isMember(client, channel, user),
    isExternal: (channel) => isExternal(client, channel),
    team() {
      team ??= client.auth.test().then((who) => who.team_id ?? "");
      team.catch(() => {
        team = undefined;
      });
      return team;
    },
  };
}

/** Copies the blocks: the SDK's types want mutable arrays. */
function content(message: Message) {
  return { text: message.text, blocks: [...message.blocks] };
}

async function findPost(client: webApi.WebClient, channel: string, key: string, since: number): Promise<SearchAnswer> {
  try {
    let cursor: string | undefined;
    do {
      const page = await client.conversations.history({
        channel,
        oldest: String(since / 1_000),
        inclusive: true,
        include_all_metadata: true,
        limit: HISTORY_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const found = page.messages?.find(
        (m) => m.metadata?.event_type === METADATA_TYPE && payloadKey(m.metadata.event_payload) === key,
      );
      if (found?.ts !== undefined) return { kind: "found", ts: found.ts };
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
    return { kind: "absent" };
  } catch (error) {
    const answer = classify(error);
    // Only a refusal that stays one makes history unreadable; anything else is worth another try.
    if (answer.kind === "not-sent" && answer.permanent) return { kind: "unsearchable", why: answer.why };
    throw new Error(`conversations.history of ${channel} failed`, { cause: error });
  }
}

function payloadKey(payload: unknown): unknown {
  return typeof payload === "object" && payload !== null && "k" in payload ? payload.k : undefined;
}

/** Posts to a response_url, which is a URL from a request: only Slack's own host is ever called. */
async function respond(
  responseUrl: string,
  message: Message,
  to: "author" | "channel",
  hosts: readonly URL[],
): Promise<void> {
  const url = new URL(responseUrl);
  if (!hosts.some((host) => host.origin === url.origin)) throw new Error(`response_url on ${url.host} is not Slack's`);
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      response_type: to === "author" ? "ephemeral" : "in_channel",
      replace_original: false,
      ...content(message),
    }),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`response_url answered HTTP ${answer.status}`);
}
