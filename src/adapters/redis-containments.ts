/**
 * Dialogs, intents and used request ids in Redis.
 *
 * `{ids}:dialog:<id>` · `{ids}:intent:<id>` hash · `{ids}:newest-intent:<account>:<key>` · `{ids}:fence:<account>:<key>` ·
 * `{ids}:used:<digest of a request id>`.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { isFinal } from "../contain/outcome.ts";
import type { ContainmentStore, Dialog, IntentRecord } from "../ports/containments.ts";
import { CURRENT_FENCE, INTEND, SAVE_INTENT } from "./lua/containments.ts";
import { KEY_TAG } from "./lua/prelude.ts";
import { scriptOf } from "./redis-script.ts";
import { rowName } from "./row.ts";
import { msOf } from "./time.ts";

const currentFence = scriptOf(CURRENT_FENCE);
const intend = scriptOf(INTEND);
const saveIntent = scriptOf(SAVE_INTENT);

export function redisContainments(redis: Redis): ContainmentStore {
  return {
    async keepDialog(dialog, ttlMs) {
      await redis.set(`${KEY_TAG}:dialog:${dialog.id}`, JSON.stringify(dialog), "PX", ttlMs);
    },
    async dialog(id) {
      const text = await redis.get(`${KEY_TAG}:dialog:${id}`);
      if (text === null) return undefined;
      const dialog: Dialog = JSON.parse(text);
      return dialog;
    },
    async nextFence(account, keyId) {
      return redis.incr(`${KEY_TAG}:fence:${account}:${keyId}`);
    },
    async currentFence(account, keyId) {
      return Number(await currentFence(redis, [`${account}:${keyId}`]));
    },
    async intend(record, openedAt, now) {
      const { account, keyId } = record.intent;
      const last = await intend(redis, [...fieldsOf(record, now), `${account}:${keyId}`, msOf(openedAt)]);
      return typeof last === "string" ? { kind: "already", record: intentOf(last) } : { kind: "intended" };
    },
    async intent(id) {
      const text = await redis.hget(`${KEY_TAG}:intent:${id}`, "record");
      return text === null ? undefined : intentOf(text);
    },
    async saveIntent(record, { done, rows = [] }, now) {
      const added = rows.flatMap((row) => [rowName(row), row.at]);
      await saveIntent(redis, [...fieldsOf(record, now), done === undefined ? "" : rowName(done), ...added]);
    },
    async firstUse(requestId, ttlMs) {
      const digest = createHash("sha256").update(requestId).digest("hex");
      return (await redis.set(`${KEY_TAG}:used:${digest}`, "1", "PX", ttlMs, "NX")) === "OK";
    },
  };
}

function fieldsOf(record: IntentRecord, now: number): readonly (string | number)[] {
  const { intent, containment } = record;
  const final = isFinal(containment.state) ? "1" : "0";
  return [intent.id, JSON.stringify(record), JSON.stringify(containment), intent.alert, intent.fence, final, now];
}

/** Its shape is ours; whether it is genuine is for the worker to check (`intent.mac`). */
function intentOf(text: string): IntentRecord {
  const record: IntentRecord = JSON.parse(text);
  return record;
}
