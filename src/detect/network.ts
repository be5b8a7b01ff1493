/**
 * Network: facts about the address a call came from.
 * Pure. Where an address is comes from a look-up that the user supplies; without one those facts are absent.
 * Source: IANA special-purpose address registries.
 */
import { isIP } from "node:net";
import { memoOf } from "../cloudtrail/memo.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { FactGroup, FactSource, Place } from "./fact.ts";

export const NETWORK_FACTS: FactGroup = {
  "ids.source_kind": {
    says: "kind of sourceIPAddress: `aws` is the name of an AWS service, `private` also loopback, link-local and carrier-grade NAT; absent when it is missing or no address",
    values: "`public`, `private`, `aws`",
    from: ["sourceIPAddress"],
    of: ({ record }) => sourceKindOf(record),
  },
  "ids.country": {
    says: "country of sourceIPAddress; absent without a GeoIP database, and for addresses it does not know",
    values: "`DE`",
    from: ["sourceIPAddress"],
    of: (source) => placeOf(source)?.country,
  },
  "ids.asn": {
    says: "number of the network of sourceIPAddress; absent without an ASN database",
    values: "`16509`",
    from: ["sourceIPAddress"],
    of: (source) => placeOf(source)?.asn,
  },
  "ids.as_org": {
    says: "whose network sourceIPAddress is in; absent without an ASN database",
    values: "`AMAZON-02`",
    from: ["sourceIPAddress"],
    of: (source) => placeOf(source)?.org,
  },
};

/** Loopback, RFC 1918, link-local and carrier-grade NAT; of IPv6 loopback, unique local and link-local. */
const PRIVATE =
  /^(?:(?:::ffff:)?(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** Whether the call came from an AWS service; the whole name counts, `ec2.amazonaws.com.example.com` is none. */
export function isServiceAddress(address: string): boolean {
  return /^[a-z0-9.-]{1,100}\.amazonaws\.com(\.cn)?$|^AWS Internal/.test(address);
}

/** `"ec2.amazonaws.com"` → `"aws"`, `"10.0.0.7"` → `"private"`, `"198.51.100.7"` → `"public"`, `"x"` → undefined */
export function sourceKindOf({ sourceIPAddress: address }: CloudTrailRecord): SourceKind | undefined {
  if (address === undefined) return undefined;
  const known = KINDS.get(address);
  if (known !== undefined) return known.kind;
  const kind = kindOf(address);
  if (address.length <= LONGEST_ADDRESS) KINDS.add(address, { kind });
  return kind;
}

type SourceKind = "public" | "private" | "aws";
/** Several facts ask, of the same addresses all day. */
const KINDS = memoOf<string, { readonly kind: SourceKind | undefined }>(4_096);
const LONGEST_ADDRESS = 100;

function kindOf(address: string): SourceKind | undefined {
  if (isServiceAddress(address)) return "aws";
  if (isIP(address) === 0) return undefined;
  return PRIVATE.test(address) ? "private" : "public";
}

/** Asks the look-up about public addresses only. */
export function placeOf({ record, known }: FactSource): Place | undefined {
  const { sourceIPAddress: address } = record;
  if (known.geo === undefined || address === undefined || sourceKindOf(record) !== "public") return undefined;
  return known.geo(address);
}
