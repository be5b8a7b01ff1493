/**
 * ACL: whom an S3 access control list lets in, and whom a bucket policy names in S3's own way.
 * Pure. Source: S3 User Guide, "Access control list overview"; CloudFront Developer Guide, "Access logs", for its log delivery.
 */
import { type JsonObject, textAt, valueAt } from "../cloudtrail/json.ts";
import { allowedCanonically } from "./audience.ts";
import { scalarsOf } from "./scalar.ts";

const PUBLIC_GROUP = /\/groups\/global\/(AllUsers|AuthenticatedUsers)\b/;
const PUBLIC_ACLS: ReadonlySet<string> = new Set(["public-read", "public-read-write", "authenticated-read"]);

/** A canned ACL stands in `x-amz-acl`, grants in AccessControlPolicy or in `x-amz-grant-*`. */
export function opensAcl(request: JsonObject): boolean {
  for (const [key, value] of scalarsOf(request)) {
    if (key === "x-amz-acl" && PUBLIC_ACLS.has(String(value))) return true;
    if ((key === "URI" || key.startsWith("x-amz-grant-")) && PUBLIC_GROUP.test(String(value))) return true;
  }
  return false;
}

/** CloudFront's log delivery, in AWS's commercial regions and in China. */
const LOG_DELIVERY: ReadonlySet<string> = new Set([
  "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
  "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
]);
/** As long as the longest email address. */
const MAX_NAME = 254;

/**
 * Accounts that a request lets in by canonical user id or email address, save the owner that the ACL itself names.
 *
 * `{ AccessControlPolicy: { Owner: { ID: "79a5…" }, AccessControlList: { Grant: [{ Grantee: { ID: "79a5…" } }, { Grantee: { ID: "8b1c…" } }] } } }`
 *   → `["8b1c…"]`; `{ "x-amz-grant-read": ["id=\"8b1c…\""] }` → `["8b1c…"]`
 */
export function canonicalUsersIn(request: JsonObject): readonly string[] {
  const granted = [...scalarsOf(valueAt(request, "AccessControlPolicy.AccessControlList"))].flatMap(([key, value]) =>
    key === "ID" || key === "EmailAddress" ? [String(value)] : [],
  );
  const headers = Object.entries(request).filter(([key]) => key.toLowerCase().startsWith("x-amz-grant-"));
  for (const [, value] of headers.flatMap(([, header]) => [...scalarsOf(header)])) {
    const grants = String(value)
      .slice(0, 8192)
      .matchAll(/\b(?:id|emailAddress)\s*=\s*"?([^\s",]+)/gi);
    for (const [, name = ""] of grants) granted.push(name);
  }
  granted.push(...allowedCanonically(valueAt(request, "bucketPolicy")));
  const owner = textAt(request, "AccessControlPolicy.Owner.ID");
  return granted.filter((name) => name !== owner && !LOG_DELIVERY.has(name)).map((name) => name.slice(0, MAX_NAME));
}
