/**
 * Classes: values of a field that all rules judge alike are one class.
 * Pure. 351 eventNames of a busy account are 117 classes under 300 rules, since most names stand in no rule.
 */
import type { Json, JsonObject } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { factsOf, sourcesOf } from "./facts.ts";
import type { FieldTest } from "./matcher.ts";
import { type Memo, memoOf } from "./memo.ts";
import { plainText } from "./pattern.ts";

/** Fields that rules ask of records they know nothing about, and that have few values. CloudTrail writes them as scalars. */
const HOT_FIELDS: ReadonlySet<string> = new Set([
  "eventName",
  "eventSource",
  "eventType",
  "eventCategory",
  "errorCode",
  "errorMessage",
  "awsRegion",
  "userIdentity.type",
  "userIdentity.invokedBy",
  "userIdentity.userName",
  "userIdentity.arn",
  "userIdentity.principalId",
  "userIdentity.accountId",
  "userIdentity.accessKeyId",
  "userIdentity.sessionContext.sessionIssuer.type",
  "userIdentity.sessionContext.sessionIssuer.userName",
  "userIdentity.sessionContext.sessionIssuer.arn",
  "userIdentity.sessionContext.attributes.mfaAuthenticated",
  "sourceIPAddress",
  "userAgent",
  "readOnly",
  "managementEvent",
  "recipientAccountId",
  "sessionCredentialFromConsole",
  "vpcEndpointId",
  // Written only when CloudTrail left out a request that was too long.
  "requestParameters.omitted",
]);

/** The tests of one field that hold for the values of one class. */
export type ValueClass = ReadonlySet<FieldTest>;

/** A field, or the fields that a fact is read from. */
export interface HotField {
  /** A power of two: its own among the hot fields. */
  readonly bit: number;
  readonly tests: readonly FieldTest[];
  /** How many paths are read for an answer. */
  readonly cost: number;
  classOf(record: CloudTrailRecord): ValueClass;
}

/** A bit mask has no room for more. */
const MOST_FIELDS = 30;
/** Most values of a field, and most classes, that are remembered. */
const MOST_VALUES = 4_096;
/** Longer texts are judged anew each time: AWS cuts a userAgent at 1 KB, and a name is shorter. */
const LONGEST_VALUE = 1_024;

/** The hot fields that alone decide some of these tests, those with the most tests first. */
export function hotFieldsOf(tests: readonly FieldTest[]): readonly HotField[] {
  const groups = new Map<string, { readonly paths: readonly string[]; readonly tests: FieldTest[] }>();
  for (const test of tests) {
    const paths = pathsOf(test);
    if (paths === undefined) continue;
    const key = paths.join();
    const group = groups.get(key) ?? { paths, tests: [] };
    groups.set(key, group);
    group.tests.push(test);
  }
  return [...groups.values()]
    .sort((a, b) => b.tests.length - a.tests.length)
    .slice(0, MOST_FIELDS)
    .map(({ paths, tests: own }, at) => hotField(paths, 1 << at, own));
}

/** Everything of a record that decides the test; undefined when that is too much, or has too many values. */
function pathsOf(test: FieldTest): readonly string[] | undefined {
  if (!test.alone) return undefined;
  return HOT_FIELDS.has(test.field) ? [test.field] : sourcesOf(test.field);
}

function hotField(paths: readonly string[], bit: number, tests: readonly FieldTest[]): HotField {
  const keys = paths.map((path) => path.split("."));
  const judge = judgeOf(tests);
  const known = memoOf<Json | undefined, ValueClass>(MOST_VALUES);
  return {
    bit,
    tests,
    cost: paths.length,
    classOf(record) {
      const value = valueIn(record.json, keys);
      const before = known.get(value);
      if (before !== undefined) return before;
      const made = judge(record, value);
      if (isShort(value)) known.add(value, made);
      return made;
    },
  };
}

/**
 * Of several fields one text that no other values have: a text has its length before it. Undefined when all are absent, a list
 * when one of them is no scalar.
 */
function valueIn(json: JsonObject, fields: readonly (readonly string[])[]): Json | undefined {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return rawValue(json, only);
  let text = "";
  let isAbsent = true;
  for (const keys of fields) {
    const value = rawValue(json, keys);
    if (value === undefined || value === null) {
      text += "-";
      continue;
    }
    if (typeof value === "object") return [value];
    isAbsent = false;
    text += typeof value === "string" ? `${value.length}:${value}` : `~${value};`;
  }
  return isAbsent ? undefined : text;
}

/** Lists and objects are nothing AWS writes there, and no two of them are one value. */
function isShort(value: Json | undefined): boolean {
  return typeof value === "string" ? value.length <= LONGEST_VALUE : typeof value !== "object" || value === null;
}

/** The value of a path, null and absent apart; the list itself when there is one on the way. */
function rawValue(json: JsonObject, keys: readonly string[]): Json | undefined {
  let here: Json | undefined = json;
  for (const key of keys) {
    if (typeof here !== "object" || here === null) return undefined;
    if (Array.isArray(here)) return here;
    here = Object.hasOwn(here, key) ? (here as JsonObject)[key] : undefined;
  }
  return here;
}

/** Tries every test; lists of plain texts are looked up instead. */
function judgeOf(tests: readonly FieldTest[]): (record: CloudTrailRecord, value: Json | undefined) => ValueClass {
  const numbers = new Map(tests.map((test, number) => [test, number] as const));
  const isListed = (test: FieldTest): boolean => test.literals !== undefined && HOT_FIELDS.has(test.field);
  const listed = tests.filter(isListed);
  const others = tests.filter((test) => !isListed(test));
  const byText = new Map<string, FieldTest[]>();
  for (const test of listed) {
    for (const text of new Set(test.literals)) byText.set(text, [...(byText.get(text) ?? []), test]);
  }
  const classes: Memo<string, ValueClass> = memoOf(MOST_VALUES);
  return (record, value) => {
    const facts = factsOf(record, undefined);
    const holds = (test: FieldTest): boolean => test.holds(facts);
    const isOdd = typeof value === "object" && value !== null;
    const text = value === undefined || isOdd ? undefined : plainText(value);
    const found = isOdd ? listed.filter(holds) : (byText.get(text ?? "") ?? []).filter(() => text !== undefined);
    const held = [...found, ...others.filter(holds)];
    const key = held.map((test) => numbers.get(test)).join();
    const before = classes.get(key);
    if (before !== undefined) return before;
    const made: ValueClass = new Set(held);
    classes.add(key, made);
    return made;
  };
}
