/**
 * Credentials of each account: its reader or responder role, assumed by STS; without one, the bot's own.
 * Source: AWS STS API Reference, AssumeRole; IAM User Guide on external ids.
 */
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Account } from "../config.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type Provider = () => Promise<Credentials>;
/** The provider for an account's reader role; undefined: the bot's own credentials do. */
export type CredentialsOf = (account: string) => Provider | undefined;

export interface AccountCredentials {
  /** For reading: IAM, CloudTrail, S3. Assumed once and kept until shortly before it ends. */
  readonly reader: CredentialsOf;
  /** For the one write: assumed anew for each, under the name of the intent, for 15 minutes. */
  responder(account: string, session: string): Provider | undefined;
}

export interface CredentialsOptions {
  readonly accounts: readonly Account[];
  /** Where STS is asked: a region of the bot's own partition. */
  readonly region?: string;
  readonly requestTimeoutMs: number;
}

/** STS refused to hand out a role: told as a missing permission of ours. */
export class AssumeRoleError extends Error {
  override readonly name = "AssumeRoleError";
  readonly denied: boolean;
  constructor(role: string, denied: boolean, cause: unknown) {
    super(`${role} ${denied ? "may not be assumed" : "could not be assumed"}`, { cause });
    this.denied = denied;
  }
}

const READER_SESSION = "trailhound";
const READER_SECONDS = 3_600;
const WRITE_SECONDS = 900;
/** Renewed this long before the end. */
const MARGIN_MS = 5 * 60_000;

export function openCredentials({
  accounts,
  region = "us-east-1",
  requestTimeoutMs,
}: CredentialsOptions): AccountCredentials {
  const sts = new STSClient({ region, maxAttempts: 2 });
  const byID = new Map(accounts.map((account) => [account.id, account]));
  const readers = new Map<string, Provider>();

  async function assume(RoleArn: string, ExternalId: string | undefined, session: string, seconds: number) {
    const command = new AssumeRoleCommand({
      RoleArn,
      RoleSessionName: session.slice(0, 64),
      DurationSeconds: seconds,
      ...(ExternalId === undefined ? {} : { ExternalId }),
    });
    const answer = await sts
      .send(command, { abortSignal: AbortSignal.timeout(requestTimeoutMs) })
      .catch((error: unknown) => {
        throw new AssumeRoleError(RoleArn, error instanceof Error && /AccessDenied/.test(error.name), error);
      });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
      throw new AssumeRoleError(RoleArn, false, new Error("STS answered without credentials"));
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  }

  /** One question at a time; a failed one is asked anew by whoever comes next. */
  function kept(get: () => Promise<Credentials>): Provider {
    let held: Promise<Credentials> | undefined;
    return async () => {
      const asked = held;
      const now = await asked?.catch(() => undefined);
      const isFresh = now?.expiration === undefined || now.expiration.getTime() - MARGIN_MS > Date.now();
      // Somebody else who waited may have asked anew meanwhile.
      if (held === asked && (now === undefined || !isFresh)) held = get();
      return held ?? get();
    };
  }

  return {
    reader(account) {
      const known = readers.get(account);
      const { reader, externalId } = byID.get(account) ?? {};
      if (known !== undefined || reader === undefined) return known;
      const provider = kept(() => assume(reader, externalId, READER_SESSION, READER_SECONDS));
      readers.set(account, provider);
      return provider;
    },
    responder(account, session) {
      const { responder, externalId } = byID.get(account) ?? {};
      if (responder === undefined) return this.reader(account);
      return kept(() => assume(responder, externalId, session, WRITE_SECONDS));
    },
  };
}
