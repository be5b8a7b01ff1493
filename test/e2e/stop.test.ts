import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { openStage, type Stage } from "./stage.ts";

describe("SIGTERM while Redis hangs", function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it("ends the bot within 25 s, and its redis-server with it", async () => {
    const { bot, healthUrl } = await stage.startBot();
    const redis = execFileSync("pgrep", ["-f", `redis-server unixsocket:.*${stage.data}`], { encoding: "utf8" }).trim();
    process.kill(Number(redis), "SIGSTOP");
    const answer = await fetch(`${healthUrl}/readyz`);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /"status":"failing".*"redis":"failing"/);

    const from = Date.now();
    bot.kill("SIGTERM");
    const [code] = await once(bot, "exit");

    assert.equal(code, 0);
    assert.ok(Date.now() - from < 25_000, `${Date.now() - from} ms`);
    assert.throws(() => process.kill(Number(redis), 0), join(stage.data, "redis"));
  });
});
