import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

interface Compiler {
  readonly CODE: string;
  scannerCode(): string;
}

describe("src/cloudtrail/scanner-code.ts", () => {
  it("is what bin/wasm.mjs makes of wasm/", async () => {
    const { CODE, scannerCode }: Compiler = await import(pathToFileURL(resolve("bin/wasm.mjs")).href);

    assert.equal(readFileSync(CODE, "utf8"), scannerCode());
  });
});
