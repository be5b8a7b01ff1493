import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { asDelivered, COMPANY, type CompanyOptions, companyRecords } from "../../../demo/company/company.ts";
import { textAt } from "../../../src/cloudtrail/json.ts";
import { parseRecord } from "../../../src/cloudtrail/record.ts";

const SMALL: CompanyOptions = { ...COMPANY, volume: 0.05 };
const records = (options: CompanyOptions = SMALL) => [...companyRecords(options)].map(parseRecord);
const digestOf = (options: CompanyOptions) => {
  const hash = createHash("sha256");
  for (const record of companyRecords(options)) hash.update(JSON.stringify(record));
  return hash.digest("hex");
};

describe("the demo company", () => {
  it("writes the same bytes for the same seed, and others for another", () => {
    assert.equal(digestOf(SMALL), digestOf(SMALL));
    assert.notEqual(digestOf(SMALL), digestOf({ ...SMALL, seed: 2 }));
  });

  it("writes in the order of eventTime, each record with an id of its own", () => {
    const all = records();
    const times = all.map(({ eventTime }) => eventTime);

    assert.deepEqual(times, [...times].sort());
    assert.equal(new Set(all.map(({ eventID }) => eventID)).size, all.length);
  });

  it("makes 20,000 to 60,000 records in three weeks, of 100 kinds and more, nearly all of them reads", () => {
    const all = records(COMPANY);
    const reads = all.filter(({ readOnly }) => readOnly === true).length;

    assert.ok(all.length >= 20_000 && all.length <= 60_000, `${all.length} records`);
    assert.ok(new Set(all.map(({ eventSource, eventName }) => `${eventSource} ${eventName}`)).size >= 100);
    assert.ok(reads / all.length > 0.95 && reads / all.length < 0.99, `${reads} reads of ${all.length}`);
  });

  it("thins reads with the volume, and keeps everything on the calendar", () => {
    const calendar = ["CreateUser", "PutBucketReplication", "ScheduleKeyDeletion", "CreateVpc", "DeactivateMFADevice"];
    const few = records({ ...SMALL, volume: 0.02 });

    assert.ok(few.length < records({ ...SMALL, volume: 0.2 }).length / 1.5, `${few.length} records`);
    assert.deepEqual(
      few.flatMap(({ eventName }) => (calendar.includes(eventName) ? [eventName] : [])).sort(),
      [...calendar].sort(),
    );
  });

  it("comes from documentation addresses and from services alone", () => {
    const addresses = new Set(records().map(({ sourceIPAddress = "" }) => sourceIPAddress));
    const known = /^((192\.0\.2|198\.51\.100|203\.0\.113)\.\d+|[a-z0-9-]+\.amazonaws\.com|AWS Internal)$/;

    assert.ok([...addresses].some((address) => isIP(address) !== 0));
    assert.deepEqual(
      [...addresses].filter((address) => !known.test(address)),
      [],
    );
  });

  it("starts each session before its first call, and issues the keys that roles then use", () => {
    const all = records();
    const late = all.filter(
      ({ userIdentity, eventTime }) => (userIdentity.sessionContext?.creationDate ?? "") > eventTime,
    );
    const issued = new Set(all.map(({ responseElements }) => textAt(responseElements, "credentials.accessKeyId")));
    const vendors = all.filter(
      ({ userIdentity }) => userIdentity.sessionContext?.sessionIssuer?.userName === "posture-audit",
    );

    assert.deepEqual(late, []);
    assert.ok(vendors.length > 0 && vendors.every(({ userIdentity }) => issued.has(userIdentity.accessKeyId)));
  });

  it("moves its offices before the third week and has a new colleague in the second", () => {
    const [second, third] = ["2026-11-09", "2026-11-16"];
    const all = records();
    const fromOffice = (ip: string) =>
      all.filter(({ sourceIPAddress }) => sourceIPAddress === ip).map(({ eventTime }) => eventTime);
    const byIvan = all
      .filter(({ userIdentity }) => userIdentity.arn?.includes("ivan"))
      .map(({ eventTime }) => eventTime);

    assert.ok(fromOffice("198.51.100.10").length > 0 && fromOffice("198.51.100.10").every((time) => time < third));
    assert.ok(fromOffice("203.0.113.10").length > 0 && fromOffice("203.0.113.10").every((time) => time >= third));
    assert.ok(byIvan.length > 0 && byIvan.every((time) => time >= second));
  });

  it("is delivered whole where records come late and twice", () => {
    const inOrder = [...companyRecords(SMALL)];
    const delivered = [...asDelivered(inOrder, 1)];
    const times = delivered.map((record) => String(record["eventTime"]));

    assert.deepEqual(new Set(delivered), new Set(inOrder));
    assert.ok(delivered.length > inOrder.length);
    assert.notDeepEqual(times, [...times].sort());
  });
});
