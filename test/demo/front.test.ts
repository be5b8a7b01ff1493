import assert from "node:assert/strict";
import { WebClient } from "@slack/web-api";
import { blocks, openWorkspace } from "./workspace.ts";

describe("front", () => {
  let space: Awaited<ReturnType<typeof openWorkspace>>;

  before(async () => {
    space = await openWorkspace();
  });
  beforeEach(() => space.reset());
  after(() => space.close());

  describe("as the Web API", () => {
    it("keeps a message with its blocks and metadata, and an edit of it", async () => {
      const metadata = { event_type: "ids_alert", event_payload: { k: "al_1" } };

      const { ts = "" } = await space.post({ metadata });
      await space.client().chat.update({ channel: space.channel(), ts, text: "hi again", blocks: blocks.slice(0, 1) });

      const [message] = await space.front.messages();
      assert.equal(message?.["text"], "hi again");
      assert.deepEqual(message?.["metadata"], metadata);
      assert.ok(message?.["edited"]);
      assert.match(JSON.stringify(message?.["blocks"]), /"block_id":"/);
    });

    it("refuses blocks over Slack's limits and says which", async () => {
      const bad = [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }];

      await assert.rejects(space.post({ blocks: bad }), (error: Error & { data: Record<string, unknown> }) => {
        assert.equal(error.data["error"], "invalid_blocks");
        return /blocks\[0\].*150/.test(JSON.stringify(error.data));
      });
      assert.deepEqual(await space.front.messages(), []);
    });

    it("finds messages by time, in pages, with metadata only when asked", async () => {
      const stamps = [];
      for (let k = 0; k < 5; k += 1) {
        const metadata = { event_type: "ids_alert", event_payload: { k: String(k) } };
        stamps.push((await space.post({ metadata })).ts ?? "");
      }
      const query = { channel: space.channel(), oldest: stamps[1] ?? "", limit: 2 };
      const seen = [];

      for await (const page of space.client().paginate("conversations.history", {
        ...query,
        inclusive: true,
        include_all_metadata: true,
      }))
        seen.push(JSON.stringify(page).match(/"k":"\d"/g));

      assert.deepEqual(seen, [
        ['"k":"4"', '"k":"3"'],
        ['"k":"2"', '"k":"1"'],
      ]);
      const bare = await space.client().conversations.history(query);
      assert.equal(bare.messages?.length, 2);
      assert.equal(bare.messages?.[0]?.metadata, undefined);
    });

    it("knows people, and which of them is a guest", async () => {
      const users = await Promise.all(
        ["sam", "gus"].map((name) => space.client().users.info({ user: space.person(name) })),
      );

      assert.deepEqual(
        users.map(({ user }) => [user?.name, user?.is_restricted, user?.is_bot, user?.deleted]),
        [
          ["sam", false, false, false],
          ["gus", true, false, false],
        ],
      );
      await assert.rejects(space.client().users.info({ user: "U0NOBODY" }), /user_not_found/);
    });

    it("knows who is in the channel, and that it is shared with nobody", async () => {
      const channel = space.channel();
      const { members } = await space.client().conversations.members({ channel });
      const { channel: info } = await space.client().conversations.info({ channel });

      assert.ok(members?.includes(space.person("kim")));
      assert.equal(info?.is_ext_shared, false);
    });

    it("answers an unknown method and a wrong token as Slack does", async () => {
      await assert.rejects(space.client().apiCall("ids.nothing"), /unknown_method/);
      await assert.rejects(space.client("xoxb-other").auth.test(), /invalid_auth/);
      assert.equal((await space.client().auth.test()).team_id, space.front.workspace().team.id);
    });
  });

  describe("on a bad day", () => {
    it("loses the answer and keeps the message when the fault says it was accepted", async () => {
      space.front.fault({ method: "chat.postMessage", kind: "drop", accepted: true });

      await assert.rejects(space.post());

      assert.equal((await space.front.messages()).length, 1);
      await space.post();
      assert.equal((await space.front.messages()).length, 2);
    });

    for (const kind of ["http-500", "http-503", "html", "drop", "hang", "ratelimited", "ratelimited-200"] as const)
      it(`fails with ${kind} and keeps nothing, as often as told`, async () => {
        space.front.fault({ method: "chat.postMessage", kind, times: 2, retryAfterSeconds: 1 });
        const strict = new WebClient(space.front.workspace().token, {
          slackApiUrl: space.front.apiUrl,
          retryConfig: { retries: 0 },
          timeout: 200,
          rejectRateLimitedCalls: true,
        });
        const attempt = () => strict.chat.postMessage({ channel: space.channel(), text: "hi" });

        await assert.rejects(attempt());
        await assert.rejects(attempt());

        assert.deepEqual(await space.front.messages(), []);
        assert.equal((await attempt()).ok, true);
      });
  });

  describe("as the page's server", () => {
    it("serves the page under a strict policy and nothing else", async () => {
      const page = await fetch(space.front.url);

      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'; script-src 'self'/);
      assert.equal((await fetch(`${space.front.url}/../package.json`)).status, 404);
      assert.equal((await fetch(`${space.front.url}/page/page.css`)).status, 404);
    });

    it("refuses requests of other sites", async () => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${space.front.url}/do`, { method: "POST", headers, body: JSON.stringify({ kind: "again" }) });

      const statuses = await Promise.all([
        ask({ "content-type": "text/plain" }),
        ask({ "content-type": "application/json", origin: "https://evil.example.com" }),
        ask({ "content-type": "application/json", origin: space.front.url }),
      ]);

      assert.deepEqual(
        statuses.map(({ status }) => status),
        [403, 403, 204],
      );
    });

    it("begins its feed with everything and goes on with what changes", async () => {
      await space.post({ text: "before" });
      const feed = await fetch(`${space.front.url}/feed`);
      const reader = (feed.body ?? assert.fail("no feed")).pipeThrough(new TextDecoderStream()).getReader();
      let got = "";
      const until = async (wanted: RegExp) => {
        while (!wanted.test(got)) got += (await reader.read()).value ?? "";
      };

      await until(/event: snapshot\ndata: .*"before"/);
      await space.post({ text: "after" });
      await until(/event: message\ndata: .*"after"/);

      await reader.cancel();
    });
  });
});
