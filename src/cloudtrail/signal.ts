/**
 * Signals: what other AWS services found by themselves, told in the form of a record, so that rules, alerts and
 * suppressions treat them like everything else. `eventType` is `AwsServiceFinding`, which CloudTrail never writes;
 * `requestParameters` is the service's own `detail`, whole.
 * Pure. Source: the EventBridge event references of GuardDuty, AWS Health, IAM Access Analyzer, Cost Anomaly Detection
 * and AWS Sign-In.
 */
import { isObject, type Json, type JsonObject, objectAt, textAt, valueAt } from "./json.ts";

export const SIGNAL_TYPE = "AwsServiceFinding";

/** Whether an action, such as `guardduty:GuardDutyFinding`, stands for a finding of AWS's and not for a call. */
export function isSignal(action: string): boolean {
  return SIGNALS.has(action);
}

/** Names that such a record has as its eventName, by `source` and `detail-type` of the event. */
const NAMES: Readonly<Record<string, string>> = {
  "aws.guardduty GuardDuty Finding": "GuardDutyFinding",
  "aws.health AWS Health Event": "HealthEvent",
  "aws.access-analyzer Access Analyzer Finding": "AccessAnalyzerFinding",
  "aws.ce Anomaly Detected": "CostAnomaly",
  "aws.signin Sign-in Anomaly Alert": "SigninAnomaly",
};
const SIGNALS: ReadonlySet<string> = new Set(
  Object.entries(NAMES).map(([event, name]) => `${event.slice("aws.".length).split(" ", 1)}:${name}`),
);

/**
 * The records that an event of EventBridge stands for: one, or one for each access key that AWS Health calls exposed.
 *
 * @returns undefined for an event of another kind.
 */
export function signalsOf(event: JsonObject): readonly JsonObject[] | undefined {
  const source = textAt(event, "source") ?? "";
  const eventName = NAMES[`${source} ${textAt(event, "detail-type") ?? ""}`];
  const detail = objectAt(event, "detail");
  if (eventName === undefined || detail === undefined) return undefined;
  const account = textAt(detail, "accountId") ?? textAt(detail, "affectedAccount") ?? textAt(event, "account") ?? "";
  const record = (userIdentity: JsonObject): JsonObject => ({
    eventVersion: "1.0",
    eventType: SIGNAL_TYPE,
    eventSource: `${source.slice("aws.".length)}.amazonaws.com`,
    eventName,
    // When it was seen last; the event's own time is when it was sent.
    eventTime: textAt(detail, "service.eventLastSeen") ?? textAt(detail, "updatedAt") ?? valueAt(event, "time") ?? null,
    awsRegion: textAt(detail, "region") ?? textAt(event, "region") ?? "",
    recipientAccountId: account,
    ...address(detail),
    userIdentity,
    requestParameters: detail,
    responseElements: null,
  });
  return identitiesIn(eventName, detail, account, source).map(record);
}

function identitiesIn(eventName: string, detail: JsonObject, accountId: string, source: string): readonly JsonObject[] {
  const nobody = { type: "AWSService", invokedBy: `${source.slice("aws.".length)}.amazonaws.com` };
  switch (eventName) {
    case "GuardDutyFinding":
      return [guardDutyIdentity(detail, accountId) ?? nobody];
    case "HealthEvent": {
      const keys = exposedKeys(detail);
      return keys.length === 0
        ? [nobody]
        : keys.map((accessKeyId) => ({ type: "IAMUser", principalId: accessKeyId, accessKeyId, accountId }));
    }
    case "SigninAnomaly":
      return [objectAt(detail, "userIdentity") ?? nobody];
    default:
      return [nobody];
  }
}

/** Whose key GuardDuty names, else the instance; undefined when neither. */
function guardDutyIdentity(detail: JsonObject, accountId: string): JsonObject | undefined {
  const key = objectAt(detail, "resource.accessKeyDetails");
  const instance = textAt(detail, "resource.instanceDetails.instanceId");
  if (key === undefined)
    return instance === undefined ? undefined : { type: "Unknown", principalId: instance, accountId };
  const field = (name: string): Readonly<Record<string, Json>> => {
    const value = textAt(key, name);
    return value === undefined ? {} : { [name]: value };
  };
  const type = textAt(key, "userType") ?? "Unknown";
  return { type, accountId, ...field("accessKeyId"), ...field("principalId"), ...field("userName") };
}

function exposedKeys(detail: JsonObject): readonly string[] {
  const entities = valueAt(detail, "affectedEntities");
  if (textAt(detail, "eventTypeCode") !== "AWS_RISK_CREDENTIALS_EXPOSED" || !Array.isArray(entities)) return [];
  const values = entities.map((entity) => (isObject(entity) ? textAt(entity, "entityValue") : undefined));
  return [...new Set(values)].filter(
    (value): value is string => value !== undefined && /^AKIA[A-Z0-9]{12,28}$/.test(value),
  );
}

/** Where GuardDuty saw the call come from. */
function address(detail: JsonObject): Readonly<Record<string, Json>> {
  const actions = ["awsApiCallAction", "networkConnectionAction", "kubernetesApiCallAction", "rdsLoginAttemptAction"];
  const ip = actions
    .flatMap((action) => ["ipAddressV4", "ipAddressV6"].map((kind) => `${action}.remoteIpDetails.${kind}`))
    .map((path) => textAt(detail, `service.action.${path}`))
    .find((found) => found !== undefined);
  return ip === undefined ? {} : { sourceIPAddress: ip };
}
