import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Door, openDoor } from "../../src/adapters/bolt.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Click, Command, HomeOpened, Listeners, Shortcut, Submission } from "../../src/ports.ts";

const clock = { now: () => Date.now() };
const SECRET = "0123456789abcdef0123456789abcdef";

describe("the signed HTTP door", () => {
  let door: Door;
  const clicks: Click[] = [];
  const submissions: Submission[] = [];
  const commands: Command[] = [];
  const shortcuts: Shortcut[] = [];
  const homes: HomeOpened[] = [];
  const listeners: Listeners = {
    clicks: { "ids/x/v1": async (click) => void clicks.push(click) },
    submissions: {
      "ids/y/v1": async (submission) => {
        submissions.push(submission);
        return { kind: "errors", errors: { reason: "too short" } };
      },
    },
    commands: { "/ids": async (command) => void commands.push(command) },
    shortcuts: { "ids/z/v1": async (shortcut) => void shortcuts.push(shortcut) },
    homeOpened: async (opened) => void homes.push(opened),
  };

  before(async () => {
    const http = { mode: "http", signingSecret: SECRET, host: "127.0.0.1", port: 0 } as const;
    door = await openDoor(listeners, {
      token: "xoxb-test",
      door: http,
      clock,
      vitals: openVitals(clock),
      log: memoryLog(),
    });
  });
  beforeEach(() => {
    for (const list of [clicks, submissions, commands, shortcuts, homes]) list.length = 0;
  });
  after(() => door.close());

  const press = {
    type: "block_actions",
    team: { id: "T1" },
    user: { id: "U1", team_id: "T1" },
    channel: { id: "C1" },
    message: { ts: "1.2" },
    trigger_id: "t.1",
    response_url: "https://hooks.slack.com/actions/1",
    actions: [{ type: "button", action_id: "ids/x/v1", block_id: "b", value: "al_1", action_ts: "1.3" }],
  };
  const submit = {
    type: "view_submission",
    team: { id: "T1" },
    user: { id: "U1", team_id: "T1" },
    trigger_id: "t.2",
    view: {
      id: "V1",
      callback_id: "ids/y/v1",
      private_metadata: "dialog",
      state: {
        values: { reason: { r: { type: "plain_text_input", value: "leaked" } }, __proto__: { p: { value: "x" } } },
      },
    },
  };

  async function send(body: string, change: { at?: number; secret?: string; signature?: string } = {}) {
    const at = Math.floor((change.at ?? Date.now()) / 1000);
    const signature = `v0=${createHmac("sha256", change.secret ?? SECRET)
      .update(`v0:${at}:${body}`)
      .digest("hex")}`;
    return fetch(door.url ?? "", {
      method: "POST",
      body,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": String(at),
        "x-slack-signature": change.signature ?? signature,
      },
    });
  }
  const payload = (body: unknown) => new URLSearchParams({ payload: JSON.stringify(body) }).toString();

  it("turns a press into a Click", async () => {
    assert.equal((await send(payload(press))).status, 200);
    assert.deepEqual(clicks, [
      {
        actionId: "ids/x/v1",
        value: "al_1",
        user: "U1",
        userTeam: "T1",
        team: "T1",
        channel: "C1",
        messageTs: "1.2",
        triggerId: "t.1",
        responseUrl: "https://hooks.slack.com/actions/1",
        viewId: "",
      },
    ]);
  });

  it("turns a press in a dialog into a Click that knows its view, and no channel", async () => {
    const { channel: _, message: __, response_url: ___, ...rest } = press;
    const view = { id: "V1", type: "modal" };

    assert.equal((await send(payload({ ...rest, container: { type: "view", view_id: "V1" }, view }))).status, 200);
    assert.deepEqual(
      clicks.map(({ viewId, value, channel, responseUrl }) => [viewId, value, channel, responseUrl]),
      [["V1", "al_1", "", ""]],
    );
  });

  it("turns an entry of a message's menu into a Shortcut with all that the message says", async () => {
    const rich = { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ text: "AKIA…MPLE" }] }] };
    const header = { type: "header", text: { type: "plain_text", text: "[HIGH]" } };
    const message = {
      type: "message",
      ts: "1.2",
      text: "new key",
      blocks: [header, rich],
      attachments: [{ text: "old" }],
    };
    const { actions: _, message: __, ...rest } = press;

    const chosen = { ...rest, type: "message_action", callback_id: "ids/z/v1", message };
    assert.equal((await send(payload(chosen))).status, 200);
    assert.deepEqual(shortcuts, [
      {
        user: "U1",
        userTeam: "T1",
        team: "T1",
        channel: "C1",
        text: "new key\n[HIGH]\nAKIA…MPLE\nold",
        triggerId: "t.1",
        responseUrl: "https://hooks.slack.com/actions/1",
      },
    ]);
  });

  it("answers a submission with what the handler says", async () => {
    const answer = await send(payload(submit));

    assert.deepEqual(await answer.json(), { response_action: "errors", errors: { reason: "too short" } });
    assert.equal(submissions[0]?.values["reason"], "leaked");
    assert.equal(submissions[0]?.privateMetadata, "dialog");
  });

  it("turns a slash command into a Command", async () => {
    const form = {
      command: "/ids",
      text: "who jack",
      user_id: "U1",
      team_id: "T1",
      channel_id: "C1",
      trigger_id: "t.3",
      response_url: "https://hooks.slack.com/commands/1",
    };

    assert.equal((await send(new URLSearchParams(form).toString())).status, 200);
    assert.deepEqual(
      commands.map(({ text, user, team }) => [text, user, team]),
      [["who jack", "U1", "T1"]],
    );
  });

  const forged: readonly (readonly [string, { at?: number; secret?: string; signature?: string }])[] = [
    ["another secret", { secret: "f".repeat(32) }],
    ["an unknown version", { signature: `v1=${"0".repeat(64)}` }],
    ["an empty signature", { signature: "v0=" }],
    ["six minutes of age", { at: Date.now() - 360_000 }],
    ["a time six minutes ahead", { at: Date.now() + 360_000 }],
  ];
  for (const [name, change] of forged)
    it(`refuses a request with ${name}`, async () => {
      assert.equal((await send(payload(press), change)).status, 401);
      assert.deepEqual(clicks, []);
    });

  it("refuses a body over its limit and one that is no JSON", async () => {
    assert.equal((await send(`payload=${"x".repeat(1024 * 1024 + 1)}`)).status, 413);
    assert.equal((await send("payload={broken")).status, 400);
    assert.deepEqual(clicks, []);
  });
});
