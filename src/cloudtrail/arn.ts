/**
 * ARNs: the five parts that a name of AWS is made of.
 * Pure.
 * Source: AWS General Reference, "Amazon Resource Names (ARNs)".
 */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  /** Empty for resources that belong to no account, such as `arn:aws:s3:::data`. */
  readonly account: string;
  readonly resource: string;
}

/**
 * The parts of an ARN, whatever its partition.
 *
 * `"arn:aws-cn:iam::111122223333:user/ops/jack"`
 *   → `{ partition: "aws-cn", service: "iam", region: "", account: "111122223333", resource: "user/ops/jack" }`
 *
 * @returns undefined when the text is no ARN.
 */
export function arnOf(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(":", 64);
  if (prefix !== "arn" || !partition || !service || region === undefined || account === undefined) return undefined;
  const resource = rest.join(":");
  return resource === "" ? undefined : { partition, service, region, account, resource };
}

/** The last part of a name that may be an ARN or a path: `"arn:aws:iam::aws:policy/ReadOnlyAccess"` → `"ReadOnlyAccess"`. */
export function shortName(name: string): string {
  const resource = arnOf(name)?.resource ?? name;
  return resource.slice(Math.max(resource.lastIndexOf("/"), resource.lastIndexOf(":")) + 1) || name;
}

/** The partition that a region lies in: `"cn-north-1"` → `"aws-cn"`; `"aws"` for regions not listed. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}

const PARTITIONS: readonly (readonly [string, string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["us-isof-", "aws-iso-f"],
  ["eu-isoe-", "aws-iso-e"],
  ["eusc-", "aws-eusc"],
];
