import assert from "node:assert/strict";
import { once } from "node:events";
import { CRASH_POINTS, type CrashPoint } from "./crash-point.ts";
import { openStage, RECOVERY_MS, type Stage, until } from "./stage.ts";

/** Kills the bot with SIGKILL at one named point, starts it again on the same data, and waits until all is done. */
async function play(stage: Stage, point: CrashPoint): Promise<void> {
  const { bot } = await stage.startBot(point);
  const died = once(bot, "exit");
  const key = stage.keyOf("deploy-bot");
  const sam = stage.person("sam");
  stage.attack(key);
  const press = async () => {
    await until("the alerts are posted", async () => (await stage.alerts()).length >= 2, RECOVERY_MS);
    const [alert] = await stage.alerts();
    await stage.disable(sam, alert?.ts ?? "", key);
  };
  const isBeforeClick = CRASH_POINTS.slice(0, 3).some((one) => one === point);
  // The bot dies under the hand of who presses: his answer never comes.
  if (!isBeforeClick) await press().catch(() => undefined);

  const [, signal] = await died;
  assert.equal(signal, "SIGKILL");
  await stage.startBot();
  // A post that was not confirmed before the crash is found again within seconds; until then its buttons are refused.
  const pressed = () =>
    press().then(
      () => true,
      () => false,
    );
  if (isBeforeClick) await until("the dialog is confirmed", pressed, RECOVERY_MS);
  const isOff = () => stage.world.keysOf("deploy-bot").find(({ id }) => id === key)?.status === "Inactive";
  await until("the key is inactive", isOff, RECOVERY_MS);
  const readBack = async () => (await stage.alerts()).some(({ all }) => /read back[^◔]*Inactive/i.test(all));
  await until("the message shows the read-back", readBack, RECOVERY_MS);
  await until("SQS is empty", () => stage.queue.counts().waiting + stage.queue.counts().inFlight === 0, RECOVERY_MS);
  await stage.stopBots();
}

describe("kill -9 at a named point, then a start on the same data", function () {
  this.timeout(5 * 60_000);
  const stages = new Map<CrashPoint, { readonly stage: Stage; readonly played: Promise<void> }>();

  before(async () => {
    // Side by side: most of the time is waiting for SQS, leases and read-backs.
    for (const point of CRASH_POINTS) {
      const stage = await openStage();
      const played = play(stage, point);
      played.catch(() => undefined);
      stages.set(point, { stage, played });
    }
  });
  after(async () => {
    for (const { stage } of stages.values()) await stage.close();
  });

  for (const point of CRASH_POINTS)
    it(`${point}: each alert once, the key switched once, the audit log verifies`, async () => {
      const { stage, played } = stages.get(point) ?? assert.fail();
      await played;

      const alerts = await stage.alerts();
      assert.equal(alerts.length, 2, "two alerts in Slack");
      assert.equal(new Set(alerts.map(({ key }) => key)).size, 2, "each of them once");
      assert.equal(stage.switches().length, 1, "one UpdateAccessKey");
      // The queue was empty before the bots were stopped; what comes while they stop waits for the next one.
      assert.equal(stage.queue.counts().dead, 0);
      const { entries, verified } = await stage.audit();
      assert.equal(verified.ok, true);
      const kinds = entries.map(({ kind }) => kind);
      assert.ok(
        kinds.includes("attempt") && kinds.includes("deactivated") && kinds.includes("read-back"),
        kinds.join(),
      );
    });
});
