/**
 * URLs: whether a text is that of a queue, the region it tells, and whether a host is this machine.
 * Pure.
 */

export function isQueueUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  if (pathname.length < 2) return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** `isLoopback("sqs.us-east-1.localhost")` → true. Names under .localhost never leave the machine (RFC 6761). */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** `regionOf("https://sqs.eu-west-1.amazonaws.com/111122223333/ids")` → `"eu-west-1"`; undefined for a URL not of AWS. */
export function regionOf(url: string): string | undefined {
  const { hostname } = new URL(url);
  return /(?:^|\.)sqs\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/.exec(hostname)?.[1];
}
