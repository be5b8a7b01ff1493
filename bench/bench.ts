/**
 * `npm run bench`: what detection costs beside parsing, in µs a record on one core.
 * Both sides run in turn in one process on the same records; before that, the routed engine has to find exactly what trying every
 * rule on every record finds. Absolute figures are this machine's; the ratio is what can be compared.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { parseRecord } from "../src/cloudtrail/record.ts";
import { makeDetector } from "../src/detect/detector.ts";
import type { Finding } from "../src/detect/finding.ts";
import type { CompiledRules } from "../src/detect/rules.ts";

const RECORDS = 50_000;
const ROUNDS = 9;
const BATCH = 100;
const SEED = 20_261_120;
const PRINCIPALS = 500;
/** Shares of a busy account: nearly all calls are reads that no rule is about. */
const RECORDED_SHARE = 0.03;
const READS = [
  "ec2:DescribeInstances",
  "ec2:DescribeVolumes",
  "s3:GetBucketLocation",
  "s3:ListBuckets",
  "kms:Decrypt",
  "sts:AssumeRole",
  "iam:GetRole",
  "iam:ListRoles",
  "logs:DescribeLogGroups",
  "lambda:ListFunctions",
  "dynamodb:DescribeTable",
  "rds:DescribeDBInstances",
  "ssm:GetParameter",
  "ecs:DescribeTasks",
  "cloudwatch:DescribeAlarms",
  "elasticloadbalancing:DescribeTargetHealth",
];

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Records as JSON texts: the recorded ones among many harmless reads, by many principals, a second apart. */
function textsOf(folder: string): readonly string[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort();
  const recorded = files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  const calm = JSON.parse(readFileSync(join(folder, "sts_get_caller_identity.json"), "utf8"));
  const random = randomOf(SEED);
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const start = Date.parse("2026-11-20T00:00:00Z");
  return Array.from({ length: RECORDS }, (_, at) => {
    const eventID = `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
    const eventTime = new Date(start + at * 1000).toISOString().replace(".000Z", "Z");
    const userName = `user-${Math.floor(random() * PRINCIPALS)}`;
    if (random() < RECORDED_SHARE) return JSON.stringify({ ...oneOf(recorded), eventID, eventTime });
    const [service = "", eventName] = oneOf(READS)?.split(":") ?? [];
    const userIdentity = { ...calm.userIdentity, userName, arn: `arn:aws:iam::111122223333:user/${userName}` };
    return JSON.stringify({
      ...calm,
      eventSource: `${service}.amazonaws.com`,
      eventName,
      userIdentity,
      eventID,
      eventTime,
    });
  });
}

async function detect(texts: readonly string[], rules: CompiledRules): Promise<readonly Finding[]> {
  const detector = makeDetector(rules, memoryState(), { accounts: [] });
  const findings: Finding[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    const records = texts.slice(from, from + BATCH).map((text) => parseRecord(JSON.parse(text)));
    findings.push(...(await detector.feedAll(records)));
  }
  return findings;
}

function parse(texts: readonly string[]): number {
  let parsed = 0;
  for (const text of texts) if (JSON.parse(text) !== null) parsed++;
  return parsed;
}

function open(texts: readonly string[]): number {
  let opened = 0;
  for (const text of texts) if (parseRecord(JSON.parse(text)).eventID !== "") opened++;
  return opened;
}

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const folder = bundledRules();
const rules = await loadRules([folder]);
const texts = textsOf(join(folder, "records"));
const routed = await detect(texts, rules);
const naive = await detect(texts, { ...rules, router: () => rules.rules });
if (JSON.stringify(routed) !== JSON.stringify(naive)) {
  console.error(`the routed engine gives ${routed.length} findings, trying every rule ${naive.length}: they differ`);
  process.exit(1);
}
const sides = { parse: () => parse(texts), open: () => open(texts), detect: () => detect(texts, rules) };
const times: Record<keyof typeof sides, number[]> = { parse: [], open: [], detect: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const side of ["parse", "open", "detect"] as const) {
    const started = performance.now();
    await sides[side]();
    times[side].push(((performance.now() - started) * 1000) / texts.length);
  }
}
const [alone, opened, whole] = [medianOf(times.parse), medianOf(times.open), medianOf(times.detect)];
const bytes = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length);
console.log(
  `${texts.length} records of ${bytes} B, ${rules.rules.length} rules, ${routed.length} findings (the same without routing)`,
);
console.log(`JSON.parse alone                    ${alone.toFixed(2)} µs a record`);
console.log(`+ parseRecord                       ${opened.toFixed(2)}`);
console.log(`+ detect                            ${whole.toFixed(2)}`);
console.log(`parse + detect against parse alone  ${(whole / alone).toFixed(2)}`);
