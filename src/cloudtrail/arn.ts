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
  if (!text.startsWith("arn:")) return undefined;
  const partitionEnd = text.indexOf(":", 4);
  const serviceEnd = text.indexOf(":", partitionEnd + 1);
  const regionEnd = text.indexOf(":", serviceEnd + 1);
  const accountEnd = text.indexOf(":", regionEnd + 1);
  if (partitionEnd < 0 || serviceEnd < 0 || regionEnd < 0 || accountEnd < 0) return undefined;
  const partition = text.slice(4, partitionEnd);
  const service = text.slice(partitionEnd + 1, serviceEnd);
  const resource = text.slice(accountEnd + 1);
  if (partition === "" || service === "" || resource === "") return undefined;
  const region = text.slice(serviceEnd + 1, regionEnd);
  return { partition, service, region, account: text.slice(regionEnd + 1, accountEnd), resource };
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
