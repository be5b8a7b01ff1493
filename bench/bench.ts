/**
 * `npm run bench`: what detection costs beside parsing, in µs a record on one core, against the goals.
 * Records come the two ways that they come in life: each as a text of its own, as log files are read, and each in an event of
 * EventBridge's. A way is measured from the text to the findings, beside JSON.parse of the same texts.
 * Both ways have to find in every record exactly what trying every rule on parsed records finds, else it tells no figure and exits
 * with 1. Absolute figures are this machine's; ratios of sides that ran in turn can be compared. What runs is dist/, as it ships.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CloudTrailRecord } from "../src/cloudtrail/record.ts";
import type { Detector } from "../src/detect/detector.ts";
import type { Finding } from "../src/detect/finding.ts";
import type { CompiledRules } from "../src/detect/rules.ts";
import type { DetectorState } from "../src/detect/state.ts";
import { inTurn, median, quantile, ratio, type Times, WARM_UP } from "./measure.ts";
import { coldStarts } from "./start.ts";
import { rates } from "./state.ts";
import { syntheticRules } from "./synthetic.ts";
import { eventText, trafficTexts, workloadTexts } from "./traffic.ts";

const ROUNDS = 25;
/** For a quantile of single records: the machine's slow moments are no part of it. */
const WEEKS = 7;
/** Most messages that one receive brings. */
const RECEIVED = 10;
/** Records that are read of a log file at a time. */
const SLICE = 500;
const STATE_RECORDS = 3_000;
const SIZES = [300, 1_000, 3_000];

const built = spawnSync(process.execPath, [fileURLToPath(new URL("../bin/build.mjs", import.meta.url))], {
  stdio: "inherit",
});
if (built.status !== 0) process.exit(1);
const compiled = (path: string) => import(new URL(`../dist/src/${path}.js`, import.meta.url).href);
const { parseRecord }: typeof import("../src/cloudtrail/record.ts") = await compiled("cloudtrail/record");
const { openEnvelope }: typeof import("../src/cloudtrail/envelope.ts") = await compiled("cloudtrail/envelope");
const { openText }: typeof import("../src/cloudtrail/textrecord.ts") = await compiled("cloudtrail/textrecord");
const { makeDetector }: typeof import("../src/detect/detector.ts") = await compiled("detect/detector");
const { compileDocuments }: typeof import("../src/detect/rules.ts") = await compiled("detect/rules");
const { openRules }: typeof import("../src/detect/sigma.ts") = await compiled("detect/sigma");
const { memoryState }: typeof import("../src/adapters/memory-state.ts") = await compiled("adapters/memory-state");
const { redisState }: typeof import("../src/adapters/redis-state.ts") = await compiled("adapters/redis-state");
const { RedisServerError, startRedis }: typeof import("../src/adapters/redis-server.ts") =
  await compiled("adapters/redis-server");
const { bundledRules, loadRules }: typeof import("../src/adapters/rulefolder.ts") =
  await compiled("adapters/rulefolder");

const documentsOf = (sources: ReturnType<typeof syntheticRules>) =>
  sources.flatMap(({ file, text }) => openRules(file, text, []));

const detectorOf = (rules: CompiledRules): Detector => makeDetector(rules, memoryState(), { accounts: [] });

/** The same records, each by itself and in an event. */
interface Traffic {
  readonly texts: readonly string[];
  readonly events: readonly string[];
}

type Opener = (text: string) => CloudTrailRecord | undefined;
const parsed = (text: string): CloudTrailRecord => parseRecord(JSON.parse(text));
const inFile: Opener = (text) => openText(text) ?? parsed(text);
const inEvent: Opener = (body) => openEnvelope(body).records[0];

async function detect(
  texts: readonly string[],
  detector: Detector,
  opened: Opener,
  together: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let from = 0; from < texts.length; from += together) {
    const records: CloudTrailRecord[] = [];
    for (let at = from; at < Math.min(from + together, texts.length); at++) {
      const record = opened(texts[at] ?? "");
      if (record !== undefined) records.push(record);
    }
    for (const finding of await detector.feedAll(records)) findings.push(finding);
  }
  return findings;
}

/** Of records that are open already: the rules' own cost, not a difference of two larger ones. */
async function detectOpened(records: readonly CloudTrailRecord[], detector: Detector): Promise<void> {
  for (let from = 0; from < records.length; from += RECEIVED)
    await detector.feedAll(records.slice(from, from + RECEIVED));
}

function parse(texts: readonly string[]): number {
  let parsed = 0;
  for (const text of texts) if (JSON.parse(text) !== null) parsed++;
  return parsed;
}

/** Findings of all texts. @throws Error when trying every rule finds anything else. */
async function checked(name: string, traffic: Traffic, rules: CompiledRules): Promise<number> {
  const naive = await detect(traffic.texts, detectorOf({ ...rules, router: () => rules.rules }), parsed, RECEIVED);
  const ways = [
    await detect(traffic.texts, detectorOf(rules), parsed, RECEIVED),
    await detect(traffic.texts, detectorOf(rules), inFile, RECEIVED),
    await detect(traffic.events, detectorOf(rules), inEvent, RECEIVED),
  ];
  for (const routed of ways) {
    if (JSON.stringify(routed) !== JSON.stringify(naive))
      throw new Error(
        `${name}: the routed engine gives ${routed.length} findings, trying every rule ${naive.length}: they differ`,
      );
  }
  return naive.length;
}

/** From the text of one event to its findings, in µs: the share of a week's records that took no longer; median of several weeks. */
async function latency(traffic: Traffic, rules: CompiledRules, share: number): Promise<number> {
  const weeks: number[] = [];
  for (let week = -WARM_UP; week < WEEKS; week++) {
    const times = await latencies(traffic, rules);
    if (week >= 0) weeks.push(quantile(times, share));
  }
  return median(weeks);
}

