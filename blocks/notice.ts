/**
 * Notices: short answers that only the one who clicked or typed sees.
 * Pure.
 */
import { lines, moment, person, rich, say } from "./rich.ts";
import { cutMrkdwn, escaped, type Inline, joined, type Message, type Plain, shown, words } from "./text.ts";

/** A sentence, or a person or a moment in it. Sentences may be any text: they are shown, never parsed. */
export type NoticePart = string | { readonly person: string } | { readonly at: string };

/**
 * `noticeMessage({ person: "U024BE7LH" }, " acknowledged this ", { at: "2026-11-20T10:05:40Z" })`
 *   → "@sam acknowledged this Nov 20 10:05:40"
 */
export function noticeMessage(...parts: readonly NoticePart[]): Message {
  const told = parts.map((part): { inline: Inline; plain: Plain } => {
    if (typeof part === "string") return { inline: say(shown(part, 600)), plain: shown(part, 600) };
    if ("person" in part) return { inline: person(part.person), plain: words`somebody` };
    return { inline: moment(part.at), plain: shown(part.at, 30) };
  });
  const text = escaped(
    joined(
      told.map(({ plain }) => plain),
      words``,
    ),
  );
  return { text: cutMrkdwn(text, 300), blocks: [rich(lines(told.map(({ inline }) => inline)))] };
}
