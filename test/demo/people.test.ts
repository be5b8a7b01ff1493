import assert from "node:assert/strict";
import { button, modal, openWorkspace } from "./workspace.ts";

describe("people", () => {
  let space: Awaited<ReturnType<typeof openWorkspace>>;

  before(async () => {
    space = await openWorkspace();
  });
  beforeEach(() => space.reset());
  after(() => space.close());

  it("sends a click signed, in Slack's form, with the button's value", async () => {
    const { ts = "" } = await space.post();

    const { status } = await space.front.click({ user: space.person("sam"), ts, actionId: "go" });

    assert.equal(status, 200);
    const [{ payload, signed } = assert.fail("nothing heard")] = space.heard;
    assert.equal(signed, true);
    assert.equal(payload.type, "block_actions");
    assert.equal(payload.actions[0].value, "al_1");
    assert.equal(payload.user.id, space.person("sam"));
    assert.equal(payload.message.ts, ts);
    await assert.rejects(space.front.click({ user: space.person("sam"), ts, actionId: "stop" }), /no element stop/);
  });

  it("opens one dialog for one click, and none for a stale or used trigger", async () => {
    const { ts = "" } = await space.post();
    await space.front.click({ user: space.person("sam"), ts, actionId: "go" });
    const trigger_id = space.heard[0]?.payload.trigger_id;

    await space.client().views.open({ trigger_id, view: modal });

    assert.equal(space.front.modal(space.person("sam"))?.view["callback_id"], "why");
    assert.equal(space.front.modal(space.person("lee")), undefined);
    await assert.rejects(space.client().views.open({ trigger_id, view: modal }), /exchanged_trigger_id/);
    await assert.rejects(space.client().views.open({ trigger_id: "1.2.x", view: modal }), /invalid_trigger_id/);
    const long = { ...modal, title: { type: "plain_text" as const, text: "x".repeat(25) } };
    await assert.rejects(space.client().views.open({ trigger_id, view: long }), /invalid_arguments/);
  });

  it("shows errors under the inputs, then the next view, then closes", async () => {
    const { ts = "" } = await space.post();
    await space.front.click({ user: space.person("sam"), ts, actionId: "go" });
    const { view } = await space.client().views.open({ trigger_id: space.heard[0]?.payload.trigger_id, view: modal });
    const viewId = view?.id ?? "";
    const submit = () => space.front.submit({ user: space.person("sam"), viewId, values: { reason: "leaked" } });

    Object.assign(space.answer, {
      status: 200,
      body: JSON.stringify({ response_action: "errors", errors: { reason: "too short" } }),
    });
    await submit();
    assert.deepEqual(space.front.modal(space.person("sam"))?.errors, { reason: "too short" });

    const { submit: _, ...next } = { ...modal, blocks: [{ type: "divider" }] };
    Object.assign(space.answer, { status: 200, body: JSON.stringify({ response_action: "update", view: next }) });
    await submit();
    assert.equal(space.front.modal(space.person("sam"))?.view["submit"], null);

    Object.assign(space.answer, { status: 200, body: "" });
    await submit();
    assert.equal(space.front.modal(space.person("sam")), undefined);
    assert.equal(space.heard[1]?.payload.view.state.values.reason.text.value, "leaked");
    await assert.rejects(submit(), /no dialog/);
  });

  /** A dialog with two buttons of one action before sam; gives its id. */
  async function openChoice() {
    const choice = (value: string) => ({
      type: "actions" as const,
      elements: [{ ...button, action_id: "pick", value }],
    });
    const { submit: _, ...rest } = modal;
    await space.front.command({ user: space.person("sam"), text: "/ids who bob" });
    const trigger_id = space.heard.shift()?.form.get("trigger_id") ?? "";
    const { view } = await space.client().views.open({
      trigger_id,
      view: { ...rest, blocks: [choice("0"), choice("1")] },
    });
    return view?.id ?? "";
  }

  it("sends a click in a dialog with its view and the button's value, and no channel or response_url", async () => {
    const viewId = await openChoice();

    await space.front.clickInModal({ user: space.person("sam"), actionId: "pick", value: "1" });

    const [{ payload, signed } = assert.fail("nothing heard")] = space.heard;
    assert.equal(signed, true);
    assert.deepEqual(payload.container, { type: "view", view_id: viewId });
    assert.equal(payload.view.id, viewId);
    assert.equal(payload.actions[0].value, "1");
    assert.equal(payload.actions[0].block_id, payload.view.blocks[1].block_id);
    for (const absent of ["message", "channel", "response_url"]) assert.equal(absent in payload, false, absent);
    const elsewhere = { user: space.person("lee"), actionId: "pick" };
    await assert.rejects(space.front.clickInModal(elsewhere), /no element pick/);
  });

  it("says in the dialog that a click was not answered", async () => {
    await openChoice();
    Object.assign(space.answer, { status: 500, body: "" });

    await space.front.clickInModal({ user: space.person("sam"), actionId: "pick" });

    assert.match(space.front.modal(space.person("sam"))?.problem ?? "", /trouble connecting/);
  });

  it("shows an edit of an open dialog, and knows no dialog that was closed", async () => {
    const view_id = await openChoice();
    const { submit: _, ...rest } = modal;
    const edit = () => space.client().views.update({ view_id, view: { ...rest, blocks: [{ type: "divider" }] } });

    await edit();
    assert.match(JSON.stringify(space.front.modal(space.person("sam"))?.view["blocks"]), /^\[\{[^[]*"divider"/);
    space.front.closeModal(space.person("sam"));

    await assert.rejects(edit(), /not_found/);
    assert.equal(space.front.modal(space.person("sam")), undefined);
  });

  it("tells the bot who opened its Home tab, and keeps one for each person", async () => {
    const home = (text: string) => ({
      type: "home" as const,
      blocks: [{ type: "section" as const, text: { type: "plain_text" as const, text } }],
    });

    await space.front.openHome(space.person("sam"));
    await space.client().views.publish({ user_id: space.person("sam"), view: home("hello sam") });
    await space.front.openHome(space.person("sam"));

    const [first, second] = space.heard.map(({ payload }) => payload);
    assert.equal(space.heard[0]?.signed, true);
    assert.equal(first.type, "event_callback");
    assert.equal(first.team_id, space.front.workspace().team.id);
    assert.deepEqual([first.event.type, first.event.user], ["app_home_opened", space.person("sam")]);
    assert.equal(first.event.tab, "home");
    assert.equal("view" in first.event, false);
    assert.match(JSON.stringify(second.event.view), /hello sam/);
    assert.match(JSON.stringify(space.front.home(space.person("sam"))), /hello sam/);
    assert.equal(space.front.home(space.person("lee")), undefined);
    const empty = space.client().views.publish({ user_id: space.person("lee"), view: home("") });
    await assert.rejects(empty, /invalid_arguments/);
  });

  it("sends an entry of a message's menu with the message", async () => {
    const { ts = "" } = await space.post();

    await space.front.shortcut({ user: space.person("sam"), ts, callbackId: "look" });

    const [{ payload, signed } = assert.fail("nothing heard")] = space.heard;
    assert.equal(signed, true);
    assert.deepEqual([payload.type, payload.callback_id], ["message_action", "look"]);
    assert.deepEqual([payload.message.ts, payload.message_ts, payload.message.text], [ts, ts, "hi"]);
    assert.equal(payload.channel.id, space.channel());
    assert.match(payload.response_url, /\/response\//);
    const view = { ...modal, title: { type: "plain_text" as const, text: "Look up" } };
    assert.equal((await space.client().views.open({ trigger_id: payload.trigger_id, view })).ok, true);
    await assert.rejects(
      space.front.shortcut({ user: space.person("sam"), ts: "1.0", callbackId: "look" }),
      /no message/,
    );
  });

  it("posts an answer in the channel when the bot asks for that", async () => {
    await space.front.command({ user: space.person("sam"), text: "/ids who bob" });
    const url = space.heard[0]?.form.get("response_url") ?? "";

    await fetch(url, { method: "POST", body: JSON.stringify({ response_type: "in_channel", text: "bob is bob" }) });

    assert.deepEqual(
      (await space.front.messages()).map((message) => message["text"]),
      ["bob is bob"],
    );
    assert.deepEqual(space.front.ephemerals(space.person("sam")), []);
  });

  it("keeps a dialog open when the bot fails, and says so", async () => {
    const { ts = "" } = await space.post();
    await space.front.click({ user: space.person("sam"), ts, actionId: "go" });
    const { view } = await space.client().views.open({ trigger_id: space.heard[0]?.payload.trigger_id, view: modal });

    Object.assign(space.answer, { status: 500, body: "" });
    await space.front.submit({ user: space.person("sam"), viewId: view?.id ?? "", values: {} });

    assert.match(space.front.modal(space.person("sam"))?.problem ?? "", /trouble connecting/);
  });

  it("sends a command and shows its answers to its author only, five at most", async () => {
    await space.front.command({ user: space.person("kim"), text: "/ids who  bob " });
    const { form, signed } = space.heard[0] ?? assert.fail("nothing heard");
    const url = form.get("response_url") ?? "";
    const respond = () =>
      fetch(url, { method: "POST", body: JSON.stringify({ response_type: "ephemeral", text: "bob is bob" }) });

    const statuses = [];
    for (let use = 0; use < 6; use += 1) statuses.push((await respond()).status);

    assert.deepEqual([signed, form.get("command"), form.get("text")], [true, "/ids", "who  bob"]);
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 404]);
    assert.equal(space.front.ephemerals(space.person("kim")).length, 5);
    assert.deepEqual(space.front.ephemerals(space.person("sam")), []);
    assert.deepEqual(await space.front.messages(), []);
  });

  it("tells the author of a command that nobody answered", async () => {
    Object.assign(space.answer, { status: 500, body: "" });

    await space.front.command({ user: space.person("sam"), text: "/ids help" });

    assert.match(JSON.stringify(space.front.ephemerals(space.person("sam"))), /operation_timeout/);
  });
});
