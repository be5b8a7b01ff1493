/**
 * Log texts: the bytes of a file or pipe become JSON texts, one for the whole or one a line.
 * What the bytes are shows in them, not in a name: gzip (several members too) or plain, one JSON text or NDJSON.
 * Memory: NDJSON streams chunk by chunk; a single text is held whole, up to MAX_TEXT_BYTES. Bombs are refused.
 */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The longest JSON text, or line of NDJSON, that is opened. CloudTrail's own files stay far below. */
export const MAX_TEXT_BYTES = 256 * 2 ** 20;
/** Bytes read, and inflated, at a time. */
export const CHUNK_BYTES = 256 * 2 ** 10;
/** Real logs shrink to a tenth, storms of one call to a hundredth; gzip's limit, 1:1032, is for bombs. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM_BYTES = 16 * 2 ** 20;

export interface Text {
  readonly text: string;
  /** In NDJSON; absent for a text that is the whole file. */
  readonly line?: number;
}

/** Content that is not opened on purpose; the message says why. */
class TextError extends Error {
  override name = "TextError";
}

/**
 * The lines of NDJSON as they come, or else the whole as one text. It is NDJSON when its first line is JSON by itself.
 *
 * @throws TextError for a bomb or too long a text; the source's and gzip's own errors.
 */
export async function* textsOf(source: NodeJS.ReadableStream): AsyncGenerator<readonly Text[]> {
  let whole: string[] | undefined;
  let held = 0;
  let line = 0;
  for await (const { lines, isLast } of linesOf(unpacked(bytesOf(source)))) {
    const texts: Text[] = [];
    for (const text of lines) {
      line++;
      // An only line, as S3 delivers files, is spared the parsing: it is the same text either way.
      if (line === 1 && !isLast && !isJson(text)) whole = [];
      if (whole === undefined) texts.push(isLast && line === 1 ? { text } : { text, line });
      else whole.push(text);
    }
    if (whole !== undefined) held = checkHeld(lines.reduce((sum, text) => sum + text.length + 1, held));
    else yield texts;
  }
  if (whole !== undefined) yield [{ text: whole.join("\n") }];
}

interface Lines {
  readonly lines: readonly string[];
  readonly isLast: boolean;
}

/** Complete lines, as many as a chunk completes; the last one needs no line end. */
async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  const decoder = new TextDecoder();
  let open: string[] = [];
  let held = 0;
  for await (const chunk of source) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    const rest = lines.pop() ?? "";
    if (lines.length > 0) {
      lines[0] = open.join("") + lines[0];
      yield { lines, isLast: false };
      open = [];
      held = 0;
    }
    open.push(rest);
    held = checkHeld(held + rest.length);
  }
  yield { lines: [open.join("") + decoder.decode()], isLast: true };
}

function checkHeld(characters: number): number {
  if (characters > MAX_TEXT_BYTES) throw new TextError(`has more than ${MAX_TEXT_BYTES / 2 ** 20} MiB in one piece`);
  return characters;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function* bytesOf(source: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** The bytes as they are, or inflated when they begin like gzip. */
async function* unpacked(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await headOf(source);
  let read = 0;
  async function* whole(): AsyncGenerator<Buffer> {
    yield head;
    for await (const chunk of source) {
      read += chunk.length;
      yield chunk;
    }
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole();
  let inflated = 0;
  // The callback has nothing to do: an error also ends the loop below, through gunzip itself.
  const gunzip = pipeline(Readable.from(whole()), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined);
  for await (const chunk of bytesOf(gunzip)) {
    inflated += chunk.length;
    if (inflated > RATIO_COUNTS_FROM_BYTES && inflated > (head.length + read) * MAX_RATIO) {
      throw new TextError(`inflates to more than ${MAX_RATIO} times its size, as only a gzip bomb does`);
    }
    yield chunk;
  }
}

/** A pipe may hand over one byte at a time; gzip shows in two. */
async function headOf(source: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}
