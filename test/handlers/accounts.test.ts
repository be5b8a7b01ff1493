/** Alerts over several accounts: where it happened and whose key it was may differ, and not all accounts are known. */
import assert from "node:assert/strict";
import { recordWith } from "../alert/fixture.ts";
import { ACCOUNT, KEY, openDesk, SAM, textOf } from "./desk.ts";

const DEV = "444455556666";
const STRANGER = "999988887777";
const none = () => ({});
const userOf = (account: string) => ({
  type: "IAMUser",
  arn: `arn:aws:iam::${account}:user/deploy-bot`,
  principalId: "AIDACKCEVSQ6C2EXAMPLE",
  accountId: account,
  accessKeyId: KEY,
  userName: "deploy-bot",
});

/** The key is moved to `account`, where IAM has a user of the same name. */
async function openWithKeyOf(account: string, fields: Readonly<Record<string, unknown>>) {
  const desk = await openDesk(none, undefined, recordWith({ userIdentity: userOf(account), ...fields }));
  const key = desk.iam.keyring.get(KEY) ?? assert.fail();
  desk.iam.keyring.set(KEY, { ...key, account });
  const arn = `arn:aws:iam::${account}:user/deploy-bot`;
  const createdAt = "2025-10-04T08:00:00.000Z";
  desk.iam.users.set(`${account}/deploy-bot`, { arn, userName: "deploy-bot", userId: "AIDA", createdAt });
  /** What its reader reads, without what makes it up. */
  const shown = () =>
    [...textOf(desk.chat.posts[0]?.versions.at(-1)).matchAll(/"(?:text|action_id)":"([^"]*)"/g)]
      .map(([, text = ""]) => text)
      .join("");
  return { ...desk, shown };
}

describe("a call from one account in another", () => {
  it("names both accounts, and disables the key in the one it belongs to", async () => {
    const desk = await openWithKeyOf(DEV, { recipientAccountId: ACCOUNT });

    assert.match(desk.shown(), /acme-prod \(111122223333\)/);
    assert.match(desk.shown(), /acme-dev \(444455556666\)/);
    await desk.ask(SAM);
    await desk.runDue();

    assert.deepEqual(desk.iam.deactivations, [{ account: DEV, userName: "deploy-bot", keyId: KEY }]);
  });

  it("offers no button when the key's account is not in the config", async () => {
    const desk = await openWithKeyOf(STRANGER, { recipientAccountId: ACCOUNT });

    assert.match(desk.shown(), /999988887777/);
    assert.doesNotMatch(desk.shown(), /disable_key/);
    assert.equal(await desk.openDialog(SAM), "");
  });
});

describe("a record of an account that is not in the config", () => {
  it("is told, marked as such, without a button", async () => {
    const desk = await openWithKeyOf(STRANGER, { recipientAccountId: STRANGER });

    assert.match(desk.shown(), /999988887777/);
    assert.match(desk.shown(), /unknown account 999988887777.*not in Trailhound's config/);
    assert.doesNotMatch(desk.shown(), /disable_key/);
  });

  it("offers the button for a key of ours that was used there", async () => {
    const desk = await openWithKeyOf(DEV, { recipientAccountId: STRANGER });

    assert.match(desk.shown(), /disable_key/);
    await desk.ask(SAM);
    await desk.runDue();
    assert.deepEqual(desk.iam.deactivations, [{ account: DEV, userName: "deploy-bot", keyId: KEY }]);
  });
});
