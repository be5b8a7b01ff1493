/**
 * Text records: a record opened from its JSON text, by itself or in an event of EventBridge's, of which no more is parsed than
 * somebody asks for.
 * Pure. The same as `parseRecord(JSON.parse(text))`, in every field.
 */
import type { EventSource } from "./doubt.ts";
import { flagOf, type Json, type JsonObject, objectOf, ownValue, textOf, valueAt } from "./json.ts";
import {
  type CloudTrailRecord,
  isAccountId,
  isEventID,
  isPlainTime,
  safeAccountOf,
  safeIDOf,
  safeTimeOf,
} from "./record.ts";
import {
  eventScanOf,
  isFresh,
  isPlacedPath,
  type PlacedPath,
  placeIn,
  recordTextIn,
  SCANNED_PATHS,
  type Scan,
  type ScannedPath,
  scannedAt,
  scanOf,
  textIn,
} from "./scan.ts";
import { identityOf, type RawIdentity, rawIdentityIn, type UserIdentity } from "./useridentity.ts";

/**
 * Opens a text that may be one record.
 *
 * @returns undefined when it has to be parsed to know what it is: `parseRecord` and the envelopes are for those.
 */
export function openText(text: string): CloudTrailRecord | undefined {
  const scan = scanOf(text);
  return scan && recordIn(text, scan);
}

/** An event of EventBridge's, and the record in it. */
export interface TextEvent {
  readonly record: CloudTrailRecord;
  readonly event: EventSource;
}

/** Opens a text that may be an event around a record of CloudTrail. @returns undefined as above. */
export function openEventText(text: string): TextEvent | undefined {
  const event = eventScanOf(text);
  if (event === undefined || !event.type.endsWith(FROM_CLOUDTRAIL)) return undefined;
  const record = recordIn(text, event.scan);
  return record && { record, event };
}
const FROM_CLOUDTRAIL = " via CloudTrail";

function recordIn(text: string, scan: Scan): CloudTrailRecord | undefined {
  return textOf(scannedAt(scan, AT.eventName)) === undefined ? undefined : new TextRecord(text, scan);
}

const at = (path: ScannedPath): number => placeIn(path);
/** Places of the fields that a record is made of. */
const AT = {
  eventName: at("eventName"),
  eventSource: at("eventSource"),
  awsRegion: at("awsRegion"),
  recipientAccountId: at("recipientAccountId"),
  eventType: at("eventType"),
  sourceIPAddress: at("sourceIPAddress"),
  userAgent: at("userAgent"),
  errorCode: at("errorCode"),
  errorMessage: at("errorMessage"),
  readOnly: at("readOnly"),
  type: at("userIdentity.type"),
  principalId: at("userIdentity.principalId"),
  arn: at("userIdentity.arn"),
  accountId: at("userIdentity.accountId"),
  accessKeyId: at("userIdentity.accessKeyId"),
  userName: at("userIdentity.userName"),
  invokedBy: at("userIdentity.invokedBy"),
  identityProvider: at("userIdentity.identityProvider"),
  credentialId: at("userIdentity.credentialId"),
  userId: at("userIdentity.onBehalfOf.userId"),
  identityStoreArn: at("userIdentity.onBehalfOf.identityStoreArn"),
  issuerType: at("userIdentity.sessionContext.sessionIssuer.type"),
  issuerPrincipalId: at("userIdentity.sessionContext.sessionIssuer.principalId"),
  issuerArn: at("userIdentity.sessionContext.sessionIssuer.arn"),
  issuerAccountId: at("userIdentity.sessionContext.sessionIssuer.accountId"),
  issuerUserName: at("userIdentity.sessionContext.sessionIssuer.userName"),
  mfaAuthenticated: at("userIdentity.sessionContext.attributes.mfaAuthenticated"),
  creationDate: at("userIdentity.sessionContext.attributes.creationDate"),
  sourceIdentity: at("userIdentity.sessionContext.sourceIdentity"),
  assumedRoot: at("userIdentity.sessionContext.assumedRoot"),
} as const;

/** A class, since there is one for each record of a file: getters that all of them share cost a record nothing. */
class TextRecord implements CloudTrailRecord {
  readonly scan: Scan;
  private readonly text: string;
  private parsed: JsonObject | undefined;
  /** Fields that were parsed without the rest. */
  private fields: Map<PlacedPath, Json | undefined> | undefined;
  private identity: UserIdentity | undefined;
  private id: string | undefined;
  private time: string | undefined;
  private account: string | undefined;

  constructor(text: string, scan: Scan) {
    this.text = text;
    this.scan = scan;
    this.parsed = undefined;
    this.fields = undefined;
    this.identity = undefined;
    this.id = undefined;
    this.time = undefined;
    this.account = undefined;
  }

