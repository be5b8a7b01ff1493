/**
 * Mocha's spec report, closed by one plain line that people and programs read: `412 passed, 0 failed, 1 skipped`.
 * CommonJS: mocha loads reporters with require.
 */
const { Spec } = require("mocha").reporters;

module.exports = function Reporter(runner, options) {
  const spec = new Spec(runner, options);
  const { epilogue } = spec;
  spec.epilogue = () => {
    epilogue.call(spec);
    const { passes, failures, pending } = runner.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  };
};
