/**
 * Rule pack: rule files that the build has opened and checked, found again by their content.
 * A file that differs in one byte from what the build saw is opened from its YAML like any other: no pack is ever out of date.
 */
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { RuleError, RuleErrors } from "../detect/rule-error.ts";
import type { RuleDocument } from "../detect/sigma.ts";

export interface RuleSource {
  /** Path as people should read it in an error. */
  readonly file: string;
  readonly text: string;
}

type Packed<Document = RuleDocument> = Document extends RuleDocument ? Omit<Document, "file" | "complain"> : never;

/** A file's name and the digest of its text → its documents. */
export type RulePack = Readonly<Record<string, readonly Packed[]>>;

/** Where the build puts it: beside the compiled sources. There is none beside the sources themselves. */
export const PACK_FILE = fileURLToPath(new URL("../../rules.json", import.meta.url));

/** @returns an empty one when nothing was built. */
export function openPack(): RulePack {
  return existsSync(PACK_FILE) ? JSON.parse(readFileSync(PACK_FILE, "utf8")) : {};
}

/**
 * Opens and checks rule files for the pack; what JSON cannot hold is left to its YAML.
 *
 * @throws RuleErrors with every problem of every file.
 */
export async function packOf(sources: readonly RuleSource[]): Promise<RulePack> {
  const { openRules } = await import("../detect/sigma.ts");
  const problems: RuleError[] = [];
  const entries = sources.flatMap((source): readonly (readonly [string, readonly Packed[]])[] => {
    const opened = openRules(source.file, source.text, problems);
    const documents = opened.map(({ file: _file, complain: _complain, ...rest }): Packed => rest);
    return isDeepStrictEqual(JSON.parse(JSON.stringify(documents)), documents) ? [[keyOf(source), documents]] : [];
  });
  if (problems.length > 0) throw new RuleErrors(problems);
  return Object.fromEntries(entries);
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
  const documents = Object.hasOwn(pack, key) ? pack[key] : undefined;
  const { file } = source;
  const complain = (path: readonly (string | number)[], what: string) => {
    problems.push(new RuleError(file, 1, `${path.join(".")}: ${what}`));
  };
  return documents?.map((document): RuleDocument => ({ ...document, file, complain }));
}

/** The name counts: a rule without one of its own is called after its file. */
function keyOf({ file, text }: RuleSource): string {
  return `${basename(file)} ${hash("sha256", text, "base64")}`;
}
