/**
 * The scanner's inner part, in AssemblyScript: reads a record once, checks it for JSON's grammar and finds the values of tracked paths.
 * What it refuses and what its ids mean says src/cloudtrail/scanner.ts, which talks to it. bin/wasm.mjs compiles it.
 */
import { afterColon, afterSpace, afterValue, CLOSE_OBJECT, COMMA, NULL, OPEN_OBJECT, plainEnd, QUOTE } from "./grammar";
import { isSeenAgain, keyOf, objectOf, pathOf, RECORD } from "./keys";
import { IDS, LAST, TEXT } from "./memory";
import { afterTracked, isFull } from "./values";

export { track } from "./keys";
export { IDS, LONGEST_TEXT, TEXT, VALUES } from "./memory";
export { forget } from "./values";

/** Counts texts. When it has gone round, a key may look as if it were seen twice: the text is refused, no harm. */
let turn: u32 = 0;

/** Scans the text of `length` bytes, nested `depth` deep at most: 1 when all ids are found, 0 when it is refused, 2 when it may need `forget`. */
export function scan(length: usize, depth: i32): i32 {
  turn++;
  memory.fill(IDS, 0, LAST - IDS);
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
  while (true) {
    if (load<u8>(at) !== QUOTE) return 0;
    const name = at + 1;
    const end = plainEnd(name);
    // An escape could hide a tracked key.
    if (load<u8>(end) !== QUOTE) return 0;
    const key = keyOf(object, name, end - name);
    at = afterColon(end + 1);
    if (!at || (key && isSeenAgain(key, turn))) return 0;
    // Null is as good as nothing there.
    at = key && load<u8>(at) !== NULL ? afterField(at, key, room) : afterValue(at, room);
    if (!at) return 0;
    at = afterSpace(at);
    const next: u32 = load<u8>(at++);
    if (next !== COMMA) return next === CLOSE_OBJECT ? at : 0;
    at = afterSpace(at);
  }
}

function afterField(at: usize, key: usize, room: i32): usize {
  const path = pathOf(key);
  const object = objectOf(key);
  if (!object) return afterTracked(at, path);
  return !path && room && load<u8>(at) === OPEN_OBJECT ? afterObject(at + 1, object, room - 1) : 0;
}
