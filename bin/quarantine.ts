/**
 * `ids quarantine`: what came in and could not be read; looked at, and tried again by the running bot.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { MAX_BODY_BYTES } from "../src/cloudtrail/envelope.ts";
import type { KeptUnreadable, QuarantineStore } from "../src/ports/quarantine.ts";
import type { Output } from "./output.ts";
import { findStore, readConfig } from "./store.ts";

const USAGE = `ids quarantine list [--json]         what could not be read, newest first (at most ${1_000})
ids quarantine show ID               all that is known of one, and its text
ids quarantine replay ID… | --all    the running bot tries them again

  --config FILE   the bot's configuration (default: ids.config.yml); REDIS_URL as for ids serve

What the reasons mean: docs/quarantine.md. Exit code: 0 done · 1 it failed, or some still cannot be read · 2 wrong usage
`;

const MOST = 1_000;
/** The bot sweeps every two seconds. */
const PATIENCE_MS = 15_000;

export async function quarantine(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  output: Output = process,
): Promise<number> {
  const options = optionsOf(argv);
  if ("problem" in options) return say(output.stderr, `${options.problem}\n${USAGE}`, 2);
  if (options.help) return say(output.stdout, USAGE, 0);
  const config = await readConfig(options.config).catch((error: Error) => error);
  if (config instanceof Error) return say(output.stderr, `${config.message}\n`, 2);
  const stores = await findStore(config, env["REDIS_URL"]);
  if (stores === undefined)
    return say(output.stderr, `no bot runs with its data in ${config.data}: start ids serve, or set REDIS_URL\n`, 1);
  try {
    const held = stores.quarantine;
    if (options.verb === "list") return await list(held, options.json, output);
    if (options.verb === "show") return await show(held, options.ids[0] ?? "", output);
    return await replay(held, options.all ? (await held.list(MOST)).map(({ id }) => id) : options.ids, output);
  } finally {
    await stores.close();
  }
}

type Verb = "list" | "show" | "replay";

function optionsOf(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: "string", default: "ids.config.yml" },
        json: { type: "boolean", default: false },
        all: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [verb, ...ids] = positionals;
    if (values.help) return { ...values, verb: "list" as const, ids };
    if (verb !== "list" && verb !== "show" && verb !== "replay")
      return { problem: `ids quarantine: ${verb === undefined ? "no verb" : `no verb ${JSON.stringify(verb)}`}` };
    const wrong = ids.find((id) => !/^qu_[0-9a-f]{24}$/.test(id));
    if (wrong !== undefined)
      return { problem: `ids quarantine: ${JSON.stringify(wrong)} is not an id such as qu_0123456789abcdef01234567` };
    const wanted: Readonly<Record<Verb, boolean>> = {
      list: ids.length === 0,
      show: ids.length === 1,
      replay: ids.length > 0 !== values.all,
    };
    return wanted[verb] ? { ...values, verb, ids } : { problem: `ids quarantine ${verb}: ${WANTS[verb]}` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const WANTS: Readonly<Record<Verb, string>> = {
  list: "takes no id",
  show: "takes one id",
  replay: "takes ids, or --all",
};

async function list(held: QuarantineStore, json: boolean, { stdout }: Output): Promise<number> {
  const items = await held.list(MOST);
  if (json) return say(stdout, items.map((item) => `${JSON.stringify(item)}\n`).join(""), 0);
  if (items.length === 0) return say(stdout, "nothing in quarantine\n", 0);
  const rows = items.map(
    ({ id, reason, since, bytes, receiveCount, whole }) =>
      `${id}  ${since}  ${reason.padEnd(20)} ${String(bytes).padStart(8)} bytes  received ${receiveCount}x${whole ? "" : "  (head only)"}`,
  );
  const total = await held.count();
  const more = total > items.length ? `and ${total - items.length} more\n` : "";
  return say(stdout, `${rows.join("\n")}\n${more}`, 0);
}

async function show(held: QuarantineStore, id: string, { stdout, stderr }: Output): Promise<number> {
  const item = await held.find(id);
  if (item === undefined) return say(stderr, `${id} is not in quarantine\n`, 1);
  const { reason, since, bytes, sha256, receiveCount, head, whole } = item;
  const gone = bytes > MAX_BODY_BYTES ? "more than 1 MiB is not kept" : "the rest made room for newer bodies";
  const lines = [
    `id        ${id}`,
    `reason    ${reason}`,
    `since     ${since}`,
    `received  ${receiveCount} times`,
    `bytes     ${bytes}`,
    `sha256    ${sha256}`,
    `kept      ${whole ? "whole: it can be replayed" : `its first 4,096 characters: ${gone}`}`,
    "",
    visible(head),
  ];
  return say(stdout, `${lines.join("\n")}\n`, 0);
}

async function replay(held: QuarantineStore, ids: readonly string[], { stdout, stderr }: Output): Promise<number> {
  if (ids.length === 0) return say(stdout, "nothing in quarantine\n", 0);
  const waiting = new Set<string>();
  let problems = 0;
  for (const id of ids) {
    if (await held.replay(id, Date.now())) waiting.add(id);
    else {
      problems += 1;
      stderr.write(`${id} is not in quarantine, or not whole any more\n`);
    }
  }
  const asked = waiting.size;
  for (const end = Date.now() + PATIENCE_MS; waiting.size > 0 && Date.now() < end; await sleep(200))
    for (const id of waiting) {
      const state = await stateOf(held, id);
      if (state === "waiting") continue;
      waiting.delete(id);
      if (state === "gone") stdout.write(`${id} was read\n`);
      else {
        problems += 1;
        stdout.write(`${id} still cannot be read: ${state.reason}\n`);
      }
    }
  if (waiting.size > 0)
    stdout.write(`${waiting.size} of ${asked} wait: the bot will try them when it runs and has the time\n`);
  return problems > 0 ? 1 : 0;
}

async function stateOf(held: QuarantineStore, id: string): Promise<"gone" | "waiting" | KeptUnreadable> {
  const item = await held.find(id);
  if (item === undefined) return "gone";
  return (await held.isOwed(id)) ? "waiting" : item;
}

/** A body is anybody's text: nothing in it may move a terminal's cursor. */
export function visible(text: string): string {
  return text.replace(
    /[^\P{C}\n\t]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

function say(stream: { write(text: string): unknown }, text: string, code: number): number {
  stream.write(text);
  return code;
}
