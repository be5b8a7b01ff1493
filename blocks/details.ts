/**
 * Details: what the rule says about an alert and the record behind it, pretty and safe, in a modal.
 * Pure. Preformatted rich text, where Slack parses nothing; secrets are hidden, key ids stay whole to search with.
 */
import { type Alert, RECORD_LIMIT } from "../src/alert/alert.ts";
import { parseJson } from "../src/cloudtrail/json.ts";
import { LIMITS } from "./limits.ts";
import { awsLink, bold, code, lines, listing, plainText, rich, say } from "./rich.ts";
import { type Inline, type Modal, type Plain, type RichPart, shown, shownLine, words } from "./text.ts";

export const DETAILS_MODAL = "ids/details_modal/v1";

/** A modal holds at most this much of a record. */
const ALL_CHARS = 9_000;
/** One line holds one value; longer ones are cut. */
const LINE_CHARS = 600;

/** What the rule's author says to whoever has to act. */
export interface Advice {
  readonly why?: string;
  /** What to do first. */
  readonly steps: readonly string[];
  readonly falsepositives: readonly string[];
  readonly gaps?: string;
}

/** What the rule says about it, and the record that opened the alert. */
export function detailsModal(alert: Alert, advice?: Advice): Modal {
  const pages = pagesOf(prettyLines(alert.opening.record));
  const said = advice === undefined ? [] : adviceParts(advice);
  return {
    type: "modal",
    callback_id: DETAILS_MODAL,
    title: plainText(words`Details`),
    close: plainText(words`Close`),
    blocks: [...(said.length === 0 ? [] : [rich(...said)]), rich(lines(head(alert), origin(alert))), rich(...pages)],
  };
}

function adviceParts({ why, steps, falsepositives, gaps }: Advice): RichPart[] {
  const numbered = steps.slice(0, 5).map((step, i) => [say(words`${i + 1}. ${shown(step, 300)}`)]);
  const benign = falsepositives.slice(0, 3).map((one) => [say(words`· ${shown(one, 200)}`)]);
  return [
    ...(why === undefined ? [] : [lines([bold(words`Why it matters`)], [say(shown(why, 500))])]),
    ...(numbered.length === 0 ? [] : [lines([bold(words`What to do first`)], ...numbered)]),
    ...(benign.length === 0 ? [] : [lines([bold(words`It may be harmless`)], ...benign)]),
    ...(gaps === undefined ? [] : [lines([bold(words`What this rule does not see`)], [say(shown(gaps, 400))])]),
  ];
}

function head({ opening, counters }: Alert): Inline[] {
  const count = counters.events === 1 ? words`the only record` : words`the first of ${counters.events} records`;
  return [bold(words`The record that opened this alert`), say(words`, ${count}. Event `), code(opening.eventID)];
}

/** Where it is in AWS: only ids of AWS's own form go into an address. */
function origin({ opening: { eventID, region } }: Alert): Inline[] {
  const hidden = say(words`Secrets are hidden, long values are cut.`);
  if (!/^[a-z]{2}-[a-z]{4,24}-\d$/.test(region) || !/^[0-9a-f-]{36}$/.test(eventID)) return [hidden];
  const host = `${region}.console.aws.amazon.com`;
  const link = awsLink(`https://${host}/cloudtrailv2/home?region=${region}#/events/${eventID}`, shown(host));
  return link === undefined ? [hidden] : [hidden, say(words` Whole: `), link];
}

/** A record that had to be cut hard is no JSON any more and stays as it is. */
function prettyLines(record: string): readonly Plain[] {
  const parsed = parseJson(record, RECORD_LIMIT * 4);
  const text = parsed.kind === "value" ? JSON.stringify(parsed.value, null, 2) : record.slice(0, RECORD_LIMIT);
  const rows = parsed.kind === "value" ? text.split("\n") : [...(text.match(/[\s\S]{1,500}/gu) ?? []), "… (cut)"];
  return rows.map((row) => shownLine(row, LINE_CHARS));
}

/** Lines in listings that Slack takes, and a word on what did not fit. */
function pagesOf(rows: readonly Plain[]): RichPart[] {
  const pages: Plain[][] = [];
  let room = 0;
  let left = ALL_CHARS;
  for (const [i, row] of rows.entries()) {
    if (row.length + 1 > left)
      return [...pages.map(listing), lines([say(words`Cut here: ${rows.length - i} more lines.`)])];
    if (row.length + 1 > room) {
      pages.push([]);
      room = LIMITS.richText;
    }
    pages.at(-1)?.push(row);
    room -= row.length + 1;
    left -= row.length + 1;
  }
  return pages.map(listing);
}
