/**
 * Keys of tracked paths: objects of a record, and in each the keys that lead to a value or on to another object.
 */
import { QUOTE } from "./grammar";
import { isSame, KEYS, TEXT } from "./memory";

/** An object: by the length of a key, the first one of a list. */
const LISTS: usize = 32;
const OBJECT_SIZE: usize = 4 * LISTS;
/** The object that a record is. */
export const RECORD: usize = KEYS;

/** A key: the next one of the list, its path if it has a value, the object that it leads to, the text it was seen in, its name. */
const KEY_PATH: usize = 4;
const KEY_OBJECT: usize = 8;
const KEY_TURN: usize = 12;
const KEY_NAME: usize = 16;

let keysEnd: usize = RECORD + OBJECT_SIZE;

/**
 * Tracks the key that stands in TEXT, of `object` (0: of the record). It has the value of `path`, or leads to an object when that is 0.
 * Gives that object. How much room there is for keys is asked before, in openScanner.
 */
export function track(object: usize, length: usize, path: u32): usize {
  const parent = object || RECORD;
  store<u8>(TEXT + length, QUOTE);
  const key = keyOf(parent, TEXT, length) || addedKey(parent, length);
  if (path) store<u32>(key + KEY_PATH, path);
  else if (!objectOf(key)) store<u32>(key + KEY_OBJECT, allocated(OBJECT_SIZE));
  return objectOf(key);
}

function addedKey(object: usize, length: usize): usize {
  const key = allocated(KEY_NAME + length + 1);
  const list = listOf(object, length);
  memory.copy(key + KEY_NAME, TEXT, length + 1);
  store<u32>(key, load<u32>(list));
  store<u32>(list, key);
  return key;
}

function allocated(size: usize): usize {
  const address = keysEnd;
  keysEnd += (size + 3) & ~3;
  return address;
}

/** The tracked key whose name stands there, before a quote; 0 when none has it. */
export function keyOf(object: usize, start: usize, length: usize): usize {
  let key: usize = load<u32>(listOf(object, length));
  // With the quote, which is only at an end: a part is not the whole.
  while (key && !isSame(key + KEY_NAME, start, length + 1)) key = load<u32>(key);
  return key;
}

function listOf(object: usize, length: usize): usize {
  return object + ((length & (LISTS - 1)) << 2);
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
