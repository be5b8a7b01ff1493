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
import { RuleError, RuleErrors } from "../detect/rule-error.ts";
import type { RuleDocument, Told } from "../detect/sigma.ts";

export interface RuleSource {
  /** Path as people should read it in an error. */
  readonly file: string;
  readonly text: string;
}

type Packed<Document = RuleDocument> = Document extends RuleDocument
  ? Omit<Document, "file" | "complain" | "told">
  : never;

/** A file's name and the digest of its text → something of each of its documents. */
type ByFile<Some> = Readonly<Record<string, readonly Some[]>>;

export interface RulePack {
  readonly documents: ByFile<Packed>;
  readonly told: () => ByFile<Told>;
}

export const NO_PACK: RulePack = { documents: {}, told: () => ({}) };

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
  return {
    documents: JSON.parse(bytes.toString("utf8", 0, end)),
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
  const documents: Record<string, readonly object[]> = {};
  const told: Record<string, readonly Told[]> = {};
  for (const source of sources) {
    const opened = openRules(source.file, source.text, problems);
    const bodies = opened.map(({ body }) => body);
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(bodies)), bodies)) continue;
    const key = keyOf(source);
    documents[key] = opened.map(({ kind, name, body }) => ({ kind, name, body: { ...body, ...untold } }));
    told[key] = bodies.map((body) => toldShape.parse(body));
  }
  if (problems.length > 0) throw new RuleErrors(problems);
  return Buffer.from(`${JSON.stringify(documents)}\n${JSON.stringify(told)}\n`);
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
    return withTexts(document, { file, complain, told });
  });
}

type Texts = Pick<RuleDocument, "file" | "complain" | "told">;

/** Written out, since a copy of an object that JSON made takes three times as long. */
function withTexts(document: Packed, { file, complain, told }: Texts): RuleDocument {
  const { name } = document;
  switch (document.kind) {
    case "rule":
      return { kind: "rule", name, body: document.body, file, complain, told };
    case "correlation":
      return { kind: "correlation", name, body: document.body, file, complain, told };
    case "filter":
      return { kind: "filter", name, body: document.body, file, complain, told };
  }
}

/** The name counts: a rule without one of its own is called after its file. */
function keyOf({ file, text }: RuleSource): string {
  return `${file.slice(file.lastIndexOf(sep) + 1)} ${hash("sha256", text, "base64")}`;
}
