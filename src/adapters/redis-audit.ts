/**
 * The audit log in Redis: a list of entries, appended only to the head that the writer has seen.
 * It is never trimmed and does not expire.
 *
 * `{ids}:audit` list · `{ids}:audit:ids` set of entry ids · `{ids}:audit:head` hash of the newest entry.
 */
import type { Redis } from "ioredis";
import type { AuditEntry } from "../contain/audit.ts";
import type { AuditStore } from "../ports/containments.ts";
import { KEY_TAG, PRELUDE } from "./lua/prelude.ts";
import { scriptOf } from "./redis-script.ts";

const LOG = `${KEY_TAG}:audit`;

/** ARGV: entry id, prev, hash, seq, entry (JSON). */
const append = scriptOf(`${PRELUDE}
local log, ids, head = P .. 'audit', P .. 'audit:ids', P .. 'audit:head'
local id, prev, hash, seq, entry = unpack(ARGV)
if redis.call('SISMEMBER', ids, id) == 1 then return 'kept' end
if prev ~= (redis.call('GET', head) or string.rep('0', 64)) then return 'moved' end
if tonumber(seq) ~= redis.call('LLEN', log) + 1 then return 'moved' end
redis.call('RPUSH', log, entry)
redis.call('SADD', ids, id)
redis.call('SET', head, hash)
return 'appended'
`);

export function redisAudit(redis: Redis): AuditStore {
  return {
    async head() {
      const text = await redis.lindex(LOG, -1);
      return text === null ? undefined : entryOf(text);
    },
    async append(entry) {
      const answer = await append(redis, [entry.id, entry.prev, entry.hash, entry.seq, JSON.stringify(entry)]);
      if (answer !== "appended" && answer !== "kept" && answer !== "moved")
        throw new Error(`redis answered ${String(answer)} to an audit append`);
      return answer;
    },
    async entries(fromSeq, limit) {
      return (await redis.lrange(LOG, fromSeq - 1, fromSeq + limit - 2)).map(entryOf);
    },
  };
}

/** Its shape is ours; whether it is genuine is for the chain to show (`hash`). */
function entryOf(text: string): AuditEntry {
  const entry: AuditEntry = JSON.parse(text);
  return entry;
}
