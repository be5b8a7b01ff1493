/**
 * Text: the one place that turns strings into what Slack shows, and the shape of what Slack is given.
 * Pure. Blocks accept `Plain` and `Mrkdwn` only, and only this file makes them: our own words through the
 * tags `words` and `mrkdwn`, everything else through `shown`. A raw string does not compile.
 * Source: Slack "Formatting text for app surfaces"; design rules D3 (hostile text).
 */
import { withoutSecrets } from "../src/alert/secret.ts";
import { elided, startOf, visible } from "./clean.ts";

/** Safe where Slack parses nothing: `plain_text` with emoji off, and text elements of `rich_text`. */
export type Plain = string & { readonly __plain: unique symbol };
/** Safe where Slack parses mrkdwn. */
export type Mrkdwn = string & { readonly __mrkdwn: unique symbol };

// ── What Slack is given ──────────────────────────────────────────────────────────────────────────
// Narrower than Slack's own types and assignable to them: the parts we use, every shown string branded.

export interface PlainText {
  type: "plain_text";
  text: Plain;
  emoji: false;
}
export interface MrkdwnText {
  type: "mrkdwn";
  text: Mrkdwn;
  verbatim: true;
}
export type Inline =
  | { type: "text"; text: Plain; style?: { bold?: true; code?: true; italic?: true } }
  | { type: "user"; user_id: string }
  | { type: "date"; timestamp: number; format: string; fallback: Plain }
  | { type: "link"; url: string; text: Plain };
export type RichPart =
  | { type: "rich_text_section"; elements: Inline[] }
  | { type: "rich_text_quote"; elements: Inline[] }
  | { type: "rich_text_preformatted"; elements: { type: "text"; text: Plain }[] };
export interface Button {
  type: "button";
  action_id: string;
  text: PlainText;
  value: string;
  style?: "danger" | "primary";
}
export interface TextInput {
  type: "input";
  block_id: string;
  label: PlainText;
  hint?: PlainText;
  element: {
    type: "plain_text_input";
    action_id: string;
    multiline?: boolean;
    min_length?: number;
    max_length?: number;
    placeholder?: PlainText;
  };
}
export type Block =
  | { type: "header"; text: PlainText }
  | { type: "section"; text: PlainText | MrkdwnText }
  | { type: "context"; elements: (PlainText | MrkdwnText)[] }
  | { type: "divider" }
  | { type: "rich_text"; elements: RichPart[] }
  | { type: "actions"; block_id: string; elements: Button[] }
  | TextInput;

export interface Message {
  /** Push notification and screen-reader text; Slack parses it as mrkdwn. */
  readonly text: Mrkdwn;
  readonly blocks: readonly Block[];
}
export interface Home {
  type: "home";
  blocks: Block[];
}
export interface Modal {
  type: "modal";
  callback_id: string;
  title: PlainText;
  close: PlainText;
  submit?: PlainText;
  private_metadata?: string;
  blocks: Block[];
}

// ── Making text ──────────────────────────────────────────────────────────────────────────────────

/** Our own words; only safe text and numbers go in. ``words`${17} events` `` → `"17 events"` */
export function words(literals: TemplateStringsArray, ...values: readonly (Plain | number)[]): Plain {
  return brandPlain(filled(literals, values));
}

/** Our own words as mrkdwn; only safe mrkdwn and numbers go in. */
export function mrkdwn(literals: TemplateStringsArray, ...values: readonly (Mrkdwn | number)[]): Mrkdwn {
  return brandMrkdwn(filled(literals, values));
}

/**
 * Any string, made safe for where nothing is parsed: secrets hidden, key ids shortened, one line, nothing invisible;
 * a blank one reads "(empty)".
 *
 * `"AKIAIOSFODNN7EXAMPLE\n<!channel>"` → `"AKIA…MPLE⏎<!channel>"`
 */
