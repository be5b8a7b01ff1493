/**
 * Plays the story in the world and tells the page what really happened: every caption is made from the world's
 * answer, none from the script alone.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { textOf } from "./json.ts";
import type { Call } from "./record.ts";
import {
  HUNT,
  HUNT_LASTS_SECONDS,
  HUNT_SECONDS,
  MEANWHILE,
  PHASES,
  type Phase,
  SIGNERS,
  STORY,
  type StoryCall,
  THIEF_KEYS,
} from "./story.ts";
import type { Answer, World } from "./world.ts";

export interface Caption {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `thief`, `trailhound`, a name of the cast, or `story` for what no call tells. */
  readonly who: string;
  /** Whose key the thief used. */
  readonly as?: string;
  readonly action?: string;
  readonly outcome?: Answer["kind"];
  readonly text?: string;
}
export interface Play {
  readonly phase: Phase;
  readonly text: string;
}

export interface Player {
  readonly world: World;
  readonly speed: number;
  readonly now: () => number;
  readonly tell: (caption: Caption) => void;
  readonly enter: (play: Play) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the curtain falls; rejects with AbortError when `signal` ends it. */
export async function playStory(player: Player): Promise<void> {
  const { speed, signal } = player;
  const start = player.now();
  for (const { at, text, phase, call } of STORY) {
    await sleep(Math.max(0, start + (at * 1000) / speed - player.now()), undefined, { signal });
    if (phase !== undefined) enter(phase, player);
    if (call !== undefined) act(call, text, player);
    else if (text !== undefined) say(text, player);
  }
  const refused = await hunt(player);
  if (isOut(player.world)) {
    enter("out", player);
    say(`Both keys are shut. He was refused ${refused} times, and no such call left a CloudTrail record.`, player);
    say(leftOver(player.world), player);
  } else enter("over", player);
}

/** The thief goes on until every key of his was shut and he noticed, or until he has had enough. */
async function hunt(player: Player): Promise<number> {
  const noticed = new Set<string>();
  let refused = 0;
  for (let turn = 0; turn * HUNT_SECONDS < HUNT_LASTS_SECONDS; turn += 1) {
    await sleep((HUNT_SECONDS * 1000) / player.speed, undefined, { signal: player.signal });
    if (turn % HUNT.length === HUNT.length - 1) act(MEANWHILE, undefined, player);
    const call = HUNT[turn % HUNT.length];
    const outcome = call === undefined ? undefined : act(call, undefined, player);
    if (call !== undefined && outcome === "invalid-key") {
      refused += 1;
      noticed.add(call.by);
    }
    if (isOut(player.world) && THIEF_KEYS.every((key) => noticed.has(key) || keyOf(player.world, key) === undefined))
      break;
  }
  return refused;
}

function isOut(world: World): boolean {
  return THIEF_KEYS.every((signer) => keyOf(world, signer)?.status !== "Active");
}

function keyOf(world: World, signer: StoryCall["by"]) {
  const { userName, key } = SIGNERS[signer];
  return world.keysOf(userName)[key];
}

/** Makes a call and tells what came of it; undefined when the key it needs was never made. */
function act(call: StoryCall, text: string | undefined, player: Player): Answer["kind"] | undefined {
  const { by, action, params, region } = call;
  const { teller, userName, client } = SIGNERS[by];
  const key = keyOf(player.world, by);
  if (key === undefined) return undefined;
  const answer = player.world.call({ keyId: key.id, action, region, ...client, ...(params ? { params } : {}) });
  const refused = `The key …${key.id.slice(-4)} is inactive: refused at the door, so no CloudTrail record.`;
  const told = answer.kind === "invalid-key" ? refused : text;
  player.tell({
    at: player.now(),
    who: teller,
    ...(teller === "thief" ? { as: userName } : {}),
    action,
    outcome: answer.kind,
    ...(told === undefined ? {} : { text: told }),
  });
  return answer.kind;
}

function enter(phase: Phase, player: Player): void {
  player.enter({ phase, text: PHASES[phase] });
}

function say(text: string, player: Player): void {
  player.tell({ at: player.now(), who: "story", text });
}

function leftOver(world: World): string {
  return world.keysOf("support2").length > 0
    ? "Left to clean up: the user support2 with AdministratorAccess, and whatever runs in eu-north-1."
    : "Left to clean up: delete the leaked key, and take iam:* out of CI's policy.";
}

/** What Trailhound itself does in the account, from the world's answer; undefined for what is not worth a line. */
export function captionOf(call: Call, answer: Answer, at: number): Caption | undefined {
  const told =
    answer.kind === "ok" ? deedOf(call.action, call.params ?? {}, answer.value) : "It may not, or it failed.";
  return told === undefined
    ? undefined
    : { at, who: "trailhound", action: call.action, outcome: answer.kind, text: told };
}

function deedOf(action: string, params: JsonObject, value: JsonObject): string | undefined {
  const user = textOf(params, "userName");
  if (action === "iam:ListAccessKeys") return `Reads the keys of ${user}: ${keyStates(value)}.`;
  if (action !== "iam:UpdateAccessKey") return undefined;
  return `Sets …${textOf(params, "accessKeyId").slice(-4)} of ${user} to ${textOf(params, "status")}.`;
}

function keyStates(value: JsonObject): string {
  const keys = Array.isArray(value["accessKeyMetadata"]) ? value["accessKeyMetadata"] : [];
  return keys.map((key) => `…${textOf(key, "accessKeyId").slice(-4)} ${textOf(key, "status")}`).join(", ");
}
