/**
 * Organization: which AWS organisation a name in a request stands for.
 * Pure. Whoever is in an organisation is known by AWS alone: whether it is one's own is told by the configuration.
 * Source: AWS Organizations API reference, Organization (`^o-[a-z0-9]{10,32}$`); IAM User Guide, "aws:PrincipalOrgPaths".
 */

/** Condition keys whose values are organisations or paths in them. A caller without an organisation has none of them. */
export const ORGANIZATION_KEYS: ReadonlySet<string> = new Set([
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
]);

/** Longer than an organisation's id, and enough of a pattern to know it by. */
const MAX_NAME = 40;

/**
 * Organisation that a value of such a key names.
 *
 * `o-abc1234567/r-ab12/ou-ab12-cdef3456/*` → `o-abc1234567`; `o-abc*` stays as it is: it stands for whoever gets such an id.
 * @returns undefined for the organisation of the resource itself (`${aws:ResourceOrgID}`), and for an empty text.
 */
export function organizationIn(value: string): string | undefined {
  const [head = ""] = value.slice(0, 256).toLowerCase().split("/", 1);
  if (head === "" || head.startsWith("${aws:resource")) return undefined;
  return /^[*]*(o-[a-z0-9]{10,32})[*]*$/.exec(head)?.[1] ?? head.slice(0, MAX_NAME);
}

/** Whether such a value holds for any organisation: `*`, `o-*`, `o-*\/r-ab12/*`. Ids of roots and units are not unique. */
export function isAnyOrganization(value: string): boolean {
  return /^(?:o-)?[*?]+(?:\/|$)/i.test(value);
}

const ARN = /^arn:[^:]{1,20}:organizations::(\d{12}):(?:organization|ou)\/(o-[a-z0-9]{10,32})(?:\/|$)/;

/** Organisation among those that a request lets in, and the account that manages it where it is named by ARN. */
export function organizationOf(party: string): { readonly id: string; readonly manager?: string } | undefined {
  const [, manager, id] = ARN.exec(party) ?? [];
  if (manager !== undefined && id !== undefined) return { id, manager };
  return /^\d{12}$|^arn:|^all$/.test(party) ? undefined : { id: party };
}
