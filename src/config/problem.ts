/**
 * Problems of a configuration, in the words of whoever has to mend it.
 * Pure.
 */
import { type Document, isMap, isScalar, isSeq } from "yaml";
import type { z } from "zod";
import { nearest } from "../nearest.ts";
import { ACCOUNT_ID, SECTIONS } from "./schema.ts";
import { isQueueUrl, regionOf } from "./url.ts";

/** `config slack.mode: "sockets" is not one of socket, http` */
export function problemsOf(issue: z.core.$ZodIssue, document: Document): readonly string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key));
  const node = document.getIn(issue.path, true);
  const where = `config ${pathOf(issue.path)}`.trimEnd();
  if (node === undefined) return [`${where}: missing; write ${issue.message}`];
  // YAML reads 012345678901 as the number 12345678901: show what the file says, not what YAML made of it.
  const digits = isScalar(node) && typeof node.value === "number" ? node.source : undefined;
  if (issue.message !== ACCOUNT_ID || digits === undefined || !/^\d{1,12}$/.test(digits)) {
    return [`${where}: ${shown(node)} is not ${issue.message}`];
  }
  const problem = digits.length === 12 ? `a number to YAML, not ${ACCOUNT_ID}` : `not ${ACCOUNT_ID}`;
  return [`${where}: ${digits} is ${problem} (quote it in YAML: "${digits.padStart(12, "0")}")`];
}

/** `config slack.chanel: unknown key; did you mean "channel"?` */
function unknownKey(path: readonly PropertyKey[], key: string): string {
  const section = path.filter((part) => typeof part === "string").join(".");
  const known = Object.keys(SECTIONS.get(section) ?? {});
  const meant = nearest(key, known);
  const advice = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return `config ${pathOf([...path, key])}: unknown key; ${advice}`;
}

export function repeatedAccounts(document: Document): readonly string[] {
  const ids = itemsAt(document, ["accounts"]).map((account) => (isMap(account) ? account.get("id") : undefined));
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (typeof id !== "string" || first === index) return [];
    return [`config accounts[${index}].id: "${id}" is there already, as accounts[${first}]`];
  });
}

/** A role of another account than the one it stands under, and a bucket of an account that is not in the list. */
export function misplaced(document: Document): readonly string[] {
  const accounts = itemsAt(document, ["accounts"]).map((account) => (isMap(account) ? account : undefined));
  const roles = accounts.flatMap((account, index) =>
    ["reader", "responder"].flatMap((key) => {
      const [id, arn] = [account?.get("id"), account?.get(key)];
      if (typeof id !== "string" || typeof arn !== "string" || !arn.startsWith("arn:")) return [];
      if (arn.split(":")[4] === id) return [];
      return [`config accounts[${index}].${key}: "${arn}" is not a role of account "${id}"`];
    }),
  );
  const buckets = itemsAt(document, ["s3", "buckets"]).flatMap((bucket, index) => {
    const account = isMap(bucket) ? bucket.get("account") : undefined;
    if (typeof account !== "string" || accounts.some((known) => known?.get("id") === account)) return [];
    return [`config s3.buckets[${index}].account: "${account}" is not the id of one of the accounts`];
  });
  return [...roles, ...buckets];
}

export function queuesWithoutRegion(document: Document): readonly string[] {
  if (document.hasIn(["sqs", "region"])) return [];
  return itemsAt(document, ["sqs", "queues"]).flatMap((item, index) => {
    const url = isScalar(item) ? item.value : undefined;
    if (typeof url !== "string" || !isQueueUrl(url) || regionOf(url) !== undefined) return [];
    return [`config sqs.queues[${index}]: "${url}" does not tell its region; write sqs.region`];
  });
}

function itemsAt(document: Document, path: readonly string[]): readonly unknown[] {
  const node = document.getIn(path, true);
  return isSeq(node) ? node.items : [];
}

/** How a value stands in a message: strings quoted and cut, numbers as the file spells them. */
function shown(node: unknown): string {
  if (isSeq(node)) return "a list";
  if (isMap(node)) return "a section";
  if (!isScalar(node) || node.value === null) return "nothing";
  if (typeof node.value !== "string") return node.source ?? String(node.value);
  return JSON.stringify(node.value.length > 60 ? `${node.value.slice(0, 60)}…` : node.value);
}

/** `pathOf(["accounts", 1, "id"])` → `"accounts[1].id"` */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
