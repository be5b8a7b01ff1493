/**
 * `npm run mutate [-- --runs N --seed N]`: mutated records through the bundled rules; none may throw, no rule may fail.
 * Exit codes: 0 all went through, 1 one did not, 2 used wrongly.
 */
import { parseArgs } from "node:util";
import { mutate } from "./mutation.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error("--runs and --seed are whole numbers");
  process.exit(2);
}
const started = performance.now();
try {
  const { fed, refused, findings } = await mutate(runs, seed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${fed + refused} mutated records, seed ${seed}, ${seconds} s: ${fed} fed, ${refused} refused as no records, ${findings} findings; nothing thrown, no rule failed`,
  );
} catch (error) {
  console.error(error);
  process.exit(1);
}
