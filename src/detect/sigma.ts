/**
 * Sigma: rule files opened to documents, every key and every regular expression checked, every problem with its line.
 * Pure. Nothing unknown is let through.
 * Source: Sigma specification 2.1 (rules and correlations); the `ids.*` keys are Trailhound's, docs/rules.md describes them.
 */
import { z } from "zod";
import { type OpenDocument, openDocuments, shaped } from "./document.ts";
import { LEVELS } from "./finding.ts";
import { type Complain, type Outline, outlineOf } from "./outline.ts";
import type { RuleError } from "./rule-error.ts";
import { MAX_MEMBERS } from "./state.ts";

const texts = z.array(z.string());
const oneOrMany = z.union([z.string().transform((text) => [text]), texts], {
  error: "is not a text or a list of texts",
});

/** What people read of a rule: nothing of it decides what a record gives. */
export const toldShape = z.object({
  status: z.enum(["stable", "test", "experimental", "deprecated", "unsupported"]).optional(),
  description: z.string().optional(),
  references: texts.optional(),
  author: z.string().optional(),
  license: z.string().optional(),
  date: z.string().optional(),
  modified: z.string().optional(),
  taxonomy: z.string().optional(),
  related: z.array(z.strictObject({ id: z.string(), type: z.string() })).optional(),
  tags: texts.optional(),
  fields: texts.optional(),
  scope: texts.optional(),
  falsepositives: texts.optional(),
  /** Why it matters, what to do first, what the rule does not see. */
  "ids.why": z.string().optional(),
  "ids.steps": texts.optional(),
  "ids.gaps": z.string().optional(),
  /** Rows of the list of detection topics that the rule covers. */
  "ids.topics": z.array(z.number().int().min(1)).optional(),
});
const told = toldShape.shape;

const about = {
  title: z.string().min(1).max(256),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]*$/i, "is not a name of letters, digits, _, - and .")
    .optional(),
  id: z.string().optional(),
  ...told,
  level: z.enum(LEVELS),
  "ids.on_failure": z.enum(["lower", "same", "ignore"]).default("lower"),
};

const logsource = z.strictObject({
  product: z.literal("aws"),
  service: z.literal("cloudtrail"),
  category: z.string().optional(),
  definition: z.string().optional(),
});

export const ruleShape = z.strictObject({
  ...about,
  logsource,
  detection: z.looseObject({ condition: oneOrMany }),
  /** The Sigma project's own tests of its rules: not used here, and no reason to refuse its files. */
  regression_tests_path: z.unknown().optional(),
  simulation: z.unknown().optional(),
  "ids.group-by": texts.optional(),
});

const count = z.number().int().min(1);
const least = { gte: count.optional(), gt: z.number().int().min(0).optional() };
const span = z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "is not a number with s, m, h or d, such as 10m");
const learning = z
  .string()
  .regex(/^(none|[1-9]\d{0,5}[smhd])$/, "is neither none nor a number with s, m, h or d, such as 7d");
export const correlationShape = z.strictObject({
  ...about,
  correlation: z.strictObject({
    type: z.enum(["event_count", "value_count", "temporal", "temporal_ordered", "new_value", "score"]),
    rules: oneOrMany.refine((rules) => rules.length > 0, "names no rule"),
    "group-by": oneOrMany.optional(),
    timespan: span,
    condition: z.strictObject({ field: oneOrMany.optional(), ...least }).optional(),
    aliases: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    generate: z.boolean().optional(),
  }),
  "ids.learning": learning.default("7d"),
  /** Of a score: points for each distinct call of a rule, and for each further value of a field; the least score of a level. */
  "ids.points": z.record(z.string(), z.number().min(0).max(1_000)).optional(),
  "ids.spread": z.record(z.string(), z.number().min(0).max(1_000)).optional(),
  "ids.levels": z.partialRecord(z.enum(LEVELS), z.number().int().min(1)).optional(),
  "ids.also": z.array(z.strictObject({ field: z.string(), ...least })).optional(),
  /** So many records, each the same time after the one before. */
  "ids.steady": z
    .number()
    .int()
    .min(3, "is less than 3: two records are always one interval apart")
    .max(MAX_MEMBERS, `is more than the ${MAX_MEMBERS} records that a window keeps`)
    .optional(),
});

