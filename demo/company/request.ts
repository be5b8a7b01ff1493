/**
 * Requests: the policies and permissions that the company's calls carry, as the services record them.
 * Pure.
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";

export const trustOf = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
export const allowing = (actions: readonly string[], resource: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: resource }] });

export const port = (number: number, from: { readonly cidr: string } | { readonly group: string }): JsonObject => ({
  ipProtocol: "tcp",
  fromPort: number,
  toPort: number,
  groups: "group" in from ? { items: [{ groupId: from.group }] } : {},
  ipRanges: "cidr" in from ? { items: [{ cidrIp: from.cidr }] } : {},
  ipv6Ranges: {},
  prefixListIds: {},
});
