import assert from "node:assert/strict";
import { factsOf } from "../../src/detect/facts.ts";
import { recordOf } from "./fixture.ts";

const factsFor = (requestParameters: object, eventName = "AuthorizeSecurityGroupIngress") =>
  factsOf(recordOf({ eventSource: "ec2.amazonaws.com", eventName, requestParameters }), undefined);

const permission = (ports: object, cidrIp = "0.0.0.0/0") => ({ ...ports, ipRanges: { items: [{ cidrIp }] } });
const opening = (...items: readonly object[]) => factsFor({ groupId: "sg-1", ipPermissions: { items } });
const tcp = (fromPort: number | string, toPort = fromPort) => ({ ipProtocol: "tcp", fromPort, toPort });

const rows: readonly (readonly [says: string, permission: object, ports: unknown, admin: boolean])[] = [
  ["SSH", permission(tcp(22)), ["22"], true],
  ["SSH written as text", permission(tcp("22")), ["22"], true],
  ["HTTPS", permission(tcp(443)), ["443"], false],
  ["a range around remote desktops", permission(tcp(3380, 3399)), ["3380-3399"], true],
  ["a range without", permission(tcp(8000, 8005)), ["8000-8005"], false],
  ["every port", permission(tcp(0, 65535)), ["all"], true],
  ["every protocol", permission({ ipProtocol: "-1" }), ["all"], true],
  ["ping", permission({ ipProtocol: "icmp", fromPort: -1, toPort: -1 }), ["icmp"], false],
  ["IPv6", { ...tcp(22), ipv6Ranges: { items: [{ cidrIpv6: "::/0" }] } }, ["22"], true],
  ["SSH for an office", permission(tcp(22), "198.51.100.0/24"), undefined, false],
  ["a port that is none", permission(tcp("many")), undefined, false],
];

describe("ports opened to the internet", () => {
  for (const [says, item, ports, admin] of rows) {
    it(`are told of ${says}`, () => {
      const facts = opening(item);

      assert.deepEqual([facts.value("ids.ports_open"), facts.value("ids.admin_port_open")], [ports, admin]);
    });
  }

  it("are those of the permissions that the internet has, once each", () => {
    const facts = opening(
      permission(tcp(22), "192.0.2.0/24"),
      permission(tcp(443)),
      permission(tcp(443), "128.0.0.0/1"),
      permission(tcp(3306)),
    );

    assert.deepEqual(facts.value("ids.ports_open"), ["443", "3306"]);
    assert.equal(facts.value("ids.admin_port_open"), true);
  });

  it("stand in the request itself in the oldest form", () => {
    const facts = factsFor({ groupName: "web", ipProtocol: "tcp", fromPort: 3389, toPort: 3389, cidrIp: "0.0.0.0/0" });

    assert.deepEqual(facts.value("ids.ports_open"), ["3389"]);
  });

  it("stand in the rules of ModifySecurityGroupRules", () => {
    const rule = { CidrIpv4: "0.0.0.0/0", FromPort: 22, ToPort: 22, IpProtocol: "tcp" };
    const of = (SecurityGroupRule: unknown) =>
      factsFor({ ModifySecurityGroupRulesRequest: { SecurityGroupRule } }, "ModifySecurityGroupRules");

    assert.deepEqual(of({ SecurityGroupRule: rule }).value("ids.ports_open"), ["22"]);
    assert.deepEqual(of([{ SecurityGroupRule: rule }]).value("ids.ports_open"), ["22"]);
  });

  it("are none where outgoing traffic is opened", () => {
    const facts = factsFor({ ipPermissions: { items: [permission(tcp(22))] } }, "AuthorizeSecurityGroupEgress");

    assert.equal(facts.value("ids.ports_open"), undefined);
  });
});
