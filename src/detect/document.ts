/**
 * Documents: YAML opened so that every problem in it can be told with its file and line.
 * Pure. Nothing is executed: only YAML's core types, no custom tags, aliases bounded.
 */
import { type Document, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { z } from "zod";
import { RuleError } from "./rule-error.ts";

export type Path = readonly (string | number)[];

export interface OpenDocument {
  readonly file: string;
  /** 0 for the first document of its file. */
  readonly index: number;
  readonly raw: unknown;
  /** Files a problem under the line of a path: `complain(["correlation", "rules"], "names no rule")`. */
  readonly complain: (path: Path, what: string) => void;
  readonly lineOf: (path: Path) => number;
}

/** Opens all documents of a text; those that are no YAML are left out and go into `problems`. */
export function openDocuments(file: string, text: string, problems: RuleError[]): readonly OpenDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  if ("empty" in documents) {
    problems.push(new RuleError(file, 1, "is empty"));
    return [];
  }
  return documents.flatMap((document, index) => {
    const lineOf = (path: Path) => lines.linePos(offsetOf(document, path)).line;
    const complain = (path: Path, what: string) => {
      problems.push(new RuleError(file, lineOf(path), path.length === 0 ? what : `${path.join(".")}: ${what}`));
    };
    for (const error of document.errors) {
      problems.push(new RuleError(file, error.linePos?.[0].line ?? 1, firstLine(error.message)));
    }
    if (document.errors.length > 0) return [];
    try {
      const raw: unknown = document.toJS({ maxAliasCount: 50 });
      return [{ file, index, raw, complain, lineOf }];
    } catch (error) {
      complain([], error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

/** Gives the document the shape it is meant to have; undefined when it has not, and its problems are filed. */
export function shaped<T>({ raw, complain }: OpenDocument, shape: z.ZodType<T>): T | undefined {
  const opened = shape.safeParse(raw, { reportInput: true });
  if (opened.success) return opened.data;
  for (const issue of opened.error.issues) {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) complain([...path, key], "is not a key that Trailhound knows (docs/rules.md)");
    } else complain(path, whatIsWrong(issue));
  }
  return undefined;
}

function whatIsWrong(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_value":
      return `${JSON.stringify(issue.input)} is not ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "invalid_type":
      return `${JSON.stringify(issue.input)} is not ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    default:
      return issue.message;
  }
}

/** Where the last step of a path stands that the document has: the key in a map, the item in a list. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? document.range[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      if (isMap(node) || isScalar(node) || isSeq(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/** yaml's messages go on with a picture of the place; the first line says it. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
