/**
 * How the bench measures: sides in turn, in one process, on the same records; a figure is the median of its rounds.
 */

export type Side = () => Promise<unknown> | unknown;

/** Rounds that are run before any is timed: a process that watches for days is optimised as it ever will be. */
export const WARM_UP = 8;

/** µs a piece of work, by side: one figure a round. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** Every round runs all sides, so that a slow moment of the machine meets all of them. */
export async function inTurn<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  pieces: number,
  rounds: number,
): Promise<Times<Name>> {
  const names = Object.keys(sides).filter((name): name is Name => name in sides);
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const name of names) {
      const started = performance.now();
      await sides[name]();
      if (round >= 0) times.get(name)?.push(((performance.now() - started) * 1000) / pieces);
    }
  }
  return Object.fromEntries(times) as Record<Name, number[]>;
}

export function median(times: readonly number[]): number {
  return quantile(times, 0.5);
}

/** How many times as long one side took: the median of the rounds, each side beside the other one of its round. */
export function ratio(side: readonly number[], beside: readonly number[]): number {
  return median(side.map((time, round) => time / (beside[round] ?? Number.NaN)));
}

/** `quantile([3, 1, 2], 0.5)` → 2; 0 of nothing. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
