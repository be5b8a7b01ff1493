/**
 * Activity in Slack: what alerts and CloudTrail's history add up to for one identity.
 * Pure.
 */
import type { Alert } from "../src/alert/alert.ts";
import { isContained } from "../src/alert/disable.ts";
import type { Activity, Counts } from "../src/identity/activity.ts";
import type { History, Recorded } from "../src/identity/identity.ts";
import { productOf } from "./client.ts";
import { between, bold, code, lines, moment, quote, say } from "./rich.ts";
import { headline } from "./sentence.ts";
import { type Inline, type Plain, type RichPart, words } from "./text.ts";

const ALERTS = 5;
const DOT = words` · `;

/** What CloudTrail has of it. */
export function activityPart(activity: Activity, history: Pick<History, "more">): RichPart {
  const { events, denied, first, last, actions, regions, addresses, userAgents, principals, sessions } = activity;
  return quote(
    [
      bold(words`In CloudTrail`),
      say(words`  ${history.more ? words`at least ` : words``}${count(events, words`event`)}`),
      ...(denied > 0 ? [say(words`, `), bold(words`${denied} denied`)] : []),
      say(words`, `),
      moment(first),
      say(words` to `),
      moment(last),
    ],
    counted(actions, 6, 48),
    from(words`from `, counted(addresses, 4, 45)),
    from(words`with `, clients(userAgents)),
    from(words`in `, counted(regions, 6, 30)),
    ...(principals.length > 1 ? [from(words`as `, counted(principals, 3, 100))] : []),
    ...(sessions.length > 0 ? [from(words`sessions named `, counted(sessions, 3, 64))] : []),
  );
}

/** What Trailhound's alerts hold of it. */
export function recordedPart({ events, actions, regions, addresses, first, last }: Recorded): RichPart {
  const top = actions.slice(0, 5).map(({ action, count }) => [code(action, 48), say(words` ×${count}`)]);
  return quote(
    [
      bold(words`Recorded in alerts`),
      say(words`  ${count(events, words`event`)}, `),
      moment(first),
      say(words` to `),
      moment(last),
    ],
    between(words`, `, ...top, ...more(actions.length - top.length)),
    from(
      words`from `,
      between(words`, `, ...addresses.slice(0, 4).map((ip) => [code(ip, 45)]), ...more(addresses.length - 4)),
    ),
    from(
      words`in `,
      between(words`, `, ...regions.slice(0, 6).map((region) => [code(region, 30)]), ...more(regions.length - 6)),
    ),
  );
}

export function alertsPart(alerts: readonly Alert[], title = words`Alerts`, shownAlerts = ALERTS): RichPart {
  const rows = alerts
    .slice(0, shownAlerts)
    .map((alert) => [
      bold(LEVEL_WORDS[alert.level]),
      say(words` ${headline(alert)}${DOT}${stateOf(alert)}${DOT}`),
      moment(alert.counters.last),
    ]);
  return lines([bold(title)], ...rows, ...more(alerts.length - shownAlerts));
}

const LEVEL_WORDS: Readonly<Record<Alert["level"], Plain>> = {
  critical: words`CRITICAL`,
  high: words`HIGH`,
  medium: words`MEDIUM`,
  low: words`LOW`,
  informational: words`INFO`,
};

function stateOf(alert: Alert): Plain {
  // Counted, never shown in the channel.
  if (alert.level === "informational") return words`not posted`;
  if (isContained(alert)) return words`key disabled`;
  return alert.acknowledged === undefined ? words`open` : words`acknowledged`;
}

function counted(counts: Counts, most: number, chars: number): Inline[] {
  const top = counts.slice(0, most).map(({ value, count }) => [code(value, chars), say(words` ×${count}`)]);
  return between(words`, `, ...top, ...more(counts.length - top.length));
}

/** Several versions of one program are one program to people. */
function clients(userAgents: Counts): Inline[] {
  const products = new Map<Plain, number>();
  for (const { value, count } of userAgents.slice(0, 200)) {
    const product = productOf(value);
    products.set(product, (products.get(product) ?? 0) + count);
  }
  const top = [...products].slice(0, 4).map(([product, count]) => [say(words`${product} ×${count}`)]);
  return between(words`, `, ...top, ...more(products.size - top.length));
}

function from(word: Plain, told: Inline[]): Inline[] {
  return told.length === 0 ? [] : [say(word), ...told];
}

function count(number: number, noun: Plain): Plain {
  return number === 1 ? words`1 ${noun}` : words`${number} ${noun}s`;
}

function more(number: number): Inline[][] {
  return number > 0 ? [[say(words`${number} more`)]] : [];
}
