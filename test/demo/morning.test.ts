import assert from "node:assert/strict";
import { ACCOUNT, GLOBAL_REGION, HOME_REGION } from "../../demo/cast.ts";
import { morningRecords } from "../../demo/morning.ts";
import { memoryState } from "../../src/adapters/memory-state.ts";
import { bundledRules, loadRules } from "../../src/adapters/rulefolder.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { makeDetector } from "../../src/detect/detector.ts";
import { isAtLeast } from "../../src/detect/finding.ts";

const NOW = Date.parse("2027-01-05T17:30:00Z");
const HOUR_MS = 3_600_000;

describe("the morning before the demo's story", () => {
  const records = morningRecords(NOW).map((record) => parseRecord(record));

  it("is of the hour before, in the order of time, in the story's account", () => {
    const times = records.map(({ eventTime }) => Date.parse(eventTime));

    assert.ok(records.length > 50, `${records.length} records`);
    assert.deepEqual(times, [...times].sort());
    assert.ok(times.every((time) => time >= NOW - HOUR_MS && time < NOW));
    assert.ok(records.every(({ recipientAccountId }) => recipientAccountId === ACCOUNT.id));
  });

  it("moves the times of sessions alike: none is older than its credentials may be", () => {
    const ages = records.flatMap(({ eventTime, userIdentity }) => {
      const made = userIdentity.sessionContext?.creationDate;
      return made === undefined ? [] : [Date.parse(eventTime) - Date.parse(made)];
    });

    assert.ok(ages.length > 0 && ages.every((age) => age >= 0 && age <= 12 * HOUR_MS), String(ages));
  });

  it("raises no alert in a bot that knows nothing yet", async () => {
    const accounts = [{ ...ACCOUNT, regions: [GLOBAL_REGION, HOME_REGION] }];
    const detector = makeDetector(await loadRules([bundledRules()]), memoryState(), { accounts });
    const findings = await detector.feedAll(records);

    assert.deepEqual(
      findings.filter(({ level }) => isAtLeast(level, "low")).map(({ rule, principal }) => `${rule}: ${principal}`),
      [],
    );
  });
});
