/**
 * The scanner's inner part, in AssemblyScript: reads a record once, checks it for JSON's grammar and finds the values of tracked paths.
 * What it refuses and what its ids mean says src/cloudtrail/scanner.ts, which talks to it. bin/wasm.mjs compiles it.
 */
import {
  afterColon,
  afterSpace,
  afterString,
  afterValue,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  NULL,
  OPEN_OBJECT,
  plainEnd,
  QUOTE,
  SPACE,
} from "./grammar";
import {
  expect,
  expectedBehind,
  hasName,
  isSeenAgain,
  isTracked,
  keyOf,
  nameLengthOf,
  objectOf,
  pathOf,
  RECORD,
  UNKNOWN,
} from "./keys";
import { IDS, LAST, MOST_PATHS, TEXT } from "./memory";
import { afterTracked, isFull, placed } from "./values";

export { addKey, addObject, addPath } from "./keys";
export { IDS, LONGEST_TEXT, PLACES, TEXT, VALUES } from "./memory";
export { forget } from "./values";

/** A comma and a quote: so it goes on in an object, if there is no space. */
const COMMA_QUOTE: u32 = (QUOTE << 8) | COMMA;

/** Counts texts. When it has gone round, a key may look as if it were seen twice: the text is refused, no harm. */
let turn: u32 = 0;

/** Scans the text of `length` bytes, nested `depth` deep at most: 1 when all ids are found, 0 when it is refused, 2 when it may need `forget`. */
export function scan(length: usize, depth: i32): i32 {
  turn++;
  for (let ids = IDS; ids < LAST; ids += 16) v128.store(ids, i8x16.splat(0));
  const end = TEXT + length;
  v128.store(end, i8x16.splat(0));
  v128.store(end + 16, i8x16.splat(0));
  let at = afterSpace(TEXT);
  if (load<u8>(at) !== OPEN_OBJECT) return 0;
  at = afterObject(at + 1, RECORD, depth - 1);
  if (at && afterSpace(at) === end) return 1;
  return isFull ? 2 : 0;
}

/** Behind an object that has tracked keys, from behind its bracket; `room`: how many more may be open within. */
function afterObject(at: usize, object: usize, room: i32): usize {
  at = afterSpace(at);
  if (load<u8>(at) === CLOSE_OBJECT) return at + 1;
  if (load<u8>(at++) !== QUOTE) return 0;
  let behind = object;
  while (true) {
    // Most records are written alike. Where a key is expected, the processor reads on while it still compares the name: as long as
    // this is a branch, and no value that it would have to wait for.
    let key = expectedBehind(behind);
    if (key && hasName(key, at)) {
      at += nameLengthOf(key);
    } else {
      const end = plainEnd(at);
      // An escape could hide a tracked key.
      if (load<u8>(end) !== QUOTE) return 0;
      key = keyOf(object, at, end - at);
      expect(key, behind);
      at = end + 1;
    }
    behind = key || object + UNKNOWN;
    at = load<u8>(at) === COLON && load<u8>(at + 1) > SPACE ? at + 1 : afterColon(at);
    if (!at) return 0;
    if (key && isTracked(key)) {
      if (isSeenAgain(key, turn)) return 0;
      at = afterField(at, key, room);
    } else {
      at = load<u8>(at) === QUOTE ? afterString(at + 1) : afterValue(at, room);
    }
    if (!at) return 0;
    if (load<u16>(at) === COMMA_QUOTE) {
      at += 2;
      continue;
    }
    at = afterSpace(at);
    if (load<u8>(at) === CLOSE_OBJECT) return at + 1;
    if (load<u8>(at) !== COMMA) return 0;
    at = afterSpace(at + 1);
    if (load<u8>(at++) !== QUOTE) return 0;
  }
}

/** Behind the value of a tracked key. */
function afterField(at: usize, key: usize, room: i32): usize {
  // As good as nothing there.
  if (load<u8>(at) === NULL) return afterValue(at, room);
  const path = pathOf(key);
  const object = objectOf(key);
  if (!object) return path > MOST_PATHS ? afterPlaced(at, path, room) : afterTracked(at, path);
  if (load<u8>(at) !== OPEN_OBJECT || (path && path <= MOST_PATHS)) return 0;
  // A path is shorter than a record may be deep: there is room.
  const end = afterObject(at + 1, object, room - 1);
  return end && path ? placed(at, end, path) : end;
}

/** Behind a string or an object of which only the place is wanted. */
function afterPlaced(at: usize, path: u32, room: i32): usize {
  const first: u32 = load<u8>(at);
  if (first !== QUOTE && first !== OPEN_OBJECT) return 0;
  const end = afterValue(at, room);
  return end && placed(at, end, path);
}
