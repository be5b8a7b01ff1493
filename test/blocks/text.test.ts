import assert from "node:assert/strict";
import type { types } from "@slack/bolt";
import { bold, code, named, plainText, say } from "../../blocks/rich.ts";
import {
  type Block,
  cut,
  cutMrkdwn,
  escaped,
  type Inline,
  type Message,
  type Modal,
  momentIn,
  mrkdwn,
  personIn,
  shown,
  words,
} from "../../blocks/text.ts";

describe("branded text", () => {
  it("does not compile with a raw string in a block", () => {
    const raw: string = "<!channel>";
    // @ts-expect-error: a string is no Plain
    const header: Block = { type: "header", text: { type: "plain_text", text: raw, emoji: false } };
    // @ts-expect-error: a string is no Mrkdwn
    const message: Message = { text: raw, blocks: [header] };
    // @ts-expect-error: a string does not go into our words
    words`user ${raw}`;
    // @ts-expect-error: text for plain places does not go into mrkdwn
    mrkdwn`user ${shown(raw)}`;
    // @ts-expect-error: nor does a string
    say(raw);
    // @ts-expect-error: an element of rich text holds no raw string
    const inline: Inline = { type: "text", text: raw };
    // @ts-expect-error: emoji codes stay off
    const text: ReturnType<typeof plainText> = { type: "plain_text", text: words`x`, emoji: true };
    // @ts-expect-error: there is no way to mention everybody
    bold({ type: "broadcast", range: "channel" });

    assert.ok(message.blocks.length === 1 && inline && text);
  });

  it("fits Slack's own types", () => {
    const message: Message = { text: mrkdwn`x`, blocks: [{ type: "divider" }] };
    const blocks: types.KnownBlock[] = [...message.blocks];
    const modal: Modal = {
      type: "modal",
      callback_id: "x",
      title: plainText(words`x`),
      close: plainText(words`x`),
      blocks: [],
    };
    const view: types.ModalView = modal;

    assert.deepEqual([blocks.length, view.type], [1, "modal"]);
  });
});

describe("shown", () => {
  for (const [value, expected] of [
    ["alice", "alice"],
    ["a\r\nb\nc\u2028d", "a⏎b⏎c⏎d"],
    ["admin\u202Enimda", "admin\\u202Enimda"],
    ["a\u200Bb\uFEFFc\u00ADd", "a\\u200Bb\\uFEFFc\\u00ADd"],
    ["\u0000\u001b[31mred\u009b", "\\u0000\\u001B[31mred\\u009B"],
    ["half \ud83d of a pair", "half \\uD83D of a pair"],
    ["tab\there", "tab here"],
    ["e\u0301", "é"],
    ["z\u0335\u0335\u0335\u0335\u0335", "z\u0335\u0335"],
    ["\u{E0041}", "\\u{E0041}"],
    ["hangul\u3164filler", "hangul\\u3164filler"],
    ["AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE", "AKIA…MPLE and ASIA…MPLE"],
    ["xoxb-123456789012-abcdef", "(hidden)"],
  ] as const)
    it(`shows ${JSON.stringify(value)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(shown(value), expected);
    });

  it("cuts the middle and tells the length", () => {
    const long = `${"a".repeat(2_406)}${"z".repeat(2_406)}`;

    assert.equal(shown(long, 33), "aaaaaaaaa…zzzzzzzzz (4,812 chars)");
  });

  it("cuts no pair of surrogates", () => {
    for (let max = 2; max < 60; max++) assert.doesNotMatch(shown("😀".repeat(100), max), /\p{Cs}/u);
  });

  it("is never longer than it may be", () => {
    for (let max = 2; max < 60; max++) assert.ok(shown("<&>\u202e😀".repeat(100), max).length <= max);
  });
});

describe("escaped", () => {
  for (const [value, expected] of [
    ["<!channel>", "&lt;!channel&gt;"],
    ["&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"],
    ["<https://evil.example.com|Disable key>", "&lt;https\ua789//evil.example.com|Disable key&gt;"],
    ["`code`", "\u02cbcode\u02cb"],
    ["*b* ~s~ _i_ snake_case_name", "\u2217b\u2217 \u223cs\u223c \uff3fi\uff3f snake_case_name"],
    [":white_check_mark: done", "\ua789white_check_mark: done"],
    ["a:b::c:", "a\ua789b\ua789\ua789c:"],
    ["iam:CreateUser at 10:02", "iam:CreateUser at 10:02"],
  ] as const)
    it(`writes ${JSON.stringify(value)} as ${JSON.stringify(expected)}`, () => {
      assert.equal(escaped(shown(value)), expected);
    });

  it("is cut between entities, never inside one", () => {
    const text = escaped(shown("<<<<<<<<<<"));
    for (let max = 1; max < 40; max++) assert.match(cutMrkdwn(text, max), /^(&lt;)*…?$/);
  });

  it("is left alone when it is short enough", () => {
    assert.equal(cut(shown("abc"), 3), "abc");
    assert.equal(cut(shown("abcd"), 3), "ab…");
  });
});

describe("builders", () => {
  it("mention only what has the form of a person's id", () => {
    assert.equal(personIn("U024BE7LH"), "<@U024BE7LH>");
    assert.equal(personIn("U1>\n<!channel"), "somebody");
    assert.equal(personIn("S024BE7LH"), "somebody");
  });

  it("write a moment with its time in words for who cannot render it", () => {
    assert.equal(
      momentIn("2026-11-20T10:02:03Z"),
      "<!date^1795168923^{date_short_pretty} {time_secs}|2026-11-20 10:02:03 UTC>",
    );
    assert.equal(momentIn("yesterday|<!channel>"), "at an unknown time");
    assert.equal(momentIn("1970-01-01T00:00:00Z"), "at an unknown time");
  });

  it("group thousands in our own words", () => {
    assert.equal(words`${1041} events`, "1,041 events");
  });

  it("mark names whose letters may only look like Latin ones", () => {
    assert.deepEqual(named("аdmin"), [code("аdmin"), say(words` ⚠ non-ASCII`)]);
    assert.deepEqual(named("admin"), [code("admin")]);
  });

  it("show an empty value as empty", () => {
    assert.deepEqual(code(" "), { type: "text", text: "(empty)", style: { code: true } });
  });
});
