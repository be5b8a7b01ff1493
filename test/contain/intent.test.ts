import assert from "node:assert/strict";
import { INTENT_LIFE_MS, type Intent, isGenuine, makeIntent } from "../../src/contain/intent.ts";

const KEY = Buffer.alloc(32, 7);
const wish = {
  alert: "al_0123456789abcdef01234567",
  account: "111122223333",
  keyId: "AKIAIOSFODNN7EXAMPLE",
  userName: "deploy-bot",
  operator: "U0000SAM",
  team: "T00000001",
  reason: "leaked on a public site",
  requestedAt: "2026-11-20T10:00:00.000Z",
  fence: 1,
};

describe("makeIntent", () => {
  it("ends five minutes after it was asked for", () => {
    const { requestedAt, expiresAt } = makeIntent(wish, KEY);

    assert.equal(Date.parse(expiresAt) - Date.parse(requestedAt), INTENT_LIFE_MS);
    assert.equal(INTENT_LIFE_MS, 300_000);
  });

  it("names the same wish for a key alike, and a later one (a new fence) differently", () => {
    const id = makeIntent(wish, KEY).id;

    assert.match(id, /^in_[0-9a-f]{24}$/);
    assert.equal(makeIntent({ ...wish, operator: "U0000EVE" }, KEY).id, id);
    assert.notEqual(makeIntent({ ...wish, fence: 2 }, KEY).id, id);
  });
});

describe("isGenuine", () => {
  const intent = makeIntent(wish, KEY);

  it("knows an intent again that went through JSON with its keys in another order", () => {
    const shuffled: Intent = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(intent).reverse())));

    assert.equal(isGenuine(shuffled, KEY), true);
  });

  for (const field of Object.keys(intent))
    it(`sees that ${field} was changed`, () => {
      const changed = { ...intent, [field]: field === "fence" ? 2 : "444455556666" };

      assert.equal(isGenuine(changed, KEY), false);
    });

  for (const field of Object.keys(intent))
    it(`sees that ${field} was taken out`, () => {
      const changed: Intent = JSON.parse(JSON.stringify({ ...intent, [field]: undefined }));

      assert.equal(isGenuine(changed, KEY), false);
    });

  it("sees a field that was added", () => {
    const changed = { ...intent, also: "AKIAI44QH8DHBEXAMPLE" };

    assert.equal(isGenuine(changed, KEY), false);
  });

  it("refuses an intent that another key signed", () => {
    assert.equal(isGenuine(makeIntent(wish, Buffer.alloc(32, 8)), KEY), false);
  });
});
