/**
 * How full the queues are, and their dead-letter queues.
 * Source: SQS API Reference, GetQueueAttributes (counts are approximate; the age of the oldest message is in CloudWatch
 * alone, so what a taken message had waited stands for it).
 */
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { isObject, parseJson, textAt } from "../cloudtrail/json.ts";
import type { QueueDepth } from "../health/health.ts";

export interface WatchedQueue {
  readonly url: string;
  readonly sqs: SQSClient;
}
export interface Depths {
  all(): Promise<readonly QueueDepth[]>;
  taken(url: string, sentAt: number | undefined): void;
}

/** Asked at most so often: each question costs a request, and the counts are a minute old anyway. */
const FRESH_MS = 30_000;
const TIMEOUT_MS = 3_000;
const WAITING = "ApproximateNumberOfMessages";
const IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible";
const REDRIVE = "RedrivePolicy";

export function openDepths(queues: readonly WatchedQueue[]): Depths {
  const waited = new Map<string, number>();
  let asked: { readonly at: number; readonly answer: Promise<readonly QueueDepth[]> } | undefined;

  async function depthOf({ url, sqs }: WatchedQueue): Promise<QueueDepth> {
    const attributes = await attributesOf(url, sqs);
    const waitedMs = waited.get(url);
    return {
      name: nameOf(url),
      waiting: Number(attributes[WAITING] ?? 0),
      inFlight: Number(attributes[IN_FLIGHT] ?? 0),
      ...(waitedMs === undefined ? {} : { waitedMs }),
      dead: await deadOf(attributes[REDRIVE], sqs),
    };
  }

  return {
    all() {
      const now = Date.now();
      if (asked !== undefined && now - asked.at < FRESH_MS) return asked.answer;
      const answer = Promise.all(queues.map(depthOf));
      asked = { at: now, answer };
      answer.catch(() => {
        asked = undefined;
      });
      return answer;
    },
    taken(url, sentAt) {
      if (sentAt !== undefined) waited.set(url, Math.max(0, Date.now() - sentAt));
    },
  };
}

async function attributesOf(QueueUrl: string, sqs: SQSClient): Promise<Readonly<Record<string, string>>> {
  const question = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [WAITING, IN_FLIGHT, REDRIVE] });
  return (await sqs.send(question, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) })).Attributes ?? {};
}

async function deadOf(redrive: string | undefined, sqs: SQSClient): Promise<QueueDepth["dead"]> {
  if (redrive === undefined || redrive === "") return "none";
  const parsed = parseJson(redrive, 4_096);
  const arn =
    parsed.kind === "value" && isObject(parsed.value) ? textAt(parsed.value, "deadLetterTargetArn") : undefined;
  // arn:aws:sqs:eu-west-1:111122223333:trailhound-dead
  const [, , , , QueueOwnerAWSAccountId, QueueName] = (arn ?? "").split(":");
  if (QueueName === undefined || QueueOwnerAWSAccountId === undefined) return "unreadable";
  try {
    const where = new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId });
    const { QueueUrl = "" } = await sqs.send(where, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return Number((await attributesOf(QueueUrl, sqs))[WAITING] ?? 0);
  } catch {
    return "unreadable";
  }
}

/** `"https://sqs.eu-west-1.amazonaws.com/111122223333/trailhound"` → `"trailhound"` */
function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
