import assert from "node:assert/strict";
import { memoOf } from "../../src/cloudtrail/memo.ts";

describe("memoOf", () => {
  it("keeps null and absent apart", () => {
    const memo = memoOf<string | null | undefined, number>(4);
    memo.add(null, 1);

    assert.equal(memo.get(null), 1);
    assert.equal(memo.get(undefined), undefined);
  });

  it("forgets the oldest answer, and only that one, when it is full", () => {
    const memo = memoOf<number, string>(3);
    for (const key of [1, 2, 3, 4]) memo.add(key, `#${key}`);

    assert.deepEqual(
      [1, 2, 3, 4].map((key) => memo.get(key)),
      [undefined, "#2", "#3", "#4"],
    );
  });
});
