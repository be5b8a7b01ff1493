/**
 * A bot process for the end-to-end tests: the code of `ids serve` with crash points between its ports. Settings come as
 * JSON in the first argument.
 */
import { join } from "node:path";
import { serve } from "../../bin/serve.ts";
import { openLog } from "../../src/log.ts";
import { type BotSettings, crashing } from "./crash-point.ts";

const settings: BotSettings = JSON.parse(process.argv[2] ?? "{}", (_, value) =>
  value?.type === "Buffer" ? Buffer.from(value.data) : value,
);
const { config, secrets, crash, paceMs } = settings;
const running = await serve({
  config,
  secrets,
  log: openLog("info", join(config.data, "bot.log")),
  ...(paceMs === undefined ? {} : { paceMs }),
  wrap: (ports) => crashing(ports, crash, config.data),
});
// Before the word that it runs: a test may end it at once.
process.once("SIGTERM", async () => {
  await running.stop();
  process.exit(0);
});
process.send?.({ slackUrl: running.slackUrl, healthUrl: running.healthUrl });
