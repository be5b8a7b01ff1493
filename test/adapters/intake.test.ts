import assert from "node:assert/strict";
import { contract } from "./contract.ts";
import { iso, NOON } from "./fold.ts";

const seen = (account: string, region: string, eventAt: number, seenAt: number) => ({
  account,
  region,
  eventAt: iso(eventAt),
  seenAt: iso(seenAt),
});

contract("intake", (stores) => {
  it("knows the newest record of each account and region, the last to come first", async () => {
    const { intake } = stores();
    intake.note(seen("111122223333", "eu-west-1", NOON, NOON + 1_000));
    intake.note(seen("111122223333", "eu-west-1", NOON + 5_000, NOON + 6_000));
    intake.note(seen("111122223333", "eu-west-1", NOON + 2_000, NOON + 7_000));
    intake.note(seen("444455556666", "us-east-1", NOON, NOON + 9_000));
    await intake.close();

    assert.deepEqual(await intake.seen(), [
      seen("444455556666", "us-east-1", NOON, NOON + 9_000),
      seen("111122223333", "eu-west-1", NOON + 5_000, NOON + 6_000),
    ]);
  });

  it("knows at once what this process noted", async () => {
    const { intake } = stores();
    intake.note(seen("111122223333", "eu-west-1", NOON, NOON + 1_000));

    assert.deepEqual(await intake.seen(), [seen("111122223333", "eu-west-1", NOON, NOON + 1_000)]);
    await intake.close();
  });

  it("is not set back by an older record that comes later", async () => {
    const { intake } = stores();
    intake.note(seen("111122223333", "eu-west-1", NOON + 5_000, NOON + 6_000));
    await intake.close();
    intake.note(seen("111122223333", "eu-west-1", NOON, NOON + 60_000));
    await intake.close();

    assert.deepEqual(await intake.seen(), [seen("111122223333", "eu-west-1", NOON + 5_000, NOON + 6_000)]);
  });

  it("takes a record from before 1970, and the newer one after it", async () => {
    const { intake } = stores();
    intake.note(seen("111122223333", "eu-west-1", -NOON, NOON));
    await intake.close();
    intake.note(seen("111122223333", "eu-west-1", NOON, NOON + 1_000));
    await intake.close();

    assert.deepEqual(await intake.seen(), [seen("111122223333", "eu-west-1", NOON, NOON + 1_000)]);
  });
});
