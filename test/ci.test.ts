import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs .ci/run with an npm that prints `report` and ends with `code`. */
function runCi(report: string, code: number): { readonly status: number | null; readonly lines: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "ids-ci-"));
  try {
    writeFileSync(join(folder, "npm"), `#!/bin/sh\nprintf '${report}'\nexit ${code}\n`, { mode: 0o755 });
    // Any executable does for a chromium that is there.
    const env = { PATH: `${folder}:${process.env["PATH"]}`, CHROMIUM: process.execPath };
    const { status, stdout } = spawnSync(".ci/run", { env });
    return { status, lines: String(stdout).trim().split("\n") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe(".ci/run", () => {
  it("closes with the tests' own counts, also when npm talks after them", () => {
    const { status, lines } = runCi("a test\\n7 passed, 0 failed, 1 skipped\\nnpm notice\\n", 0);

    assert.equal(status, 0);
    assert.deepEqual(lines, ["a test", "7 passed, 0 failed, 1 skipped", "npm notice", "7 passed, 0 failed, 1 skipped"]);
  });

  it("fails with the tests and still closes with their counts", () => {
    const { status, lines } = runCi("6 passed, 1 failed, 0 skipped\\nnpm error\\n", 1);

    assert.equal(status, 1);
    assert.equal(lines.at(-1), "6 passed, 1 failed, 0 skipped");
  });

  it("invents no counts when the tests did not run, whatever npm's exit code", () => {
    for (const code of [0, 2]) {
      const { status, lines } = runCi("build: tsc found errors\\n", code);

      assert.equal(status, 1);
      assert.deepEqual(lines, ["build: tsc found errors"]);
    }
  });
});

describe("the report", () => {
  /** Mocha with our settings over one file that holds `code`. */
  function runMocha(code: string) {
    const folder = mkdtempSync(join(tmpdir(), "ids-mocha-"));
    try {
      const file = join(folder, "made-up.cjs");
      writeFileSync(file, code);
      return spawnSync("node_modules/.bin/mocha", [file], { encoding: "utf8", env: { PATH: process.env["PATH"] } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("ends with the counts of what passed, failed and was skipped", () => {
    const { status, stdout } = runMocha('it("a", () => {}); it("b", () => { throw new Error("b"); }); it("c");');

    assert.equal(status, 1);
    assert.equal(stdout.trim().split("\n").at(-1), "1 passed, 1 failed, 1 skipped");
  });

  it("fails a run that passes and then does not end", () => {
    const { status, stderr } = runMocha('it("a", () => { setInterval(() => {}, 1000); });');

    assert.equal(status, 1);
    assert.match(stderr, /the tests ended 5 s ago and left open: .*Timeout/);
  });
});
