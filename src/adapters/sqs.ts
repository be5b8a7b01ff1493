/**
 * SQS: receives messages and deletes each one only after its handler resolved.
 * Wraps sqs-consumer 14 (single-message handlers, so that one poison message never takes nine innocent ones
 * to the dead-letter queue) and adds what it lacks: back-off for every kind of error, a pre-flight check, a
 * stop that waits for running handlers and their deletes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Message, SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import type { Inbox, InboxMessage } from "../ports/inbox.ts";
import type { Vitals } from "../ports/vitals.ts";
import type { Log } from "../ports.ts";
import { clockJudge, readDates } from "./skew.ts";
import { openDepths } from "./sqs-depth.ts";

/** A message stays hidden this long and a heartbeat renews it: after a kill -9 it is back within half a minute. */
const VISIBILITY_SECONDS = 30;
const HEARTBEAT_SECONDS = 10;
/** Long poll; a stop does not wait for its end. */
export const POLL_SECONDS = 10;
const MAX_BACKOFF_MS = 30_000;
/** While Redis is away it is asked this often, and nothing else happens. */
const WAIT_MS = 1_000;
/** An answer of SQS that is so much later than it should be does not come any more. */
const PATIENCE_MS = 5_000;
const CONNECT_MS = 3_000;
/** One slow message holds its receive loop: two loops a queue keep the other nine moving. */
const LOOPS_PER_QUEUE = 2;

export interface SqsOptions {
  readonly queues: readonly { readonly url: string; readonly region: string }[];
  /** Rejects when a message could not be committed now (Redis is down): then nothing is received. */
  readonly ready: () => Promise<void>;
  /** Milliseconds to wait between handler and delete: 0, or 3,000 with a Redis that is not synced at every write. */
  readonly deleteDelayMs: number;
  readonly pollSeconds?: number;
  readonly vitals: Vitals;
  readonly log: Log;
}

export function openInbox(options: SqsOptions): Inbox {
  const { pollSeconds = POLL_SECONDS } = options;
  // Left alone, the SDK waits for an answer for ever: a hung connection would make the bot deaf, and nobody would know.
  const requestHandler = {
    connectionTimeout: CONNECT_MS,
    requestTimeout: pollSeconds * 1_000 + PATIENCE_MS,
    throwOnRequestTimeout: true,
  };
  // The region's endpoint, or the one AWS_ENDPOINT_URL_SQS names: never a host that only a queue's URL names.
  // One retry brain: the back-off below.
  const queues = options.queues.map(({ url, region }) => ({
    url,
    sqs: new SQSClient({ region, useQueueUrlAsEndpoint: false, maxAttempts: 1, requestHandler }),
  }));
  const judge = clockJudge(options);
  for (const { sqs } of queues) readDates(sqs, judge);
  const stopping = new AbortController();
  const depths = openDepths(queues);
  let loops: readonly Loop[] = [];
  return {
    depths: () => depths.all(),
    start(handle) {
      loops = queues.flatMap(({ url, sqs }) =>
        Array.from({ length: LOOPS_PER_QUEUE }, () =>
          loopOf(url, sqs, handle, stopping.signal, { ...options, pollSeconds, taken: depths.taken }),
        ),
      );
      for (const { consumer } of loops) consumer.start();
    },
    async stop(withinMs) {
      stopping.abort();
      // Only a receive may be broken off: a delete that is broken off is a message that comes again.
      for (const { consumer, isReceiving } of loops) consumer.stop({ abort: isReceiving() });
      // The "stopped" event fires at once; polling is over only when handlers and deletes are.
      for (let waited = 0; loops.some(({ consumer }) => consumer.status.isPolling) && waited < withinMs; waited += 50)
        await sleep(50);
      for (const { sqs } of queues) sqs.destroy();
    },
  };
}

/** A consumer that receives, has all handled and deleted, and receives again. */
interface Loop {
  readonly consumer: Consumer;
  /** SQS is being asked: nothing is handled, nothing deleted. */
  readonly isReceiving: () => boolean;
}

