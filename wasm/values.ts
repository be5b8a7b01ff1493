/**
 * Values of tracked paths: each JSON text of a path has an id, as long as there is room for it.
 */
import { afterScalar, afterString, NINE, QUOTE } from "./grammar";
import {
  ARENA,
  ARENA_END,
  IDS,
  isSame,
  LAST,
  LAST_END,
  MOST_PATHS,
  MOST_VALUES,
  PLACES,
  SLOT_BITS,
  SLOTS,
  TEXT,
  VALUES,
} from "./memory";

/** A value in the arena: its id, its kind (path and length), its text. */
const VALUE_KIND: usize = 4;
const VALUE_TEXT: usize = 8;
/** Longer ones are few, and no two of them the same. */
const LONGEST_VALUE: usize = 1024;
/** A sender can make up values with the same hash: the way past them must stay short. */
const MOST_PROBES: u32 = 64;
/** Odd, with bits all over. */
const MIXER: u64 = 0x1e3779b97f4a7d;

let valuesEnd: usize = ARENA;
let lastId: u32 = 0;
/** Whether a value had no room. */
export let isFull: bool = false;

/** Forgets all ids. */
export function forget(): void {
  lastId = 0;
  valuesEnd = ARENA;
  memory.fill(SLOTS, 0, 8 << SLOT_BITS);
  memory.fill(LAST, 0, LAST_END - LAST);
  isFull = false;
}

/** Behind the value of a path, which is a scalar; its id stands in IDS then. */
export function afterTracked(at: usize, path: u32): usize {
  const last = LAST + (path << 2);
  const before: usize = load<u32>(last);
  if (before) {
    const length = load<u16>(before + VALUE_KIND);
    if (isSame(before + VALUE_TEXT, at, length)) return found(at + length, before, path);
  }
  const first: u32 = load<u8>(at);
  const end = first === QUOTE ? afterString(at + 1) : afterScalar(at);
  if (!end || end - at > LONGEST_VALUE) return 0;
  const value = valueAt(at, end - at, path);
  // Behind the same number there could be more digits; other values are whole.
  if (first === QUOTE || first > NINE) store<u32>(last, u32(value));
  return value && found(end, value, path);
}

/** Behind a value, from where it begins, whose place stands in PLACES then. */
export function placed(start: usize, end: usize, path: u32): usize {
  const place = PLACES + ((path - MOST_PATHS - 1) << 3);
  store<u32>(place, u32(start - TEXT));
  store<u32>(place + 4, u32(end - TEXT));
  return end;
}

function found(end: usize, value: usize, path: u32): usize {
  store<u16>(IDS + (path << 1), u16(load<u32>(value)));
  return end;
}

/** The value that the text is; 0 when there is no room for it. */
function valueAt(start: usize, length: usize, path: u32): usize {
  const kind = (path << 16) | u32(length);
  const hash = hashOf(start, length, kind);
  let slot = hash >> (32 - SLOT_BITS);
  for (let probes: u32 = 0; probes < MOST_PROBES; probes++) {
    const address = SLOTS + (slot << 3);
    const value: usize = load<u32>(address + 4);
    if (!value) return added(address, hash, start, length, kind);
    if (
      load<u32>(address) === hash &&
      load<u32>(value + VALUE_KIND) === kind &&
      isSame(value + VALUE_TEXT, start, length)
    ) {
      return value;
    }
    slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
  }
  return 0;
}

function added(slot: usize, hash: u32, start: usize, length: usize, kind: u32): usize {
  if (hasReplacement(start, length)) return 0;
  const value = valuesEnd;
  const end = value + ((VALUE_TEXT + length + 3) & ~3);
  if (lastId + 1 === MOST_VALUES || end > ARENA_END) {
    isFull = true;
    return 0;
  }
  valuesEnd = end;
  store<u32>(value, ++lastId);
  store<u32>(value + VALUE_KIND, kind);
  memory.copy(value + VALUE_TEXT, start, length);
  store<u32>(VALUES + (lastId << 2), u32(value + VALUE_TEXT));
  store<u32>(slot, hash);
  store<u32>(slot + 4, u32(value));
  return value;
}

/** Half of a surrogate pair becomes U+FFFD in UTF-8: whatever the text said, it is not known here. */
function hasReplacement(start: usize, length: usize): bool {
  for (let at: usize = start; at + 2 < start + length; at++) {
    if ((load<u32>(at) & 0xffffff) === 0xbdbfef) return true;
  }
  return false;
}

function hashOf(at: usize, length: usize, seed: u64): u32 {
  let hash = seed;
  while (length > 8) {
    hash = (hash ^ load<u64>(at)) * MIXER;
    hash ^= hash >> 32;
    at += 8;
    length -= 8;
  }
  hash = (hash ^ (load<u64>(at) << ((8 - length) << 3))) * MIXER;
  return u32(hash >> 32);
}
