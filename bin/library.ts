/**
 * The public API: Trailhound's detector as a library.
 *
 *   import { openDetector } from "trailhound";
 *   const detector = await openDetector({ rules: ["./our-rules"] });
 *   const findings = await detector.feed(record);
 */
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../src/adapters/rulefolder.ts";
import { MAX_BODY_BYTES } from "../src/cloudtrail/envelope.ts";
import { parseJson } from "../src/cloudtrail/json.ts";
import { type CloudTrailRecord, parseRecord, RecordError } from "../src/cloudtrail/record.ts";
import { openText } from "../src/cloudtrail/textrecord.ts";
import { type Detector, type DetectorContext, makeDetector } from "../src/detect/detector.ts";
import type { AccountContext } from "../src/detect/facts.ts";
import type { Finding } from "../src/detect/finding.ts";
import type { Placeholders } from "../src/detect/modifier.ts";
import type { CompiledRules } from "../src/detect/rules.ts";

export type { Evidence, Finding, Level, Outcome, Sighting } from "../src/detect/finding.ts";
export { RuleError, RuleErrors } from "../src/detect/rule-error.ts";

export interface DetectorOptions {
  /** Folders with Sigma rules that add to the bundled ones. */
  readonly rules?: readonly string[];
  /** What is known about the accounts, e.g. `[{ id: "111122223333", regions: ["eu-central-1"] }]`. */
  readonly accounts?: readonly AccountContext[];
  /** What `%name%` stands for in rules with the modifier `expand`. */
  readonly placeholders?: Placeholders;
  /** Vendors' accounts, and where addresses are. */
  readonly known?: DetectorContext["known"];
}

export interface LibraryDetector {
  /**
   * Findings that this record triggers; `[]` also for a value that is no CloudTrail record. The clock is `eventTime`.
   * A string is the record as JSON: it is parsed only when a rule wants to know more of it, which is twice as fast and more.
   */
  feed(record: unknown): Promise<readonly Finding[]>;
  /** Findings of all records, in their order. */
  feedAll(records: readonly unknown[]): Promise<readonly Finding[]>;
  /** Ends this detector; feeding it afterwards rejects. */
  close(): void;
}

const compiled = new Map<string, Promise<CompiledRules>>();

/**
 * A detector with a memory of its own, empty at the start. Rules are compiled once per list of folders, placeholders and process.
 *
 * @throws RuleErrors with every problem of the rules.
 */
export async function openDetector(options: DetectorOptions = {}): Promise<LibraryDetector> {
  const detector = await recordDetectorOf(options);
  let closed = false;
  const feedAll = async (records: readonly unknown[]): Promise<readonly Finding[]> => {
    if (closed) throw new Error("this detector is closed; open another one");
    return detector.feedAll(records.flatMap(recordsOf));
  };
  return {
    feed: (record) => feedAll([record]),
    feedAll,
    close: () => {
      closed = true;
    },
  };
}

/** The same for records that are opened already. */
export async function recordDetectorOf(options: DetectorOptions): Promise<Detector> {
  const { rules: own = [], accounts = [], placeholders = {}, known = {} } = options;
  const rules = await rulesOf([bundledRules(), ...own], placeholders);
  return makeDetector(rules, memoryState(), { accounts, known });
}

function rulesOf(folders: readonly string[], placeholders: Placeholders): Promise<CompiledRules> {
  const key = JSON.stringify([folders, placeholders]);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const loading = loadRules(folders, { placeholders });
  compiled.set(key, loading);
  // Somebody who repairs a rule can open again.
  loading.catch(() => compiled.delete(key));
  return loading;
}

function recordsOf(value: unknown): readonly CloudTrailRecord[] {
  try {
    return [typeof value === "string" ? recordIn(value) : parseRecord(value)];
  } catch (error) {
    if (error instanceof RecordError) return [];
    throw error;
  }
}

function recordIn(text: string): CloudTrailRecord {
  const record = openText(text);
  if (record !== undefined) return record;
  const parsed = parseJson(text, MAX_BODY_BYTES);
  if (parsed.kind === "refused") throw new RecordError(parsed.why);
  return parseRecord(parsed.value);
}
