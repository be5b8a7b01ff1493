/**
 * JSON's grammar, RFC 8259: whether a value is one, and where it ends. Nothing is built of it.
 * Each function takes the address where a part begins and gives the one behind it; 0 says that it is none. The text ends with
 * zeros, which no part begins with, so that nothing has to ask whether it is at the end.
 */

/** The highest character that may be space. */
export const SPACE: u32 = 0x20;
export const QUOTE: u32 = 0x22;
export const COMMA: u32 = 0x2c;
export const COLON: u32 = 0x3a;
const BACKSLASH: u32 = 0x5c;
const OPEN_LIST: u32 = 0x5b;
const CLOSE_LIST: u32 = 0x5d;
export const OPEN_OBJECT: u32 = 0x7b;
export const CLOSE_OBJECT: u32 = 0x7d;
export const NINE: u32 = 0x39;
/** What null begins with. */
export const NULL: u32 = 0x6e;

/** Behind any value; `room`: how many brackets may be open within, 64 at most. */
export function afterValue(at: usize, room: i32): usize {
  /** A bit for each open bracket, the innermost lowest. */
  let areObjects: u64 = 0;
  let open: i32 = 0;
  while (true) {
    const first: u32 = load<u8>(at);
    if (first === OPEN_OBJECT || first === OPEN_LIST) {
      if (++open > room) return 0;
      areObjects = (areObjects << 1) | u64(first === OPEN_OBJECT);
      at = afterSpace(at + 1);
      if (load<u8>(at) !== first + 2) {
        if (first === OPEN_OBJECT) at = afterKey(at);
        if (!at) return 0;
        continue;
      }
    } else {
      at = first === QUOTE ? afterString(at + 1) : afterScalar(at);
      if (!at) return 0;
      at = afterSpace(at);
    }
    while (open && load<u8>(at) === (areObjects & 1 ? CLOSE_OBJECT : CLOSE_LIST)) {
      open--;
      areObjects >>= 1;
      at = afterSpace(at + 1);
    }
    if (!open) return at;
    if (load<u8>(at) !== COMMA) return 0;
    at = afterSpace(at + 1);
    if (areObjects & 1) at = afterKey(at);
    if (!at) return 0;
  }
}

function afterKey(at: usize): usize {
  if (load<u8>(at) !== QUOTE) return 0;
  at = afterString(at + 1);
  return at && afterColon(at);
}

export function afterColon(at: usize): usize {
  at = afterSpace(at);
  return load<u8>(at) === COLON ? afterSpace(at + 1) : 0;
}

export function afterSpace(at: usize): usize {
  return load<u8>(at) > SPACE ? at : afterSpaces(at);
}

function afterSpaces(at: usize): usize {
  while (true) {
    const char: u32 = load<u8>(at);
    if (char !== SPACE && char !== 0x0a && char !== 0x0d && char !== 0x09) return at;
    at++;
  }
}

/** Behind a string, from behind its first quote. */
export function afterString(at: usize): usize {
  at = plainEnd(at);
  return load<u8>(at) === QUOTE ? at + 1 : afterEscapes(at);
}

function afterEscapes(at: usize): usize {
  while (load<u8>(at) === BACKSLASH) {
    at = afterEscape(load<u8>(at + 1), at + 2);
    if (!at) return 0;
    at = plainEnd(at);
  }
  return load<u8>(at) === QUOTE ? at + 1 : 0;
}

function afterEscape(char: u32, at: usize): usize {
  // Of " / \ b f n r t u.
  if (char === QUOTE || char === 0x2f || char === BACKSLASH || char === 0x62) return at;
  if (char === 0x66 || char === 0x6e || char === 0x72 || char === 0x74) return at;
  return char === 0x75 && isHex(at) && isHex(at + 1) && isHex(at + 2) && isHex(at + 3) ? at + 4 : 0;
}

function isHex(at: usize): bool {
  const char: u32 = load<u8>(at);
  return isDigit(at) || (char | 0x20) - 0x61 < 6;
}

/** Where the next quote, backslash or control character is. */
export function plainEnd(at: usize): usize {
  while (true) {
    const chars = v128.load(at);
    // 0x22 ^ 2 is 0x20, the controls stay below: one comparison for both.
    const isEnd = i8x16.le_u(v128.xor(chars, i8x16.splat(2)), i8x16.splat(0x20));
    const found = i8x16.bitmask(v128.or(isEnd, i8x16.eq(chars, i8x16.splat(0x5c))));
    if (found) return at + ctz(found);
    at += 16;
  }
}

/** Behind null, true, false or a number. */
export function afterScalar(at: usize): usize {
  const word = load<u32>(at);
  if (word === 0x6c6c756e || word === 0x65757274) return at + 4;
  if (word === 0x736c6166 && load<u8>(at + 4) === 0x65) return at + 5;
  return afterNumber(at);
}

function afterNumber(at: usize): usize {
  if (load<u8>(at) === 0x2d) at++;
  at = load<u8>(at) === 0x30 ? at + 1 : afterDigits(at);
  if (at && load<u8>(at) === 0x2e) at = afterDigits(at + 1);
  if (!at || (load<u8>(at) | 0x20) !== 0x65) return at;
  const sign = load<u8>(at + 1);
  return afterDigits(at + (sign === 0x2b || sign === 0x2d ? 2 : 1));
}

/** 0 when there is none. */
function afterDigits(at: usize): usize {
  if (!isDigit(at)) return 0;
  do at++;
  while (isDigit(at));
  return at;
}

function isDigit(at: usize): bool {
  return u32(load<u8>(at)) - 0x30 < 10;
}
