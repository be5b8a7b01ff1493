/**
 * Slack in memory, for tests: keeps every message that would be seen and lets a test choose the next answers.
 */
import type { Home, Message, Modal } from "../../blocks/text.ts";
import type { Asker } from "../contain/approval.ts";
import type { Chat, PostAnswer, SearchAnswer } from "../ports/chat.ts";

export interface MemoryPost {
  readonly channel: string;
  readonly ts: string;
  /** The alert id in the message's metadata. */
  readonly key: string;
  /** Everything this message ever showed, newest last. */
  readonly versions: readonly Message[];
}

/** What Slack really did with a call, apart from what it answered: `unknown` may well have arrived. */
export interface NextAnswer {
  readonly answer: PostAnswer;
  /** True: the message is in the channel although the answer does not say so. */
  readonly arrives: boolean;
}

export interface MemoryChat extends Chat {
  readonly posts: MemoryPost[];
  readonly modals: { readonly triggerId: string; readonly viewId: string; readonly view: Modal }[];
  readonly modalUpdates: { readonly viewId: string; readonly view: Modal }[];
  readonly responses: { readonly responseUrl: string; readonly message: Message; readonly to: "author" | "channel" }[];
  /** What each user's Home tab shows. */
  readonly homes: Map<string, Home>;
  /** Who `user` finds; none at first, so nobody may do anything. */
  readonly users: Map<string, Asker>;
  /** Members by channel; nobody is in one that is not here. */
  readonly members: Map<string, readonly string[]>;
  /** Whether others read it, by channel; of one that is not here Slack does not say. */
  readonly externals: Map<string, boolean>;
  /** Why a channel takes no posts and edits, by channel. */
  readonly refusals: Map<string, string>;
  /** Taken from the front by `post` and `update`; when empty everything is sent. */
  readonly answers: NextAnswer[];
  /** Taken from the front by `findPost`; when empty it looks into `posts`. */
  readonly searches: SearchAnswer[];
}

export function memoryChat(team = "T00000001"): MemoryChat {
  const posts: MemoryPost[] = [];
  const modals: { triggerId: string; viewId: string; view: Modal }[] = [];
  const modalUpdates: { viewId: string; view: Modal }[] = [];
  const responses: { responseUrl: string; message: Message; to: "author" | "channel" }[] = [];
  const homes = new Map<string, Home>();
  const users = new Map<string, Asker>();
  const members = new Map<string, readonly string[]>();
  const externals = new Map<string, boolean>();
  const refusals = new Map<string, string>();
  const answers: NextAnswer[] = [];
  const searches: SearchAnswer[] = [];

  return {
    posts,
    modals,
    modalUpdates,
    responses,
    homes,
    users,
    members,
    externals,
    refusals,
    answers,
    searches,
    async post(place, message, key) {
      const refused = refusals.get(place);
      if (refused !== undefined) return { kind: "not-sent", why: refused, permanent: true, elsewhere: true };
      const next = answers.shift();
      // A message to a person stands in a channel of its own.
      const channel = place.replace(/^U/, "D");
      const ts =
        next?.answer.kind === "sent" ? next.answer.ts : `1767225600.${String(posts.length + 1).padStart(6, "0")}`;
      if (next === undefined || next.arrives) posts.push({ channel, ts, key, versions: [message] });
      return next?.answer ?? { kind: "sent", ts, ...(channel === place ? {} : { channel }) };
    },
    async update(channel, ts, message) {
      const refused = refusals.get(channel);
      if (refused !== undefined) return { kind: "not-sent", why: refused, permanent: true, elsewhere: true };
      const next = answers.shift();
      const at = posts.findIndex((post) => post.channel === channel && post.ts === ts);
      const post = posts[at];
      if (post === undefined) return { kind: "not-sent", why: "message_not_found", permanent: true, elsewhere: true };
      if (next === undefined || next.arrives) posts[at] = { ...post, versions: [...post.versions, message] };
      return next?.answer ?? { kind: "sent", ts };
    },
    async findPost(channel, key) {
      const post = posts.find((candidate) => candidate.channel === channel && candidate.key === key);
      return searches.shift() ?? (post === undefined ? { kind: "absent" } : { kind: "found", ts: post.ts });
    },
    async openModal(triggerId, view) {
      const viewId = `V${String(modals.length + 1).padStart(8, "0")}`;
      modals.push({ triggerId, viewId, view });
      return viewId;
    },
    async updateModal(viewId, view) {
      modalUpdates.push({ viewId, view });
    },
    async respond(responseUrl, message, to = "author") {
      responses.push({ responseUrl, message, to });
    },
    async publishHome(user, home) {
      homes.set(user, home);
    },
    async user(id) {
      return users.get(id);
    },
    async isMember(channel, user) {
      return members.get(channel)?.includes(user) ?? false;
    },
    async isExternal(channel) {
      const external = externals.get(channel);
      if (external === undefined) throw new Error("channel_not_found");
      return external;
    },
    async team() {
      return team;
    },
  };
}
