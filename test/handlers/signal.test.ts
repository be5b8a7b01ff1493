/** The button under findings of AWS's own services, which name a user or a key and no ARN. */
import assert from "node:assert/strict";
import { openEnvelope } from "../../src/cloudtrail/envelope.ts";
import type { CloudTrailRecord } from "../../src/cloudtrail/record.ts";
import { ACCOUNT, KEY, openDesk, SAM, textOf, USER } from "./desk.ts";

function recordOf(source: string, type: string, detail: object): CloudTrailRecord {
  const event = { version: "0", id: "e", source, "detail-type": type, account: ACCOUNT, region: "us-east-1" };
  const body = { ...event, time: "2026-11-20T10:04:00Z", resources: [], detail };
  const [record] = openEnvelope(JSON.stringify(body)).records;
  return record ?? assert.fail("no record");
}
const exposed = recordOf("aws.health", "AWS Health Event", {
  eventTypeCode: "AWS_RISK_CREDENTIALS_EXPOSED",
  affectedEntities: [{ entityValue: KEY }],
});
const guardDuty = (userName: string, userType = "IAMUser") =>
  recordOf("aws.guardduty", "GuardDuty Finding", {
    accountId: ACCOUNT,
    region: "us-east-1",
    type: "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
    severity: 5,
    resource: { accessKeyDetails: { accessKeyId: KEY, principalId: "AIDACKCEVSQ6C2EXAMPLE", userName, userType } },
  });
const none = () => ({});

describe("Disable key, under a finding of AWS's own", () => {
  it("shows whose the exposed key is by IAM's word, and disables it", async () => {
    const desk = await openDesk(none, undefined, exposed);

    const dialog = await desk.openDialog(SAM);
    assert.match(textOf(desk.chat.modalUpdates.at(-1)), new RegExp(USER));
    await desk.submit(SAM, dialog);
    await desk.runDue();

    assert.deepEqual(desk.iam.deactivations, [{ account: ACCOUNT, userName: USER, keyId: KEY }]);
  });

  it("disables the key that GuardDuty names while it is the named user's", async () => {
    const desk = await openDesk(none, undefined, guardDuty(USER));
    await desk.ask(SAM);
    await desk.runDue();

    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("refuses when IAM names another user than GuardDuty", async () => {
    const desk = await openDesk(none, undefined, guardDuty("somebody-else"));

    assert.equal(await desk.openDialog(SAM), "");
    assert.equal(desk.iam.deactivations.length, 0);
  });

  it("is not offered for root", async () => {
    const desk = await openDesk(none, undefined, guardDuty("root", "Root"));

    assert.doesNotMatch(textOf(desk.chat.posts[0]), /disable_key/);
  });

  it("is not offered for an exposed key that somebody may have made up, although IAM knows the key", async () => {
    const desk = await openDesk(none, "no-envelope", exposed);
    await desk.runDue();

    assert.match(textOf(desk.chat.posts[0]?.versions.at(-1)), /Unverified/);
    assert.doesNotMatch(textOf(desk.chat.posts[0]?.versions.at(-1)), /disable_key/);
    assert.equal(await desk.openDialog(SAM), "");
  });
});
