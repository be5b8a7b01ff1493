/**
 * Limits: what Slack accepts in a message or a modal, as constants and as a validator for tests and the demo.
 * Pure. Reads any JSON, so that it can judge what came over the wire too.
 * Source: comments in @slack/types 2.x unless a line says otherwise.
 */

export const LIMITS = {
  /** Blocks in one message. */
  messageBlocks: 50,
  /** Blocks in one modal or home tab. */
  viewBlocks: 100,
  /** All strings of a message's blocks together; Slack answers msg_blocks_too_long past it (bolt-js issue 2509). */
  messageChars: 13_000,
  /** Fallback text that Slack does not cut. */
  fallbackText: 4_000,
  headerText: 150,
  sectionText: 3_000,
  fields: 10,
  fieldText: 2_000,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  buttonValue: 2_000,
  /** block_id, action_id and callback_id. */
  id: 255,
  inputLabel: 2_000,
  inputHint: 2_000,
  placeholder: 150,
  /** Title, submit and close of a modal. */
  modalTitle: 24,
  privateMetadata: 3_000,
  /** One text element of rich_text: Slack documents none; a section's limit is kept to. */
  richText: 3_000,
} as const;

/** Stricter, our own: what a tired human reads on a phone (design C1). */
export const ALERT_LIMITS = { blocks: 12, chars: 3_000, fallback: 150 } as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What Slack would refuse in a message `{ text, blocks }`, a modal or a Home tab; empty when it would take it.
 *
 * `{ text: "x", blocks: [{ type: "header", text: { type: "plain_text", text: "" } }] }`
 *   → `["blocks[0].text: is empty"]`
 */
export function problemsOf(surface: unknown): string[] {
  if (!isFields(surface)) return ["is not an object"];
  if (surface["type"] === "home") return problemsOfView(surface);
  return surface["type"] === "modal" ? problemsOfModal(surface) : problemsOfMessage(surface);
}

/** All characters that Slack counts: every string of the blocks but their types and ids. */
export function charsOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + charsOf(item), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce((sum, [name, item]) => sum + (UNCOUNTED.has(name) ? 0 : charsOf(item)), 0);
}
const UNCOUNTED: ReadonlySet<string> = new Set(["type", "block_id", "action_id", "value", "style", "format"]);

function problemsOfMessage(message: Fields): string[] {
  const blocks = listOf(message["blocks"]);
  const problems = [
    ...problemsOfString(message["text"], "text", LIMITS.fallbackText),
    ...most(blocks.length, LIMITS.messageBlocks, "blocks", "blocks"),
    ...most(charsOf(blocks), LIMITS.messageChars, "blocks", "characters"),
    ...blocks.flatMap((block, i) => problemsOfBlock(block, `blocks[${i}]`)),
    ...repeatedIds(blocks),
  ];
  if (blocks.some((block) => isFields(block) && block["type"] === "input")) problems.push("blocks: input in a message");
  return problems;
}

function problemsOfModal(view: Fields): string[] {
  const blocks = listOf(view["blocks"]);
  const problems = [
    ...problemsOfText(view["title"], "title", LIMITS.modalTitle, PLAIN),
    ...optional(view["close"], (close) => problemsOfText(close, "close", LIMITS.modalTitle, PLAIN)),
    ...optional(view["submit"], (submit) => problemsOfText(submit, "submit", LIMITS.modalTitle, PLAIN)),
    ...optional(view["private_metadata"], (data) => problemsOfString(data, "private_metadata", LIMITS.privateMetadata)),
    ...optional(view["callback_id"], (id) => problemsOfString(id, "callback_id", LIMITS.id)),
    ...problemsOfView(view),
  ];
  const asks = blocks.some((block) => isFields(block) && block["type"] === "input");
  if (asks && view["submit"] === undefined) problems.push("submit: missing, though there is an input");
  return problems;
}

function problemsOfView(view: Fields): string[] {
  const blocks = listOf(view["blocks"]);
  return [
    ...most(blocks.length, LIMITS.viewBlocks, "blocks", "blocks"),
    ...blocks.flatMap((block, i) => problemsOfBlock(block, `blocks[${i}]`)),
    ...repeatedIds(blocks),
  ];
}

function problemsOfBlock(block: unknown, at: string): string[] {
  if (!isFields(block)) return [`${at}: is not an object`];
  const id = optional(block["block_id"], (value) => problemsOfString(value, `${at}.block_id`, LIMITS.id));
  return [...id, ...problemsOfContent(block, at)];
}

