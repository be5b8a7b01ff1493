/**
 * AWS of the demo and the tests: a local endpoint that speaks to the real SDK clients for the demo's world —
 * IAM and STS (Query protocol, XML) and CloudTrail (JSON 1.1).
 * Who calls is taken from the access key id of the Authorization header. The signature is not checked: nobody in the
 * world has a secret.
 * Source: IAM API Reference ("Common errors"), CloudTrail API Reference (LookupEvents).
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import type { Json, JsonObject } from "../src/cloudtrail/record.ts";
import { findAction } from "./actions.ts";
import { CLIENTS } from "./cast.ts";
import { listen, stopServer } from "./http.ts";
import { findObject } from "./json.ts";
import { usernameOf } from "./trail.ts";
import type { Answer, World } from "./world.ts";

export interface AwsEndpoint {
  /** For `AWS_ENDPOINT_URL_IAM` and `AWS_ENDPOINT_URL_CLOUDTRAIL`. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly type: "text/xml" | "application/x-amz-json-1.1";
  readonly body: string;
  readonly requestId: string;
}

const PAGE = 50;

/** `world` is asked at every request, so that a new world can take the stage. */
export async function startAws(world: () => World): Promise<AwsEndpoint> {
  const server: Server = createServer((request, response) => {
    replyTo(request, world()).then(
      ({ status, type, body, requestId }) =>
        response.writeHead(status, { "content-type": type, "x-amzn-requestid": requestId }).end(body),
      (error: Error) => response.writeHead(500, { "content-type": "text/plain" }).end(error.message),
    );
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop: () => stopServer(server) };
}

async function replyTo(request: IncomingMessage, world: World): Promise<Reply> {
  const body = await text(request);
  const [, keyId = "", region = "", service = ""] =
    /Credential=(\w+)\/\d+\/([\w-]+)\/(\w+)\//.exec(request.headers.authorization ?? "") ?? [];
  const caller = { keyId, region, ip: CLIENTS.trailhound.ip, userAgent: request.headers["user-agent"] ?? "" };
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const name = target.slice(target.lastIndexOf(".") + 1);
    return cloudTrailReply(name, findObject(body) ?? {}, caller, world);
  }
  const form = new URLSearchParams(body);
  const name = form.get("Action") ?? "";
  const action = `${service}:${name}`;
  if (findAction(action) === undefined) return queryError(400, "InvalidAction", `Could not find operation ${name}`);
  const params: Record<string, string> = {};
  for (const [key, value] of form)
    if (key !== "Action" && key !== "Version") params[key.charAt(0).toLowerCase() + key.slice(1)] = value;
  return queryReply(name, world.call({ ...caller, action, ...(form.size > 2 ? { params } : {}) }));
}

function queryReply(name: string, answer: Answer): Reply {
  switch (answer.kind) {
    case "invalid-key":
      return queryError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    case "denied":
      return queryError(403, answer.code, answer.message, answer.requestID);
    case "failed":
      return queryError(answer.code === "NoSuchEntity" ? 404 : 409, answer.code, answer.message, answer.requestID);
    case "ok": {
      const result = `<${name}Result>${xmlOf(answer.value)}</${name}Result>`;
      const requestId = answer.requestID;
      const meta = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return { status: 200, type: "text/xml", body: `<${name}Response>${result}${meta}</${name}Response>`, requestId };
    }
  }
}

function queryError(status: number, code: string, message: string, requestId: string = randomUUID()): Reply {
  const error = xmlOf({ error: { type: "Sender", code, message }, requestId });
  return { status, type: "text/xml", body: `<ErrorResponse>${error}</ErrorResponse>`, requestId };
}

/** `{ user: { userName: "bob" } }` → `<User><UserName>bob</UserName></User>`; lists become `<member>`. */
function xmlOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((item: Json) => `<member>${xmlOf(item)}</member>`).join("");
  if (typeof value !== "object")
    return String(value).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return Object.entries(value)
    .map(([key, part]) => {
      const name = key.charAt(0).toUpperCase() + key.slice(1);
      return `<${name}>${xmlOf(part)}</${name}>`;
    })
    .join("");
}

function cloudTrailReply(
  name: string,
  query: JsonObject,
  caller: { readonly keyId: string; readonly region: string; readonly ip: string; readonly userAgent: string },
  world: World,
): Reply {
  const action = `cloudtrail:${name}`;
  if (name !== "LookupEvents") return jsonError("UnknownOperationException", `${name} is not in the demo`);
  const answer = world.call({ ...caller, action, params: query });
  if (answer.kind === "invalid-key")
    return jsonError("UnrecognizedClientException", "The security token included in the request is invalid.");
  if (answer.kind !== "ok") return jsonError("AccessDeniedException", answer.message, answer.requestID);
  const asked = Array.isArray(query["LookupAttributes"]) ? query["LookupAttributes"] : [];
  const attribute = asked[0];
  const from = query["StartTime"];
  const to = query["EndTime"];
  const token = query["NextToken"];
  const limit = Math.min(Number(query["MaxResults"] ?? PAGE), PAGE);
  if (asked.length > 1) return jsonError("InvalidLookupAttributesException", "You can specify only one attribute.");

  try {
    const page = world.lookup({
      region: caller.region,
      limit,
      ...(isAttribute(attribute)
        ? { attribute: { key: attribute.AttributeKey, value: attribute.AttributeValue } }
        : {}),
      ...(typeof from === "number" ? { from: from * 1000 } : {}),
      ...(typeof to === "number" ? { to: to * 1000 } : {}),
      ...(typeof token === "string" ? { token } : {}),
    });
    const next = page.nextToken === undefined ? {} : { NextToken: page.nextToken };
    const body = JSON.stringify({ Events: page.records.map(eventOf), ...next });
    return { status: 200, type: JSON_TYPE, body, requestId: answer.requestID };
  } catch (error) {
    if (error instanceof RangeError) return jsonError("InvalidNextTokenException", error.message);
    throw error;
  }
}

const JSON_TYPE = "application/x-amz-json-1.1";

function jsonError(type: string, message: string, requestId: string = randomUUID()): Reply {
  return { status: 400, type: JSON_TYPE, body: JSON.stringify({ __type: type, message }), requestId };
}

function isAttribute(value: unknown): value is { readonly AttributeKey: string; readonly AttributeValue: string } {
  return typeof value === "object" && value !== null && "AttributeKey" in value && "AttributeValue" in value;
}

/** One element of LookupEvents: the record itself is a string in it. */
function eventOf(record: JsonObject): JsonObject {
  return {
    EventId: record["eventID"] ?? "",
    EventName: record["eventName"] ?? "",
    EventSource: record["eventSource"] ?? "",
    EventTime: Date.parse(String(record["eventTime"])) / 1000,
    ReadOnly: String(record["readOnly"]),
    Username: usernameOf(record),
    CloudTrailEvent: JSON.stringify(record),
  };
}
