/**
 * Federation: whether a role's trust lets in everyone who has an account with a shared identity provider.
 * Pure. Source: IAM User Guide, "Configuring a role for GitHub OIDC identity provider" and "Available keys for AWS OIDC federation".
 */
import { isObject, type Json } from "../cloudtrail/json.ts";
import { conditionsOf } from "./audience.ts";
import { statementsOf, textsOf } from "./policy.ts";

/** Identity providers that issue tokens to anybody, and the claims that tell one's own from others'. */
const SHARED: readonly (readonly [host: string, claims: readonly string[]])[] = [
  [
    "token.actions.githubusercontent.com",
    ["sub", "repository", "repository_owner", "repository_id", "repository_owner_id"],
  ],
  ["gitlab.com", ["sub", "project_path", "namespace_path"]],
  ["app.terraform.io", ["sub"]],
  ["accounts.google.com", ["sub", "aud", "oaud"]],
  ["graph.facebook.com", ["app_id"]],
  ["www.amazon.com", ["app_id"]],
  ["cognito-identity.amazonaws.com", ["aud", "sub"]],
];

/**
 * Whether a trust policy lets in everyone of such a provider: no claim is tested, or only against a wildcard.
 *
 * `{ Principal: { Federated: "…:oidc-provider/token.actions.githubusercontent.com" }, Condition: { StringLike: { "…:sub": "repo:*" } } }` → true;
 * with `repo:example/app:*` → false.
 */
export function trustsEveryone(document: Json | undefined): boolean {
  return statementsOf(document).some(({ Effect, Principal, Condition }) => {
    const federated = isObject(Principal) ? textsOf(Principal["Federated"]) : [];
    return Effect === "Allow" && federated.some((provider) => isOpen(provider, Condition));
  });
}

function isOpen(provider: string, condition: Json | undefined): boolean {
  const host = provider.split(":oidc-provider/", 2)[1] ?? provider;
  const claims = SHARED.find(([shared]) => shared === host)?.[1];
  if (claims === undefined) return false;
  return !conditionsOf(condition).some(
    ([key, values]) =>
      claims.some((claim) => key === `${host}:${claim}`) && values.length > 0 && !values.some(isAnySubject),
  );
}

/** `*`, `repo:*` and `project_path:*` are anybody's; a name before the wildcard is not. */
function isAnySubject(value: string): boolean {
  return /^(?:[a-z_]{1,20}:)?[*?]/.test(value);
}
