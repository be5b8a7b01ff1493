/**
 * Deeds: the small changes that people make by hand in the course of a day.
 * Pure.
 */
import type { Day } from "./day.ts";
import { SERVICES } from "./people.ts";
import { port } from "./request.ts";
import type { Step } from "./terraform.ts";

type Deed = (day: Day) => readonly Step[];

export const ADMIN_DEEDS: readonly Deed[] = [
  () => [
    {
      action: "ec2:CreateTags",
      params: {
        resourcesSet: { items: [{ resourceId: "i-01d4c3b2a1f0e9d81" }] },
        tagSet: { items: [{ key: "owner", value: "platform" }] },
      },
    },
  ],
  () => [
    { action: "ec2:RebootInstances", params: { instancesSet: { items: [{ instanceId: "i-01d4c3b2a1f0e9d81" }] } } },
  ],
  () => [{ action: "monitoring:PutDashboard", params: { dashboardName: "shop" } }],
  () => [{ action: "monitoring:PutMetricAlarm", params: { alarmName: "shop-latency", threshold: 2 } }],
  () => [
    {
      action: "logs:StartQuery",
      params: { logGroupName: "/acme/orders", queryString: "fields @message | limit 20" },
      readOnly: true,
    },
  ],
  () => [{ action: "ecs:UpdateService", params: { cluster: "prod", service: "search", desiredCount: 4 } }],
  () => [
    {
      action: "rds:ModifyDBInstance",
      params: { dBInstanceIdentifier: "shop", allocatedStorage: 200, applyImmediately: false },
    },
  ],
  () => [{ action: "ssm:StartSession", params: { target: "i-01d4c3b2a1f0e9d81" } }],
  () => [{ action: "iam:TagRole", params: { roleName: "orders-task", tags: [{ key: "team", value: "product" }] } }],
  () => [{ action: "autoscaling:UpdateAutoScalingGroup", params: { autoScalingGroupName: "web", desiredCapacity: 4 } }],
  // A colleague at home needs the staging database for the afternoon.
  (day) => {
    const ipPermissions = { items: [port(5432, { cidr: `192.0.2.${day.random.between(21, 28)}/32` })] };
    const params = { groupId: "sg-0fedcba9876543210", ipPermissions };
    return [
      { action: "ec2:AuthorizeSecurityGroupIngress", params, answer: { _return: true } },
      { action: "ec2:RevokeSecurityGroupIngress", params, answer: { _return: true } },
    ];
  },
];
export const DEVELOPER_DEEDS: readonly Deed[] = [
  (day) => [
    {
      action: "lambda:UpdateFunctionCode20150331v2",
      params: { functionName: `${day.random.pick(SERVICES)}-events`, publish: false },
    },
  ],
  (day) => [
    {
      action: "ssm:PutParameter",
      params: { name: `/acme/${day.random.pick(SERVICES)}/flag`, type: "String", overwrite: true },
    },
  ],
  () => [
    { action: "ssm:StartSession", params: { target: "i-02d4c3b2a1f0e9d82" } },
    { action: "ssm:TerminateSession", params: { sessionId: "session-0a1b2c3d" } },
  ],
  () => [{ action: "ecs:RunTask", params: { cluster: "dev", taskDefinition: "migrate:12", launchType: "FARGATE" } }],
  () => [{ action: "sqs:SetQueueAttributes", params: { attributes: { VisibilityTimeout: "120" } } }],
  () => [{ action: "logs:StartQuery", params: { logGroupName: "/acme/search" }, readOnly: true }],
];
