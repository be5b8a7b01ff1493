/**
 * The detector's state in Redis: one Lua call for a batch, some for a large one. What is known for sure is remembered here for a while,
 * so that habits cost no round trip.
 */
import { hash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Answer, DetectorState, Mark, MarkAnswer, Need, Signs, WindowAdd, WindowMember } from "../detect/state.ts";
import { ASK } from "./lua/state.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";

const ask = scriptOf(ASK);
/** Values are told to Redis again after this time, by eventTime, so that it does not forget a habit. */
const FRESH_MS = 3600_000;
const MAX_SAID = 100_000;
/** Each may be answered with a thousand members: a call must end long before its time is up. */
const ADDS_A_CALL = 100;
const LONGEST_SIGN = 64;
/** Their texts: a correlation has one, and asks with it for every record. */
const NEEDS = new WeakMap<Need, string>();
const DAY_MS = 24 * 3600_000;
const NOTHING = { windows: [], answers: [] };

/** What Redis last said of a value. */
interface Said {
  readonly at: number;
  readonly answer: MarkAnswer;
  /** Of a value that is not known: the record that tells it, today. */
  readonly teller: string;
}

export function redisState(redis: Redis): DetectorState {
  /** By group and value. */
  const said = new Map<string, Said>();
  const remember = (mark: Mark, one: Said): void => {
    if (!mark.learns) return;
    if (said.size >= MAX_SAID) said.clear();
    said.set(nameOf(mark), one);
  };
  async function askOf(adds: readonly WindowAdd[], marks: readonly Mark[]) {
    const args = [
      adds.length,
      ...adds.flatMap(argsOf),
      ...marks.flatMap((mark) => {
        const { value, eventID, at, forgetMs, learningMs, learns } = mark;
        return [digestOf(keyOf(mark)), digestOf(value), eventID, at, forgetMs, learningMs, learns ? "1" : "0"];
      }),
    ];
    const [windows, answers, texts] = listOf(await ask(redis, args));
    const members = listOf(texts).map(memberOf);
    return { windows: listOf(windows).map((places) => membersAt(textOf(places), members)), answers: listOf(answers) };
  }
  return {
    async ask({ adds, marks }): Promise<Answer> {
      const spared = new Map(marks.map((mark) => [mark, sparedOf(mark, said.get(nameOf(mark)))]));
      const asked = marks.filter((mark) => spared.get(mark) === undefined);
      const windows: (readonly WindowMember[])[] = [];
      for (let from = 0; from + ADDS_A_CALL < adds.length; from += ADDS_A_CALL)
        windows.push(...(await askOf(adds.slice(from, from + ADDS_A_CALL), [])).windows);
      const rest = adds.slice(windows.length);
      const last = rest.length + asked.length === 0 ? NOTHING : await askOf(rest, asked);
      const told = new Map(asked.map((mark, i) => [mark, saidOf(mark, last.answers[i])]));
      for (const [mark, one] of told) remember(mark, one);
      return {
        windows: [...windows, ...last.windows],
        marks: marks.flatMap((mark) => spared.get(mark) ?? told.get(mark)?.answer ?? []),
      };
    },
  };
}

/**
 * The answer of a record that neither tells nor teaches anything new: its value is a habit; or the same was learnt of it
 * today, and another record tells it.
 */
function sparedOf({ at, eventID }: Mark, before: Said | undefined): MarkAnswer | undefined {
  if (before === undefined || at < before.at || at - before.at >= FRESH_MS) return undefined;
  const { answer, teller } = before;
  if (answer.known && !answer.learning) return answer;
  if (Math.floor(at / DAY_MS) !== Math.floor(before.at / DAY_MS)) return undefined;
  if (answer.known) return answer;
  return eventID === teller ? undefined : { ...answer, told: true };
}

function argsOf(add: WindowAdd): readonly (string | number)[] {
  const { windowMs, member, need, signs } = add;
  const own = signs.flatMap((sign, kind) => signsIn(sign).map((one) => `${kind}:${signTextOf(one)}`));
  const what = [digestOf(keyOf(add)), windowMs, member.at, member.id, JSON.stringify(member), needTextOf(need)];
  return [...what, own.length, ...own];
}

function needTextOf(need: Need): string {
  const known = NEEDS.get(need);
  if (known !== undefined) return known;
  const text = JSON.stringify(need);
  NEEDS.set(need, text);
  return text;
}

function signsIn(sign: Signs[number]): readonly string[] {
  if (typeof sign !== "string") return sign;
  return sign === "" ? [] : [sign];
}

/** Only whether signs are the same matters; in quotes, a short one is never the digest of another. */
function signTextOf(sign: string): string {
  return sign.length > LONGEST_SIGN ? digestOf(sign) : JSON.stringify(sign);
}

function keyOf({ correlation, group }: WindowAdd | Mark): string {
  return `${correlation}\n${group}`;
}

function nameOf(mark: Mark): string {
  return `${keyOf(mark)}\n${mark.value}`;
}

/** Record text of any length and any characters. */
function digestOf(text: string): string {
  return hash("sha256", text);
}

function saidOf({ at }: Mark, reply: unknown): Said {
  const [known, told, learning, teller] = listOf(reply);
  return {
    at,
    answer: { known: known === "1", told: told === "1", learning: learning === "1" },
    teller: textOf(teller),
  };
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
