/**
 * What Slack keeps for each person and emulate does not: messages only they see, the dialog before them, their Home
 * tab, the trigger ids of their clicks and the response URLs that answer them.
 */
import { randomBytes } from "node:crypto";
import type { JsonObject } from "../src/cloudtrail/record.ts";

/** A dialog as its person sees it. */
export interface Modal {
  readonly view: JsonObject;
  /** By block id, shown under the inputs. */
  readonly errors: Readonly<Record<string, string>>;
  /** Slack's own words when the app did not answer well. */
  readonly problem?: string;
}

export interface Desk {
  /** Messages only `user` sees, oldest first. */
  ephemerals(user: string): readonly JsonObject[];
  addEphemeral(user: string, message: JsonObject): JsonObject;
  modal(user: string): Modal | undefined;
  /** undefined closes it. */
  setModal(user: string, modal: Modal | undefined): void;
  /** What the bot published for `user`; undefined: nothing yet. */
  home(user: string): JsonObject | undefined;
  setHome(user: string, view: JsonObject): void;
  /** Who looks at the dialog with this id. */
  viewerOf(viewId: string): string | undefined;
  keepTrigger(id: string, user: string): void;
  ownerOf(triggerId: string): string | undefined;
  /** A new path below `/response/`. */
  openResponse(user: string, channel: string): string;
  /** Counts a use; undefined when it is unknown, used up or too old. */
  useResponse(path: string): { readonly user: string; readonly channel: string } | undefined;
  all(): {
    readonly ephemerals: Readonly<Record<string, readonly JsonObject[]>>;
    readonly modals: JsonObject;
    readonly homes: JsonObject;
  };
}

/** Slack: "up to 5 times within 30 minutes". */
const RESPONSE_USES = 5;
const RESPONSE_MS = 30 * 60_000;

export function openDesk(
  now: () => number,
  changed: (user: string, kind: "ephemeral" | "modal" | "home") => void,
): Desk {
  const ephemerals = new Map<string, JsonObject[]>();
  const modals = new Map<string, Modal>();
  const homes = new Map<string, JsonObject>();
  const triggers = new Map<string, string>();
  const responses = new Map<string, { readonly user: string; readonly channel: string; at: number; left: number }>();
  return {
    ephemerals: (user) => ephemerals.get(user) ?? [],
    addEphemeral(user, message) {
      const kept = { ...message, ts: (now() / 1000).toFixed(6), is_ephemeral: true };
      ephemerals.set(user, [...(ephemerals.get(user) ?? []), kept]);
      changed(user, "ephemeral");
      return kept;
    },
    modal: (user) => modals.get(user),
    setModal(user, modal) {
      if (modal === undefined) modals.delete(user);
      else modals.set(user, modal);
      changed(user, "modal");
    },
    home: (user) => homes.get(user),
    setHome(user, view) {
      homes.set(user, view);
      changed(user, "home");
    },
    viewerOf: (viewId) => [...modals].find(([, modal]) => modal.view["id"] === viewId)?.[0],
    keepTrigger: (id, user) => void triggers.set(id, user),
    ownerOf: (id) => triggers.get(id),
    openResponse(user, channel) {
      const path = randomBytes(16).toString("hex");
      responses.set(path, { user, channel, at: now(), left: RESPONSE_USES });
      return path;
    },
    useResponse(path) {
      const found = responses.get(path);
      if (found === undefined || found.left === 0 || now() - found.at > RESPONSE_MS) return undefined;
      found.left -= 1;
      return found;
    },
    all: () => ({
      ephemerals: Object.fromEntries(ephemerals),
      modals: Object.fromEntries([...modals].map(([user, modal]) => [user, { ...modal }])),
      homes: Object.fromEntries(homes),
    }),
  };
}
