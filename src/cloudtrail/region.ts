/**
 * Regions: which there are.
 * Pure. Source: AWS General Reference, "Regions enabled by default": what an account has without anybody's doing.
 */

import { partitionOf } from "./arn.ts";

/** `"eu-west-1"` → true. A record's region is its sender's word. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text);
}

const DEFAULT_REGIONS: readonly string[] = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "sa-east-1",
];
/** Whether a region is there without anybody's enabling it; regions outside the standard partition are all so. */
export function isDefaultRegion(region: string): boolean {
  return DEFAULT_REGIONS.includes(region) || partitionOf(region) !== "aws";
}

/**
 * Where to look for an account's history: all regions that AWS enables by default, for a thief goes where nobody looks, and
 * the configured ones.
 */
export function regionsOf(configured: readonly string[] = []): readonly string[] {
  const isElsewhere =
    configured.length > 0 && configured.every((region) => /^(cn|us-gov|us-iso\w*|eu-isoe|eusc)-/.test(region));
  return isElsewhere ? configured : [...new Set([...DEFAULT_REGIONS, ...configured])];
}
