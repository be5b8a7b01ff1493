import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { eventText } from "../../bench/traffic.ts";
import { COMPANY, companyRecords } from "../../demo/company/company.ts";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../../src/adapters/rulefolder.ts";
import { openEnvelope, openLogFile } from "../../src/cloudtrail/envelope.ts";
import { type CloudTrailRecord, parseRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import type { CompiledRules } from "../../src/detect/rules.ts";

const FOLDER = new URL("../../rules/records/", import.meta.url);

/** Two days of the company, with each recorded call among them. */
function textsOf(): readonly string[] {
  const recorded = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
  const texts: string[] = [];
  for (const record of companyRecords({ ...COMPANY, weeks: 1 })) {
    if (texts.length === 5_000) break;
    const one = texts.length % 10 === 0 ? recorded[(texts.length / 10) % recorded.length] : undefined;
    const { eventTime } = record;
    texts.push(JSON.stringify(one === undefined ? record : { ...one, eventID: `recorded-${texts.length}`, eventTime }));
  }
  return texts;
}

describe("the bundled rules", () => {
  const texts = textsOf();
  let rules: CompiledRules;
  before(async () => {
    rules = await loadRules([bundledRules()]);
  });
  const findingsOf = async (records: readonly CloudTrailRecord[]) => {
    const detector = makeDetector(rules, memoryState(), { accounts: [{ id: "111122223333" }] });
    const found = [];
    for (let from = 0; from < records.length; from += 100)
      found.push(...(await detector.feedAll(records.slice(from, from + 100))));
    return found;
  };

  it("find the same in records that are parsed and in records that are opened from their text", async () => {
    const parsed = await findingsOf(texts.map((text) => parseRecord(JSON.parse(text))));
    const inFile = texts.flatMap((text) => openLogFile(text, { maxBytes: 2 ** 20 }).records);
    const inEvent = texts.flatMap((text) => openEnvelope(eventText(text)).records);

    assert.ok(parsed.length > 100);
    assert.ok([...inFile, ...inEvent].every(({ scan }) => scan !== undefined));
    assert.deepEqual(await findingsOf(inFile), parsed);
    assert.deepEqual(await findingsOf(inEvent), parsed);
  });
});
