/**
 * Reference: facts about what a request names in other accounts: a key to encrypt with, a layer, a role to assume.
 * Pure. Naming lets nobody in; share.ts tells who is let in.
 */
import { arnOf } from "../cloudtrail/arn.ts";
import { type Json, valueAt } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, isAccountId } from "../cloudtrail/record.ts";
import { partyOf } from "./audience.ts";
import type { FactGroup, FactSource } from "./fact.ts";
import { scalarsOf } from "./scalar.ts";
import { isAwsAccount } from "./vendor.ts";

export const REFERENCE_FACTS: FactGroup = {
  "ids.target_account": {
    says: "account of the role that is assumed, passed or acted on by its ARN (`roleArn`), or of AssumeRoot's target; absent for other calls",
    values: "12 digits",
    of: ({ record }) => targetAccountOf(record),
  },
  "ids.foreign_arns": {
    says: "ARNs in the request that belong to an account which is neither the record's nor configured nor AWS's own: a KMS key, a Lambda layer, a role, an event target; absent when there is none",
    values: "list of `arn:aws:kms:us-east-1:444455556666:key/…`",
    of: (source) => foreignArns(source),
  },
};

function targetAccountOf({ requestParameters: request }: CloudTrailRecord): string | undefined {
  const named: readonly (Json | undefined)[] = [valueAt(request, "roleArn"), valueAt(request, "targetPrincipal")];
  return named.flatMap((name) => (typeof name === "string" ? partyOf(name) : [])).find(isAccountId);
}

const MAX_ARNS = 100;
/** As long as the longest ARN that AWS takes. */
const MAX_ARN = 2048;

function foreignArns({ record, known }: FactSource): readonly string[] | undefined {
  const found = new Set<string>();
  for (const [, value] of scalarsOf(record.requestParameters)) {
    if (typeof value !== "string" || !value.startsWith("arn:") || value.length > MAX_ARN) continue;
    const account = arnOf(value)?.account;
    const isForeign = isAccountId(account) && account !== record.recipientAccountId && !known.accounts?.has(account);
    if (isForeign && !isAwsAccount(account) && found.size < MAX_ARNS) found.add(value);
  }
  return found.size === 0 ? undefined : [...found].toSorted();
}
