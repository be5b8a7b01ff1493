import assert from "node:assert/strict";
import { charsOf, LIMITS, problemsOf } from "../../blocks/limits.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const message = (...blocks: unknown[]) => ({ text: "x", blocks });
const header = (length: number) => ({ type: "header", text: plain("a".repeat(length)) });
const button = (fields: object = {}) => ({ type: "button", action_id: "a", text: plain("Go"), value: "v", ...fields });
const input = {
  type: "input",
  block_id: "b",
  label: plain("Reason"),
  element: { type: "plain_text_input", action_id: "a" },
};
const modal = (fields: object = {}) => ({ type: "modal", title: plain("Title"), blocks: [header(1)], ...fields });

describe("problemsOf", () => {
  for (const [name, limit, make] of [
    [
      "blocks of a message",
      LIMITS.messageBlocks,
      (n: number) => message(...Array.from({ length: n }, () => ({ type: "divider" }))),
    ],
    ["a header", LIMITS.headerText, (n: number) => message(header(n))],
    ["a section", LIMITS.sectionText, (n: number) => message({ type: "section", text: plain("a".repeat(n)) })],
    [
      "fields",
      LIMITS.fields,
      (n: number) => message({ type: "section", fields: Array.from({ length: n }, () => plain("a")) }),
    ],
    ["a field", LIMITS.fieldText, (n: number) => message({ type: "section", fields: [plain("a".repeat(n))] })],
    [
      "elements of a context",
      LIMITS.contextElements,
      (n: number) => message({ type: "context", elements: Array.from({ length: n }, () => plain("a")) }),
    ],
    [
      "buttons",
      LIMITS.actionElements,
      (n: number) => message({ type: "actions", elements: Array.from({ length: n }, () => button()) }),
    ],
    [
      "a button's text",
      LIMITS.buttonText,
      (n: number) => message({ type: "actions", elements: [button({ text: plain("a".repeat(n)) })] }),
    ],
    [
      "a button's value",
      LIMITS.buttonValue,
      (n: number) => message({ type: "actions", elements: [button({ value: "a".repeat(n) })] }),
    ],
    [
      "an action id",
      LIMITS.id,
      (n: number) => message({ type: "actions", elements: [button({ action_id: "a".repeat(n) })] }),
    ],
    ["a block id", LIMITS.id, (n: number) => message({ type: "divider", block_id: "a".repeat(n) })],
    [
      "rich text",
      LIMITS.richText,
      (n: number) =>
        message({
          type: "rich_text",
          elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "a".repeat(n) }] }],
        }),
    ],
    ["fallback text", LIMITS.fallbackText, (n: number) => ({ text: "a".repeat(n), blocks: [] })],
    ["a modal's title", LIMITS.modalTitle, (n: number) => modal({ title: plain("a".repeat(n)) })],
    ["a modal's close", LIMITS.modalTitle, (n: number) => modal({ close: plain("a".repeat(n)) })],
    ["a modal's metadata", LIMITS.privateMetadata, (n: number) => modal({ private_metadata: "a".repeat(n) })],
    [
      "blocks of a modal",
      LIMITS.viewBlocks,
      (n: number) => modal({ blocks: Array.from({ length: n }, () => ({ type: "divider" })) }),
    ],
  ] as const)
    it(`takes ${limit} in ${name} and no more`, () => {
      assert.deepEqual(problemsOf(make(limit)), []);
      assert.equal(problemsOf(make(limit + 1)).length, 1);
    });

  it("adds up the characters of a message", () => {
    const sections = Array.from({ length: 5 }, () => ({ type: "section", text: plain("a".repeat(2_900)) }));

    assert.deepEqual(problemsOf(message(...sections)), [`blocks: 14500 characters, at most ${LIMITS.messageChars}`]);
    assert.equal(charsOf({ type: "header", block_id: "b", text: plain("abc") }), 3);
  });

  for (const [name, surface, problem] of [
    ["no object", "hello", "is not an object"],
    ["empty text", message({ type: "header", text: plain("") }), "blocks[0].text: is empty"],
    [
      "mrkdwn in a header",
      message({ type: "header", text: { type: "mrkdwn", text: "x" } }),
      "blocks[0].text: type must be plain_text",
    ],
    ["a section of nothing", message({ type: "section" }), "blocks[0]: has neither text nor fields"],
    ["an unknown block", message({ type: "markdown", text: "x" }), 'blocks[0]: type "markdown" is not one we send'],
    [
      "a broadcast",
      message({
        type: "rich_text",
        elements: [{ type: "rich_text_section", elements: [{ type: "broadcast", range: "here" }] }],
      }),
      "blocks[0].elements[0].elements[0]: is no element that we send",
    ],
    ["an empty actions block", message({ type: "actions", elements: [] }), "blocks[0].elements: is empty"],
    ["an input in a message", message(input), "blocks: input in a message"],
    ["an input without submit", modal({ blocks: [input] }), "submit: missing, though there is an input"],
    [
      "a block id twice",
      message({ type: "divider", block_id: "a" }, { type: "divider", block_id: "a" }),
      'block_id "a": is used twice',
    ],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.deepEqual(problemsOf(surface), [problem]);
    });

  it("takes a lone space between two elements of rich text", () => {
    const elements = [{ type: "text", text: " " }];

    assert.deepEqual(
      problemsOf(message({ type: "rich_text", elements: [{ type: "rich_text_section", elements }] })),
      [],
    );
  });
});
