/**
 * The stage: world, AWS endpoint, queue, Slack front and the story on them, around a bot that somebody else brings.
 * "Play again" takes everything down but the page, the bot with its memory included: alerts are one per rule and
 * principal in 24 hours, and nothing here pretends that a day went by.
 */
import { randomBytes } from "node:crypto";
import { type AwsEndpoint, startAws } from "./aws.ts";
import { GLOBAL_REGION } from "./cast.ts";
import { type Front, startFront } from "./front.ts";
import { morningRecords } from "./morning.ts";
import { type Caption, captionOf, type Play, playStory } from "./player.ts";
import { type DemoQueue, startQueue } from "./queue.ts";
import { PHASES } from "./story.ts";
import { openWorld, type World } from "./world.ts";

/** What a bot needs to know to play its part. */
export interface Scene {
  readonly channel: string;
  readonly operators: readonly string[];
  readonly slackToken: string;
  readonly slackApiUrl: string;
  readonly signingSecret: string;
  readonly queueUrl: string;
  readonly sqsEndpoint: string;
  readonly awsEndpoint: string;
  readonly region: string;
  /** The access key id of the bot's own role. */
  readonly keyId: string;
}
export interface Bot {
  /** Where it takes Slack's requests. */
  readonly slackUrl: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly port: number;
  readonly speed: number;
  /** A bot with an empty memory. */
  readonly startBot: (scene: Scene) => Promise<Bot>;
  /** A play could not be set up, or failed on the way. */
  readonly onFailure: (error: unknown) => void;
}
export interface Stage {
  readonly front: Front;
  world(): World;
  stop(): Promise<void>;
}

/** From a call to SQS and LookupEvents; real CloudTrail takes minutes. */
const DELAY_MS = 1_000;

interface Running {
  readonly world: World;
  readonly queue: DemoQueue;
  readonly bot: Bot;
  readonly ended: AbortController;
  readonly played: Promise<void>;
}

/** Resolves when the curtain rises for the first time. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const signingSecret = randomBytes(16).toString("hex");
  let captions: Caption[] = [];
  let play: Play = { phase: "setting", text: PHASES.setting };
  let running: Running | undefined;
  let changing: Promise<void> = Promise.resolve();
  let stopped = false;

  const tell = (caption: Caption) => {
    captions.push(caption);
    front.publish("caption", caption);
  };
  const enter = (next: Play) => {
    play = next;
    front.publish("play", next);
  };

  async function raise(): Promise<void> {
    const ended = new AbortController();
    const queue = await startQueue();
    const world = openWorld({
      now: Date.now,
      delayMs: DELAY_MS / options.speed,
      send: queue.send,
      before: morningRecords(Date.now()),
      onCall: (call, answer) => {
        const caption = call.keyId === world.trailhoundKey ? captionOf(call, answer, Date.now()) : undefined;
        // It reads before it asks, before it acts and before it tells: once is enough to know.
        if (caption !== undefined && caption.text !== captions.at(-1)?.text) tell(caption);
      },
    });
    stand = world;
    const { channel, people, token } = front.workspace();
    const bot = await options
      .startBot({
        channel: channel.id,
        operators: people.filter((person) => person.role === "operator").map((person) => person.id),
        slackToken: token,
        slackApiUrl: front.apiUrl,
        signingSecret,
        queueUrl: queue.url,
        sqsEndpoint: queue.endpoint,
        awsEndpoint: aws.url,
        region: GLOBAL_REGION,
        keyId: world.trailhoundKey,
      })
      .catch(async (error: unknown) => {
        await queue.stop();
        throw error;
      });
    front.aimAt(bot.slackUrl);
    const player = { world, speed: options.speed, now: Date.now, tell, enter, signal: ended.signal };
    const played = playStory(player).catch((error: unknown) => {
      if (!ended.signal.aborted) options.onFailure(error);
    });
    running = { world, queue, bot, ended, played };
  }

  async function fall(): Promise<void> {
    const { world, queue, bot, ended, played } = running ?? {};
    running = undefined;
    ended?.abort();
    await played;
    world?.stop();
    // Together: the bot's long polls end when the queue does.
    await Promise.all([bot?.stop(), queue?.stop()]);
  }

  async function again(): Promise<void> {
    enter({ phase: "setting", text: PHASES.setting });
    await fall();
    captions = [];
    await front.reset();
    await raise();
  }

  const front: Front = await startFront({
    port: options.port,
    signingSecret,
    story: () => ({ captions, play }),
    onAsk: (what) => {
      if (what !== "again" || stopped || play.phase === "setting") return;
      changing = changing.then(again).catch((error: unknown) => {
        enter({ phase: "over", text: "The stage could not be set; the log tells why" });
        options.onFailure(error);
      });
    },
  });
  let stand: World;
  const aws: AwsEndpoint = await startAws(() => stand);
  const stop = async () => {
    stopped = true;
    await changing;
    await fall();
    await aws.stop();
    await front.stop();
  };
  try {
    await raise();
  } catch (error) {
    await stop();
    throw error;
  }
  return { front, world: () => stand, stop };
}
