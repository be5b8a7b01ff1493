/**
 * Rule pack: rule files that the build has opened and checked, found again by their content.
 * A file that differs in one byte from what the build saw is opened from its YAML like any other: no pack is ever out of date.
 * Its first line is what is compiled; its second, what people read, is opened when somebody wants to.
 */
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Line, Outline } from "../detect/outline.ts";
import { RuleError, RuleErrors } from "../detect/rule-error.ts";
import type { RuleDocument, Told } from "../detect/sigma.ts";

export interface RuleSource {
  /** Path as people should read it in an error. */
  readonly file: string;
  readonly text: string;
}

type Packed<Document = RuleDocument> = Document extends RuleDocument
  ? Omit<Document, keyof Texts | "outline"> &
      (Document extends { outline: Outline } ? { outline: PackedOutline } : object)
  : never;
type Texts = Pick<RuleDocument, "file" | "complain" | "told">;

/** Selections by name, whether each was a list, and its lines by number. */
interface PackedOutline {
  readonly condition: Outline["condition"];
  readonly selections: readonly (readonly [name: string, isList: boolean, lines: readonly (readonly number[])[]])[];
}

/** A file's name and the digest of its text → something of each of its documents. */
type ByFile<Some> = Readonly<Record<string, readonly Some[]>>;

export interface RulePack {
  /** Those that are written alike are there once. */
  readonly lines: readonly Line[];
  readonly documents: ByFile<Packed>;
  readonly told: () => ByFile<Told>;
}

export const NO_PACK: RulePack = { lines: [], documents: {}, told: () => ({}) };

/** Where the build puts it: beside the compiled sources. There is none beside the sources themselves. */
export const PACK_FILE = fileURLToPath(new URL("../../rules.json", import.meta.url));

/** @returns an empty one when nothing was built. */
export function openPack(): RulePack {
  return existsSync(PACK_FILE) ? parsePack(readFileSync(PACK_FILE)) : NO_PACK;
}

/** Opens what `packOf` made. */
export function parsePack(bytes: Buffer): RulePack {
  const end = bytes.indexOf("\n");
  let told: ByFile<Told> | undefined;
  const { lines, documents }: Pick<RulePack, "lines" | "documents"> = JSON.parse(bytes.toString("utf8", 0, end));
  return {
    lines,
    documents,
    told: () => {
      told ??= JSON.parse(bytes.toString("utf8", end));
      return told ?? {};
    },
  };
}

/**
 * Opens and checks rule files for the pack; what JSON cannot hold is left to its YAML.
 *
 * @throws RuleErrors with every problem of every file.
 */
export async function packOf(sources: Iterable<RuleSource>): Promise<Buffer> {
  const { openRules, toldShape } = await import("../detect/sigma.ts");
  const problems: RuleError[] = [];
  // JSON leaves out what is undefined.
  const untold = Object.fromEntries(["logsource", ...Object.keys(toldShape.shape)].map((key) => [key, undefined]));
  const lines = openLines();
  const documents: Record<string, readonly Packed[]> = {};
  const told: Record<string, readonly Told[]> = {};
  for (const source of sources) {
    const read = openRules(source.file, source.text, problems);
    const bodies = read.map(({ body }) => body);
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(bodies)), bodies)) continue;
    const key = keyOf(source);
    documents[key] = read.map((document) => packed(document, untold, lines));
    told[key] = bodies.map((body) => toldShape.parse(body));
  }
  if (problems.length > 0) throw new RuleErrors(problems);
  return Buffer.from(`${JSON.stringify({ lines: lines.all, documents })}\n${JSON.stringify(told)}\n`);
}

interface Lines {
  readonly all: readonly Line[];
  readonly numberOf: (line: Line) => number;
}

function openLines(): Lines {
  const all: Line[] = [];
  const numbers = new Map<string, number>();
  return {
    all,
    numberOf(line) {
      const text = JSON.stringify(line);
      const number = numbers.get(text) ?? all.push(line) - 1;
      numbers.set(text, number);
      return number;
    },
  };
}

function packed(document: RuleDocument, untold: object, { numberOf }: Lines): Packed {
  const { name } = document;
  if (document.kind === "correlation") return { kind: "correlation", name, body: { ...document.body, ...untold } };
  const { condition, selections } = document.outline;
  const outline: PackedOutline = {
    condition,
    selections: selections.map(({ name: called, isList, alternatives }) => [
      called,
      isList,
      alternatives.map((lines) => lines.map(numberOf)),
    ]),
  };
  if (document.kind === "filter") return { kind: "filter", name, body: { ...document.body, ...untold }, outline };
  const body = { ...document.body, ...untold, detection: undefined };
  return { kind: "rule", name, body, outline };
}

/**
 * The documents of a file as the pack holds them; undefined for a file that it does not know. They file their problems under the
 * file's first line: they have forgotten theirs.
 */
export function packedRules(
  pack: RulePack,
  source: RuleSource,
  problems: RuleError[],
): readonly RuleDocument[] | undefined {
  const key = keyOf(source);
  const documents = Object.hasOwn(pack.documents, key) ? pack.documents[key] : undefined;
  const { file } = source;
  const complain = (path: readonly (string | number)[], what: string) => {
    problems.push(new RuleError(file, 1, `${path.join(".")}: ${what}`));
  };
  return documents?.map((document, at) => {
    const told = () => pack.told()[key]?.[at] ?? {};
    return opened(document, pack.lines, { file, complain, told });
  });
}

/** Written out, since a copy of an object that JSON made takes three times as long. */
function opened(document: Packed, lines: readonly Line[], { file, complain, told }: Texts): RuleDocument {
  const { name } = document;
  switch (document.kind) {
    case "rule":
      return { kind: "rule", name, body: document.body, outline: whole(document.outline, lines), file, complain, told };
    case "correlation":
      return { kind: "correlation", name, body: document.body, file, complain, told };
    case "filter":
      return {
        kind: "filter",
        name,
        body: document.body,
        outline: whole(document.outline, lines),
        file,
        complain,
        told,
      };
  }
}

function whole({ condition, selections }: PackedOutline, lines: readonly Line[]): Outline {
  const lineOf = (number: number): Line => lines[number] ?? NO_LINE;
  return {
    condition,
    selections: selections.map(([name, isList, numbers]) => ({
      name,
      isList,
      alternatives: numbers.map((some) => some.map(lineOf)),
    })),
  };
}
/** Of a damaged pack: it makes no test, so that the files are opened from their YAML. */
const NO_LINE: Line = ["", null];

/** The name counts: a rule without one of its own is called after its file. */
function keyOf({ file, text }: RuleSource): string {
  return `${file.slice(file.lastIndexOf(sep) + 1)} ${hash("sha256", text, "base64")}`;
}
