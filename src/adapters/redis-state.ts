/**
 * The detector's state in Redis: one Lua call for a batch, some for a large one. What is known for sure is remembered here for a while,
 * so that habits cost no round trip.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Answer, DetectorState, Mark, MarkAnswer, Need, WindowAdd, WindowMember } from "../detect/state.ts";
import { ASK } from "./lua/state.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";

const ask = scriptOf(ASK);
/** Known values are told to Redis again after this time, by eventTime, so that it does not forget a habit. */
const FRESH_MS = 3600_000;
const MAX_KNOWN = 100_000;
/** Each may be answered with a thousand members: a call must end long before its time is up. */
const ADDS_A_CALL = 100;
const LONGEST_SIGN = 64;
/** Their texts: a correlation has one, and asks with it for every record. */
const NEEDS = new WeakMap<Need, string>();
const KNOWN: MarkAnswer = { known: true, told: false, learning: false };

export function redisState(redis: Redis): DetectorState {
  /** Group and value → eventTime at which Redis last called it known. */
  const known = new Map<string, number>();
  const isFresh = (mark: Mark): boolean => {
    const since = known.get(nameOf(mark));
    return since !== undefined && mark.at >= since && mark.at - since < FRESH_MS;
  };
  const remember = (mark: Mark, answer: MarkAnswer): void => {
    if (!answer.known || answer.learning || !mark.learns) return;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(nameOf(mark), mark.at);
  };
  async function askOf(adds: readonly WindowAdd[], marks: readonly Mark[]) {
    const args = [
      adds.length,
      ...adds.flatMap(argsOf),
      ...marks.flatMap(({ key, value, eventID, at, forgetMs, learningMs, learns }) => [
        digestOf(key),
        digestOf(value),
        eventID,
        at,
        forgetMs,
        learningMs,
        learns ? "1" : "0",
      ]),
    ];
    const [windows, answers, texts] = listOf(await ask(redis, args));
    const members = listOf(texts).map(memberOf);
    return { windows: listOf(windows).map((places) => membersAt(textOf(places), members)), answers: listOf(answers) };
  }
  return {
    async ask({ adds, marks }): Promise<Answer> {
      const asked = marks.filter((mark) => !isFresh(mark));
      if (adds.length === 0 && asked.length === 0) return { windows: [], marks: marks.map(() => KNOWN) };
      const windows: (readonly WindowMember[])[] = [];
      for (let from = 0; from + ADDS_A_CALL < adds.length; from += ADDS_A_CALL)
        windows.push(...(await askOf(adds.slice(from, from + ADDS_A_CALL), [])).windows);
      const last = await askOf(adds.slice(windows.length), asked);
      const told = new Map(asked.map((mark, i) => [mark, answerOf(last.answers[i])]));
      for (const [mark, answer] of told) remember(mark, answer);
      return {
        windows: [...windows, ...last.windows],
        marks: marks.map((mark) => told.get(mark) ?? KNOWN),
      };
    },
  };
}

function argsOf({ key, windowMs, member, need, signs }: WindowAdd): readonly (string | number)[] {
  const own = signs.flatMap((ofKind, kind) => ofKind.map((sign) => `${kind}:${signTextOf(sign)}`));
  const { at, sighting } = member;
  const what = [digestOf(key), windowMs, at, sighting.eventID, JSON.stringify(member), needTextOf(need)];
  return [...what, own.length, ...own];
}

function needTextOf(need: Need): string {
  const known = NEEDS.get(need);
  if (known !== undefined) return known;
  const text = JSON.stringify(need);
  NEEDS.set(need, text);
  return text;
}

/** Only whether signs are the same matters; in quotes, a short one is never the digest of another. */
function signTextOf(sign: string): string {
  return sign.length > LONGEST_SIGN ? digestOf(sign) : JSON.stringify(sign);
}

function nameOf({ key, value }: Mark): string {
  return `${key}\n${value}`;
}

/** Record text of any length and any characters. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function answerOf(reply: unknown): MarkAnswer {
  const [known, told, learning] = listOf(reply);
  return { known: known === "1", told: told === "1", learning: learning === "1" };
}

/** `"3 1"` → the third and the first of them. */
function membersAt(places: string, members: readonly WindowMember[]): readonly WindowMember[] {
  if (places === "") return [];
  return places.split(" ").flatMap((place) => members[Number(place) - 1] ?? []);
}

function memberOf(text: unknown): WindowMember {
  const member: WindowMember = JSON.parse(textOf(text));
  return member;
}
