/**
 * SQS of the demo and the tests: fauxqs with one queue and its dead-letter queue.
 */
import { startFauxqs } from "fauxqs";

export interface DemoQueue {
  /** Use this one: fauxqs knows its queues by it. */
  readonly url: string;
  /** For `AWS_ENDPOINT_URL_SQS`. */
  readonly endpoint: string;
  send(body: string): Promise<void>;
  /** Messages waiting, in flight, and given up. */
  counts(): { readonly waiting: number; readonly inFlight: number; readonly dead: number };
  /** Forgets every message, also those in flight. */
  clear(): void;
  stop(): Promise<void>;
}

const NAME = "trailhound";
const DEAD = "trailhound-dead";
export const QUEUE_REGION = "eu-west-1";
const MAX_RECEIVES = "10";

/** Starts on a free port of 127.0.0.1. @throws Error when SQS refuses a body that is sent. */
export async function startQueue(): Promise<DemoQueue> {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false, defaultRegion: QUEUE_REGION });
  const dead = server.createQueue(DEAD, { region: QUEUE_REGION });
  const redrive = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: MAX_RECEIVES });
  const queue = server.createQueue(NAME, { region: QUEUE_REGION, attributes: { RedrivePolicy: redrive } });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    url: queue.queueUrl,
    endpoint,
    async send(body) {
      // The wire protocol itself: an EventBridge rule is no client of ours.
      const answer = await fetch(endpoint, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "AmazonSQS.SendMessage",
          authorization: `AWS4-HMAC-SHA256 Credential=EVENTBRIDGE/20261120/${QUEUE_REGION}/sqs/aws4_request`,
        },
        body: JSON.stringify({ QueueUrl: queue.queueUrl, MessageBody: body }),
      });
      if (!answer.ok) throw new Error(`sqs refused a message: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    },
    counts() {
      const messages = server.inspectQueue(NAME)?.messages;
      return {
        waiting: (messages?.ready.length ?? 0) + (messages?.delayed.length ?? 0),
        inFlight: messages?.inflight.length ?? 0,
        dead: server.inspectQueue(DEAD)?.messages.ready.length ?? 0,
      };
    },
    clear: () => server.reset(),
    stop: () => server.stop(),
  };
}
