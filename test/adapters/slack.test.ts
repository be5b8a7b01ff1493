import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { textModal } from "../../blocks/identity.ts";
import { noticeMessage } from "../../blocks/notice.ts";
import { words } from "../../blocks/text.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import { openChat } from "../../src/adapters/slack.ts";
import { type Chat, ClosedError } from "../../src/ports/chat.ts";

type Answer = (request: { readonly method: string; readonly form: URLSearchParams }, response: ServerResponse) => void;

const message = noticeMessage("alert");
const json =
  (body: unknown, status = 200, headers = {}) =>
  (_: unknown, response: ServerResponse) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

describe("Slack's Web API", () => {
  let server: Server;
  let chat: Chat;
  let answer: Answer;
  let origin: string;
  const asked: { method: string; form: URLSearchParams }[] = [];

  before(async () => {
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const call = { method: request.url?.replace("/api/", "") ?? "", form: new URLSearchParams(body) };
        asked.push(call);
        answer(call, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  });
  beforeEach(() => {
    asked.splice(0);
    chat = openChat({ token: "xoxb-test", apiUrl: `${origin}/api/`, log: memoryLog() });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("tells a dialog that was closed from one that Slack does not take", async () => {
    const view = textModal(words`hello`);

    answer = json({ ok: false, error: "not_found" });
    await assert.rejects(chat.updateModal("V1", view), ClosedError);
    answer = json({ ok: false, error: "invalid_arguments" });
    await assert.rejects(chat.updateModal("V1", view), (error) => !(error instanceof ClosedError));
  });

  it("finds a member on any page, and says no to nobody's", async () => {
    answer = ({ form }, response) =>
      json(
        form.get("cursor") === "p2"
          ? { ok: true, members: ["U2"], response_metadata: { next_cursor: "" } }
          : { ok: true, members: ["U1"], response_metadata: { next_cursor: "p2" } },
      )(undefined, response);
    assert.deepEqual(await Promise.all(["U1", "U2", "U3"].map((user) => chat.isMember("C1", user))), [
      true,
      true,
      false,
    ]);
    answer = json({ ok: false, error: "missing_scope" });
    await assert.rejects(chat.isMember("C1", "U1"), /missing_scope/);
  });

  it("takes a channel for one of ours only when Slack says so", async () => {
    for (const [channel, isExternal] of [
      [{ is_ext_shared: false }, false],
      [{ is_ext_shared: false, is_pending_ext_shared: true }, true],
      [{ is_ext_shared: true }, true],
      [{}, true],
    ] as const) {
      answer = json({ ok: true, channel });
      assert.equal(await chat.isExternal("C1"), isExternal, JSON.stringify(channel));
    }
    answer = json({ ok: false, error: "channel_not_found" });
    await assert.rejects(chat.isExternal("C1"), /channel_not_found/);
  });

  const post = () => chat.post("C1", message, "al_1");

  it("posts with metadata, nothing parsed, nothing unfurled", async () => {
    answer = json({ ok: true, ts: "1.000002" });

    assert.deepEqual(await post(), { kind: "sent", ts: "1.000002" });
    const { form } = asked[0] ?? assert.fail("nothing was sent");
    assert.deepEqual(JSON.parse(form.get("metadata") ?? ""), { event_type: "ids_alert", event_payload: { k: "al_1" } });
    assert.deepEqual(
      ["parse", "link_names", "unfurl_links", "unfurl_media"].map((name) => form.get(name)),
      ["none", "false", "false", "false"],
    );
  });

  it("says where a message to a person stands", async () => {
    answer = json({ ok: true, ts: "1.000002", channel: "D1" });
    assert.deepEqual(await chat.post("U1", message, "al_1"), { kind: "sent", ts: "1.000002", channel: "D1" });

    answer = json({ ok: true, ts: "1.000002", channel: "C1" });
    assert.deepEqual(await post(), { kind: "sent", ts: "1.000002" });
  });

  const surely: readonly (readonly [string, Answer, object])[] = [
    [
      "429 with Retry-After",
      json({ ok: false, error: "ratelimited" }, 429, { "retry-after": "7" }),
      { retryAfterMs: 7_000, permanent: false },
    ],
    ["429 without Retry-After", json({ ok: false }, 429), { retryAfterMs: 30_000, permanent: false }],
    ["a refused message", json({ ok: false, error: "invalid_blocks" }), { why: "invalid_blocks", permanent: false }],
    [
      "an archived channel",
      json({ ok: false, error: "is_archived" }),
      { why: "is_archived", permanent: true, elsewhere: true },
    ],
    ["a revoked token", json({ ok: false, error: "token_revoked" }), { why: "token_revoked", permanent: true }],
    ["a channel that it is not in", json({ ok: false, error: "not_in_channel" }), { permanent: true, elsewhere: true }],
    [
      "a person's closed door",
      json({ ok: false, error: "messages_tab_disabled" }),
      { permanent: true, elsewhere: true },
    ],
    ["200 with ratelimited", json({ ok: false, error: "ratelimited" }), { why: "ratelimited", permanent: false }],
  ];
  for (const [name, given, wanted] of surely)
    it(`takes ${name} for surely not sent, and asks once`, async () => {
      answer = given;
      const got = await post();

      assert.deepEqual({ ...got, ...wanted }, got);
      assert.equal(got.kind, "not-sent");
      assert.equal(asked.length, 1);
    });

  it("leaves a channel alone that Slack limited, and no other one", async () => {
    answer = json({ ok: false, error: "ratelimited" }, 429, { "retry-after": "7" });
    await post();
    answer = json({ ok: true, ts: "1.000002" });
    const [again, edit, other] = [
      await post(),
      await chat.update("C1", "1.000001", message),
      await chat.post("C2", message, "al_2"),
    ];

    for (const { kind, retryAfterMs = 0 } of [again, edit].map((one) => ({ retryAfterMs: 0, ...one })))
      assert.ok(kind === "not-sent" && retryAfterMs > 5_000 && retryAfterMs <= 8_000, String(retryAfterMs));
    assert.equal(other.kind, "sent");
    assert.equal(asked.length, 2);
  });

  const unsure: readonly (readonly [string, Answer])[] = [
    ["HTTP 500", json({}, 500)],
    ["HTTP 503 in HTML", (_, response) => void response.writeHead(503, { "content-type": "text/html" }).end("<html>")],
    [
      "a maintenance page with 200",
      (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    ["internal_error", json({ ok: false, error: "internal_error" })],
    ["fatal_error", json({ ok: false, error: "fatal_error" })],
    [
      "a truncated answer",
      (_, response) => void response.writeHead(200, { "content-type": "application/json" }).end('{"ok":tr'),
    ],
    ["a connection cut after it was accepted", (_, response) => void response.destroy()],
    ["an answer without a timestamp", json({ ok: true })],
  ];
  for (const [name, given] of unsure)
    it(`takes ${name} for perhaps sent, and asks once`, async () => {
      answer = given;

      assert.equal((await post()).kind, "unknown");
      assert.equal(asked.length, 1);
    });

  it("takes a refused connection for surely not sent", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const address = gone.address();
    await new Promise<void>((resolve) => gone.close(() => resolve()));
    const apiUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/`;
    const nowhere = openChat({ token: "xoxb-test", apiUrl, log: memoryLog() });

    assert.equal((await nowhere.post("C1", message, "al_1")).kind, "not-sent");
  });

  it("gives a Slack that never answers ten seconds", async function () {
    this.timeout(15_000);
    answer = () => undefined;
    const from = performance.now();

    assert.equal((await post()).kind, "unknown");
    assert.ok(performance.now() - from < 11_000);
  });

  it("reads the history to its end", async () => {
    const page = (n: number, key: string) => ({
      ok: true,
      messages: [{ ts: `${n}.1`, metadata: { event_type: "ids_alert", event_payload: { k: key } } }],
      response_metadata: { next_cursor: n < 3 ? `page-${n + 1}` : "" },
    });
    answer = ({ form }, response) => {
      const n = Number((form.get("cursor") ?? "page-1").slice(5));
      json(page(n, `al_${n}`))(undefined, response);
    };

    assert.deepEqual(await chat.findPost("C1", "al_3", 1_700_000_000_000), { kind: "found", ts: "3.1" });
    assert.equal(asked.length, 3);
    assert.equal(asked[0]?.form.get("oldest"), "1700000000");
    assert.deepEqual(await chat.findPost("C1", "al_9", 0), { kind: "absent" });
  });

  it("says when the history may not be read, and fails when it could not be read now", async () => {
    answer = json({ ok: false, error: "missing_scope" });
    assert.deepEqual(await chat.findPost("C1", "al_1", 0), { kind: "unsearchable", why: "missing_scope" });

    answer = json({}, 500);
    await assert.rejects(chat.findPost("C1", "al_1", 0), /conversations.history/);
  });

  it("answers only to Slack's own addresses", async () => {
    await assert.rejects(chat.respond("https://evil.example.com/x", message), /not Slack's/);
    await assert.rejects(chat.respond("http://hooks.slack.com/x", message), /not Slack's/);
    assert.equal(asked.length, 0);

    answer = json({ ok: true });
    await chat.respond(`${origin}/response/1`, message);
    assert.equal(asked.length, 1);
  });

  it("tells guests, bots and strangers", async () => {
    answer = json({
      ok: true,
      user: { id: "U1", team_id: "T1", is_ultra_restricted: true, is_stranger: true, deleted: false },
    });
    assert.deepEqual(await chat.user("U1"), {
      id: "U1",
      teamId: "T1",
      deleted: false,
      bot: false,
      guest: true,
      external: true,
    });

    answer = json({ ok: false, error: "user_not_found" });
    assert.equal(await chat.user("U2"), undefined);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
