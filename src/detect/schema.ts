/**
 * Schemas: rule and case files told to editors, as JSON Schema (draft 2020-12).
 * Pure. Made from the very shapes that files are opened with, so an editor underlines what loading would refuse.
 */
import { z } from "zod";
import { isObject, type JsonObject } from "../cloudtrail/json.ts";
import { casesShape } from "./cases.ts";
import { MODIFIERS } from "./modifier.ts";
import { correlationShape, filterShape, ruleShape } from "./sigma.ts";

/** What an editor tells of a key when somebody points at it. */
const KEYS: Readonly<Record<string, string>> = {
  title: 'By level: critical and high "Suspicious …" or the plain fact, medium "Potential …", below the bare act.',
  name: "The file's name. Findings carry it, correlations and filters name the rule by it.",
  id: "A UUID of its own; it stays when the rule is renamed.",
  description: "What the rule sees and what it does not see.",
  tags: "ATT&CK, a tactic and a technique: attack.persistence, attack.t1098.001.",
  falsepositives: "Who does this rightly.",
  level: "How bad it is: informational posts nothing by itself.",
  logsource: "Always { product: aws, service: cloudtrail }.",
  detection: "Selections by name, and the condition that joins them.",
  correlation: "Counts what other rules match.",
  filter: "Narrows other rules: they match only where its condition holds, too.",
  condition: "Joins selections: selection and not own, 1 of seen_*, all of them.",
  timespan: "A number with s, m, h or d, such as 10m.",
  "ids.on_failure": "A failed attempt: lower (a level lower), same, or ignore.",
  "ids.group-by": "Fields whose values get an alert each, besides account and principal.",
  "ids.also": "Distinct values of further fields in the same window.",
  "ids.steady": "So many records, each the same time after the one before, as a program makes them.",
  "ids.learning": "How long a group's values are learned before a new one alerts; none: the first one alerts already.",
  "ids.why": "Why it matters, for whoever gets the alert.",
  "ids.steps": "What to do first.",
  "ids.gaps": "What the rule does not see.",
  "ids.topics": "Numbers of the topics in rules/topics.json that the rule covers.",
  record: "A path beside this file, or a record written inline.",
  patch: "Dotted path → value; numbers step into arrays.",
  remove: "Dotted paths to take out.",
  expect: "match or miss; each rule needs one of both.",
  vary: "Dotted path → values; copy n takes value n, round and round.",
};

/** A field path with known modifiers, or `|all` before keywords. */
const FIELD = `^[^|]*(\\|(${MODIFIERS.join("|")}))*$`;
const FIELDS = { type: "object", minProperties: 1, propertyNames: { pattern: FIELD } };
/** A map of fields, a list of such maps, or a list of texts. */
const SELECTION = {
  anyOf: [
    FIELDS,
    { type: "array", minItems: 1, items: { anyOf: [FIELDS, { type: ["string", "number", "boolean"] }] } },
    { type: "string" },
  ],
};

/** The schema of one document of `NAME.yml`: a rule, a correlation or a filter, told apart by its main key. */
export function ruleSchema(): JsonObject {
  const [rule, correlation, filter] = [schemaOf(ruleShape), schemaOf(correlationShape), schemaOf(filterShape)];
  return {
    ...head("rule.schema.json", "A Sigma rule, correlation or filter for CloudTrail, as Trailhound reads it"),
    type: "object",
    if: { required: ["correlation"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
    then: correlation,
    else: {
      if: { required: ["filter"] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
      then: withSelections(filter, "filter"),
      else: withSelections(rule, "detection"),
    },
  };
}

/** The schema of `NAME.cases.yml`. */
export function casesSchema(): JsonObject {
  const { $defs = {}, items, ...rest } = schemaOf(casesShape);
  const either = { oneOf: [{ required: ["record"] }, { required: ["records"] }] };
  const one = isObject(items) ? { ...items, ...either } : either;
  return {
    ...head("cases.schema.json", "The cases of a rule: what it must match and must miss"),
    ...rest,
    items: one,
    $defs,
  };
}

function head(file: string, title: string): JsonObject {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", $id: file, title };
}

function schemaOf(shape: z.ZodType): JsonObject {
  const made: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(shape, { io: "input" })));
  if (!isObject(made)) throw new Error("zod made no schema of an object or list");
  const { $schema: _, ...schema } = described(made);
  return schema;
}

/** Puts the words of KEYS to the properties of that name, however deep. */
function described(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === "properties" && isObject(value)) {
        const told = Object.entries(value).map(([name, property]) => {
          const description = KEYS[name];
          if (!isObject(property)) return [name, property] as const;
          return [name, { ...described(property), ...(description !== undefined && { description }) }] as const;
        });
        return [key, Object.fromEntries(told)];
      }
      if (Array.isArray(value)) return [key, value.map((one) => (isObject(one) ? described(one) : one))];
      return [key, isObject(value) ? described(value) : value];
    }),
  );
}

/** All keys of a section that have no meaning of their own are selections. */
function withSelections(schema: JsonObject, section: string): JsonObject {
  const { properties } = schema;
  const inside = isObject(properties) ? properties[section] : undefined;
  if (!isObject(properties) || !isObject(inside)) throw new Error(`the shape has no ${section}`);
  return { ...schema, properties: { ...properties, [section]: { ...inside, additionalProperties: SELECTION } } };
}
