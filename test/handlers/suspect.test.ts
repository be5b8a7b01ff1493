import assert from "node:assert/strict";
import { suspectsAmong } from "../../handlers/suspect.ts";
import { foldOf } from "../../src/alert/alert.ts";
import { parseRecord } from "../../src/cloudtrail/record.ts";
import { ACCOUNT, openLine, recordNamed } from "./line.ts";

const JACK = `arn:aws:iam::${ACCOUNT.id}:user/jack`;
const EVE = `arn:aws:iam::${ACCOUNT.id}:user/eve`;
const identity = { type: "IAMUser", arn: JACK, accountId: ACCOUNT.id, userName: "jack" };

describe("suspects", () => {
  async function openWithAlert() {
    const line = await openLine();
    await line.take(
      recordNamed("iam_create_user", {
        eventName: "AttachUserPolicy",
        userIdentity: identity,
        requestParameters: { userName: "x", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      }),
    );
    return line;
  }
  const accusing = (eventName: string, fields: Readonly<Record<string, unknown>> = {}) =>
    recordNamed("iam_create_user", { eventID: crypto.randomUUID(), eventName, userIdentity: identity, ...fields });

  it("are principals with an open alert", async () => {
    const line = await openWithAlert();

    assert.deepEqual([...(await suspectsAmong([JACK, EVE], line))], [JACK]);
  });

  it("are not made by records that may be forged, nor by names that look like ours", async () => {
    const line = await openLine();
    const requestParameters = { userName: "x", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    await line.take(JSON.stringify(accusing("AttachUserPolicy", { requestParameters })));
    const userIdentity = { ...identity, arn: `!${EVE}`, userName: `!${EVE}` };
    await line.take(JSON.stringify(accusing("AttachUserPolicy", { requestParameters, userIdentity })));

    assert.ok((await line.alerts.alertsOf(JACK, 10)).length > 0);
    assert.deepEqual([...(await suspectsAmong([JACK, EVE], line))], []);
  });

  it("are found behind many newer alerts of a lower level", async () => {
    const line = await openWithAlert();
    line.clock.advance(3600_000);
    const now = new Date(line.clock.now()).toISOString();
    const [alert] = await line.alerts.alertsOf(JACK, 1);
    assert.ok(alert !== undefined);
    const { finding } = alert.opening;
    const record = parseRecord(accusing("CreateUser", { eventTime: now }));
    const { eventID } = record;
    const sightings = [{ eventID, time: now, action: "iam:CreateUser", region: "us-east-1", ip: "192.0.2.1" }];
    const folds = Array.from({ length: 40 }, (_, i) =>
      foldOf(
        { ...finding, id: `fi_${i}`, rule: `r${i}`, level: "low", time: now, sightings, eventID, eventIDs: [eventID] },
        record,
      ),
    );
    await line.alerts.commit({ folds, quarantined: [], now: line.clock.now() });

    assert.deepEqual([...(await suspectsAmong([JACK], line))], [JACK]);
  });

  it("are none any more when somebody took the alert, or when a week has gone by", async () => {
    const taken = await openWithAlert();
    for (const { id } of await taken.alerts.alertsOf(JACK, 10))
      await taken.alerts.acknowledge(id, "U0SAM1234", taken.clock.now());
    assert.equal((await suspectsAmong([JACK], taken)).size, 0);

    const old = await openWithAlert();
    old.clock.advance(8 * 24 * 3600_000);
    assert.equal((await suspectsAmong([JACK], old)).size, 0);
  });
});
