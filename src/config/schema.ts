/**
 * Schema: what each key of the configuration may hold, and what it is without one.
 * Pure. What several keys have to agree on is in ./problem.ts.
 */
import { z } from "zod";
import { isQueueUrl } from "./url.ts";

// The text beside each check says what is wanted; problemsOf() writes "VALUE is not WANTED" with it.
export const ACCOUNT_ID = "a 12-digit account id";
const PORT_RANGE = "a port from 1 to 65535";
const text = (wanted: string) => z.string(wanted).min(1, wanted);
const pattern = (wanted: string, regex: RegExp) => z.string(wanted).regex(regex, wanted);
const region = pattern("an AWS region such as us-east-1", /^[a-z]{2,3}(-[a-z]+)+-\d$/);
const role = pattern(
  "the ARN of a role such as arn:aws:iam::111122223333:role/trailhound-reader",
  /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
);
const listen = (host: string, port: number) => ({
  host: pattern("a host name or address to listen on", /^[\w.:-]+$/).default(host),
  port: z.int(PORT_RANGE).min(1, PORT_RANGE).max(65535, PORT_RANGE).default(port),
});

const ACCOUNT = {
  id: pattern(ACCOUNT_ID, /^\d{12}$/),
  name: text("a name for the account"),
  owner: z.exactOptional(text("the name of a person or team")),
  regions: z.exactOptional(z.array(region, "a list of regions").min(1, "a list of regions (leave it out for all)")),
  reader: z.exactOptional(role),
  responder: z.exactOptional(role),
  external_id: z.exactOptional(
    pattern("an external id: 2 to 1224 letters, digits and +=,.@:/-", /^[\w+=,.@:/-]{2,1224}$/),
  ),
};
const BUCKET = {
  name: pattern("a bucket's name", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  region,
  account: z.exactOptional(pattern(ACCOUNT_ID, /^\d{12}$/)),
};
const S3 = {
  buckets: z.array(z.strictObject(BUCKET, "a bucket with name and region"), "a list of buckets").default([]),
};
const HTTP = listen("127.0.0.1", 3000);
const channel = pattern("a channel id such as C0123456789 (click the channel's name, About)", /^[CG][A-Z0-9]{5,}$/);
const SLACK = {
  channel,
  fallback: z.exactOptional(channel),
  operators: z.array(
    pattern("a Slack user id such as U0123456789 (profile, ⋮, Copy member ID)", /^[UW][A-Z0-9]{5,}$/),
    "a list of Slack user ids ([] when nobody may contain)",
  ),
  mode: z.enum(["socket", "http"], "one of socket, http").default("socket"),
  http: z.strictObject(HTTP, "a section with host and port").prefault({}),
};
const SQS = {
  queues: z
    .array(z.string("a queue's URL").refine(isQueueUrl, "a queue's https URL (http for localhost)"), "a list of URLs")
    .min(1, "a list of at least one queue URL"),
  region: z.exactOptional(region),
};
const GEOIP = {
  country: z.exactOptional(text("a file")),
  asn: z.exactOptional(text("a file")),
};
const REDIS = { durability: z.enum(["strict", "delayed"], "one of strict, delayed").default("strict") };
const HEALTH = listen("127.0.0.1", 8080);
const arnPattern = pattern("an ARN pattern such as arn:aws:iam::*:user/break-glass-*", /^arn:\S+$/);
const ROOT = {
  accounts: z
    .array(z.strictObject(ACCOUNT, "an account with id and name"), "a list of accounts")
    .min(1, "a list of at least one account"),
  slack: z.strictObject(SLACK, "a section with channel and operators"),
  sqs: z.strictObject(SQS, "a section with queues"),
  s3: z.strictObject(S3, "a section with buckets").prefault({}),
  rules: z.array(text("a folder"), "a list of folders").default([]),
  placeholders: z
    .record(
      pattern("a name of letters, digits, _, - and .", /^[A-Za-z0-9_.-]+$/),
      z.array(text("a text"), "a list of texts").min(1, "a list of at least one text"),
      "lists of texts by name",
    )
    .default({}),
  protected: z.array(arnPattern, "a list of ARN patterns").default([]),
  vendors: z
    .record(pattern(ACCOUNT_ID, /^\d{12}$/), text("the name of a vendor"), "names of vendors by account id")
    .default({}),
  organizations: z
    .array(pattern("an organisation's id such as o-a1b2c3d4e5", /^o-[a-z0-9]{10,32}$/), "a list of organisations' ids")
    .default([]),
  geoip: z.strictObject(GEOIP, "a section with country and asn").prefault({}),
  redis: z.strictObject(REDIS, "a section with durability").prefault({}),
  health: z.strictObject(HEALTH, "a section with host and port").prefault({}),
  data: text("a folder").default("data"),
};
export const SCHEMA = z.strictObject(ROOT, "a configuration with accounts, slack and sqs");

/** What may stand in each section, by its path without list positions. */
export const SECTIONS = new Map<string, object>([
  ["", ROOT],
  ["accounts", ACCOUNT],
  ["slack", SLACK],
  ["slack.http", HTTP],
  ["sqs", SQS],
  ["s3", S3],
  ["s3.buckets", BUCKET],
  ["geoip", GEOIP],
  ["redis", REDIS],
  ["health", HEALTH],
]);
