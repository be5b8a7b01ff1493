/**
 * Mocha's spec report, closed by one plain line that people and programs read: `412 passed, 0 failed, 1 skipped`.
 * A test that leaves something open fails the run then, instead of holding it for ever.
 * CommonJS: mocha loads reporters with require.
 */
const { Spec } = require("mocha").reporters;

const CLOSING_MS = 5_000;

module.exports = function Reporter(runner, options) {
  const spec = new Spec(runner, options);
  const { epilogue } = spec;
  spec.epilogue = () => {
    epilogue.call(spec);
    const { passes, failures, pending } = runner.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    // unref: this timer alone does not keep the process.
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(", ");
      console.error(`the tests ended ${CLOSING_MS / 1000} s ago and left open: ${open}`);
      // Mocha sets the exit code to its failures when the process ends; the last listener wins.
      process.on("exit", () => {
        process.exitCode = 1;
      });
      process.exit();
    }, CLOSING_MS).unref();
  };
};
