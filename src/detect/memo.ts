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
  return {
    get: (key) => known.get(key),
    add(key, value) {
      if (known.size >= limit) for (const oldest of known.keys()) if (known.delete(oldest)) break;
      known.set(key, value);
    },
  };
}
