import assert from "node:assert/strict";
import { suspectsAmong } from "../../handlers/suspect.ts";
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

  it("are principals with an open alert", async () => {
    const line = await openWithAlert();

    assert.deepEqual([...(await suspectsAmong([JACK, EVE], line))], [JACK]);
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
