import assert from "node:assert/strict";
import fc from "fast-check";

type Token = { readonly type: string; readonly text?: string; readonly url?: string; readonly children?: Token[] };

describe("mrkdwn on the page", () => {
  let parseMrkdwn: (source: string) => Token[];
  before(async () => {
    ({ parseMrkdwn } = await import(new URL("../../demo/page/mrkdwn.mjs", import.meta.url).href));
  });

  const CASES: readonly (readonly [string, string, readonly object[]])[] = [
    [
      "bold",
      "*Open* now",
      [
        { type: "bold", children: [{ type: "text", text: "Open" }] },
        { type: "text", text: " now" },
      ],
    ],
    ["no bold inside a word", "2*3*4", [{ type: "text", text: "2*3*4" }]],
    ["code, its markup untouched", "`*a* &lt;b&gt;`", [{ type: "code", text: "*a* <b>" }]],
    ["a user", "<@U012AB>", [{ type: "user", id: "U012AB" }]],
    [
      "a link with its text",
      "<https://example.com/a?b&amp;c|here>",
      [{ type: "link", url: "https://example.com/a?b&c", text: "here" }],
    ],
    ["no link outside angle brackets", "https://example.com", [{ type: "text", text: "https://example.com" }]],
    ["no link of another scheme", "<javascript:alert(1)|x>", [{ type: "text", text: "<javascript:alert(1)|x>" }]],
    ["a broadcast", "<!channel>", [{ type: "broadcast", range: "channel" }]],
    ["escaped brackets as text", "&lt;!channel&gt; &amp;amp;", [{ type: "text", text: "<!channel> &amp;" }]],
    [
      "a date",
      "<!date^1795168923^{date_num} {time}|2026-11-20 10:02>",
      [{ type: "date", timestamp: 1795168923, format: "{date_num} {time}", fallback: "2026-11-20 10:02" }],
    ],
  ];
  for (const [name, source, tokens] of CASES)
    it(`reads ${name}`, () => {
      assert.deepEqual(parseMrkdwn(source), tokens);
    });

  it("ends on any text, and escaped text gives nothing but text", () => {
    const piece = fc.oneof(
      fc.constantFrom("*", "_", "~", "`", "```", "\n", "<", ">", "|", "^", "!", "@", "&"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        parseMrkdwn(text);
        const escaped = text
          .replace(/[*_~`]/g, " ")
          .replace(/&/g, "&amp;")
          .replace(/</g, "&lt;")
          .replace(/>/g, "&gt;");
        assert.ok(parseMrkdwn(escaped).every(({ type }) => type === "text"));
      }),
    );
  });
});
