/**
 * Proof: how the disabling of a key stands, told from what was asked and what was read back.
 * Pure. Claims nothing that no read-back showed.
 */
import { isActiveAgain } from "../src/alert/disable.ts";
import type { Containment, ReadBack } from "../src/contain/outcome.ts";
import { between, bold, code, lines, moment, named, person, quote, say } from "./rich.ts";
import { type Inline, type Plain, type RichPart, shown, words } from "./text.ts";

/** The parts of an alert that show its containment: what was done, by whom and why, and the proof. */
export function proof(containment: Containment): RichPart[] {
  const asked: Inline[] = [
    say(words`Asked by `),
    person(containment.operator),
    say(words` `),
    moment(containment.requestedAt),
    say(words` · reason: `),
    code(containment.reason, 160),
  ];
  const readBacks = containment.readBacks.map(readBackLine);
  return [
    lines(headOf(containment), asked),
    ...(readBacks.length === 0 ? [] : [quote([bold(words`Proof`)], ...readBacks, remainder(containment))]),
  ];
}

function headOf(containment: Containment): Inline[] {
  const { state, keyId, userName } = containment;
  const key: Inline[] = [say(words` `), code(keyId), say(words` of user `), ...named(userName)];
  if (isActiveAgain(containment))
    return [bold(words`⚠ Key is Active although it was disabled:`), ...key, say(words`. Look at it now.`)];
  switch (state.kind) {
    case "requested":
      return [bold(words`◔ Disabling key`), ...key, say(words` …`)];
    case "deactivated":
      return [bold(words`✔ Key disabled`), ...key, say(words` `), moment(state.at)];
    case "already-inactive":
      return [bold(words`✔ Key was inactive already`), ...key, say(words`. Nothing was changed.`)];
    case "not-found":
      return [bold(words`✔ Key does not exist any more`), ...key, say(words`. Nothing was changed.`)];
    case "refused":
      return [bold(words`✘ Key not disabled`), ...key, say(words`: ${shown(state.why, 160)}`)];
    case "denied":
      return [
        bold(words`✘ Key not disabled`),
        ...key,
        say(words`: Trailhound's role lacks `),
        code(state.missing),
        say(words`. Disable it in the IAM console, or allow this and try again.`),
      ];
    case "expired":
      return [bold(words`✘ Key not disabled in time`), ...key, say(words`: IAM did not take it. Try again.`)];
    case "superseded":
      return [bold(words`✘ Replaced by a newer request`), ...key];
  }
}

function readBackLine({ afterMs, at, status }: ReadBack): Inline[] {
  const after = durationIn(afterMs);
  if (at === undefined || status === undefined) return [say(words`◔ read back after ${after}: not yet`)];
  return between(
    words` `,
    [say(words`${STATUS_MARK[status]} read back after ${after}:`)],
    [statusOf(status)],
    [moment(at)],
  );
}

type Status = NonNullable<ReadBack["status"]>;

const STATUS_MARK: Readonly<Record<Status, Plain>> = {
  Inactive: words`✔`,
  gone: words`✔`,
  Active: words`⚠`,
  unreadable: words`⚠`,
};

function statusOf(status: Status): Inline {
  switch (status) {
    case "Inactive":
      return bold(words`Inactive`);
    case "gone":
      return bold(words`key is gone`);
    case "Active":
      return bold(words`still Active`);
    case "unreadable":
      return bold(words`IAM did not say`);
  }
}

/** What a disabled key leaves: people forget it when they see a tick. */
function remainder({ state }: Containment): Inline[] {
  if (state.kind !== "deactivated" && state.kind !== "already-inactive") return [];
  return [say(words`Not stopped: sessions that were made with the key, for up to 36 hours.`)];
}

/** `41_000` → `"41 s"`, `300_000` → `"5 min"`, `90_000_000` → `"25 h"` */
export function durationIn(ms: number): Plain {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return words`${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return words`${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? words`${hours} h` : words`${Math.round(hours / 24)} days`;
}