/** Narrows other rules: each of them matches only where this condition holds, too. */
export const filterShape = z.strictObject({
  title: about.title,
  name: about.name,
  id: about.id,
  status: told.status,
  description: told.description,
  references: told.references,
  author: told.author,
  date: told.date,
  modified: told.modified,
  taxonomy: told.taxonomy,
  tags: told.tags,
  logsource,
  filter: z.looseObject({
    rules: oneOrMany.refine((rules) => rules.length > 0, 'names no rule; "any" means all'),
    condition: oneOrMany,
  }),
});

/** What is compiled. The source of the records is the same everywhere, once it is checked. */
export type RuleBody = Omit<z.infer<typeof ruleShape>, "logsource">;
export type FilterBody = Omit<z.infer<typeof filterShape>, "logsource">;
export type CorrelationBody = z.infer<typeof correlationShape>;
export type Told = z.infer<typeof toldShape>;

/** One document of a rule file. */
interface Opened {
  readonly file: string;
  /** The document's `name`; else the file's, with the document's number from the second on. */
  readonly name: string;
  readonly complain: OpenDocument["complain"];
  /** Asked for when somebody wants to read it. */
  readonly told: () => Told;
}
export interface OneRule extends Opened {
  readonly kind: "rule";
  readonly body: Omit<RuleBody, "detection">;
  readonly outline: Outline;
}
interface OneCorrelation extends Opened {
  readonly kind: "correlation";
  readonly body: CorrelationBody;
}
interface OneFilter extends Opened {
  readonly kind: "filter";
  readonly body: FilterBody;
  readonly outline: Outline;
}
export type RuleDocument = OneRule | OneCorrelation | OneFilter;

/**
 * Opens one rule file. Problems go into `problems`; documents without a whole detection, correlation or filter are left out.
 *
 * `openRules("rules/a.yml", "title: …\n---\ntitle: …", problems)` → two documents
 */
export function openRules(file: string, text: string, problems: RuleError[]): readonly RuleDocument[] {
  return openDocuments(file, text, problems).flatMap((document): readonly RuleDocument[] => {
    const { raw, index, complain } = document;
    const below =
      (section: string): Complain =>
      (path, what) =>
        complain([section, ...path], what);
    const has = (key: string): boolean => typeof raw === "object" && raw !== null && key in raw;
    if (has("correlation")) {
      const body = shaped(document, correlationShape);
      return body === undefined
        ? []
        : [{ kind: "correlation", file, name: body.name ?? nameOf(file, index), complain, told: () => body, body }];
    }
    if (has("filter")) {
      const body = shaped(document, filterShape);
      if (body === undefined) return [];
      const { rules: _, ...detection } = body.filter;
      const outline = outlineOf(detection, below("filter"));
      return [
        { kind: "filter", file, name: body.name ?? nameOf(file, index), complain, told: () => body, body, outline },
      ];
    }
    const body = shaped(document, ruleShape) ?? patched(raw);
    if (body === undefined) return [];
    const outline = outlineOf(body.detection, below("detection"));
    return [{ kind: "rule", file, name: body.name ?? nameOf(file, index), complain, told: () => body, body, outline }];
  });
}

/**
 * What a rule detects, when only something else of it is wrong, which is told by now: then all that is wrong is told at once. No set
 * with a problem is ever run.
 */
function patched(raw: unknown): RuleBody | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const kept = Object.entries(raw).filter(([key]) => ["name", "id", "detection", "ids.group-by"].includes(key));
  const standIn = { title: "?", level: "low", logsource: { product: "aws", service: "cloudtrail" } };
  return ruleShape.safeParse({ ...standIn, ...Object.fromEntries(kept) }).data;
}

/** `rules/aws_root.yml` → `aws_root`; its second document → `aws_root-2`. */
function nameOf(file: string, index: number): string {
  const base = (file.split(/[/\\]/).at(-1) ?? file).replace(/\.ya?ml$/, "");
  return index === 0 ? base : `${base}-${index + 1}`;
}
