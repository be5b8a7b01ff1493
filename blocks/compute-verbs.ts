/**
 * Verbs of compute: what people say for calls about instances, commands on them, stacks and functions, one line an action.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import { ADD, act, CHANGE, CREATE, INCLUDE, OPEN, on, pair, SET, START, type Verb, WRITE } from "./verb.ts";

const CALL = pair(words`called`, words`call`);
const HOOK = pair(words`hooked`, words`hook`);
const LOAD = pair(words`loaded`, words`load`);
const PUBLISH = pair(words`published`, words`publish`);
const PUSH = pair(words`pushed`, words`push`);
const REPLACE = pair(words`replaced`, words`replace`);

export const COMPUTE_VERBS: Readonly<Record<string, Verb>> = {
  "autoscaling:CreateAutoScalingGroup": on(CREATE, "Auto Scaling group"),
  "autoscaling:CreateLaunchConfiguration": act(CREATE, words`a launch configuration for instances of`, "type"),
  "autoscaling:SetDesiredCapacity": act(CHANGE, words`the size of`, "Auto Scaling group"),
  "autoscaling:UpdateAutoScalingGroup": on(CHANGE, "Auto Scaling group"),
  "cloudformation:CreateChangeSet": act(CREATE, words`a change set for`, "stack"),
  "cloudformation:CreateStack": on(CREATE, "stack"),
  "cloudformation:CreateStackInstances": act(ADD, words`accounts or regions to a stack set`),
  "cloudformation:CreateStackSet": act(CREATE, words`a stack set`),
  "cloudshell:CreateEnvironment": act(CREATE, words`a CloudShell`),
  "cloudshell:CreateSession": act(OPEN, words`a CloudShell`),
  "cloudshell:GetFileDownloadUrls": act(LOAD, words`a file down from CloudShell`),
  "cloudshell:GetFileUploadUrls": act(LOAD, words`a file up to CloudShell`),
  "cloudshell:StartEnvironment": act(START, words`a CloudShell`),
  "ec2-instance-connect:OpenTunnel": act(OPEN, words`a tunnel to`, "instance"),
  "ec2-instance-connect:SendSSHPublicKey": act(PUSH, words`an SSH key to`, "instance"),
  "ec2-instance-connect:SendSerialConsoleSSHPublicKey": act(
    PUSH,
    words`an SSH key to the serial console of`,
    "instance",
  ),
  "ec2:CreateFleet": act(START, words`a fleet of instances`),
  "ec2:CreateFlowLogs": act(CREATE, words`a flow log`),
  "ec2:CreateLaunchTemplate": act(CREATE, words`a launch template`),
  "ec2:CreateLaunchTemplateVersion": act(CHANGE, words`a launch template`),
  "ec2:RequestSpotFleet": act(START, words`a fleet of spot instances`),
  "ec2:RequestSpotInstances": act(START, words`spot instances`),
  "ec2:StartInstances": on(START, "instance"),
  "lambda:AddLayerVersionPermission": act(CHANGE, words`who may use`, "layer", INCLUDE),
  "lambda:AddLayerVersionPermission20181031": act(CHANGE, words`who may use`, "layer", INCLUDE),
  "lambda:AddPermission": act(CHANGE, words`who may call`, "function", INCLUDE),
  "lambda:CreateEventSourceMapping": act(HOOK, words`a stream or queue to`, "function"),
  "lambda:CreateEventSourceMapping20150331": act(HOOK, words`a stream or queue to`, "function"),
  "lambda:CreateFunction": on(CREATE, "function"),
  "lambda:CreateFunction20150331": on(CREATE, "function"),
  "lambda:Invoke": on(CALL, "function"),
  "lambda:InvokeAsync": on(CALL, "function"),
  "lambda:InvokeWithResponseStream": on(CALL, "function"),
  "lambda:PublishLayerVersion": act(PUBLISH, words`a version of`, "layer"),
  "lambda:PublishLayerVersion20181031": act(PUBLISH, words`a version of`, "layer"),
  "lambda:UpdateEventSourceMapping": act(CHANGE, words`what a stream or queue feeds`),
  "lambda:UpdateEventSourceMapping20150331": act(CHANGE, words`what a stream or queue feeds`),
  "lambda:UpdateFunctionCode": act(REPLACE, words`the code of`, "function"),
  "lambda:UpdateFunctionCode20150331": act(REPLACE, words`the code of`, "function"),
  "lambda:UpdateFunctionCode20150331v2": act(REPLACE, words`the code of`, "function"),
  "lambda:UpdateFunctionConfiguration": act(CHANGE, words`the configuration of`, "function"),
  "lambda:UpdateFunctionConfiguration20150331": act(CHANGE, words`the configuration of`, "function"),
  "lambda:UpdateFunctionConfiguration20150331v2": act(CHANGE, words`the configuration of`, "function"),
  "lightsail:CreateInstances": act(START, words`instances of Lightsail`),
  "lightsail:CreateInstancesFromSnapshot": act(START, words`instances of Lightsail from a snapshot`),
  "ssm:CreateAssociation": act(SET, words`what runs on instances by itself`),
  "ssm:CreateDocument": act(WRITE, words`a document of Systems Manager`),
  "ssm:ModifyDocumentPermission": act(CHANGE, words`who may use a document of Systems Manager`),
  "ssm:ResumeSession": act(OPEN, words`a session on an instance again`),
  "ssm:UpdateDocument": act(CHANGE, words`a document of Systems Manager`),
  "ssm:UpdateDocumentDefaultVersion": act(CHANGE, words`the default version of a document of Systems Manager`),
};
