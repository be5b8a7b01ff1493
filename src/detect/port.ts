/**
 * Port: facts about what a security group opens to the internet.
 * Pure. Source: EC2 API Reference, "IpPermission" and "SecurityGroupRuleRequest"; a number may be written as text.
 */
import { isObject, type Json, type JsonObject, objectAt, valueAt } from "../cloudtrail/json.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import { isOpenNetwork } from "./audience.ts";
import type { FactGroup } from "./fact.ts";
import { isList, scalarsOf } from "./scalar.ts";

export const PORT_FACTS: FactGroup = {
  "ids.world_open": {
    says: "a security group admits the internet: a network wider than IPv4 /8 or IPv6 /4, so halves of it count",
    values: "true, false",
    of: ({ record }) => isWorldOpen(record),
  },
  "ids.ports_open": {
    says: "ports that an EC2 security group opens to the internet; `all` is every port or every protocol; absent when it opens none, or does not name them",
    values: "list of `22`, `8000-8100`, `all`, `icmp`",
    of: ({ record }) => portsOpened(record),
  },
  "ids.admin_port_open": {
    says: "one of them serves administration or a database (22, 23, 445, 1433, 3306, 3389, 5432, 5900, 5985, 6379, 9200, 27017 …)",
    values: "true, false",
    of: (source) => source.listOf("ids.ports_open").some(hasAdminPort),
  },
};

const INGRESS =
  /^(AuthorizeSecurityGroupIngress|ModifySecurityGroupRules|Authorize(DB|Cluster|Cache)SecurityGroupIngress)$/;

/** Every address in the request counts, under whatever name: `cidrIp`, `cidrIpv6`, `CidrIpv4`, `cIDRIP` all occur. */
function isWorldOpen(record: CloudTrailRecord): boolean {
  return INGRESS.test(record.eventName) && opensWorld(record.requestParameters);
}

function opensWorld(permission: Json | undefined): boolean {
  for (const [, value] of scalarsOf(permission)) if (typeof value === "string" && isOpenNetwork(value)) return true;
  return false;
}

const MAX_PORTS = 100;

function portsOpened(record: CloudTrailRecord): readonly string[] | undefined {
  if (record.eventSource !== "ec2.amazonaws.com" || !INGRESS.test(record.eventName)) return undefined;
  const open = permissionsOf(record.requestParameters)
    .filter(opensWorld)
    .flatMap((permission) => portOf(permission) ?? []);
  return open.length === 0 ? undefined : [...new Set(open)].slice(0, MAX_PORTS);
}

/** `ipPermissions.items` of most calls, the request itself of the oldest, `SecurityGroupRule` of ModifySecurityGroupRules. */
function permissionsOf(request: JsonObject | undefined): readonly JsonObject[] {
  const items = valueAt(request, "ipPermissions.items");
  const named = isList(items) ? items.flatMap((item) => (isObject(item) ? [item] : [])) : [];
  if (named.length > 0) return named;
  const rules = valueAt(request, "ModifySecurityGroupRulesRequest.SecurityGroupRule");
  const changed = (isList(rules) ? rules : [rules])
    .map((rule) => objectAt(rule, "SecurityGroupRule"))
    .filter((rule) => rule !== undefined);
  return changed.length > 0 || request === undefined ? changed : [request];
}

/** `{ ipProtocol: "tcp", fromPort: 22, toPort: 22 }` → `"22"`; `{ ipProtocol: "-1" }` → `"all"` */
function portOf(permission: JsonObject): string | undefined {
  const protocol = String(permission["ipProtocol"] ?? permission["IpProtocol"] ?? "").toLowerCase();
  if (protocol === "-1") return "all";
  if (protocol.startsWith("icmp") || protocol === "1" || protocol === "58") return "icmp";
  const from = numberOf(permission["fromPort"] ?? permission["FromPort"]);
  const to = numberOf(permission["toPort"] ?? permission["ToPort"]) ?? from;
  if (from === undefined || to === undefined) return undefined;
  if (from < 0 || (from <= 1 && to >= 65_535)) return "all";
  return from === to ? String(from) : `${from}-${to}`;
}

function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,6}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

/** SSH, Telnet, RPC, SMB, databases, remote desktops, WinRM, Docker, Kubernetes, caches and search. Source: IANA service names. */
const ADMIN_PORTS = [
  22, 23, 111, 135, 139, 445, 512, 513, 514, 873, 1433, 1434, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 4333, 5432,
  5439, 5500, 5601, 5900, 5901, 5984, 5985, 5986, 6379, 6443, 7001, 8020, 8086, 9042, 9092, 9160, 9200, 9300, 10250,
  11211, 27017, 27018, 27019, 50070,
];

function hasAdminPort(port: string): boolean {
  const [from = "", to = from] = port.split("-", 2);
  return port === "all" || ADMIN_PORTS.some((admin) => admin >= Number(from) && admin <= Number(to));
}