function problemsOfContent(block: Fields, at: string): string[] {
  switch (block["type"]) {
    case "divider":
      return [];
    case "header":
      return problemsOfText(block["text"], `${at}.text`, LIMITS.headerText, PLAIN);
    case "section":
      return problemsOfSection(block, at);
    case "context":
      return problemsOfList(block, at, LIMITS.contextElements, (element, place) =>
        problemsOfText(element, place, LIMITS.sectionText, ANY_TEXT),
      );
    case "actions":
      return problemsOfList(block, at, LIMITS.actionElements, problemsOfElement);
    case "rich_text":
      return problemsOfList(block, at, Number.POSITIVE_INFINITY, problemsOfRichPart);
    case "input":
      return [
        ...problemsOfText(block["label"], `${at}.label`, LIMITS.inputLabel, PLAIN),
        ...optional(block["hint"], (hint) => problemsOfText(hint, `${at}.hint`, LIMITS.inputHint, PLAIN)),
        ...problemsOfElement(block["element"], `${at}.element`),
      ];
    default:
      return [`${at}: type ${JSON.stringify(block["type"])} is not one we send`];
  }
}

function problemsOfSection(block: Fields, at: string): string[] {
  const fields = listOf(block["fields"]);
  if (block["text"] === undefined && fields.length === 0) return [`${at}: has neither text nor fields`];
  return [
    ...optional(block["text"], (text) => problemsOfText(text, `${at}.text`, LIMITS.sectionText, ANY_TEXT)),
    ...most(fields.length, LIMITS.fields, `${at}.fields`, "fields"),
    ...fields.flatMap((field, i) => problemsOfText(field, `${at}.fields[${i}]`, LIMITS.fieldText, ANY_TEXT)),
  ];
}

function problemsOfElement(element: unknown, at: string): string[] {
  if (!isFields(element)) return [`${at}: is not an object`];
  const id = problemsOfString(element["action_id"], `${at}.action_id`, LIMITS.id);
  switch (element["type"]) {
    case "button":
      return [
        ...id,
        ...problemsOfText(element["text"], `${at}.text`, LIMITS.buttonText, PLAIN),
        ...optional(element["value"], (value) => problemsOfString(value, `${at}.value`, LIMITS.buttonValue)),
      ];
    case "plain_text_input":
      return [
        ...id,
        ...optional(element["placeholder"], (hint) =>
          problemsOfText(hint, `${at}.placeholder`, LIMITS.placeholder, PLAIN),
        ),
      ];
    default:
      return [`${at}: type ${JSON.stringify(element["type"])} is not one we send`];
  }
}

const RICH_PARTS: ReadonlySet<unknown> = new Set(["rich_text_section", "rich_text_quote", "rich_text_preformatted"]);
const INLINES: ReadonlySet<unknown> = new Set(["text", "user", "date", "link"]);

function problemsOfRichPart(part: unknown, at: string): string[] {
  if (!isFields(part) || !RICH_PARTS.has(part["type"])) return [`${at}: is no part of rich text that we send`];
  return problemsOfList(part, at, Number.POSITIVE_INFINITY, (inline, place) => {
    if (!isFields(inline) || !INLINES.has(inline["type"])) return [`${place}: is no element that we send`];
    return inline["type"] === "text" ? problemsOfRichText(inline["text"], `${place}.text`) : [];
  });
}

function problemsOfList(
  holder: Fields,
  at: string,
  limit: number,
  judge: (item: unknown, at: string) => string[],
): string[] {
  const items = listOf(holder["elements"]);
  if (items.length === 0) return [`${at}.elements: is empty`];
  return [
    ...most(items.length, limit, `${at}.elements`, "elements"),
    ...items.flatMap((item, i) => judge(item, `${at}.elements[${i}]`)),
  ];
}

const PLAIN: readonly unknown[] = ["plain_text"];
const ANY_TEXT: readonly unknown[] = ["plain_text", "mrkdwn"];

function problemsOfText(text: unknown, at: string, limit: number, types: readonly unknown[]): string[] {
  if (!isFields(text)) return [`${at}: is not a text object`];
  if (!types.includes(text["type"])) return [`${at}: type must be ${types.join(" or ")}`];
  return problemsOfString(text["text"], at, limit);
}

function problemsOfString(value: unknown, at: string, limit: number): string[] {
  if (typeof value !== "string") return [`${at}: is not a string`];
  if (value.trim() === "") return [`${at}: is empty`];
  return most(value.length, limit, at, "characters");
}

/** Unlike elsewhere white space is text here: it stands between two values. */
function problemsOfRichText(value: unknown, at: string): string[] {
  if (typeof value === "string" && value !== "" && value.trim() === "") return [];
  return problemsOfString(value, at, LIMITS.richText);
}

function repeatedIds(blocks: readonly unknown[]): string[] {
  const ids = blocks.flatMap((block) =>
    isFields(block) && block["block_id"] !== undefined ? [block["block_id"]] : [],
  );
  return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `block_id ${JSON.stringify(id)}: is used twice`);
}

function most(count: number, limit: number, at: string, what: string): string[] {
  return count > limit ? [`${at}: ${count} ${what}, at most ${limit}`] : [];
}

function optional(value: unknown, judge: (value: unknown) => string[]): string[] {
  return value === undefined ? [] : judge(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
