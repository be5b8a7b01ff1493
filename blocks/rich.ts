/**
 * Rich: builders of the elements and blocks that messages and modals are made of.
 * Pure. Values go into rich_text and plain_text, where Slack parses nothing: no mention, link, emoji or format can
 * come out of a record. mrkdwn holds our own words, numbers, dates and people only.
 * Source: Slack "Block Kit reference", rich text.
 */
import { isAscii } from "./clean.ts";
import {
  type Block,
  type Button,
  type Inline,
  isUserId,
  joined,
  MOMENT_FORMAT,
  type Mrkdwn,
  momentOf,
  type Plain,
  type PlainText,
  type RichPart,
  shown,
  words,
} from "./text.ts";

export function say(text: Plain): Inline {
  return { type: "text", text };
}

export function bold(text: Plain): Inline {
  return { type: "text", text, style: { bold: true } };
}

/** A value that somebody else wrote, quoted as such. */
export function code(value: string, max = 64): Inline {
  return { type: "text", text: shown(value, max), style: { code: true } };
}

/** A name that somebody else chose: quoted, and marked when its letters may only look like Latin ones. */
export function named(value: string, max = 64): Inline[] {
  // The ellipsis is ours: key ids are shortened, long names cut.
  return isAscii(value.replaceAll("…", "")) ? [code(value, max)] : [code(value, max), say(words` ⚠ non-ASCII`)];
}

/** A person in Slack; an id that is none is quoted. */
export function person(id: string): Inline {
  return isUserId(id) ? { type: "user", user_id: id } : code(id, 30);
}

/** A moment, in the reader's own time zone. */
export function moment(at: string): Inline {
  const told = momentOf(at);
  if (told === undefined) return code(at, 30);
  return { type: "date", timestamp: told.timestamp, format: MOMENT_FORMAT, fallback: told.utc };
}

/** A link to AWS's console or documentation; undefined for any other address. */
export function awsLink(url: string, text: Plain): Inline | undefined {
  return AWS_PAGE.test(url) ? { type: "link", url, text } : undefined;
}
const AWS_PAGE = /^https:\/\/(?:[a-z]{2}-[a-z-]{4,24}-\d\.console\.aws|docs\.aws)\.amazon\.com\/[\w./?=&#-]{0,300}$/;

/** Rows of elements as one part, a line each; empty rows fall away. */
export function lines(...rows: readonly (readonly Inline[])[]): RichPart {
  return { type: "rich_text_section", elements: broken(rows) };
}

/** The same with a bar at its left. */
export function quote(...rows: readonly (readonly Inline[])[]): RichPart {
  return { type: "rich_text_quote", elements: broken(rows) };
}

/** Lines in a fixed-width face. */
export function listing(rows: readonly Plain[]): RichPart {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: joined(rows, NEW_LINE) }] };
}

const NEW_LINE = words`\n`;

function broken(rows: readonly (readonly Inline[])[]): Inline[] {
  return merged(between(NEW_LINE, ...rows));
}

/** Neighbours without a style become one element. */
function merged(elements: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const element of elements) {
    const last = result.at(-1);
    if (isBare(last) && isBare(element)) result[result.length - 1] = say(words`${last.text}${element.text}`);
    else result.push(element);
  }
  return result;
}

function isBare(element: Inline | undefined): element is { type: "text"; text: Plain } {
  return element?.type === "text" && element.style === undefined;
}

/** Elements with our words between them. */
export function between(separator: Plain, ...groups: readonly (readonly Inline[])[]): Inline[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, i) => (i === 0 ? group : [say(separator), ...group]));
}

export function rich(...parts: RichPart[]): Block {
  return { type: "rich_text", elements: parts };
}

export function plainText(text: Plain): PlainText {
  return { type: "plain_text", text, emoji: false };
}

export function context(text: Mrkdwn): Block {
  return { type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] };
}

export function button(actionId: string, text: Plain, value: string, style?: "danger" | "primary"): Button {
  return {
    type: "button",
    action_id: actionId,
    text: plainText(text),
    value,
    ...(style === undefined ? {} : { style }),
  };
}
