import assert from "node:assert/strict";
import { handleRow } from "../../handlers/effect.ts";
import { fixedClock, memoryLog, memoryStores } from "../../src/adapters/memory.ts";
import { openLine, recordNamed } from "./line.ts";

describe("a due row", () => {
  it("is put off longer each time its handler throws, up to a minute, and never given up", async () => {
    const line = await openLine();
    await line.take(recordNamed("iam_create_user"));
    const fail = async () => {
      throw new Error("slack is away");
    };
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      const [row] = await line.outbox.due(Number.MAX_SAFE_INTEGER, 10);
      assert.ok(row);
      await handleRow(row, { deliver: fail, confirm: fail, act: fail, verify: fail, replay: fail }, line);
      const [next] = await line.outbox.due(Number.MAX_SAFE_INTEGER, 10);
      waits.push((next?.at ?? 0) - line.clock.now());
    }

    assert.deepEqual(waits, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
  });

  it("goes to the handler of its kind", async () => {
    const clock = fixedClock(0);
    const called: string[] = [];
    const note = (kind: string) => async (id: string) => void called.push(`${kind} ${id}`);
    const ports = { ...memoryStores(clock), clock, log: memoryLog() };

    for (const kind of ["deliver", "confirm", "act", "verify", "replay"] as const)
      await handleRow(
        { kind, id: kind },
        {
          deliver: note("deliver"),
          confirm: note("confirm"),
          act: note("act"),
          verify: note("verify"),
          replay: note("replay"),
        },
        ports,
      );

    assert.deepEqual(called, ["deliver deliver", "confirm confirm", "act act", "verify verify", "replay replay"]);
  });
});
