/**
 * Calls of the company → the records that AWS writes of them.
 * Pure: the ids are handed in.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents" (eventVersion 1.11).
 */
import type { JsonObject } from "../../src/cloudtrail/record.ts";
import { isoSeconds } from "../record.ts";
import type { Actor } from "./actor.ts";
import { GLOBAL, HOME } from "./people.ts";

export interface Call {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: Actor;
  /** In CloudTrail's spelling: `lambda:GetFunction20150331v2`. */
  readonly action: string;
  readonly region?: string;
  readonly params?: JsonObject;
  readonly answer?: JsonObject;
  readonly error?: Failure;
  /** Where the name does not tell: `logs:StartQuery`. */
  readonly readOnly?: boolean;
  readonly resources?: readonly JsonObject[];
  /** Fields that only this kind of record has, such as `additionalEventData`. */
  readonly more?: JsonObject;
}
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** `denied(actor, "kms:Decrypt", "arn:…")` as IAM words it since 2021. */
export function denied(by: Actor, action: string, resource = "*"): Failure {
  const [service] = action.split(":");
  const text = `User: ${by.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  if (service !== "ec2")
    return { code: PLAIN_DENIALS.has(service ?? "") ? "AccessDenied" : "AccessDeniedException", message: text };
  return { code: "Client.UnauthorizedOperation", message: `You are not authorized to perform this operation. ${text}` };
}
/** Services whose code is without `Exception`. */
const PLAIN_DENIALS = new Set([
  "iam",
  "sts",
  "s3",
  "cloudformation",
  "monitoring",
  "rds",
  "autoscaling",
  "elasticloadbalancing",
]);

const GLOBAL_SERVICES = new Set([
  "iam",
  "cloudfront",
  "route53",
  "organizations",
  "ce",
  "health",
  "support",
  "account",
]);
const READS =
  /^(Get|List|Describe|Head|Lookup|Search|BatchGet|AssumeRole|Decrypt|GenerateDataKey|GenerateCredentialReport|Filter|Simulate|Query|Retrieve)/;

export function recordOf(call: Call, ids: { readonly eventID: string; readonly requestID: string }): JsonObject {
  const { by, error, params, answer, resources, more } = call;
  const [service = "", eventName = ""] = call.action.split(":");
  const isGlobal = GLOBAL_SERVICES.has(service);
  const region = isGlobal ? GLOBAL : (call.region ?? HOME);
  const byService = by.ip.endsWith(".amazonaws.com") || by.ip === "AWS Internal";
  return {
    eventVersion: "1.11",
    userIdentity: by.identity,
    eventTime: isoSeconds(call.at),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: region,
    sourceIPAddress: by.ip,
    userAgent: by.agent,
    ...(error === undefined ? {} : { errorCode: error.code, errorMessage: error.message }),
    requestParameters: params ?? null,
    responseElements: error === undefined ? (answer ?? null) : null,
    requestID: ids.requestID,
    eventID: ids.eventID,
    readOnly: call.readOnly ?? READS.test(eventName),
    ...(resources === undefined ? {} : { resources }),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: by.account,
    eventCategory: "Management",
    ...(byService ? {} : { tlsDetails: tlsOf(service, isGlobal ? undefined : region) }),
    ...(by.console === true ? { sessionCredentialFromConsole: "true" } : {}),
    ...more,
  };
}

function tlsOf(service: string, region: string | undefined): JsonObject {
  return {
    tlsVersion: "TLSv1.3",
    cipherSuite: "TLS_AES_128_GCM_SHA256",
    clientProvidedHostHeader: region === undefined ? `${service}.amazonaws.com` : `${service}.${region}.amazonaws.com`,
  };
}
