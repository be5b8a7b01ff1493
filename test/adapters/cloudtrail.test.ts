import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { openTrail } from "../../src/adapters/cloudtrail.ts";
import { openCredentials } from "../../src/adapters/credentials.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import type { Trail } from "../../src/ports/trail.ts";

const ACCOUNT = "111122223333";
const record = (eventID: string) => ({
  eventVersion: "1.11",
  eventID,
  eventName: "CreateUser",
  recipientAccountId: ACCOUNT,
});

/** LookupEvents' side of HTTP: answers are handed out in turn, the last one again and again. */
async function startTrail(...answers: { readonly status: number; readonly body: unknown }[]) {
  const asked: { readonly at: number; readonly body: Record<string, unknown> }[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      asked.push({ at: Date.now(), body: JSON.parse(text) });
      const { status = 500, body } = answers[Math.min(asked.length, answers.length) - 1] ?? {};
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { asked, url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

const page = (ids: readonly string[], token?: string) => ({
  status: 200,
  body: {
    Events: ids.map((id) => ({ EventId: id, CloudTrailEvent: JSON.stringify(record(id)) })),
    ...(token === undefined ? {} : { NextToken: token }),
  },
});
const refusal = (type: string) => ({ status: 400, body: { __type: type, message: "no" } });

describe("CloudTrail's history", () => {
  const before = { ...process.env };
  afterEach(() => {
    for (const name of ["AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  });

  async function withTrail(
    answers: Parameters<typeof startTrail>,
    ask: (trail: Trail, asked: Awaited<ReturnType<typeof startTrail>>["asked"]) => Promise<void>,
  ): Promise<void> {
    const server = await startTrail(...answers);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_CLOUDTRAIL: server.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "none",
    });
    const options = { log: memoryLog(), requestTimeoutMs: 2_000 };
    const { reader } = openCredentials({ ...options, accounts: [{ id: ACCOUNT, name: "prod" }] });
    await ask(openTrail({ ...options, credentialsOf: reader }), server.asked).finally(server.stop);
  }
  const query = (pages = 1, region = "us-east-1") => ({
    account: ACCOUNT,
    region,
    attribute: { key: "Username" as const, value: "deploy-bot" },
    since: Date.parse("2026-11-20T00:00:00Z"),
    pages,
  });

  it("is read page by page up to the limit, and says whether there is more", () =>
    withTrail([page(["a", "b"], "next"), page(["c"], "next")], async (trail, asked) => {
      const answer = await trail.lookup(query(2));

      assert.equal(answer.kind, "ok");
      assert.deepEqual(answer.kind === "ok" && answer.records.map(({ eventID }) => eventID), ["a", "b", "c"]);
      assert.equal(answer.kind === "ok" && answer.more, true);
      assert.deepEqual(asked[0]?.body["LookupAttributes"], [
        { AttributeKey: "Username", AttributeValue: "deploy-bot" },
      ]);
      assert.equal(asked[1]?.body["NextToken"], "next");
    }));

  it("leaves out what is no record", () =>
    withTrail(
      [{ status: 200, body: { Events: [{ CloudTrailEvent: "{" }, { CloudTrailEvent: "[]" }, {}] } }],
      async (trail) => {
        assert.deepEqual(await trail.lookup(query()), { kind: "ok", records: [], more: false });
      },
    ));

  it("is asked at most twice a second for one account and region, whoever asks", () =>
    withTrail([page([])], async (trail, asked) => {
      await Promise.all([trail.lookup(query()), trail.lookup(query()), trail.lookup(query())]);

      const gaps = asked.slice(1).map(({ at }, before) => at - (asked[before]?.at ?? 0));
      // A timer may fire a few ms early; the server's clock is this process's.
      assert.ok(
        gaps.every((gap) => gap >= 450),
        String(gaps),
      );
    }));

  it("does not hold other regions back", () =>
    withTrail([page([])], async (trail, asked) => {
      await Promise.all(["us-east-1", "us-east-2", "eu-west-1", "eu-north-1"].map((at) => trail.lookup(query(1, at))));

      assert.equal(asked.length, 4);
    }));

  it("is asked again when it throttles, and given up as unavailable after that", () =>
    withTrail([refusal("ThrottlingException"), page(["a"])], async (trail, asked) => {
      assert.equal((await trail.lookup(query())).kind, "ok");
      assert.equal(asked.length, 2);
    }));

  it("names the permission that is missing", () =>
    withTrail([refusal("AccessDeniedException")], async (trail) => {
      assert.deepEqual(await trail.lookup(query()), { kind: "denied", missing: "cloudtrail:LookupEvents" });
    }));

  it("says when a region is not enabled", () =>
    withTrail([refusal("UnrecognizedClientException")], async (trail) => {
      const answer = await trail.lookup(query());
      assert.match(answer.kind === "unavailable" ? answer.why : "", /region is not enabled/);
    }));

  it("ends when the asker is gone", () =>
    withTrail([page([])], async (trail, asked) => {
      const gone = new AbortController();
      gone.abort();
      const answer = await trail.lookup(query(), gone.signal);

      assert.deepEqual(answer, { kind: "unavailable", why: "timed out" });
      assert.equal(asked.length, 0);
    }));
});
