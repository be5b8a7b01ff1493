/**
 * The demo's one small world: an AWS account in which every call is allowed or denied by its policies, changes what
 * it says it changes, and leaves its CloudTrail record. A call with an unknown or inactive key fails before all that
 * and leaves none, as in AWS.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { JsonObject } from "../src/cloudtrail/record.ts";
import { type Action, findAction } from "./actions.ts";
import { ACCOUNT, GLOBAL_REGION, TRAILHOUND_POLICY, TRAILHOUND_ROLE } from "./cast.ts";
import { evaluate } from "./evaluate.ts";
import { type IamState, keysOf, openIam, policiesOf, runIam, type WorldKey } from "./iam.ts";
import { keyIdOf, uniqueIdOf } from "./key.ts";
import { type Call, type Caller, callerArnOf, type Outcome, recordOf } from "./record.ts";
import { type DemoTrail, type Lookup, openTrail } from "./trail.ts";

export type Answer = (Outcome & { readonly requestID: string }) | { readonly kind: "invalid-key" };

export interface WorldOptions {
  readonly now: () => number;
  /** From a call until SQS and LookupEvents have its record. */
  readonly delayMs: number;
  /** Takes one SQS body. */
  readonly send: (body: string) => Promise<void>;
  /** Records of what happened before, the oldest first. */
  readonly before?: readonly JsonObject[];
  /** Sees every call with its answer: the story's captions. */
  readonly onCall?: (call: Call, answer: Answer) => void;
}

export interface World {
  /** @throws Error for a call that the world does not know. */
  call(call: Call): Answer;
  lookup(query: Lookup): ReturnType<DemoTrail["lookup"]>;
  keysOf(userName: string): readonly WorldKey[];
  /** The access key id of the role that Trailhound runs as. */
  readonly trailhoundKey: string;
  settled(): Promise<void>;
  stop(): void;
}

export function openWorld(options: WorldOptions): World {
  const startedAt = options.now();
  const iam = openIam(startedAt);
  const trail = openTrail(options);
  const trailhoundKey = keyIdOf("ASIA", ACCOUNT.id, TRAILHOUND_ROLE);
  let logging = true;
  for (const record of options.before ?? []) trail.put(record);

  const answerOf = (call: Call): Answer => {
    const action = findAction(call.action);
    if (action === undefined) throw new Error(`the demo's world does not know ${call.action}; see demo/actions.ts`);
    const at = options.now();
    const caller = call.keyId === trailhoundKey ? trailhound(trailhoundKey, startedAt) : callerOf(iam, call.keyId);
    if (caller === undefined) return { kind: "invalid-key" };
    touch(iam, call, action, at);
    const outcome = denialOf(iam, call, action, caller) ?? run(call, caller, at);
    const written = { at, eventID: randomUUID(), requestID: randomUUID() };
    // The record of StopLogging itself still arrives.
    if (logging || outcome.kind !== "ok") trail.put(recordOf(call, action, caller, outcome, written));
    if (outcome.kind === "ok" && call.action === "cloudtrail:StopLogging") logging = false;
    return { ...outcome, requestID: written.requestID };
  };

  const run = (call: Call, caller: Caller, at: number): Outcome => {
    const [service, name = ""] = call.action.split(":");
    if (name === "GetCallerIdentity")
      return { kind: "ok", value: { userId: caller.id, account: ACCOUNT.id, arn: callerArnOf(caller) } };
    if (call.action === "cloudtrail:StartLogging") logging = true;
    if (call.action === "ec2:RunInstances") return { kind: "ok", value: instancesOf(call) };
    if (service !== "iam") return { kind: "ok", value: {} };
    // Without a userName, IAM acts on the caller's own user.
    const own = caller.kind === "user" ? { userName: caller.name } : {};
    const done = runIam(iam, name, { ...own, ...call.params }, at);
    return done.kind === "done" ? { kind: "ok", value: done.value } : done;
  };

  return {
    call(call) {
      const answer = answerOf(call);
      options.onCall?.(call, answer);
      return answer;
    },
    lookup: trail.lookup,
    keysOf: (userName) => keysOf(iam, userName),
    trailhoundKey,
    settled: trail.settled,
    stop: trail.stop,
  };
}

function trailhound(keyId: string, startedAt: number): Caller {
  const id = uniqueIdOf("AROA", TRAILHOUND_ROLE);
  return { kind: "role", name: TRAILHOUND_ROLE, id, session: "bot", startedAt, keyId };
}

function callerOf(iam: IamState, keyId: string): Caller | undefined {
  const key = iam.keys.get(keyId);
  const user = key?.status === "Active" ? iam.users.get(key.userName) : undefined;
  return user === undefined ? undefined : { kind: "user", name: user.name, id: user.id, arn: user.arn, keyId };
}

/** A key counts as used when it signed a call, allowed or not. */
function touch(iam: IamState, call: Call, action: Action, at: number): void {
  const key = iam.keys.get(call.keyId);
  const service = call.action.split(":")[0] ?? "";
  if (key !== undefined) key.lastUsed = { at, service, region: action.global === true ? GLOBAL_REGION : call.region };
}

/** undefined: the policies allow it. */
function denialOf(iam: IamState, call: Call, action: Action, caller: Caller): Outcome | undefined {
  if (action.free === true) return undefined;
  const user = caller.kind === "user" ? iam.users.get(caller.name) : undefined;
  const policies = user === undefined ? [TRAILHOUND_POLICY] : policiesOf(user);
  const permission = action.permission ?? call.action;
  const resource = action.resource?.(call.params ?? {}, call.region) ?? "*";
  const verdict = evaluate(policies, permission, resource);
  if (verdict === "allowed") return undefined;
  const because =
    verdict === "explicitly-denied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${permission} action`;
  const message = `User: ${callerArnOf(caller)} is not authorized to perform: ${permission} on resource: ${resource} ${because}`;
  if (!call.action.startsWith("ec2:")) return { kind: "denied", code: "AccessDenied", message };
  const told = `You are not authorized to perform this operation. ${message.replace(" on resource: *", "")}`;
  // Only calls about single resources carry the encoded blob; nothing in this world can decode it.
  const blob = action.readOnly
    ? ""
    : `. Encoded authorization failure message: ${randomBytes(600).toString("base64url")}`;
  return { kind: "denied", code: "UnauthorizedOperation", message: told + blob };
}

/** What RunInstances answers, as far as anybody here reads it. */
function instancesOf(call: Call): JsonObject {
  const asked = call.params?.["instancesSet"];
  const count = Number(/"maxCount":(\d+)/.exec(JSON.stringify(asked ?? {}))?.[1] ?? "1");
  const items = Array.from({ length: count }, (_, index) => ({
    instanceId: `i-0${randomBytes(8).toString("hex")}`,
    instanceType: call.params?.["instanceType"] ?? "t3.small",
    amiLaunchIndex: index,
    instanceState: { code: 0, name: "pending" },
    placement: { availabilityZone: `${call.region}a`, tenancy: "default" },
  }));
  return { reservationId: `r-0${randomBytes(8).toString("hex")}`, ownerId: ACCOUNT.id, instancesSet: { items } };
}