export function shown(value: string, max = 80): Plain {
  const text = elided(visible(shortKeys(withoutSecrets(value))), max);
  return text.trim() === "" ? words`(empty)` : brandPlain(text);
}

/** A line of a record's JSON: like `shown`, but key ids stay whole, to search with. */
export function shownLine(line: string, max: number): Plain {
  return brandPlain(elided(visible(withoutSecrets(line)), max));
}

export function joined(parts: readonly Plain[], separator: Plain): Plain {
  return brandPlain(parts.join(separator));
}

/** Cut at the end, never inside a character. */
export function cut(text: Plain, max: number): Plain {
  return text.length <= max ? text : brandPlain(`${startOf(text, max - 1)}…`);
}

/**
 * The same text where mrkdwn is parsed: no mention, link, format, emoji code or code span can begin in it.
 *
 * `"<!channel> *x* :ok: `y`"` → `"&lt;!channel&gt; ∗x∗ ꞉ok: ˋyˋ"`
 */
export function escaped(text: Plain): Mrkdwn {
  return brandMrkdwn(
    text
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/`/g, "\u02cb")
      .replace(/\*/g, "\u2217")
      .replace(/~/g, "\u223c")
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\uff3f")
      .replace(/:(?=\/\/|\S{1,100}?:)/g, "\ua789"),
  );
}

/** Cut at the end, never inside an entity or a character. */
export function cutMrkdwn(text: Mrkdwn, max: number): Mrkdwn {
  return text.length <= max ? text : brandMrkdwn(`${startOf(text, max - 1)}…`);
}

/** The id of a person in Slack: the only form that may become a mention. */
export function isUserId(id: string): boolean {
  return /^[UW][A-Z0-9]{5,20}$/.test(id);
}

/** `"U024BE7LH"` → `<@U024BE7LH>`; what is no id is not shown. */
export function personIn(id: string): Mrkdwn {
  return isUserId(id) ? brandMrkdwn(`<@${id}>`) : mrkdwn`somebody`;
}

/** How Slack writes a moment for its reader, in his time zone. */
export const MOMENT_FORMAT = "{date_short_pretty} {time_secs}";

/** `"2026-11-20T10:02:03Z"` → `<!date^1795168923^{date_short_pretty} {time_secs}|2026-11-20 10:02:03 UTC>` */
export function momentIn(at: string): Mrkdwn {
  const moment = momentOf(at);
  if (moment === undefined) return mrkdwn`at an unknown time`;
  return brandMrkdwn(`<!date^${moment.timestamp}^${MOMENT_FORMAT}|${moment.utc}>`);
}

/** Seconds since 1970 and a fallback in words; undefined for what is no time between 2000 and 2100. */
export function momentOf(at: string): { readonly timestamp: number; readonly utc: Plain } | undefined {
  const ms = Date.parse(at);
  if (!(ms > 946_684_800_000 && ms < 4_102_444_800_000)) return undefined;
  const iso = new Date(ms).toISOString();
  return { timestamp: Math.floor(ms / 1000), utc: brandPlain(`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`) };
}

/** `AKIAIOSFODNN7EXAMPLE` → `AKIA…MPLE`; anything that is no key id is shown as it is. */
function shortKeys(text: string): string {
  return text.replace(/\b(A[KS]IA)[A-Z0-9]{8,120}([A-Z0-9]{4})\b/g, "$1…$2");
}

function filled(literals: TemplateStringsArray, values: readonly (string | number)[]): string {
  return literals.reduce((text, literal, i) => {
    const value = values[i - 1] ?? "";
    return `${text}${typeof value === "number" ? value.toLocaleString("en-US") : value}${literal}`;
  });
}

// The only casts of the blocks: what reaches them is our own words or has just been made safe.
function brandPlain(text: string): Plain {
  return text as Plain;
}
function brandMrkdwn(text: string): Mrkdwn {
  return text as Mrkdwn;
}
