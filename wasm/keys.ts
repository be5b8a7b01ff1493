/**
 * Keys of tracked paths: objects of a record, and in each the keys that lead to a value or on to another object. Others that
 * records often have are there as well, to be recognized.
 */
import { QUOTE } from "./grammar";
import { isSame, KEYS, TEXT } from "./memory";

/** An object: the key that came first in it the last time, the one behind an unknown key; by the length of a name, the first key of a list. */
export const UNKNOWN: usize = 4;
const OBJECT_LISTS: usize = 8;
const LISTS: usize = 32;
const OBJECT_SIZE: usize = OBJECT_LISTS + 4 * LISTS;
/** The object that a record is. */
export const RECORD: usize = KEYS;

/** A key: the one that came behind it the last time; the next one of its list; its path if it has a value; the object that it leads to. */
const KEY_NEXT: usize = 4;
const KEY_PATH: usize = 8;
const KEY_OBJECT: usize = 12;
/** The text that it was seen in; its name with the quote behind it, and how long that is. */
const KEY_TURN: usize = 16;
const KEY_LENGTH: usize = 20;
const KEY_NAME: usize = 24;

let end: usize = RECORD + OBJECT_SIZE;

/** The key of `object` (0: of the record) whose name stands in TEXT. How much room there is for keys is asked before, in openScanner. */
export function addKey(object: usize, length: usize): usize {
  const parent = object || RECORD;
  store<u8>(TEXT + length, QUOTE);
  const before = keyOf(parent, TEXT, length);
  if (before) return before;
  const key = allocated(KEY_NAME + length + 1);
  const list = listOf(parent, length);
  store<u32>(key + KEY_NEXT, load<u32>(list));
  store<u32>(list, u32(key));
  store<u32>(key + KEY_LENGTH, u32(length + 1));
  memory.copy(key + KEY_NAME, TEXT, length + 1);
  return key;
}

/** The object that a key leads to from now on. */
export function addObject(key: usize): usize {
  if (!objectOf(key)) store<u32>(key + KEY_OBJECT, u32(allocated(OBJECT_SIZE)));
  return objectOf(key);
}

/** A key has the value of a path from now on. */
export function addPath(key: usize, path: u32): void {
  store<u32>(key + KEY_PATH, path);
}

function allocated(size: usize): usize {
  const address = end;
  end += (size + 3) & ~3;
  return address;
}

/** The key whose name stands there, before a quote; 0 when none has it. */
export function keyOf(object: usize, name: usize, length: usize): usize {
  let key: usize = load<u32>(listOf(object, length));
  // With the quote, which is only at an end: a part is not the whole.
  while (key && !isSame(key + KEY_NAME, name, length + 1)) key = load<u32>(key + KEY_NEXT);
  return key;
}

function listOf(object: usize, length: usize): usize {
  return object + OBJECT_LISTS + ((length & (LISTS - 1)) << 2);
}

/** The key that came behind another, or first in an object, the last time; 0 if it was not known. */
export function expectedBehind(behind: usize): usize {
  return load<u32>(behind);
}

export function hasName(key: usize, name: usize): bool {
  return isSame(key + KEY_NAME, name, nameLengthOf(key));
}

export function expect(key: usize, behind: usize): void {
  store<u32>(behind, u32(key));
}

/** With the quote. */
export function nameLengthOf(key: usize): usize {
  return load<u32>(key + KEY_LENGTH);
}

export function isTracked(key: usize): bool {
  return pathOf(key) !== 0 || objectOf(key) !== 0;
}

export function pathOf(key: usize): u32 {
  return load<u32>(key + KEY_PATH);
}

export function objectOf(key: usize): usize {
  return load<u32>(key + KEY_OBJECT);
}

/** Whether the key was seen before in the text of this turn; now it is. */
export function isSeenAgain(key: usize, turn: u32): bool {
  const before = load<u32>(key + KEY_TURN);
  store<u32>(key + KEY_TURN, turn);
  return before === turn;
}
