/**
 * Log files in S3: fetched from configured buckets only, opened with caps, given in slices. No more is held than a slice.
 * Source of the names: AWS CloudTrail User Guide, "CloudTrail log file names"; of the caps: reliability.md C12.
 */
import { Readable, Transform, type TransformCallback } from "node:stream";
import { createGunzip } from "node:zlib";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { openLogFile } from "../cloudtrail/envelope.ts";
import type { Rejected } from "../cloudtrail/reason.ts";
import type { CloudTrailRecord } from "../cloudtrail/record.ts";
import type { Bucket } from "../config.ts";
import type { LogFileAnswer, LogFileSlice, LogFiles } from "../ports/logfiles.ts";
import type { CredentialsOf } from "./credentials.ts";
import { elementsOf, MAX_ELEMENT } from "./splitter.ts";

export interface LogFilesOptions {
  readonly buckets: readonly Bucket[];
  readonly credentialsOf?: CredentialsOf;
  /** From the question to the first byte. */
  readonly requestTimeoutMs: number;
  readonly limits?: Partial<Limits>;
}

export interface Limits {
  readonly compressed: number;
  readonly inflated: number;
  readonly ratio: number;
  readonly records: number;
  /** Records in a slice. */
  readonly slice: number;
}
const LIMITS: Limits = {
  compressed: 50 * 2 ** 20,
  inflated: 512 * 2 ** 20,
  ratio: 200,
  records: 1_000_000,
  slice: 500,
};
/** Below that a high ratio is nothing: a storm of one call shrinks well. */
const RATIO_COUNTS_FROM = 16 * 2 ** 20;
/** No byte for so long: S3 hangs, and the message goes back. */
const SILENCE_MS = 30_000;

/** `[prefix/]AWSLogs/[o-ID/]ACCOUNT/CloudTrail…/REGION/YYYY/MM/DD/….json.gz` */
const LOG_FILE =
  /(^|\/)AWSLogs\/(o-[a-z0-9]+\/)?\d{12}\/CloudTrail(-Insight|-NetworkActivity|-Aggregated)?\/[a-z0-9-]+\/\d{4}\/\d\d\/\d\d\/[^/]+\.json\.gz$/;

/** A file that is not opened on purpose: what it is, and why. */
class FileError extends Error {
  override readonly name = "FileError";
}

export function openLogFiles(options: LogFilesOptions): LogFiles {
  const limits = { ...LIMITS, ...options.limits };
  const clients = new Map<string, S3Client>();
  const clientOf = ({ name, region, account }: Bucket): S3Client => {
    const credentials = account === undefined ? undefined : options.credentialsOf?.(account);
    const client =
      clients.get(name) ??
      // A bucket's name with dots breaks the certificate of its own host; stand-ins have one host for all buckets.
      new S3Client({ region, forcePathStyle: true, ...(credentials === undefined ? {} : { credentials }) });
    clients.set(name, client);
    return client;
  };

  return {
    async open(ref): Promise<LogFileAnswer> {
      const bucket = options.buckets.find(({ name }) => name === ref.bucket);
      if (bucket === undefined)
        return { kind: "refused", reason: "foreign-bucket", why: "its bucket is not under s3.buckets in the config" };
      // Digests, configuration snapshots and other services' logs live in the same buckets: nothing is wrong with them.
      if (!LOG_FILE.test(ref.key)) return { kind: "ignored" };
      const answer = await fetchFile(clientOf(bucket), ref.bucket, ref.key, bucket.account, options.requestTimeoutMs);
      if (answer === undefined)
        return { kind: "refused", reason: "log-file-missing", why: "S3 has no such file any more" };
      const { body, size, version } = answer;
      if (size > limits.compressed) {
        body.destroy();
        return { kind: "refused", reason: "bad-log-file", why: `it has ${size} bytes, which is too many` };
      }
      // Slices of another length are other slices: whoever counted those of an older Trailhound begins anew.
      return {
        kind: "opened",
        version: `${version}/${limits.slice}`,
        slices: slicesOf(body, limits),
        close: () => void body.destroy(),
      };
    },
  };
}

async function fetchFile(client: S3Client, Bucket: string, Key: string, owner: string | undefined, timeoutMs: number) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const command = new GetObjectCommand({
      Bucket,
      Key,
      ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }),
    });
    const { Body, ContentLength, ETag } = await client.send(command, { abortSignal: late.signal });
    if (!(Body instanceof Readable)) throw new Error("S3 answered without a body");
    return { body: Body, size: ContentLength ?? 0, version: ETag ?? "" };
  } catch (error) {
    if (error instanceof Error && /^(NoSuchKey|NotFound)$/.test(error.name)) return undefined;
    throw new Error(`log file of bucket ${Bucket} could not be fetched`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** @throws what S3 or the network throws; what is wrong with the file itself is the last slice's rejection. */
async function* slicesOf(body: Readable, limits: Limits): AsyncGenerator<LogFileSlice> {
  let slice: { records: CloudTrailRecord[]; rejected: Rejected[] } = { records: [], rejected: [] };
  let count = 0;
  const bytes = counted(body, limits);
  try {
    for await (const element of elementsOf(decoded(bytes))) {
      if (element === "too-large") slice.rejected.push({ reason: "too-large", text: "" });
      else {
        const { records, rejected } = openLogFile(element.text, { maxBytes: 4 * MAX_ELEMENT });
        slice.records.push(...records);
        slice.rejected.push(...rejected);
      }
      count += 1;
      if (count > limits.records) throw new FileError(`holds more than ${limits.records} records`);
      if (slice.records.length + slice.rejected.length < limits.slice) continue;
      yield slice;
      slice = { records: [], rejected: [] };
    }
  } catch (error) {
    if (bytes.sourceError !== undefined) throw bytes.sourceError;
    slice.rejected.push({ reason: "bad-log-file", text: error instanceof Error ? error.message : String(error) });
  } finally {
    body.destroy();
  }
  yield slice;
}

interface Counted {
  readonly stream: Readable;
  /** What went wrong on the way from S3, as against in the file. */
  sourceError?: Error;
}

/** The inflated bytes, as long as they keep within the limits. */
function counted(body: Readable, limits: Limits): Counted {
  let [compressed, inflated] = [0, 0];
  const check = (measure: (length: number) => void) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done: TransformCallback) {
        try {
          measure(chunk.length);
          done(null, chunk);
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
  const before = check((length) => {
    compressed += length;
    if (compressed > limits.compressed) throw new FileError(`has more than ${limits.compressed} bytes`);
  });
  const after = check((length) => {
    inflated += length;
    if (inflated > limits.inflated) throw new FileError(`inflates to more than ${limits.inflated} bytes`);
    if (inflated > RATIO_COUNTS_FROM && inflated > compressed * limits.ratio)
      throw new FileError(`inflates to more than ${limits.ratio} times its size, as only a gzip bomb does`);
  });
  const gunzip = createGunzip();
  const result: Counted = { stream: after };
  let silence = setTimeout(silent, SILENCE_MS);
  function silent(): void {
    body.destroy(new Error("S3 sent nothing for 30 s"));
  }
  body.on("data", () => {
    clearTimeout(silence);
    silence = setTimeout(silent, SILENCE_MS);
  });
  body.once("error", (error) => {
    result.sourceError = error;
    before.destroy(error);
  });
  body.once("close", () => clearTimeout(silence));
  before.once("error", (error) => gunzip.destroy(error));
  gunzip.once("error", (error) => after.destroy(error));
  after.once("close", () => body.destroy());
  body.pipe(before).pipe(gunzip).pipe(after);
  return result;
}

async function* decoded({ stream }: Counted): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
