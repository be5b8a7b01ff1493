/**
 * Where things stand in the memory, which never grows. Positions in it are addresses.
 */

/** Sixteen bytes of ones, then sixteen of zeros. */
const ONES: usize = 0x40;
/** By path (they count from 1), the id of its value: a u16. */
export const IDS: usize = 0x100;
export const MOST_PATHS: u32 = 110;
/** By path behind MOST_PATHS, of twelve, where its value begins in TEXT and where it ends: two u32. */
export const PLACES: usize = 0x1e0;
/** By path, the value that was found last. */
export const LAST: usize = 0x240;
export const LAST_END: usize = 0x400;
/** The keys of tracked paths. */
export const KEYS: usize = 0x400;
/** One record as JSON, and zeros behind it. */
export const TEXT: usize = 0x40000;
export const LONGEST_TEXT: usize = 0x100000;
/** A hash table of values, at most a quarter of it used: no way in it is long. */
export const SLOTS: usize = TEXT + LONGEST_TEXT + 0x20;
export const SLOT_BITS: u32 = 17;
/** By id, the address of the value's text; before it stands a u32, whose lower half is its length. */
export const VALUES: usize = SLOTS + (8 << SLOT_BITS);
export const MOST_VALUES: u32 = 1 << (SLOT_BITS - 2);
/** The values: id, kind, text. */
export const ARENA: usize = VALUES + 4 * MOST_VALUES;
export const ARENA_END: usize = ARENA + 0x400000;

v128.store(ONES, i8x16.splat(-1));

/** Whether `length` bytes are the same in two places; up to 15 behind them are read. */
export function isSame(a: usize, b: usize, length: usize): bool {
  while (length > 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
    length -= 16;
  }
  const differing = v128.xor(v128.load(a), v128.load(b));
  return !v128.any_true(v128.and(differing, v128.load(ONES + 16 - length)));
}
