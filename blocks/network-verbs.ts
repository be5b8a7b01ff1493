/**
 * Network verbs: what people say for the actions of EC2, of its networks and of load balancers.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import {
  ADD,
  ATTACH,
  act,
  CHANGE,
  CREATE,
  DELETE,
  DETACH,
  FOR,
  FROM,
  IN,
  INCLUDE,
  OPEN,
  on,
  pair,
  READ,
  REMOVE,
  START,
  SWITCH_OFF,
  SWITCH_ON,
  TO,
  type Verb,
} from "./verb.ts";

const ACCEPT = pair(words`accepted`, words`accept`);
const CLOSE = pair(words`closed`, words`close`);
const LET = pair(words`let`, words`let`);
const LINK = pair(words`linked`, words`link`);
const REJECT = pair(words`rejected`, words`reject`);
const REPLACE = pair(words`replaced`, words`replace`);
const STOP_LETTING = pair(words`stopped letting`, words`stop letting`);
const TAKE = pair(words`took`, words`take`);
const TERMINATE = pair(words`terminated`, words`terminate`);
const UNLINK = pair(words`unlinked`, words`unlink`);

export const NETWORK_VERBS: Readonly<Record<string, Verb>> = {
  "elasticache:AuthorizeCacheSecurityGroupIngress": on(OPEN, "cache security group", TO),
  "redshift:AuthorizeClusterSecurityGroupIngress": on(OPEN, "cluster security group", TO),
  "ec2:AcceptVpcPeeringConnection": on(ACCEPT, "VPC peering"),
  "ec2:AttachClassicLinkVpc": on(LINK, "instance", TO),
  "ec2:AttachInternetGateway": on(ATTACH, "internet gateway", TO),
  "ec2:AttachVpnGateway": on(ATTACH, "VPN gateway", TO),
  "ec2:AuthorizeSecurityGroupEgress": act(LET, words`traffic out of`, "security group", TO),
  "ec2:AuthorizeSecurityGroupIngress": on(OPEN, "security group", TO),
  "ec2:CreateCustomerGateway": on(CREATE, "customer gateway"),
  "ec2:CreateInternetGateway": on(CREATE, "internet gateway"),
  "ec2:CreateNatGateway": on(CREATE, "NAT gateway", IN),
  "ec2:CreateNetworkAcl": on(CREATE, "network ACL", IN),
  "ec2:CreateNetworkAclEntry": act(ADD, words`an entry to`, "network ACL", FOR),
  "ec2:CreateRoute": act(ADD, words`a route to`, "route table", FOR),
  "ec2:CreateRouteTable": on(CREATE, "route table", IN),
  "ec2:CreateSecurityGroup": on(CREATE, "security group", IN),
  "ec2:CreateVpc": on(CREATE, "VPC", FOR),
  "ec2:CreateVpcPeeringConnection": on(CREATE, "VPC peering", [words`of`, words`with`]),
  "ec2:CreateVpnGateway": on(CREATE, "VPN gateway"),
  "ec2:DeleteCustomerGateway": on(DELETE, "customer gateway"),
  "ec2:DeleteFlowLogs": on(DELETE, "flow log"),
  "ec2:DeleteInternetGateway": on(DELETE, "internet gateway"),
  "ec2:DeleteNetworkAcl": on(DELETE, "network ACL"),
  "ec2:DeleteNetworkAclEntry": act(REMOVE, words`an entry of`, "network ACL"),
  "ec2:DeleteRoute": act(REMOVE, words`a route of`, "route table", FOR),
  "ec2:DeleteRouteTable": on(DELETE, "route table"),
  "ec2:DeleteSecurityGroup": on(DELETE, "security group"),
  "ec2:DeleteVpc": on(DELETE, "VPC"),
  "ec2:DeleteVpcPeeringConnection": on(DELETE, "VPC peering"),
  "ec2:DetachClassicLinkVpc": on(UNLINK, "instance", FROM),
  "ec2:DetachInternetGateway": on(DETACH, "internet gateway", FROM),
  "ec2:DisableEbsEncryptionByDefault": act(SWITCH_OFF, words`the default encryption of disks`),
  "ec2:DisableImageBlockPublicAccess": act(SWITCH_OFF, words`the block on public images`),
  "ec2:DisableSnapshotBlockPublicAccess": act(SWITCH_OFF, words`the block on public snapshots`),
  "ec2:DisableVpcClassicLink": act(SWITCH_OFF, words`ClassicLink of`, "VPC"),
  "ec2:DisassociateRouteTable": act(TAKE, words`a subnet off its route table`),
  "ec2:EnableSerialConsoleAccess": act(SWITCH_ON, words`the serial console of EC2`),
  "ec2:EnableVpcClassicLink": act(SWITCH_ON, words`ClassicLink of`, "VPC"),
  "ec2:GetPasswordData": act(READ, words`the Windows administrator password of`, "instance"),
  "ec2:ModifyImageAttribute": act(CHANGE, words`who may use`, "image", INCLUDE),
  "ec2:ModifyInstanceAttribute": act(CHANGE, words`an attribute of`, "instance"),
  "ec2:ModifySecurityGroupRules": act(CHANGE, words`the rules of`, "security group"),
  "ec2:ModifySnapshotAttribute": act(CHANGE, words`who may use`, "snapshot", INCLUDE),
  "ec2:ModifyVpcAttribute": act(CHANGE, words`an attribute of`, "VPC"),
  "ec2:RejectVpcPeeringConnection": on(REJECT, "VPC peering"),
  "ec2:ReplaceNetworkAclAssociation": act(CHANGE, words`which subnet has`, "network ACL"),
  "ec2:ReplaceNetworkAclEntry": act(REPLACE, words`an entry of`, "network ACL", FOR),
  "ec2:ReplaceRoute": act(REPLACE, words`a route of`, "route table", FOR),
  "ec2:ReplaceRouteTableAssociation": act(CHANGE, words`which subnet uses`, "route table"),
  "ec2:RevokeSecurityGroupEgress": act(STOP_LETTING, words`traffic out of`, "security group", TO),
  "ec2:RevokeSecurityGroupIngress": on(CLOSE, "security group", TO),
  "ec2:RunInstances": on(START, "instance"),
  "ec2:TerminateInstances": on(TERMINATE, "instance"),
  "elasticloadbalancing:ApplySecurityGroupsToLoadBalancer": act(
    CHANGE,
    words`the security groups of`,
    "load balancer",
    TO,
  ),
  "elasticloadbalancing:SetSecurityGroups": act(CHANGE, words`the security groups of`, "load balancer", TO),
};
