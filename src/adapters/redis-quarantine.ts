/**
 * The quarantine in Redis. It is filled by the commit of the message that brought the body (redis-alerts.ts).
 */
import type { Redis } from "ioredis";
import type { KeptUnreadable, Quarantined, QuarantineStore } from "../ports/quarantine.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { DROP, FIND, LIST, REPLAY } from "./lua/quarantine.ts";
import { listOf, scriptOf, textOf } from "./redis-script.ts";
import { rowName } from "./row.ts";

const list = scriptOf(LIST);
const find = scriptOf(FIND);
const replay = scriptOf(REPLAY);
const drop = scriptOf(DROP);

export function redisQuarantine(redis: Redis): QuarantineStore {
  return {
    async list(limit) {
      return listOf(await list(redis, [limit])).flatMap((item) => keptOf(listOf(item)) ?? []);
    },
    async count() {
      return redis.zcard(`${KEY_TAG}:quarantine`);
    },
    async find(id) {
      return keptOf(listOf(await find(redis, [id])));
    },
    async text(id) {
      return (await redis.hget(`${KEY_TAG}:quarantine:texts`, id)) ?? undefined;
    },
    async replay(id, now) {
      return (await replay(redis, [id, now])) === 1;
    },
    async isOwed(id) {
      return (await redis.zscore(`${KEY_TAG}:outbox`, rowName({ kind: "replay", id }))) !== null;
    },
    async drop(id) {
      await drop(redis, [id]);
    },
  };
}

function keptOf([note, since, whole]: readonly unknown[]): KeptUnreadable | undefined {
  if (note === undefined) return undefined;
  // Written by `commit` and by nobody else.
  const item: Quarantined = JSON.parse(textOf(note));
  return { ...item, since: new Date(Number(since)).toISOString(), whole: whole === 1 };
}
