import assert from "node:assert/strict";
import { memoryState } from "../src/adapters/memory-state.ts";
import { bundledRules, loadCases, loadRules } from "../src/adapters/rulefolder.ts";
import { runCase } from "../src/detect/cases.ts";

const compiled = await loadRules([bundledRules()]);
const cases = await loadCases([bundledRules()], compiled);

describe("bundled rules", () => {
  it("are named after their files, helpers of a correlation excepted", () => {
    const named = compiled.summaries.map(({ name, file }) => [name, file.replace(/^.*[/\\]|\.yml$/g, "")] as const);
    const files = new Set(named.map(([, file]) => file));

    assert.deepEqual(
      [...files].filter((file) => !named.some(([name]) => name === file)),
      [],
    );
  });

  it("have what people need to judge them", () => {
    const bare = compiled.summaries.filter(
      ({ description, status, author, tags }) =>
        !(
          description &&
          status &&
          author &&
          tags.some((tag) => /^attack\.t\d{4}/.test(tag) || tag.startsWith("attack."))
        ),
    );

    assert.deepEqual(
      bare.map(({ name }) => name),
      [],
    );
  });

  for (const file of new Set(cases.map((one) => one.file))) {
    describe(file, () => {
      for (const one of cases.filter((other) => other.file === file)) {
        it(`${one.name}: ${one.expect}`, async () => {
          assert.equal(await runCase(one, compiled, memoryState()), undefined);
        });
      }
    });
  }
});