  get json(): JsonObject {
    this.parsed ??= JSON.parse(recordTextIn(this.text, this.scan)) as JsonObject;
    return this.parsed;
  }
  field(name: string): Json | undefined {
    if (this.parsed === undefined && isPlacedPath(name)) return this.fieldParsed(name);
    return ownValue(this.json, name);
  }
  get eventID(): string {
    if (this.id === undefined) {
      const text = textOf(this.fieldIn("eventID"));
      this.id = isEventID(text) ? text : safeIDOf(this.json);
    }
    return this.id;
  }
  get eventTime(): string {
    if (this.time === undefined) {
      const text = textOf(this.fieldIn("eventTime"));
      this.time = isPlainTime(text) ? text : safeTimeOf(this.json);
    }
    return this.time;
  }
  get eventSource(): string {
    return this.textAt(AT.eventSource) ?? "";
  }
  get eventName(): string {
    return this.textAt(AT.eventName) ?? "";
  }
  get awsRegion(): string {
    return this.textAt(AT.awsRegion) ?? "";
  }
  get recipientAccountId(): string {
    if (this.account === undefined) {
      const recipient = this.textAt(AT.recipientAccountId);
      this.account = isAccountId(recipient) ? recipient : safeAccountOf(this.json, this.userIdentity);
    }
    return this.account;
  }
  get eventType(): string | undefined {
    return this.textAt(AT.eventType);
  }
  get sourceIPAddress(): string | undefined {
    return this.textAt(AT.sourceIPAddress);
  }
  get userAgent(): string | undefined {
    return this.textAt(AT.userAgent);
  }
  get errorCode(): string | undefined {
    return this.textAt(AT.errorCode);
  }
  get errorMessage(): string | undefined {
    return this.textAt(AT.errorMessage);
  }
  get readOnly(): boolean | undefined {
    return flagOf(this.valueAt(AT.readOnly));
  }
  get userIdentity(): UserIdentity {
    this.identity ??= identityOf(this.rawIdentity());
    return this.identity;
  }
  get requestParameters(): JsonObject | undefined {
    return objectOf(this.field("requestParameters"));
  }
  get responseElements(): JsonObject | undefined {
    return objectOf(this.field("responseElements"));
  }
  get additionalEventData(): JsonObject | undefined {
    return objectOf(this.field("additionalEventData"));
  }

  private fieldParsed(name: PlacedPath): Json | undefined {
    if (this.fields?.has(name)) return this.fields.get(name);
    const value = this.fieldIn(name);
    this.fields ??= new Map();
    this.fields.set(name, value);
    return value;
  }
  /** In a memory of its own: the text need not be kept for it. */
  private fieldIn(name: PlacedPath): Json | undefined {
    const text = textIn(this.text, this.scan, name);
    if (text === undefined) return this.json[name];
    return text === "" ? undefined : JSON.parse(text);
  }
  private valueAt(place: number): Json | undefined {
    if (isFresh(this.scan)) return scannedAt(this.scan, place);
    return valueAt(this.json, SCANNED_PATHS[place] ?? "");
  }
  private textAt(place: number): string | undefined {
    return textOf(this.valueAt(place));
  }
  private rawIdentity(): RawIdentity {
    const { scan } = this;
    if (!isFresh(scan)) return rawIdentityIn(objectOf(this.json["userIdentity"]));
    return {
      type: scannedAt(scan, AT.type),
      principalId: scannedAt(scan, AT.principalId),
      arn: scannedAt(scan, AT.arn),
      accountId: scannedAt(scan, AT.accountId),
      accessKeyId: scannedAt(scan, AT.accessKeyId),
      userName: scannedAt(scan, AT.userName),
      invokedBy: scannedAt(scan, AT.invokedBy),
      identityProvider: scannedAt(scan, AT.identityProvider),
      credentialId: scannedAt(scan, AT.credentialId),
      userId: scannedAt(scan, AT.userId),
      identityStoreArn: scannedAt(scan, AT.identityStoreArn),
      issuerType: scannedAt(scan, AT.issuerType),
      issuerPrincipalId: scannedAt(scan, AT.issuerPrincipalId),
      issuerArn: scannedAt(scan, AT.issuerArn),
      issuerAccountId: scannedAt(scan, AT.issuerAccountId),
      issuerUserName: scannedAt(scan, AT.issuerUserName),
      mfaAuthenticated: scannedAt(scan, AT.mfaAuthenticated),
      creationDate: scannedAt(scan, AT.creationDate),
      sourceIdentity: scannedAt(scan, AT.sourceIdentity),
      assumedRoot: scannedAt(scan, AT.assumedRoot),
    };
  }
}
