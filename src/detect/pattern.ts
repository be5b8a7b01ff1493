/**
 * Patterns: one value of a rule, compiled to a test of one value of a record.
 * Pure. Every test is linear in the text or, with several wildcards, at worst text × pattern: nothing here backtracks exponentially.
 * Source: Sigma specification 2.1, "Value modifiers" and "Escaping"; RE2 syntax through re2js.
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { RE2JS } from "re2js";
import type { Json } from "../cloudtrail/json.ts";
import { memoOf } from "../cloudtrail/memo.ts";

/** Tests one value that is neither absent nor null. */
export type Predicate = (value: Json) => boolean;
export type Placement = "equals" | "contains" | "startswith" | "endswith";

/** A scalar as rules compare it: `true` → `"true"`, `"Alice"` → `"alice"`; undefined for objects, arrays and null. */
export function plainText(value: Json): string | undefined {
  if (typeof value === "string") return value.toLowerCase();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The same with its letter case: `"Alice"` → `"Alice"`. */
export function exactText(value: Json): string | undefined {
  return typeof value === "string" ? value : plainText(value);
}

interface Piece {
  /** Text to be there as it stands, or the wildcard `*` or `?`. */
  readonly kind: "text" | "*" | "?";
  readonly text: string;
}
const STAR: Piece = { kind: "*", text: "" };

/** Most patterns are names, without wildcards and escapes. */
function isPlain(pattern: string): boolean {
  return !/[\\*?]/.test(pattern);
}

/** Text and wildcards told apart: `a*b\*` → text `a`, wildcard `*`, text `b*`. */
function piecesOf(pattern: string): readonly Piece[] {
  if (isPlain(pattern)) return pattern === "" ? [] : [{ kind: "text", text: pattern }];
  const pieces: Piece[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") pieces.push({ kind: "text", text });
    text = "";
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    const next = pattern.charAt(at + 1);
    if (char === "\\" && (next === "*" || next === "?" || next === "\\")) {
      text += next;
      at++;
    } else if (char === "*" || char === "?") {
      flush();
      pieces.push({ kind: char, text: "" });
    } else text += char;
  }
  flush();
  return pieces;
}

/** The text a pattern equals when it has no wildcard, in lower case; undefined when it has one. Lets the router index rules. */
export function literalOf(pattern: string): string | undefined {
  if (isPlain(pattern)) return pattern.toLowerCase();
  const pieces = piecesOf(pattern);
  const [first] = pieces;
  return pieces.length === 1 && first?.kind === "text" ? first.text.toLowerCase() : undefined;
}

/** Greedy wildcard match over characters: remembers only the last `*`, so it never backtracks further than that. */
function globOf(pieces: readonly Piece[]): (text: string) => boolean {
  const tokens = pieces.flatMap((piece) =>
    piece.kind === "text" ? [...piece.text].map((text): Piece => ({ kind: "text", text })) : [piece],
  );
  return (text) => {
    const chars = [...text];
    let token = 0;
    let at = 0;
    let star = -1;
    let resume = 0;
    while (at < chars.length) {
      const wanted = tokens[token];
      if (wanted?.kind === "*") {
        star = token++;
        resume = at;
      } else if (wanted !== undefined && (wanted.kind === "?" || wanted.text === chars[at])) {
        token++;
        at++;
      } else if (star >= 0) {
        token = star + 1;
        at = ++resume;
      } else return false;
    }
    return tokens.slice(token).every((rest) => rest.kind === "*");
  };
}

/**
 * A text matcher from a Sigma pattern; the text must be in lower case, unless `cased`.
 *
 * `wildcard("AdministratorAccess", "endswith")("arn:aws:iam::aws:policy/administratoraccess")` → true
 */
export function wildcard(pattern: string, placement: Placement = "equals", cased = false): (text: string) => boolean {
  const own = piecesOf(cased ? pattern : pattern.toLowerCase());
  const before = placement === "contains" || placement === "endswith" ? [STAR] : [];
  const after = placement === "contains" || placement === "startswith" ? [STAR] : [];
  const all = [...before, ...own, ...after];
  const texts = all.filter((piece) => piece.kind === "text");
  const [literal] = texts;
  if (texts.length > 1 || all.some((piece) => piece.kind === "?")) return globOf(all);
  if (literal === undefined) return all.length === 0 ? (text) => text === "" : () => true;
  const { text: wanted } = literal;
  const opens = all[0] !== literal;
  const closes = all.at(-1) !== literal;
  if (opens && closes) return (text) => text.includes(wanted);
  if (opens) return (text) => text.endsWith(wanted);
  return closes ? (text) => text.startsWith(wanted) : (text) => text === wanted;
}

/** Text, number or boolean of a rule: compared as text, letter case ignored unless `cased`. */
export function scalarPattern(value: string | number | boolean, placement: Placement, cased = false): Predicate {
  const matches = wildcard(String(value), placement, cased);
  const read = cased ? exactText : plainText;
  return (found) => {
    const text = read(found);
    return text !== undefined && matches(text);
  };
}

/** Rules that look for the same thing at several places share an expression: compiling one takes up to milliseconds. */
const COMPILED = memoOf<string, RE2JS>(1_000);

/** @throws Error with re2js's reason: look-around, back-references, possessive quantifiers, repeats over 1,000. */
export function compileRegex(source: string, flags: string): RE2JS {
  const key = `${flags}/${source}`;
  const known = COMPILED.get(key);
  const compiled = known ?? RE2JS.compile(source, flagsOf(flags));
  if (known === undefined) COMPILED.add(key, compiled);
  return compiled;
}

/** Compiled for the first value that comes: a start compiles none. Whoever opens a rule tells what re2js refuses (checkRegexes). */
export function regexPattern(source: string, flags = ""): Predicate {
  let compiled: RE2JS | undefined;
  return (found) => {
    if (typeof found === "object") return false;
    compiled ??= compileRegex(source, flags);
    return compiled.matcher(String(found)).find();
  };
}

function flagsOf(flags: string): number {
  const values: Readonly<Record<string, number>> = {
    i: RE2JS.CASE_INSENSITIVE,
    m: RE2JS.MULTILINE,
    s: RE2JS.DOTALL,
  };
  return [...flags].reduce((sum, flag) => sum | (values[flag] ?? 0), 0);
}

/** @throws Error when `network` is not `address/prefix`. */
export function cidrPattern(network: string): Predicate {
  const [address = "", bits = ""] = network.split("/");
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const prefix = Number(bits);
  const most = family === "ipv4" ? 32 : 128;
  if ((family === "ipv6" && !isIPv6(address)) || !/^\d{1,3}$/.test(bits) || prefix > most) {
    throw new Error(`"${network}" is not a network such as 192.0.2.0/24`);
  }
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return (found) => {
    if (typeof found !== "string") return false;
    return isIPv4(found) ? list.check(found, "ipv4") : isIPv6(found) && list.check(found, "ipv6");
  };
}
