import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { WebClient } from "@slack/web-api";
import { type Front, startFront } from "../../demo/front.ts";
import { listen, stopServer } from "../../demo/http.ts";

const SECRET = "signing-secret";

interface Heard {
  readonly form: URLSearchParams;
  readonly payload: ReturnType<typeof JSON.parse>;
  readonly signed: boolean;
}

describe("front", () => {
  let front: Front;
  let bot: Server;
  let heard: Heard[];
  let answer: { status: number; body: string };

  before(async () => {
    front = await startFront({ port: 0, signingSecret: SECRET });
    bot = createServer(async (request, response) => {
      const body = await text(request);
      const base = `v0:${request.headers["x-slack-request-timestamp"]}:${body}`;
      const expected = `v0=${createHmac("sha256", SECRET).update(base).digest("hex")}`;
      const form = new URLSearchParams(body);
      const signed = request.headers["x-slack-signature"] === expected;
      const isJson = request.headers["content-type"] === "application/json";
      const payload = JSON.parse(isJson ? body : (form.get("payload") ?? "null"));
      heard.push({ form, payload, signed });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
    front.aimAt(`http://127.0.0.1:${await listen(bot, 0)}/slack/events`);
  });
  beforeEach(async () => {
    heard = [];
    answer = { status: 200, body: "" };
    front.clearFaults();
    await front.reset();
  });
  after(async () => {
    await stopServer(bot);
    await front.stop();
  });

  const client = (token = front.workspace().token) =>
    new WebClient(token, { slackApiUrl: front.apiUrl, retryConfig: { retries: 0 }, timeout: 500 });
  const channel = () => front.workspace().channel.id;
  const person = (name: string) => front.workspace().people.find((p) => p.name === name)?.id ?? "";
  const button = { type: "button", action_id: "go", value: "al_1", text: { type: "plain_text", text: "Go" } } as const;
  const blocks = [
    { type: "section", text: { type: "mrkdwn", text: "hello" } },
    { type: "actions", elements: [button] },
  ];
  const post = (more = {}) => client().chat.postMessage({ channel: channel(), text: "hi", blocks, ...more });
  const modal = {
    type: "modal" as const,
    callback_id: "why",
    title: { type: "plain_text" as const, text: "Why" },
    submit: { type: "plain_text" as const, text: "Send" },
    blocks: [
      {
        type: "input" as const,
        block_id: "reason",
        label: { type: "plain_text" as const, text: "Reason" },
        element: { type: "plain_text_input" as const, action_id: "text" },
      },
    ],
  };

  describe("as the Web API", () => {
    it("keeps a message with its blocks and metadata, and an edit of it", async () => {
      const metadata = { event_type: "ids_alert", event_payload: { k: "al_1" } };

      const { ts = "" } = await post({ metadata });
      await client().chat.update({ channel: channel(), ts, text: "hi again", blocks: blocks.slice(0, 1) });

      const [message] = await front.messages();
      assert.equal(message?.["text"], "hi again");
      assert.deepEqual(message?.["metadata"], metadata);
      assert.ok(message?.["edited"]);
      assert.match(JSON.stringify(message?.["blocks"]), /"block_id":"/);
    });

    it("refuses blocks over Slack's limits and says which", async () => {
      const bad = [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }];

      await assert.rejects(post({ blocks: bad }), (error: Error & { data: Record<string, unknown> }) => {
        assert.equal(error.data["error"], "invalid_blocks");
        return /blocks\[0\].*150/.test(JSON.stringify(error.data));
      });
      assert.deepEqual(await front.messages(), []);
    });

    it("finds messages by time, in pages, with metadata only when asked", async () => {
      const stamps = [];
      for (let k = 0; k < 5; k += 1) {
        const metadata = { event_type: "ids_alert", event_payload: { k: String(k) } };
        stamps.push((await post({ metadata })).ts ?? "");
      }
      const query = { channel: channel(), oldest: stamps[1] ?? "", limit: 2 };
      const seen = [];

      for await (const page of client().paginate("conversations.history", {
        ...query,
        inclusive: true,
        include_all_metadata: true,
      }))
        seen.push(JSON.stringify(page).match(/"k":"\d"/g));

      assert.deepEqual(seen, [
        ['"k":"4"', '"k":"3"'],
        ['"k":"2"', '"k":"1"'],
      ]);
      const bare = await client().conversations.history(query);
      assert.equal(bare.messages?.length, 2);
      assert.equal(bare.messages?.[0]?.metadata, undefined);
    });

    it("knows people, and which of them is a guest", async () => {
      const users = await Promise.all(["sam", "gus"].map((name) => client().users.info({ user: person(name) })));

      assert.deepEqual(
        users.map(({ user }) => [user?.name, user?.is_restricted, user?.is_bot, user?.deleted]),
        [
          ["sam", false, false, false],
          ["gus", true, false, false],
        ],
      );
      await assert.rejects(client().users.info({ user: "U0NOBODY" }), /user_not_found/);
    });

    it("answers an unknown method and a wrong token as Slack does", async () => {
      await assert.rejects(client().apiCall("ids.nothing"), /unknown_method/);
      await assert.rejects(client("xoxb-other").auth.test(), /invalid_auth/);
      assert.equal((await client().auth.test()).team_id, front.workspace().team.id);
    });
  });

  describe("on a bad day", () => {
    it("loses the answer and keeps the message when the fault says it was accepted", async () => {
      front.fault({ method: "chat.postMessage", kind: "drop", accepted: true });

      await assert.rejects(post());

      assert.equal((await front.messages()).length, 1);
      await post();
      assert.equal((await front.messages()).length, 2);
    });

    for (const kind of ["http-500", "http-503", "html", "drop", "hang", "ratelimited", "ratelimited-200"] as const)
      it(`fails with ${kind} and keeps nothing, as often as told`, async () => {
        front.fault({ method: "chat.postMessage", kind, times: 2, retryAfterSeconds: 1 });
        const strict = new WebClient(front.workspace().token, {
          slackApiUrl: front.apiUrl,
          retryConfig: { retries: 0 },
          timeout: 200,
          rejectRateLimitedCalls: true,
        });
        const attempt = () => strict.chat.postMessage({ channel: channel(), text: "hi" });

        await assert.rejects(attempt());
        await assert.rejects(attempt());

        assert.deepEqual(await front.messages(), []);
        assert.equal((await attempt()).ok, true);
      });
  });

  describe("as people", () => {
    it("sends a click signed, in Slack's form, with the button's value", async () => {
      const { ts = "" } = await post();

      const { status } = await front.click({ user: person("sam"), ts, actionId: "go" });

      assert.equal(status, 200);
      const [{ payload, signed } = assert.fail("nothing heard")] = heard;
      assert.equal(signed, true);
      assert.equal(payload.type, "block_actions");
      assert.equal(payload.actions[0].value, "al_1");
      assert.equal(payload.user.id, person("sam"));
      assert.equal(payload.message.ts, ts);
      await assert.rejects(front.click({ user: person("sam"), ts, actionId: "stop" }), /no element stop/);
    });

    it("opens one dialog for one click, and none for a stale or used trigger", async () => {
      const { ts = "" } = await post();
      await front.click({ user: person("sam"), ts, actionId: "go" });
      const trigger_id = heard[0]?.payload.trigger_id;

      await client().views.open({ trigger_id, view: modal });

      assert.equal(front.modal(person("sam"))?.view["callback_id"], "why");
      assert.equal(front.modal(person("lee")), undefined);
      await assert.rejects(client().views.open({ trigger_id, view: modal }), /exchanged_trigger_id/);
      await assert.rejects(client().views.open({ trigger_id: "1.2.x", view: modal }), /invalid_trigger_id/);
      const long = { ...modal, title: { type: "plain_text" as const, text: "x".repeat(25) } };
      await assert.rejects(client().views.open({ trigger_id, view: long }), /invalid_arguments/);
    });

    it("shows errors under the inputs, then the next view, then closes", async () => {
      const { ts = "" } = await post();
      await front.click({ user: person("sam"), ts, actionId: "go" });
      const { view } = await client().views.open({ trigger_id: heard[0]?.payload.trigger_id, view: modal });
      const viewId = view?.id ?? "";
      const submit = () => front.submit({ user: person("sam"), viewId, values: { reason: "leaked" } });

      answer = { status: 200, body: JSON.stringify({ response_action: "errors", errors: { reason: "too short" } }) };
      await submit();
      assert.deepEqual(front.modal(person("sam"))?.errors, { reason: "too short" });

      const { submit: _, ...next } = { ...modal, blocks: [{ type: "divider" }] };
      answer = { status: 200, body: JSON.stringify({ response_action: "update", view: next }) };
      await submit();
      assert.equal(front.modal(person("sam"))?.view["submit"], null);

      answer = { status: 200, body: "" };
      await submit();
      assert.equal(front.modal(person("sam")), undefined);
      assert.equal(heard[1]?.payload.view.state.values.reason.text.value, "leaked");
      await assert.rejects(submit(), /no dialog/);
    });

    /** A dialog with two buttons of one action before sam; gives its id. */
    async function openChoice() {
      const choice = (value: string) => ({
        type: "actions" as const,
        elements: [{ ...button, action_id: "pick", value }],
      });
      const { submit: _, ...rest } = modal;
      await front.command({ user: person("sam"), text: "/ids who bob" });
      const trigger_id = heard.shift()?.form.get("trigger_id") ?? "";
      const { view } = await client().views.open({
        trigger_id,
        view: { ...rest, blocks: [choice("0"), choice("1")] },
      });
      return view?.id ?? "";
    }

    it("sends a click in a dialog with its view and the button's value, and no channel or response_url", async () => {
      const viewId = await openChoice();

      await front.clickInModal({ user: person("sam"), actionId: "pick", value: "1" });

      const [{ payload, signed } = assert.fail("nothing heard")] = heard;
      assert.equal(signed, true);
      assert.deepEqual(payload.container, { type: "view", view_id: viewId });
      assert.equal(payload.view.id, viewId);
      assert.equal(payload.actions[0].value, "1");
      assert.equal(payload.actions[0].block_id, payload.view.blocks[1].block_id);
      for (const absent of ["message", "channel", "response_url"]) assert.equal(absent in payload, false, absent);
      const elsewhere = { user: person("lee"), actionId: "pick" };
      await assert.rejects(front.clickInModal(elsewhere), /no element pick/);
    });

    it("says in the dialog that a click was not answered", async () => {
      await openChoice();
      answer = { status: 500, body: "" };

      await front.clickInModal({ user: person("sam"), actionId: "pick" });

      assert.match(front.modal(person("sam"))?.problem ?? "", /trouble connecting/);
    });

    it("shows an edit of an open dialog, and knows no dialog that was closed", async () => {
      const view_id = await openChoice();
      const { submit: _, ...rest } = modal;
      const edit = () => client().views.update({ view_id, view: { ...rest, blocks: [{ type: "divider" }] } });

      await edit();
      assert.match(JSON.stringify(front.modal(person("sam"))?.view["blocks"]), /^\[\{[^[]*"divider"/);
      front.closeModal(person("sam"));

      await assert.rejects(edit(), /not_found/);
      assert.equal(front.modal(person("sam")), undefined);
    });

    it("tells the bot who opened its Home tab, and keeps one for each person", async () => {
      const home = (text: string) => ({
        type: "home" as const,
        blocks: [{ type: "section" as const, text: { type: "plain_text" as const, text } }],
      });

      await front.openHome(person("sam"));
      await client().views.publish({ user_id: person("sam"), view: home("hello sam") });
      await front.openHome(person("sam"));

      const [first, second] = heard.map(({ payload }) => payload);
      assert.equal(heard[0]?.signed, true);
      assert.equal(first.type, "event_callback");
      assert.equal(first.team_id, front.workspace().team.id);
      assert.deepEqual([first.event.type, first.event.user], ["app_home_opened", person("sam")]);
      assert.equal(first.event.tab, "home");
      assert.equal("view" in first.event, false);
      assert.match(JSON.stringify(second.event.view), /hello sam/);
      assert.match(JSON.stringify(front.home(person("sam"))), /hello sam/);
      assert.equal(front.home(person("lee")), undefined);
      const empty = client().views.publish({ user_id: person("lee"), view: home("") });
      await assert.rejects(empty, /invalid_arguments/);
    });

    it("sends an entry of a message's menu with the message", async () => {
      const { ts = "" } = await post();

      await front.shortcut({ user: person("sam"), ts, callbackId: "look" });

      const [{ payload, signed } = assert.fail("nothing heard")] = heard;
      assert.equal(signed, true);
      assert.deepEqual([payload.type, payload.callback_id], ["message_action", "look"]);
      assert.deepEqual([payload.message.ts, payload.message_ts, payload.message.text], [ts, ts, "hi"]);
      assert.equal(payload.channel.id, channel());
      assert.match(payload.response_url, /\/response\//);
      const view = { ...modal, title: { type: "plain_text" as const, text: "Look up" } };
      assert.equal((await client().views.open({ trigger_id: payload.trigger_id, view })).ok, true);
      await assert.rejects(front.shortcut({ user: person("sam"), ts: "1.0", callbackId: "look" }), /no message/);
    });

    it("posts an answer in the channel when the bot asks for that", async () => {
      await front.command({ user: person("sam"), text: "/ids who bob" });
      const url = heard[0]?.form.get("response_url") ?? "";

      await fetch(url, { method: "POST", body: JSON.stringify({ response_type: "in_channel", text: "bob is bob" }) });

      assert.deepEqual(
        (await front.messages()).map((message) => message["text"]),
        ["bob is bob"],
      );
      assert.deepEqual(front.ephemerals(person("sam")), []);
    });

    it("keeps a dialog open when the bot fails, and says so", async () => {
      const { ts = "" } = await post();
      await front.click({ user: person("sam"), ts, actionId: "go" });
      const { view } = await client().views.open({ trigger_id: heard[0]?.payload.trigger_id, view: modal });

      answer = { status: 500, body: "" };
      await front.submit({ user: person("sam"), viewId: view?.id ?? "", values: {} });

      assert.match(front.modal(person("sam"))?.problem ?? "", /trouble connecting/);
    });

    it("sends a command and shows its answers to its author only, five at most", async () => {
      await front.command({ user: person("kim"), text: "/ids who  bob " });
      const { form, signed } = heard[0] ?? assert.fail("nothing heard");
      const url = form.get("response_url") ?? "";
      const respond = () =>
        fetch(url, { method: "POST", body: JSON.stringify({ response_type: "ephemeral", text: "bob is bob" }) });

      const statuses = [];
      for (let use = 0; use < 6; use += 1) statuses.push((await respond()).status);

      assert.deepEqual([signed, form.get("command"), form.get("text")], [true, "/ids", "who  bob"]);
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 404]);
      assert.equal(front.ephemerals(person("kim")).length, 5);
      assert.deepEqual(front.ephemerals(person("sam")), []);
      assert.deepEqual(await front.messages(), []);
    });

    it("tells the author of a command that nobody answered", async () => {
      answer = { status: 500, body: "" };

      await front.command({ user: person("sam"), text: "/ids help" });

      assert.match(JSON.stringify(front.ephemerals(person("sam"))), /operation_timeout/);
    });
  });

  describe("as the page's server", () => {
    it("serves the page under a strict policy and nothing else", async () => {
      const page = await fetch(front.url);

      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self'/);
      assert.equal((await fetch(`${front.url}/../package.json`)).status, 404);
      assert.equal((await fetch(`${front.url}/page/page.css`)).status, 404);
    });

    it("refuses requests of other sites", async () => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${front.url}/do`, { method: "POST", headers, body: JSON.stringify({ kind: "again" }) });

      const statuses = await Promise.all([
        ask({ "content-type": "text/plain" }),
        ask({ "content-type": "application/json", origin: "https://evil.example.com" }),
        ask({ "content-type": "application/json", origin: front.url }),
      ]);

      assert.deepEqual(
        statuses.map(({ status }) => status),
        [403, 403, 204],
      );
    });

    it("begins its feed with everything and goes on with what changes", async () => {
      await post({ text: "before" });
      const feed = await fetch(`${front.url}/feed`);
      const reader = (feed.body ?? assert.fail("no feed")).pipeThrough(new TextDecoderStream()).getReader();
      let got = "";
      const until = async (wanted: RegExp) => {
        while (!wanted.test(got)) got += (await reader.read()).value ?? "";
      };

      await until(/event: snapshot\ndata: .*"before"/);
      await post({ text: "after" });
      await until(/event: message\ndata: .*"after"/);

      await reader.cancel();
    });
  });
});
