/**
 * Verb: the grammar of what people say for an action — "created user `bob`", "tried to create a user".
 * Pure. All of it is our own words. A verb is true of every call of its action: what only some calls do stands in the targets.
 */
import { type Plain, shown, words } from "./text.ts";

/** did + object + the other targets; in `tried to …`, the second form. */
export interface Verb {
  readonly did: Plain;
  readonly tried: Plain;
  /**
   * What the verb is done to: the noun of a target, which is then said first. Where the record names none, as refused
   * calls often do, it reads "a trail". Absent: the verb is whole by itself.
   */
  readonly object?: string;
  /** Stand before the targets that follow, the last one not again: policy `x` *to* user `y`. Then commas. */
  readonly joins?: readonly Plain[];
}

type Pair = readonly [did: Plain, tried: Plain];
/** Both forms of a verb: `[words`read`, words`read`]` */
export const pair = (did: Plain, tried: Plain): Pair => [did, tried];

/** `act(CHANGE, words`the policy of`, "bucket")` → changed the policy of bucket `x` */
export function act([did, tried]: Pair, what?: Plain, object?: string, joins?: readonly Plain[]): Verb {
  return {
    did: what === undefined ? did : words`${did} ${what}`,
    tried: what === undefined ? tried : words`${tried} ${what}`,
    ...(object === undefined ? {} : { object }),
    ...(joins === undefined ? {} : { joins }),
  };
}

/** `on(CREATE, "user")` → created user `x` */
export function on(verb: Pair, object: string, joins?: readonly Plain[]): Verb {
  return act(verb, undefined, object, joins);
}

/** `"access key"` → "an access key" */
export function anyOf(noun: string): Plain {
  return words`${/^([aeio]|MFA)/.test(noun) ? words`an` : words`a`} ${shown(noun)}`;
}

export const ADD = pair(words`added`, words`add`);
export const ATTACH = pair(words`attached`, words`attach`);
export const CHANGE = pair(words`changed`, words`change`);
export const CREATE = pair(words`created`, words`create`);
export const DELETE = pair(words`deleted`, words`delete`);
export const DETACH = pair(words`detached`, words`detach`);
export const DISABLE = pair(words`disabled`, words`disable`);
export const OPEN = pair(words`opened`, words`open`);
export const READ = pair(words`read`, words`read`);
export const REMOVE = pair(words`removed`, words`remove`);
export const SET = pair(words`set`, words`set`);
export const START = pair(words`started`, words`start`);
export const STOP = pair(words`stopped`, words`stop`);
export const SWITCH_OFF = pair(words`switched off`, words`switch off`);
export const SWITCH_ON = pair(words`switched on`, words`switch on`);
export const WRITE = pair(words`wrote`, words`write`);

export const FOR = [words`for`];
export const FROM = [words`from`];
export const IN = [words`in`];
export const INCLUDE = [words`to include`];
export const INTO = [words`into`];
export const OF = [words`of`];
export const TO = [words`to`];
