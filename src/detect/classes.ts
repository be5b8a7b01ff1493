/**
 * Classes: values of a field that all rules judge alike are one class.
 * Pure. 351 eventNames of a busy account are 117 classes under 300 rules, since most names stand in no rule.
 */
import type { Json } from "../cloudtrail/json.ts";
import { type Memo, memoOf } from "../cloudtrail/memo.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { placeIn, type ScannedPath } from "../cloudtrail/scan.ts";
import { factsOf, type Known, sourcesOf } from "./facts.ts";
import type { FieldTest } from "./matcher.ts";
import { plainText } from "./pattern.ts";
import type { Reading } from "./reading.ts";

/** Fields that rules ask of records they know nothing about, and that have few values. CloudTrail writes them as scalars. */
const HOT_FIELDS: ReadonlySet<string> = new Set<ScannedPath>([
  "eventName",
  "eventSource",
  "eventType",
  "eventCategory",
  "errorCode",
  "errorMessage",
  "responseElements.errorCode",
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
  // Written by calls for a session only.
  "requestParameters.serialNumber",
  "requestParameters.roleArn",
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
  /** Where scans have what it is read from; undefined when they do not, or when there are too many values to keep. */
  readonly scanned: readonly number[] | undefined;
  /** How many paths are read for an answer; more where its answers are not kept. */
  readonly cost: number;
  /** Of the record that the reading began with. */
  classOf(record: CloudTrailRecord): ValueClass;
}

/** Every session has its own value. */
const UNIQUE_FIELDS: ReadonlySet<string> = new Set<ScannedPath>(["userIdentity.accessKeyId"]);
const UNKEPT_COST = 8;
/** A bit mask has no room for more. */
const MOST_FIELDS = 31;
/** Most classes of a field that are remembered. */
const MOST_CLASSES = 4_096;

/**
 * The hot fields that alone decide some of these tests, those with the most tests first.
 *
 * @param known what facts that say what they are read from go by besides: where addresses are.
 */
export function hotFieldsOf(
  tests: readonly FieldTest[],
  reading: Reading<ValueClass>,
  known: Pick<Known, "geo">,
): readonly HotField[] {
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
    .map(({ paths, tests: own }, at) => hotField(paths, at, judgeOf(own, known), own, reading));
}

function scannedIn(paths: readonly string[]): readonly number[] | undefined {
  const places = paths.map(placeIn);
  return places.includes(-1) || paths.some((path) => UNIQUE_FIELDS.has(path)) ? undefined : places;
}

/** Everything of a record that decides the test; undefined when that is too much, or has too many values. */
function pathsOf(test: FieldTest): readonly string[] | undefined {
  if (!test.alone) return undefined;
  return HOT_FIELDS.has(test.field) ? [test.field] : sourcesOf(test.field);
}

function hotField(
  paths: readonly string[],
  at: number,
  judge: Judge,
  tests: readonly FieldTest[],
  reading: Reading<ValueClass>,
): HotField {
  const places = paths.map(reading.placeOf);
  const [only = -1] = places;
  const isOne = places.length === 1;
  const scanned = scannedIn(paths);
  return {
    bit: 1 << at,
    tests,
    scanned,
    cost: places.length * (scanned === undefined ? UNKEPT_COST : 1),
    classOf(record) {
      const entry = isOne ? reading.entryAt(only) : reading.entryOf(places);
      const before = entry?.answers[at];
      if (before !== undefined) return before;
      const made = judge(record, isOne ? reading.valueAt(only) : undefined);
      if (entry !== undefined) entry.answers[at] = made;
      return made;
    },
  };
}

type Judge = (record: CloudTrailRecord, value: Json | undefined) => ValueClass;

/** Tries every test; lists of plain texts are looked up instead. */
function judgeOf(tests: readonly FieldTest[], known: Pick<Known, "geo">): Judge {
  const numbers = new Map(tests.map((test, number) => [test, number] as const));
  const isListed = (test: FieldTest): boolean => test.literals !== undefined && HOT_FIELDS.has(test.field);
  const listed = tests.filter(isListed);
  const others = tests.filter((test) => !isListed(test));
  const byText = new Map<string, FieldTest[]>();
  for (const test of listed) {
    for (const text of new Set(test.literals)) byText.set(text, [...(byText.get(text) ?? []), test]);
  }
  const classes: Memo<string, ValueClass> = memoOf(MOST_CLASSES);
  function listedFor(value: Json | undefined, holds: (test: FieldTest) => boolean): readonly FieldTest[] {
    if (value === undefined) return [];
    const text = plainText(value);
    // A list or an object is no text: each test has to look into it.
    return text === undefined ? listed.filter(holds) : (byText.get(text) ?? []);
  }
  return (record, value) => {
    const facts = factsOf(record, undefined, known);
    const holds = (test: FieldTest): boolean => test.holds(facts);
    const held = [...listedFor(value, holds), ...others.filter(holds)];
    const key = held.map((test) => numbers.get(test)).join();
    const before = classes.get(key);
    if (before !== undefined) return before;
    const made: ValueClass = new Set(held);
    classes.add(key, made);
    return made;
  };
}