/** Each record comes once, as in life. */
async function latencies({ events }: Traffic, rules: CompiledRules): Promise<Float64Array> {
  const detector = detectorOf(rules);
  const times = new Float64Array(events.length);
  for (const [at, body] of events.entries()) {
    const started = performance.now();
    await detector.feedAll(openEnvelope(body).records);
    times[at] = (performance.now() - started) * 1000;
  }
  return times;
}

/** Records a second with the state in Redis: of the company, and of workloads that make one call all day. */
async function stateGoals(rules: CompiledRules): Promise<readonly Goal[]> {
  const feedOn = (state: DetectorState) => {
    const detector = makeDetector(rules, state, { accounts: [] });
    return (text: string) => detector.feed(parsed(text));
  };
  try {
    const streams = [texts.slice(0, STATE_RECORDS), workloadTexts(STATE_RECORDS)];
    const [company = 0, workloads = 0] = await rates(streams, { startRedis, redisState, feedOn });
    return [
      ["records/s with the pack and Redis state", company, 2_000, "at least"],
      ["the same of three keys that make one call all day", workloads, 2_000, "at least"],
    ];
  } catch (error) {
    if (!(error instanceof RedisServerError)) throw error;
    console.log(`\nrecords/s with Redis state are not measured: ${error.message}`);
    return [];
  }
}

type Goal = readonly [goal: string, figure: number, bound: number, side: "at most" | "at least"];

interface Measured {
  readonly name: string;
  readonly findings: number;
  readonly times: Times<"parse" | "file" | "parseEvent" | "event">;
  readonly p99: number;
}

async function measured(name: string, traffic: Traffic, rules: CompiledRules): Promise<Measured> {
  const { texts, events } = traffic;
  const sides = {
    parse: () => parse(texts),
    file: () => detect(texts, detectorOf(rules), inFile, SLICE),
    parseEvent: () => parse(events),
    event: () => detect(events, detectorOf(rules), inEvent, RECEIVED),
  };
  const times = await inTurn(sides, texts.length, ROUNDS);
  const p99 = await latency(traffic, rules, 0.99);
  // Last: a process that tries every rule on parsed records is not optimised for what is measured.
  return { name, findings: await checked(name, traffic, rules), times, p99 };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map(lineOf).join("\n");
}

const folder = bundledRules();
const texts = trafficTexts(folder);
const traffic: Traffic = { texts, events: texts.map(eventText) };
const pack = await loadRules([folder]);
const sets = [
  [`pack (${pack.rules.length})`, pack] as const,
  ...SIZES.map((size) => [`${size} synthetic`, compileDocuments(documentsOf(syntheticRules(size)), {}, [])] as const),
];
const all: Measured[] = [];
for (const [name, rules] of sets) all.push(await measured(name, traffic, rules));

const bytes = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length);
console.log(
  `${texts.length} records of ${bytes} B; µs a record, medians of ${ROUNDS} rounds; findings are those of trying every rule\n`,
);
console.log(
  table([
    ["rules", "findings", "parse", "from file", "ratio", "parse event", "from event", "ratio", "p99"],
    ...all.map(({ name, findings, p99, times: { parse, file, parseEvent, event } }) => [
      name,
      String(findings),
      ...[
        ...[median(parse), median(file), ratio(file, parse)],
        ...[median(parseEvent), median(event), ratio(event, parseEvent), p99],
      ].map((figure) => figure.toFixed(2)),
    ]),
  ]),
);

const [own, small] = all;
const [, [, few] = [], , [, many] = []] = sets;
if (own === undefined || small === undefined || few === undefined || many === undefined)
  throw new Error("a rule set was not measured");
const [fewer, more] = [detectorOf(few), detectorOf(many)];
for (const detector of [fewer, more]) await detect(texts, detector, parsed, RECEIVED);
const opened = texts.map(parsed);
const turns = await inTurn(
  { few: () => detectOpened(opened, fewer), many: () => detectOpened(opened, more) },
  texts.length,
  ROUNDS,
);
const start = coldStarts(texts);
console.log(
  `\ncold start: import ${start.import.toFixed(0)} ms, open ${start.open.toFixed(0)} ms (at worst ${start.worst.toFixed(0)} ms), ` +
    `first record ${start.first.toFixed(0)} ms, the next 199 ${start.others.toFixed(0)} ms`,
);
const goals: readonly Goal[] = [
  ["opening a detector in a cold process, ms", start.open, 50, "at most"],
  ["G3 pack on events of EventBridge against JSON.parse", ratio(own.times.event, own.times.parseEvent), 1.4, "at most"],
  ["G3 the same with 300 rules", ratio(small.times.event, small.times.parseEvent), 1.4, "at most"],
  ["G3 pack on a log file's records against JSON.parse", ratio(own.times.file, own.times.parse), 1.4, "at most"],
  ["G3 the same with 300 rules", ratio(small.times.file, small.times.parse), 1.4, "at most"],
  ["G4 detect with 3,000 rules against 300", ratio(turns.many, turns.few), 1.5, "at most"],
  ["G8 p99 in process with the pack, µs", own.p99, 50, "at most"],
  ["G8 the same with 300 rules, µs", small.p99, 50, "at most"],
  ...(await stateGoals(pack)),
];
console.log();
console.log(
  table([
    ["goal", "measured", "wanted", ""],
    ...goals.map(([goal, figure, bound, side]) => [
      goal,
      figure.toFixed(2),
      `${side} ${bound}`,
      (side === "at most" ? figure <= bound : figure >= bound) ? "met" : "missed",
    ]),
  ]),
);
