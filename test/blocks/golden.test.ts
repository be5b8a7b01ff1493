/** The JSON of every message and modal, as Slack gets it. Renew with UPDATE_GOLDEN=1, then read the diff. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALERT_LIMITS, charsOf, problemsOf } from "../../blocks/limits.ts";
import { INPUTS, surfacesOf } from "./surfaces.ts";

const FOLDER = join(import.meta.dirname, "..", "golden");

describe("messages and modals", () => {
  for (const [name, surface] of Object.entries(surfacesOf(INPUTS))) {
    const file = join(FOLDER, `${name.replace(/\W+/g, "-")}.json`);

    it(`draws ${name} as golden`, () => {
      const drawn = `${JSON.stringify(surface, null, 2)}\n`;
      if (process.env["UPDATE_GOLDEN"] === "1") {
        mkdirSync(FOLDER, { recursive: true });
        writeFileSync(file, drawn);
      }

      assert.ok(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`);
      assert.equal(drawn, readFileSync(file, "utf8"));
    });

    it(`keeps Slack's limits in ${name}`, () => {
      assert.deepEqual(problemsOf(surface), []);
    });
  }

  it("keeps every alert short enough for a phone", () => {
    const alerts = Object.entries(surfacesOf(INPUTS)).filter(([name]) => name.startsWith("alert: "));

    for (const [name, message] of alerts) {
      assert.ok(message.blocks.length <= ALERT_LIMITS.blocks, name);
      assert.ok(charsOf(message.blocks) <= ALERT_LIMITS.chars, name);
      assert.ok("text" in message && message.text.length <= ALERT_LIMITS.fallback, name);
    }
  });
});
