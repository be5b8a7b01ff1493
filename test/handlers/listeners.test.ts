import assert from "node:assert/strict";
import { DISABLE_KEY } from "../../blocks/alert.ts";
import { listenersOf } from "../../handlers/index.ts";
import { memoryStores } from "../../src/adapters/memory.ts";
import { type Chat, ClosedError } from "../../src/ports/chat.ts";
import { StoreError } from "../../src/ports/vitals.ts";
import { type Desk, type DeskDeps, openDesk, SAM } from "./desk.ts";

describe("listeners", () => {
  const press = async (change: (deps: DeskDeps) => Partial<DeskDeps>) => {
    const desk = await openDesk(change);
    const { deps, plain, clickBy } = desk;
    const rest = {
      inbox: { depths: async () => [] },
      startedAt: "2026-11-20T09:00:00.000Z",
      lookups: new Map(),
      channel: "C0123456789",
    };
    await listenersOf({ ...memoryStores(plain.clock), ...deps, ...rest }).clicks[DISABLE_KEY]?.(clickBy(SAM));
    return desk;
  };
  const told = ({ chat }: Desk) => chat.responses.map(({ message }) => JSON.stringify(message));
  const withChat = (change: Partial<Chat>) => (deps: DeskDeps) => ({ chat: { ...deps.chat, ...change } });

  it("say nothing to somebody who closed the dialog before it was filled", async () => {
    const desk = await press(withChat({ updateModal: () => Promise.reject(new ClosedError("closed")) }));

    assert.deepEqual(told(desk), []);
    assert.deepEqual(
      desk.log.lines.map(({ name }) => name).filter((name) => /dialog|listener/.test(name)),
      ["dialog.closed"],
    );
  });

  it("tell whoever pressed that it failed, and what failed", async () => {
    const slack = await press(withChat({ openModal: () => Promise.reject(new Error("expired_trigger_id")) }));
    const store = await press(({ alerts }) => ({
      alerts: { ...alerts, alert: () => Promise.reject(new StoreError("gone")) },
    }));

    assert.match(told(slack).join(), /could not reach Slack or AWS. Nothing was changed/);
    assert.match(told(store).join(), /store \(Redis\) does not answer/);
  });
});
