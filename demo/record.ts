/**
 * CloudTrail records as the demo's world leaves them: a call and what came of it → the record AWS would write.
 * Pure but for the ids, which the caller hands in.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents" (eventVersion 1.11); denial texts as in docs.
 */
import type { JsonObject } from "../src/cloudtrail/record.ts";
import type { Action } from "./actions.ts";
import { ACCOUNT, GLOBAL_REGION } from "./cast.ts";

/** Who made a call, as far as AWS knows once the key was found good. */
export type Caller =
  | { readonly kind: "user"; readonly name: string; readonly id: string; readonly arn: string; readonly keyId: string }
  | {
      readonly kind: "role";
      readonly name: string;
      readonly id: string;
      readonly session: string;
      readonly startedAt: number;
      readonly keyId: string;
    };

/** What AWS answered, as far as the record tells it. */
export type Outcome =
  | { readonly kind: "ok"; readonly value: JsonObject }
  | { readonly kind: "denied" | "failed"; readonly code: string; readonly message: string };

export interface Call {
  readonly keyId: string;
  /** `iam:CreateUser` */
  readonly action: string;
  /** In CloudTrail's spelling: `{ userName: "support2" }`. */
  readonly params?: JsonObject;
  readonly ip: string;
  readonly userAgent: string;
  readonly region: string;
}

/** CloudTrail cuts errorMessage at 1 KB. */
const MESSAGE_LIMIT = 1024;

export function recordOf(
  call: Call,
  action: Action,
  caller: Caller,
  outcome: Outcome,
  written: { readonly at: number; readonly eventID: string; readonly requestID: string },
): JsonObject {
  const [service = "", name = ""] = call.action.split(":");
  const region = action.global === true ? GLOBAL_REGION : call.region;
  return {
    eventVersion: "1.11",
    userIdentity: identityOf(caller),
    eventTime: isoSeconds(written.at),
    eventSource: `${service}.amazonaws.com`,
    eventName: action.eventName ?? name,
    awsRegion: region,
    sourceIPAddress: call.ip,
    userAgent: call.userAgent,
    ...(outcome.kind === "ok"
      ? {}
      : { errorCode: recordedCode(service, outcome), errorMessage: outcome.message.slice(0, MESSAGE_LIMIT) }),
    requestParameters: call.params ?? null,
    responseElements: outcome.kind === "ok" && !action.readOnly ? recordedAnswer(outcome.value) : null,
    requestID: written.requestID,
    eventID: written.eventID,
    readOnly: action.readOnly,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ACCOUNT.id,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader:
        action.global === true ? `${service}.amazonaws.com` : `${service}.${region}.amazonaws.com`,
    },
  };
}

export function callerArnOf(caller: Caller): string {
  return caller.kind === "user"
    ? caller.arn
    : `arn:aws:sts::${ACCOUNT.id}:assumed-role/${caller.name}/${caller.session}`;
}

function identityOf(caller: Caller): JsonObject {
  const shared = { arn: callerArnOf(caller), accountId: ACCOUNT.id, accessKeyId: caller.keyId };
  if (caller.kind === "user") return { type: "IAMUser", principalId: caller.id, ...shared, userName: caller.name };
  return {
    type: "AssumedRole",
    principalId: `${caller.id}:${caller.session}`,
    ...shared,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: caller.id,
        arn: `arn:aws:iam::${ACCOUNT.id}:role/${caller.name}`,
        accountId: ACCOUNT.id,
        userName: caller.name,
      },
      attributes: { creationDate: isoSeconds(caller.startedAt), mfaAuthenticated: "false" },
    },
  };
}

/** IAM answers `NoSuchEntity` and records `NoSuchEntityException`; EC2 records its codes with `Client.`. */
function recordedCode(service: string, outcome: { readonly kind: string; readonly code: string }): string {
  if (service === "ec2") return `Client.${outcome.code}`;
  return service === "iam" && outcome.kind === "failed" ? `${outcome.code}Exception` : outcome.code;
}

/** An answer as a record shows it: null when empty, dates as IAM writes them (`Nov 20, 2026 10:02:03 AM`). */
function recordedAnswer(value: JsonObject): JsonObject | null {
  if (Object.keys(value).length === 0) return null;
  const shown = (name: string, part: unknown) =>
    name === "createDate" && typeof part === "string"
      ? new Date(part)
          .toLocaleString("en-US", { timeZone: "UTC", dateStyle: "medium", timeStyle: "medium" })
          .replace("\u202f", " ")
      : part;
  return JSON.parse(JSON.stringify(value, shown));
}

/** `2026-11-20T10:02:03Z`: records know no fractions. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
