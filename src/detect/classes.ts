/**
 * Classes: values of a field that all rules judge alike are one class.
 * Pure. 351 eventNames of a busy account are 117 classes under 300 rules, since most names stand in no rule.
 */
import type { Json, JsonObject } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { factsOf } from "./facts.ts";
import type { FieldTest } from "./matcher.ts";
import { type Memo, memoOf } from "./memo.ts";
import { plainText } from "./pattern.ts";

/** Fields that rules ask of records they know nothing about, and that have few values; CloudTrail writes them as scalars. */
const HOT_FIELDS: readonly string[] = [
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
];

/** The tests of one field that hold for the values of one class. */
export type ValueClass = ReadonlySet<FieldTest>;

export interface HotField {
  /** A power of two: its own among the hot fields. */
  readonly bit: number;
  classOf(record: CloudTrailRecord): ValueClass;
}

/** Most values of a field, and most classes, that are remembered. */
const MOST_VALUES = 4_096;
/** Longer texts are judged anew each time: AWS cuts a userAgent at 1 KB, and a name is shorter. */
const LONGEST_VALUE = 1_024;

/** Bit of the hot field that alone decides a test; 0 when there is none. */
export function hotBitOf(test: FieldTest): number {
  if (!test.alone) return 0;
  const at = HOT_FIELDS.indexOf(test.field);
  return at < 0 ? 0 : 1 << at;
}

/** The hot fields that these tests name. */
export function hotFieldsOf(tests: readonly FieldTest[]): readonly HotField[] {
  return HOT_FIELDS.flatMap((path, at) => {
    const own = tests.filter((test) => hotBitOf(test) === 1 << at);
    return own.length === 0 ? [] : [hotField(path, 1 << at, own)];
  });
}

function hotField(path: string, bit: number, tests: readonly FieldTest[]): HotField {
  const keys = path.split(".");
  const judge = judgeOf(path, tests);
  const known = memoOf<Json | undefined, ValueClass>(MOST_VALUES);
  return {
    bit,
    classOf(record) {
      const value = rawValue(record.json, keys);
      const before = known.get(value);
      if (before !== undefined) return before;
      const made = judge(record, value);
      if (isShort(value)) known.add(value, made);
      return made;
    },
  };
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
function judgeOf(
  path: string,
  tests: readonly FieldTest[],
): (record: CloudTrailRecord, value: Json | undefined) => ValueClass {
  const numbers = new Map(tests.map((test, number) => [test, number] as const));
  const isListed = (test: FieldTest): boolean => test.literals !== undefined && test.field === path;
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
