import assert from "node:assert/strict";
import { DISABLE_KEY } from "../../blocks/alert.ts";
import type { Doubt } from "../../src/cloudtrail/envelope.ts";
import { recordWith } from "../alert/fixture.ts";
import { KEY, openDesk, SAM, textOf } from "./desk.ts";

const MINUTE = 60_000;

/** A desk whose alert was opened by a record that may be forged; IAM knows its key. */
async function openDoubted(doubt: Doubt = "other-account") {
  const desk = await openDesk(undefined, doubt);
  return { ...desk, shown: () => textOf(desk.chat.posts[0]?.versions.at(-1)) };
}

describe("an alert whose record may be forged", () => {
  it("says so and offers no button before it was looked up", async () => {
    const desk = await openDoubted();

    assert.match(desk.shown(), /unverified: acme-prod/);
    assert.match(desk.shown(), /names another account, so somebody may have made it up/);
    assert.ok(!desk.shown().includes(DISABLE_KEY));
  });

  it("does not open the dialog for a click that is forged with it", async () => {
    const desk = await openDoubted();

    assert.equal(await desk.openDialog(SAM), "");
    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("is verified, and offers the button, when CloudTrail has the same record", async () => {
    const desk = await openDoubted();
    desk.trail.records.push(recordWith());

    await desk.pass(2_000);

    assert.match(desk.shown(), /CloudTrail has this record/);
    assert.doesNotMatch(desk.shown(), /nverified/);
    assert.ok(desk.shown().includes(DISABLE_KEY));
    assert.deepEqual(await desk.owed(), []);
    assert.deepEqual(desk.trail.asked[0]?.attribute, { key: "EventId", value: recordWith().eventID });
  });

  it("stays unverified but offers the button when IAM alone knows the key; CloudTrail is asked on for 20 minutes", async () => {
    const desk = await openDoubted();

    await desk.pass(2_000);
    assert.match(desk.shown(), /unverified: acme-prod/);
    assert.match(desk.shown(), /IAM knows this key/);
    assert.ok(desk.shown().includes(DISABLE_KEY));
    await desk.pass(25 * MINUTE);

    assert.match(desk.shown(), /CloudTrail never had the record/);
    assert.ok(desk.trail.asked.length >= 10 && desk.trail.asked.length <= 12, String(desk.trail.asked.length));
    assert.deepEqual(await desk.owed(), []);
  });

  it("becomes verified when CloudTrail shows the record minutes later", async () => {
    const desk = await openDoubted();
    await desk.pass(5 * MINUTE);
    desk.trail.records.push(recordWith());
    await desk.pass(3 * MINUTE);

    assert.match(desk.shown(), /CloudTrail has this record/);
  });

  it("is never contained from here when CloudTrail has another record under its id", async () => {
    const desk = await openDoubted();
    desk.trail.records.push(recordWith({ eventName: "ListUsers" }));

    await desk.pass(2_000);

    assert.match(desk.shown(), /somebody forged this/);
    assert.ok(!desk.shown().includes(DISABLE_KEY));
    assert.equal(await desk.openDialog(SAM), "");
    assert.deepEqual(await desk.owed(), []);
  });

  it("is told as probably forged when neither CloudTrail nor IAM knows it after 20 minutes", async () => {
    const desk = await openDoubted("no-envelope");
    desk.iam.keyring.delete(KEY);

    await desk.pass(25 * MINUTE);

    assert.match(desk.shown(), /probably forged/);
    assert.ok(!desk.shown().includes(DISABLE_KEY));
    assert.deepEqual(await desk.owed(), []);
  });

  it("is asked for again while CloudTrail does not answer, and says what our role lacks", async () => {
    const desk = await openDoubted();
    desk.iam.keyring.delete(KEY);
    desk.trail.failures.set("us-east-1", { kind: "unavailable", why: "throttled" });
    await desk.pass(3 * MINUTE);
    assert.match(desk.shown(), /knows it yet; asked again/);
    desk.trail.failures.set("us-east-1", { kind: "denied", missing: "cloudtrail:LookupEvents" });

    await desk.pass(3 * MINUTE);

    assert.match(desk.shown(), /role lacks cloudtrail:LookupEvents/);
    assert.ok(!desk.shown().includes(DISABLE_KEY));
  });
});

describe("an alert whose record its envelope vouches for", () => {
  it("is not looked up", async () => {
    const desk = await openDesk();

    await desk.pass(MINUTE);

    assert.deepEqual(desk.trail.asked, []);
    assert.doesNotMatch(textOf(desk.chat.posts[0]?.versions.at(-1)), /nverified/);
  });
});
