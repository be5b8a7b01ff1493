import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { type Door, openDoor } from "../../src/adapters/bolt.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import type { Click, Command, HomeOpened, Listeners, Shortcut, Submission } from "../../src/ports/listeners.ts";

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

  async function send(body: string, { type = "application/x-www-form-urlencoded" } = {}) {
    const at = Math.floor(Date.now() / 1000);
    const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${at}:${body}`).digest("hex")}`;
    return fetch(door.url ?? "", {
      method: "POST",
      body,
      headers: { "content-type": type, "x-slack-request-timestamp": String(at), "x-slack-signature": signature },
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

  it("turns a press in a dialog into a Click without a message", async () => {
    // undefined is left out of the JSON.
    const noMessage = { channel: undefined, message: undefined, response_url: undefined };
    const inDialog = { ...press, ...noMessage, view: { id: "V1", type: "modal" } };

    assert.equal((await send(payload(inDialog))).status, 200);
    const { viewId, responseUrl, messageTs, value } = clicks[0] ?? {};
    assert.deepEqual([viewId, responseUrl, messageTs, value], ["V1", "", "", "al_1"]);
  });

  it("reads what was chosen in a menu as no value, and the press of another id not at all", async () => {
    const chosen = { type: "static_select", action_id: "ids/x/v1", block_id: "b", selected_option: { value: "v" } };
    await send(payload({ ...press, actions: [chosen] }));
    await send(payload({ ...press, actions: [{ ...chosen, action_id: "ids/x/v2" }] }));

    assert.deepEqual(
      clicks.map(({ value }) => value),
      [""],
    );
  });

  it("takes the team of a guest from another workspace, not the workspace's", async () => {
    await send(payload({ ...press, user: { id: "U9", team_id: "T9" } }));

    assert.deepEqual([clicks[0]?.user, clicks[0]?.userTeam, clicks[0]?.team], ["U9", "T9", "T1"]);
  });

  it("turns a message shortcut into a Shortcut", async () => {
    const shortcut = {
      type: "message_action",
      callback_id: "ids/z/v1",
      team: { id: "T1" },
      user: { id: "U1", team_id: "T1" },
      channel: { id: "C1", name: "alerts" },
      message: { type: "message", ts: "1.2", text: "who is 198.51.100.7?" },
      message_ts: "1.2",
      trigger_id: "t.4",
      response_url: "https://hooks.slack.com/app/1",
    };
    assert.equal((await send(payload(shortcut))).status, 200);
    assert.equal((await send(payload({ ...shortcut, message: { ts: "1.2" } }))).status, 200);

    const expected = {
      user: "U1",
      userTeam: "T1",
      team: "T1",
      channel: "C1",
      text: "who is 198.51.100.7?",
      triggerId: "t.4",
      responseUrl: "https://hooks.slack.com/app/1",
    };
    assert.deepEqual(shortcuts, [expected, { ...expected, text: "" }]);
  });

  it("hands on that the Home tab was opened, not the messages tab", async () => {
    for (const tab of ["home", "messages"]) {
      const event = { type: "app_home_opened", user: "U1", channel: "D1", tab, event_ts: "1.4" };
      const body = { type: "event_callback", team_id: "T1", api_app_id: "A1", event_id: "Ev1", event };
      assert.equal((await send(JSON.stringify(body), { type: "application/json" })).status, 200);
    }

    assert.deepEqual(homes, [{ user: "U1", team: "T1" }]);
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
});
