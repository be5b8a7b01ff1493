/**
 * Splitter: a long JSON text, chunk by chunk, into the texts of the records in it. A log file of half a gigabyte is one
 * line of JSON; of it no more is held than the record at hand.
 * It finds where elements begin and end and judges nothing else: each text is parsed by itself afterwards.
 */

/** Longer elements are passed over, and told. */
export const MAX_ELEMENT = 2 ** 20;

export type Element = { readonly text: string } | "too-large";

/** The lists whose elements are records: a log file's, and LookupEvents'. */
const LISTS: readonly string[] = ["Records", "Events"];
/** Of a name no more is held: it is longer than those, and may be as long as the file. */
const NAME_CHARS = 20;

/**
 * `{"Records":[{…},{…}]}` and `[{…},{…}]` → one text an element; any other JSON → the whole as one text.
 *
 * @throws Error when the text ends before its brackets do.
 */
export async function* elementsOf(chunks: AsyncIterable<string>): AsyncGenerator<Element> {
  const scan = newScan();
  for await (const chunk of chunks) yield* feed(scan, chunk);
  if (scan.depth > 0 || scan.inString) throw new Error("is cut off: its brackets are not closed");
  if (!scan.hasList && scan.outside.trim() !== "") yield { text: scan.outside };
}

interface Scan {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Depth inside the list whose elements are given; 0 outside of one. */
  listDepth: number;
  hasList: boolean;
  /** The last string at depth 1, its first NAME_CHARS: a key, when a colon follows. */
  name: string;
  nameFrom: string | undefined;
  /** Text of the element at hand; undefined between elements. */
  element: string[] | undefined;
  elementLength: number;
  tooLarge: boolean;
  /** What is outside of lists, for a text without any; bounded like an element. */
  outside: string;
}

function newScan(): Scan {
  return {
    depth: 0,
    inString: false,
    escaped: false,
    listDepth: 0,
    hasList: false,
    name: "",
    nameFrom: undefined,
    element: undefined,
    elementLength: 0,
    tooLarge: false,
    outside: "",
  };
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE, COMMA] = [34, 92, 91, 93, 123, 125, 44];
const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff;

function* feed(scan: Scan, chunk: string): Generator<Element> {
  /** Where the part of the chunk begins that belongs to the element at hand, or to what is outside. */
  let from = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const code = chunk.charCodeAt(at);
    if (scan.inString) {
      if (scan.escaped) scan.escaped = false;
      else if (code === BACKSLASH) scan.escaped = true;
      else if (code === QUOTE) scan.inString = false;
      if (scan.nameFrom !== undefined) {
        if (!scan.inString) [scan.name, scan.nameFrom] = [scan.nameFrom, undefined];
        else if (scan.nameFrom.length < NAME_CHARS) scan.nameFrom += chunk[at] ?? "";
      }
      continue;
    }
    const isBetween = scan.listDepth > 0 && scan.depth === scan.listDepth;
    if (isBetween && scan.element === undefined) {
      if (isSpace(code) || code === COMMA) continue;
      if (code !== CLOSE_LIST) {
        begin(scan);
        from = at;
      }
    } else if (isBetween && code === COMMA) {
      yield end(scan, chunk.slice(from, at));
      continue;
    }
    if (code === QUOTE) {
      scan.inString = true;
      if (scan.depth === 1 && scan.listDepth === 0) scan.nameFrom = "";
    } else if (code === OPEN || code === OPEN_LIST) {
      scan.depth += 1;
      const isRoot = scan.depth === 1 && code === OPEN_LIST;
      const isNamed = scan.depth === 2 && code === OPEN_LIST && LISTS.includes(scan.name);
      if (scan.listDepth === 0 && (isRoot || isNamed)) {
        keepOutside(scan, chunk.slice(from, at + 1));
        [scan.listDepth, scan.hasList] = [scan.depth, true];
      }
    } else if (code === CLOSE || code === CLOSE_LIST) {
      if (isBetween && scan.element !== undefined) yield end(scan, chunk.slice(from, at));
      if (isBetween) [scan.listDepth, scan.name, from] = [0, "", at];
      scan.depth -= 1;
      if (scan.depth < 0) throw new Error("closes more brackets than it opens");
    }
  }
  if (scan.element !== undefined) hold(scan, chunk.slice(from));
  else if (scan.listDepth === 0) keepOutside(scan, chunk.slice(from));
}

function begin(scan: Scan): void {
  scan.element = [];
  scan.elementLength = 0;
  scan.tooLarge = false;
}

function hold(scan: Scan, text: string): void {
  scan.elementLength += text.length;
  if (scan.elementLength > MAX_ELEMENT) [scan.tooLarge, scan.element] = [true, []];
  else scan.element?.push(text);
}

function end(scan: Scan, rest: string): Element {
  hold(scan, rest);
  const text = (scan.element ?? []).join("");
  scan.element = undefined;
  return scan.tooLarge ? "too-large" : { text };
}

function keepOutside(scan: Scan, text: string): void {
  if (scan.hasList) return;
  scan.outside += text;
  if (scan.outside.length > MAX_ELEMENT) throw new Error("has more than 1 MiB of JSON that is no list of records");
}
