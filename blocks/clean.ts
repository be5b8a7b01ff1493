/**
 * Clean: makes every character of a hostile string visible and the string short.
 * Pure. Gives plain strings; only ./text.ts turns them into something a block accepts.
 * Source: Unicode UAX #44 for the properties (Cc, Cf, Cs, Co, Zs, Default_Ignorable_Code_Point).
 */

const LINE_BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
/** Controls, bidi and zero-width characters, fillers, lone surrogates, private use, exotic spaces, the braille blank. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;
/** More than two accents on one letter climb over the neighbouring lines. */
const PILED_ACCENTS = /(\p{M}{2})\p{M}+/gu;

/**
 * One line in which nothing is hidden.
 *
 * `"a\r\nb\u202Ec\tz"` → `"a⏎b\\u202Ec z"`
 */
export function visible(text: string): string {
  return text
    .normalize("NFC")
    .replace(LINE_BREAKS, "⏎")
    .replace(/\t/g, " ")
    .replace(INVISIBLE, (character) => {
      const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
      return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
    })
    .replace(PILED_ACCENTS, "$1");
}

/** True when every character is printable ASCII: what IAM allows in names of users and roles. */
export function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

const ENTITY_OR_CHARACTER = /&(?:amp|lt|gt);|[\s\S]/gu;

/**
 * At most `max` UTF-16 units: the middle goes and the length is told. No entity or surrogate pair is cut.
 *
 * `("aaaa…aaaa", 30)` → `"aaaaaaa…aaaaaa (4,812 chars)"`
 */
export function elided(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = ` (${text.length.toLocaleString("en-US")} chars)`;
  const room = max - tail.length - 1;
  // Too narrow to say how much is missing.
  if (room < 8) return `${startOf(text, max - 1)}…`;
  const kept = startOf(text, Math.ceil(room / 2));
  return `${kept}…${endOf(text, room - kept.length)}${tail}`;
}

/** The longest beginning of whole characters and entities within `max` UTF-16 units. */
export function startOf(text: string, max: number): string {
  let kept = "";
  for (const [unit] of text.slice(0, max + 5).matchAll(ENTITY_OR_CHARACTER)) {
    if (kept.length + unit.length > max) break;
    kept += unit;
  }
  return kept;
}

function endOf(text: string, max: number): string {
  // A few units more than fit: the first of them may be the rest of a cut pair or entity and falls away.
  const units = Array.from(text.slice(-(max + 8)).matchAll(ENTITY_OR_CHARACTER), ([unit]) => unit);
  let kept = "";
  for (let i = units.length - 1; i >= 0; i--) {
    const unit = units[i] ?? "";
    if (kept.length + unit.length > max) break;
    kept = unit + kept;
  }
  return kept;
}
