/** The line in memory: an SQS body in, Slack messages out. Real detector, real rules, real handlers. */
import { readFileSync } from "node:fs";
import { envelopeOf } from "../../demo/trail.ts";
import { handleDeliver } from "../../handlers/deliver.ts";
import { handleMessage } from "../../handlers/message.ts";
import { fixedClock, memoryChat, memoryEffects, memoryLog, memoryStores } from "../../src/adapters/memory.ts";
import { memoryLogFiles } from "../../src/adapters/memory-logfiles.ts";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../../src/adapters/rulefolder.ts";
import { isObject } from "../../src/cloudtrail/json.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import { apart, type DetectorState } from "../../src/detect/state.ts";

export const CHANNEL = "C0123456789";
export const FALLBACK = "C0987654321";
export const OPERATOR = "U0123456789";
export const ACCOUNT = { id: "111122223333", name: "prod" } as const;
const context = { places: [CHANNEL, FALLBACK, OPERATOR], accounts: [ACCOUNT], worker: "worker-1" };

/** Once for all tests: the rules keep nothing between records. */
const compiled = loadRules([bundledRules()]);

export function recordNamed(name: string, patch: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const file = new URL(`../../rules/records/${name}.json`, import.meta.url);
  return { ...JSON.parse(readFileSync(file, "utf8")), ...patch };
}

export async function openLine() {
  const clock = fixedClock(Date.parse("2026-11-20T10:02:30Z"));
  const log = memoryLog();
  const stores = memoryStores(clock);
  const effects = memoryEffects();
  const chat = memoryChat();
  const logFiles = memoryLogFiles();
  const ports = { ...stores, effects, chat, logFiles, clock, log };
  const [rules, state] = [await compiled, memoryState()];
  const detectorWith = (room: DetectorState) => makeDetector(rules, room, { accounts: [ACCOUNT] });
  const detectors = {
    sure: detectorWith(state),
    doubted: detectorWith(apart(state, "unverified")),
    accounts: new Set([ACCOUNT.id]),
  };
  let messages = 0;
  return {
    ...ports,
    detectors,
    /** Takes a body as SQS hands it over; a record comes in EventBridge's event. */
    take: (body: unknown, receiveCount = 1, stopping?: AbortSignal) =>
      handleMessage(
        { id: `m-${++messages}`, body: textOf(body), receiveCount, ...(stopping && { stopping }) },
        detectors,
        ports,
      ),
    /** Runs every delivery that is due now; gives how many rows there were. */
    async deliverDue() {
      const rows = await stores.outbox.due(clock.now(), 100);
      for (const row of rows) if (row.kind === "deliver") await handleDeliver(row.id, context, ports);
      return rows.length;
    },
    deliver: (id: string, worker = context.worker) => handleDeliver(id, { ...context, worker }, ports),
  };
}

function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  return JSON.stringify(isObject(body) && "eventName" in body ? envelopeOf(body) : body);
}
