/**
 * Memo: answers that are remembered, up to a limit.
 * Pure. A sender can make up any number of values: the oldest answer makes room for the newest, never all at once.
 */

export interface Memo<Key, Value> {
  get(key: Key): Value | undefined;
  /** Only for a key that `get` does not know. */
  add(key: Key, value: Value): void;
}

export function memoOf<Key, Value>(limit: number): Memo<Key, Value> {
  const known = new Map<Key, Value>();
  // A ring: a Map can give its oldest key, but not fast once many were deleted.
  const keys: Key[] = [];
  let oldest = 0;
  return {
    get: (key) => known.get(key),
    add(key, value) {
      if (keys.length < limit) keys.push(key);
      else {
        for (const gone of keys.splice(oldest, 1, key)) known.delete(gone);
        oldest = (oldest + 1) % limit;
      }
      known.set(key, value);
    },
  };
}
