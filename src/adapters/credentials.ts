/**
 * Credentials of each account: its reader or responder role, assumed by STS; without one, the bot's own.
 * An account that is not in the config gets none.
 * Source: AWS STS API Reference, AssumeRole; IAM User Guide on external ids and on the names of role sessions.
 */
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { accountOfKeyId } from "../cloudtrail/accesskey.ts";
import type { Account } from "../config.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type Provider = () => Promise<Credentials>;
/** What an account is read with. @throws CredentialsError for an account that is not in the config. */
export type CredentialsOf = (account: string) => Provider;

export interface AccountCredentials {
  /** For reading: IAM, CloudTrail, S3. A role is assumed once and kept until shortly before its session ends. */
  readonly reader: CredentialsOf;
  /** For the one write: assumed anew for each, under the name of the intent, for 15 minutes. */
  responder(account: string, session: string): Provider;
  /** The bot's own, by the SDK's default chain. */
  readonly own: Provider;
}

export interface CredentialsOptions {
  readonly accounts: readonly Account[];
  /** Where STS is asked: a region of the bot's own partition. */
  readonly region?: string;
  /** How long one answer of STS may take, a second try included. */
  readonly requestTimeoutMs: number;
}

/** Nobody to call as in this account; `answer` is what whoever wanted to call tells instead. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly answer:
    | { readonly kind: "denied"; readonly missing: string }
    | { readonly kind: "unavailable"; readonly why: string };
  constructor(message: string, answer: CredentialsError["answer"], cause?: unknown) {
    super(message, { cause });
    this.answer = answer;
  }
}

const READER_SESSION = "trailhound";
/** As long as any role allows. */
const READER_SECONDS = 3_600;
/** As short as STS gives. */
const WRITE_SECONDS = 900;
/** Renewed this long before the end. */
const MARGIN_MS = 5 * 60_000;
const DENIED = { kind: "denied", missing: "sts:AssumeRole" } as const;

export function openCredentials(options: CredentialsOptions): AccountCredentials {
  const { accounts, region = "us-east-1", requestTimeoutMs } = options;
  const sts = new STSClient({ region, maxAttempts: 2 });
  const own: Provider = () => sts.config.credentials();
  const byID = new Map(accounts.map((account) => [account.id, account]));
  const readers = new Map<string, Provider>();

  function configured(id: string): Account {
    const account = byID.get(id);
    if (account === undefined) throw new CredentialsError(`account ${id} is not in the config`, DENIED);
    return account;
  }

  async function assume(role: string, account: Account, session: string, seconds: number): Promise<Credentials> {
    const command = new AssumeRoleCommand({
      RoleArn: role,
      RoleSessionName: session,
      DurationSeconds: seconds,
      ...(account.externalId === undefined ? {} : { ExternalId: account.externalId }),
    });
    const answer = await sts
      .send(command, { abortSignal: AbortSignal.timeout(requestTimeoutMs) })
      .catch((error: unknown) => Promise.reject(refusal(role, error)));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
      throw refusal(role, new Error("STS answered without credentials"));
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  }

  /** The bot's own reach one account: another one without a role would be told what is true of that one. */
  async function ownIn({ id }: Account): Promise<Credentials> {
    const credentials = await own();
    const home = accountOfKeyId(credentials.accessKeyId);
    if (home === undefined || home === id) return credentials;
    throw new CredentialsError(`account ${id} has no reader role, and Trailhound's own account is ${home}`, DENIED);
  }

  function providerOf(account: Account, role: string | undefined, session: string, seconds: number): Provider {
    return role === undefined ? () => ownIn(account) : kept(() => assume(role, account, session, seconds));
  }

  return {
    reader(id) {
      const account = configured(id);
      const provider = readers.get(id) ?? providerOf(account, account.reader, READER_SESSION, READER_SECONDS);
      readers.set(id, provider);
      return provider;
    },
    responder(id, session) {
      const account = configured(id);
      return providerOf(account, account.responder ?? account.reader, session, WRITE_SECONDS);
    },
    own,
  };
}

/** One question at a time, its answer kept while it is fresh; after a failed one the next asker asks anew. */
function kept(get: Provider): Provider {
  let held: Promise<Credentials> | undefined;
  return async () => {
    const asked = held;
    const credentials = await asked?.catch(() => undefined);
    // Somebody else who waited may have asked anew meanwhile.
    if (held === undefined || (held === asked && !isFresh(credentials))) held = get();
    return held;
  };
}

function isFresh(credentials: Credentials | undefined): boolean {
  if (credentials === undefined) return false;
  return credentials.expiration === undefined || credentials.expiration.getTime() - MARGIN_MS > Date.now();
}

function refusal(role: string, error: unknown): CredentialsError {
  const name = error instanceof Error ? error.name : "";
  if (/AccessDenied/.test(name)) return new CredentialsError(`${role} may not be assumed`, DENIED, error);
  const why = /Abort|Timeout/.test(name) ? "timed out" : name || "unknown error";
  return new CredentialsError(`${role} could not be assumed`, { kind: "unavailable", why: `STS: ${why}` }, error);
}
