/**
 * The Home tab: how Trailhound is, the newest alerts, and what its reader may do.
 * Pure.
 */
import type { Alert } from "../src/alert/alert.ts";
import type { Health } from "../src/health/health.ts";
import { alertsPart } from "./activity.ts";
import { healthBlocks } from "./health.ts";
import { helpParts } from "./help.ts";
import { bold, lines, rich, say } from "./rich.ts";
import { type Home, words } from "./text.ts";

export interface HomeView {
  readonly health: Health;
  /** Newest first; absent: the store does not answer; hidden: its reader may not read them. */
  readonly alerts?: readonly Alert[] | "hidden";
  readonly accounts: readonly { readonly id: string; readonly name?: string }[];
  readonly mayContain: boolean;
}

const ALERTS = 15;

export function homeView({ health, alerts, accounts, mayContain }: HomeView): Home {
  const isHidden = alerts === "hidden";
  const open = isHidden ? [] : alerts?.filter(({ acknowledged }) => acknowledged === undefined);
  return {
    type: "home",
    blocks: [
      ...healthBlocks(health, accounts),
      { type: "divider" },
      rich(
        isHidden
          ? lines([bold(words`Open alerts`), say(words`  are for operators and for members of the alerts' channel`)])
          : open === undefined
            ? lines([bold(words`Open alerts`), say(words`  not known: Redis does not answer`)])
            : open.length === 0
              ? lines([bold(words`Open alerts`), say(words`  none in the last 30 days`)])
              : alertsPart(open, words`Open alerts`, ALERTS),
      ),
      { type: "divider" },
      rich(
        lines([
          say(
            mayContain
              ? words`You are an operator: you may disable keys and ask /ids.`
              : isHidden
                ? words`Disabling keys and /ids is for those whom the config names as operators.`
                : words`You may read alerts. Disabling keys and /ids is for those whom the config names as operators.`,
          ),
        ]),
      ),
      ...helpParts().map((part) => rich(part)),
    ],
  };
}

/** For guests, and for people of other workspaces. */
export function closedHome(): Home {
  return {
    type: "home",
    blocks: [rich(lines([say(words`Trailhound shows how it is to full members of this workspace.`)]))],
  };
}
