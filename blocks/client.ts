/**
 * Clients: the short name of the program that a user agent claims to be.
 * Pure. The caller writes his user agent himself: shown as reported, never as known.
 */
import { type Plain, shown, words } from "./text.ts";

// First match wins: a wrapper (Terraform on the Go SDK) stands before what it is built on.
const PRODUCTS: readonly (readonly [string, Plain])[] = [
  ["terraform", words`Terraform`],
  ["pulumi", words`Pulumi`],
  ["cloudformation.amazonaws.com", words`CloudFormation`],
  ["aws-cdk", words`AWS CDK`],
  ["pacu", words`Pacu`],
  ["kali", words`AWS client on Kali Linux`],
  ["aws-cli", words`AWS CLI`],
  ["console.amazonaws.com", words`AWS console`],
  ["s3console", words`AWS console`],
  ["console.aws.amazon.com", words`AWS console`],
  ["signin.amazonaws.com", words`AWS console`],
  ["boto", words`Boto (Python)`],
  ["aws-sdk-js", words`AWS SDK for JavaScript`],
  ["aws-sdk-go", words`AWS SDK for Go`],
  ["aws-sdk-java", words`AWS SDK for Java`],
  ["aws-sdk-ruby", words`AWS SDK for Ruby`],
  ["aws-sdk-rust", words`AWS SDK for Rust`],
  ["aws-sdk-php", words`AWS SDK for PHP`],
  ["aws-sdk-dotnet", words`AWS SDK for .NET`],
  ["python-requests", words`Python requests`],
  ["python-urllib", words`Python urllib`],
  ["curl/", words`curl`],
  ["postman", words`Postman`],
  ["aws internal", words`AWS itself`],
  ["mozilla/", words`web browser`],
];

/**
 * `"Boto3/1.34.0 md/Botocore#1.34.0"` → `"Boto (Python)"`, `"thing/2.1 (x)"` → `"thing"`,
 * `"cloudtrail.amazonaws.com"` → `"AWS service"`
 */
export function productOf(userAgent: string): Plain {
  const lower = userAgent.slice(0, 500).toLowerCase();
  const known = PRODUCTS.find(([mark]) => lower.includes(mark));
  if (known !== undefined) return known[1];
  if (/^[\w.-]+\.amazonaws\.com$/.test(lower)) return words`AWS service`;
  return shown(/^[^\s/([]{1,40}/.exec(userAgent)?.[0] ?? "unknown program", 30);
}
