/**
 * Spelling: the known word that somebody most likely meant.
 * Pure. Used where people write names by hand: config keys, commands.
 */

/**
 * `nearest("chanel", ["channel", "operators"])` → `"channel"`; `nearest("zebra", ["channel"])` → `undefined`
 *
 * @returns undefined when no word is within a third of its letters: a wild guess is worse than none.
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const near = words
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.ceil(candidate.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** Letters to add, drop or change (Levenshtein): `editDistance("scna", "scan")` → 2. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