function loopOf(
  queueUrl: string,
  sqs: SQSClient,
  handle: (message: InboxMessage) => Promise<void>,
  stopping: AbortSignal,
  options: SqsOptions & {
    readonly pollSeconds: number;
    readonly taken: (url: string, sentAt: number | undefined) => void;
  },
): Loop {
  let failures = 0;
  let receiving = false;
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    batchSize: 10,
    waitTimeSeconds: options.pollSeconds,
    visibilityTimeout: VISIBILITY_SECONDS,
    heartbeatInterval: HEARTBEAT_SECONDS,
    authenticationErrorTimeout: 1_000,
    // A message that failed comes back soon at first and then ever later: an outage of an hour must not fill the DLQ.
    terminateVisibilityTimeout: ([message]: Message[]) => againSeconds(receiveCountOf(message)),
    messageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
    extendedAWSErrors: true,
    async preReceiveMessageCallback() {
      // sqs-consumer would spin at 35 errors a second against an unreachable queue.
      if (failures > 0) await sleep(backoffMs(failures), undefined, { signal: stopping });
      await untilReady(queueUrl, stopping, options);
      stopping.throwIfAborted();
      receiving = true;
    },
    async postReceiveMessageCallback() {
      receiving = false;
      failures = 0;
      options.vitals.ok("queue");
    },
    async handleMessage(message: Message) {
      const given = inboxMessageOf(message, stopping);
      options.taken(queueUrl, given.sentAt);
      await handle(given);
      if (options.deleteDelayMs > 0) await sleep(options.deleteDelayMs);
      return message;
    },
  });
  consumer.on("error", (err) => {
    receiving = false;
    if (stopping.aborted) return;
    failures += 1;
    options.log.warn({ queue: queueUrl, err: err.message, failures }, "queue.failed");
    options.vitals.failed("queue", err.message);
  });
  consumer.on("processing_error", (err, message) => {
    if (stopping.aborted) return options.log.info({ message: message.MessageId }, "message.given-back");
    options.log.error({ queue: queueUrl, message: message.MessageId, err: err.message }, "message.failed");
  });
  return { consumer, isReceiving: () => receiving };
}

/** What cannot be committed is not received: an outage of ours must not use up a message's ten receives. */
async function untilReady(
  queue: string,
  signal: AbortSignal,
  { ready, log }: Pick<SqsOptions, "ready" | "log">,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const why = await ready().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (why === undefined) {
      if (tries > 1) log.info({ queue, tries }, "queue.goes-on");
      return;
    }
    if (tries === 1) log.warn({ queue, err: why }, "queue.waits");
    await sleep(WAIT_MS, undefined, { signal });
  }
}

/** 1 s, 2 s, 4 s … 30 s, each shortened by up to a half so that many workers do not knock together. */
function backoffMs(failures: number): number {
  const full = Math.min(MAX_BACKOFF_MS, 1_000 * 2 ** Math.min(failures - 1, 10));
  return full * (0.5 + Math.random() / 2);
}

/** 5 s, 10 s, 20 s … 43 min: ten receives take an hour and a half. */
function againSeconds(receiveCount: number): number {
  return 5 * 2 ** Math.min(receiveCount - 1, 9);
}

function receiveCountOf(message: Message | undefined): number {
  const count = Number(message?.Attributes?.ApproximateReceiveCount ?? "1");
  return Number.isFinite(count) && count >= 1 ? count : 1;
}

function inboxMessageOf(message: Message, stopping: AbortSignal): InboxMessage {
  const sentAt = Number(message.Attributes?.SentTimestamp);
  return {
    id: message.MessageId ?? "",
    body: message.Body ?? "",
    receiveCount: receiveCountOf(message),
    ...(Number.isFinite(sentAt) ? { sentAt } : {}),
    stopping,
  };
}
