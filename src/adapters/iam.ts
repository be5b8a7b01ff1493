/**
 * IAM: who owns an access key, what keys a user has, and the one write, UpdateAccessKey to Inactive.
 * IAM is global: one endpoint for all regions. Each account's guard is in src/contain/plan.ts, which compares ARNs.
 */
import {
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import type { IamAnswer } from "../contain/plan.ts";
import type { Iam, KeyOwner, UserKey } from "../ports/iam.ts";
import type { Log } from "../ports.ts";
import { type AccountCredentials, CredentialsError, type Provider } from "./credentials.ts";

export interface IamOptions {
  readonly log: Log;
  readonly credentials: AccountCredentials;
  /** How long one answer may take, retries included. */
  readonly requestTimeoutMs: number;
  /** Where IAM's global endpoint signs: us-east-1, unless the account is in GovCloud or China. */
  readonly region?: string;
}

/** Reads only: a write that went unanswered must be looked at before it is tried again. */
const READ_ATTEMPTS = 3;
/** A user has two keys; nobody has this many pages. */
const PAGES = 10;

export function openIam({ log, credentials, requestTimeoutMs, region = "us-east-1" }: IamOptions): Iam {
  const clientOf = (maxAttempts: number, provider: Provider) =>
    new IAMClient({ region, maxAttempts, credentials: provider });
  /** By account; those of the config alone get one. */
  const readers = new Map<string, IAMClient>();
  const readerOf = (account: string): IAMClient => {
    const client = readers.get(account) ?? clientOf(READ_ATTEMPTS, credentials.reader(account));
    readers.set(account, client);
    return client;
  };
  // A new signal for each call: it also ends a call that hangs while it is read or tried again.
  const limit = () => ({ abortSignal: AbortSignal.timeout(requestTimeoutMs) });

  async function ask<T>(action: string, account: string, call: () => Promise<T>): Promise<IamAnswer<T>> {
    try {
      return { kind: "ok", value: await call() };
    } catch (error) {
      const answer = answerOf(error, action);
      if (answer.kind === "unavailable") log.warn({ action, account, err: answer.why }, "iam.failed");
      return answer;
    }
  }

  return {
    keyOwner: (account, keyId) =>
      ask("iam:GetAccessKeyLastUsed", account, async () => {
        const answer = await readerOf(account).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: keyId }), limit());
        return ownerOf(answer.UserName, answer.AccessKeyLastUsed);
      }),

    user: (account, userName) =>
      ask("iam:GetUser", account, async () => {
        const { User } = await readerOf(account).send(new GetUserCommand({ UserName: named(userName) }), limit());
        return {
          arn: given(User?.Arn, "Arn"),
          userName: given(User?.UserName, "UserName"),
          userId: given(User?.UserId, "UserId"),
          createdAt: given(User?.CreateDate, "CreateDate").toISOString(),
          ...(User?.PasswordLastUsed === undefined ? {} : { passwordLastUsed: User.PasswordLastUsed.toISOString() }),
        };
      }),

    keys: (account, userName) =>
      ask("iam:ListAccessKeys", account, async () => {
        const options = limit();
        const keys: UserKey[] = [];
        let Marker: string | undefined;
        for (let page = 0; page < PAGES; page += 1) {
          const command = new ListAccessKeysCommand({ UserName: named(userName), ...(Marker ? { Marker } : {}) });
          const answer = await readerOf(account).send(command, options);
          for (const key of answer.AccessKeyMetadata ?? [])
            keys.push({
              id: given(key.AccessKeyId, "AccessKeyId"),
              status: key.Status === "Active" ? "Active" : "Inactive",
              createdAt: given(key.CreateDate, "CreateDate").toISOString(),
            });
          Marker = answer.IsTruncated ? answer.Marker : undefined;
          if (Marker === undefined) return keys;
        }
        throw new Error(`more than ${PAGES} pages of keys`);
      }),

    deactivateKey: (account, userName, keyId, session) =>
      ask("iam:UpdateAccessKey", account, async () => {
        const input = { UserName: named(userName), AccessKeyId: keyId, Status: "Inactive" as const };
        const writer = clientOf(1, credentials.responder(account, session));
        try {
          const { $metadata } = await writer.send(new UpdateAccessKeyCommand(input), limit());
          return { requestId: $metadata.requestId ?? "" };
        } finally {
          writer.destroy();
        }
      }),

    // Roles are assumed with it, wherever they lead.
    ownKeyId: async () => (await credentials.own()).accessKeyId,
  };
}

/** Root's key has no user: IAM leaves UserName out, or writes what no user can be called. */
function ownerOf(
  name: string | undefined,
  used: { LastUsedDate?: Date | undefined; ServiceName?: string | undefined; Region?: string | undefined } = {},
): KeyOwner {
  const { LastUsedDate, ServiceName = "unknown", Region = "unknown" } = used;
  return {
    ...(name !== undefined && isUserName(name) ? { userName: name } : {}),
    ...(LastUsedDate === undefined
      ? {}
      : { lastUsed: { at: LastUsedDate.toISOString(), service: ServiceName, region: Region } }),
  };
}

function isUserName(name: string): boolean {
  return /^[\w+=,.@-]{1,64}$/.test(name);
}

/** Without a user name IAM acts on the caller's own keys, so no call leaves without one. */
function named(userName: string): string {
  if (!isUserName(userName)) throw new Error("not the name of an IAM user");
  return userName;
}

function given<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`IAM's answer has no ${field}`);
  return value;
}

/** What IAM surely said is an answer; all else (throttled, timed out, no network) may or may not have happened. */
function answerOf(error: unknown, action: string): Exclude<IamAnswer<never>, { kind: "ok" }> {
  if (!(error instanceof Error)) return { kind: "unavailable", why: "unknown error" };
  if (error instanceof CredentialsError) return error.answer;
  switch (error.name) {
    case "NoSuchEntity":
    case "NoSuchEntityException":
      return { kind: "not-found" };
    case "AccessDenied":
    case "AccessDeniedException":
      return { kind: "denied", missing: action };
    case "AbortError":
    case "TimeoutError":
      return { kind: "unavailable", why: "timed out" };
    default:
      return { kind: "unavailable", why: `${error.name}: ${error.message}` };
  }
}
