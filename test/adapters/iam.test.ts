/** The real client and the real Query protocol, against a server that answers what a test tells it to. */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { openCredentials } from "../../src/adapters/credentials.ts";
import { openIam } from "../../src/adapters/iam.ts";
import { memoryLog } from "../../src/adapters/memory.ts";
import type { Iam } from "../../src/ports/iam.ts";

const ACCOUNT = "111122223333";
const KEY = "AKIAIOSFODNN7EXAMPLE";
const TIMEOUT_MS = 400;
const ENV = {
  AWS_ACCESS_KEY_ID: "AKIAI44QH8DHBEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "not-a-secret",
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
};

type Reply = (response: ServerResponse, request: URLSearchParams) => void;

function success(action: string, result: string): Reply {
  return (response) =>
    response
      .writeHead(200, { "content-type": "text/xml", "x-amzn-requestid": "request-1" })
      .end(
        `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${result}<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></${action}Response>`,
      );
}

function failure(status: number, code: string): Reply {
  return (response) =>
    response
      .writeHead(status, { "content-type": "text/xml" })
      .end(
        `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>as told</Message></Error><RequestId>request-1</RequestId></ErrorResponse>`,
      );
}

const keysOf = (...ids: readonly string[]) =>
  ids
    .map(
      (id) =>
        `<member><UserName>deploy-bot</UserName><AccessKeyId>${id}</AccessKeyId><Status>Active</Status><CreateDate>2025-10-04T08:00:00Z</CreateDate></member>`,
    )
    .join("");

describe("openIam", () => {
  const requests: URLSearchParams[] = [];
  const outer = new Map<string, string | undefined>();
  let replies: Reply[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const asked = new URLSearchParams(body);
      requests.push(asked);
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      reply?.(response, asked);
    });
  });
  const log = memoryLog();
  const credentials = openCredentials({ accounts: [{ id: ACCOUNT, name: "prod" }], requestTimeoutMs: TIMEOUT_MS });
  const open = () => openIam({ log, credentials, requestTimeoutMs: TIMEOUT_MS });

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const { port } = address;
    const env = { ...ENV, AWS_ENDPOINT_URL_IAM: `http://127.0.0.1:${port}` };
    for (const [name, value] of Object.entries(env)) {
      outer.set(name, process.env[name]);
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    for (const [name, value] of outer) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  beforeEach(() => {
    requests.splice(0);
    replies = [];
  });

  it("makes a key inactive with one request that names the user, the key and Inactive", async () => {
    replies = [success("UpdateAccessKey", "")];

    const answer = await open().deactivateKey(ACCOUNT, "deploy-bot", KEY, "in_1");

    assert.deepEqual(answer, { kind: "ok", value: { requestId: "request-1" } });
    assert.deepEqual(
      requests.map((request) => Object.fromEntries(request)),
      [
        {
          Action: "UpdateAccessKey",
          Version: "2010-05-08",
          UserName: "deploy-bot",
          AccessKeyId: KEY,
          Status: "Inactive",
        },
      ],
    );
  });

  for (const userName of ["", "deploy bot", "a/b", "x".repeat(65)])
    it(`sends nothing for the user name ${JSON.stringify(userName.slice(0, 12))}: IAM would take its caller instead`, async () => {
      replies = [success("UpdateAccessKey", "")];

      const answers = [
        await open().deactivateKey(ACCOUNT, userName, KEY, "in_1"),
        await open().keys(ACCOUNT, userName),
        await open().user(ACCOUNT, userName),
      ];

      assert.deepEqual(
        answers.map(({ kind }) => kind),
        ["unavailable", "unavailable", "unavailable"],
      );
      assert.equal(requests.length, 0);
    });

  it("names the owner of a key and its last use", async () => {
    const used =
      "<LastUsedDate>2026-11-20T09:59:00Z</LastUsedDate><ServiceName>s3</ServiceName><Region>eu-west-1</Region>";
    replies = [
      success(
        "GetAccessKeyLastUsed",
        `<GetAccessKeyLastUsedResult><UserName>deploy-bot</UserName><AccessKeyLastUsed>${used}</AccessKeyLastUsed></GetAccessKeyLastUsedResult>`,
      ),
    ];

    const answer = await open().keyOwner(ACCOUNT, KEY);

    const lastUsed = { at: "2026-11-20T09:59:00.000Z", service: "s3", region: "eu-west-1" };
    assert.deepEqual(answer, { kind: "ok", value: { userName: "deploy-bot", lastUsed } });
    assert.equal(requests[0]?.get("AccessKeyId"), KEY);
  });

  for (const name of ["", "<UserName></UserName>", "<UserName>&lt;root_account&gt;</UserName>"])
    it(`gives no user for root's key, which IAM shows as ${JSON.stringify(name)}, nor a last use that never was`, async () => {
      const never = "<AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed>";
      replies = [
        success("GetAccessKeyLastUsed", `<GetAccessKeyLastUsedResult>${name}${never}</GetAccessKeyLastUsedResult>`),
      ];

      assert.deepEqual(await open().keyOwner(ACCOUNT, KEY), { kind: "ok", value: {} });
    });

  it("describes a user", async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/ci/deploy-bot`;
    replies = [
      success(
        "GetUser",
        `<GetUserResult><User><Path>/ci/</Path><UserName>deploy-bot</UserName><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Arn>${arn}</Arn><CreateDate>2025-10-04T08:00:00Z</CreateDate></User></GetUserResult>`,
      ),
    ];

    const answer = await open().user(ACCOUNT, "deploy-bot");

    const createdAt = "2025-10-04T08:00:00.000Z";
    const value = { arn, userName: "deploy-bot", userId: "AIDACKCEVSQ6C2EXAMPLE", createdAt };
    assert.deepEqual(answer, { kind: "ok", value });
  });

  it("lists the keys of all pages", async () => {
    const page = (keys: string, more: string) =>
      success(
        "ListAccessKeys",
        `<ListAccessKeysResult><AccessKeyMetadata>${keys}</AccessKeyMetadata>${more}</ListAccessKeysResult>`,
      );
    replies = [
      page(keysOf(KEY), "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
      page(keysOf("AKIAI44QH8DHBEXAMPLE"), "<IsTruncated>false</IsTruncated>"),
    ];

    const answer = await open().keys(ACCOUNT, "deploy-bot");

    const createdAt = "2025-10-04T08:00:00.000Z";
    const ids = [KEY, "AKIAI44QH8DHBEXAMPLE"];
    assert.deepEqual(answer, { kind: "ok", value: ids.map((id) => ({ id, status: "Active", createdAt })) });
    assert.deepEqual(
      requests.map((request) => [request.get("UserName"), request.get("Marker")]),
      [
        ["deploy-bot", null],
        ["deploy-bot", "m1"],
      ],
    );
  });

  it("gives up on a list of keys that never ends", async () => {
    const more = "<IsTruncated>true</IsTruncated><Marker>again</Marker>";
    replies = [
      success(
        "ListAccessKeys",
        `<ListAccessKeysResult><AccessKeyMetadata>${keysOf(KEY)}</AccessKeyMetadata>${more}</ListAccessKeysResult>`,
      ),
    ];

    assert.equal((await open().keys(ACCOUNT, "deploy-bot")).kind, "unavailable");
  });

  const calls = [
    ["iam:GetAccessKeyLastUsed", (iam: Iam) => iam.keyOwner(ACCOUNT, KEY)],
    ["iam:GetUser", (iam: Iam) => iam.user(ACCOUNT, "deploy-bot")],
    ["iam:ListAccessKeys", (iam: Iam) => iam.keys(ACCOUNT, "deploy-bot")],
    ["iam:UpdateAccessKey", (iam: Iam) => iam.deactivateKey(ACCOUNT, "deploy-bot", KEY, "in_1")],
  ] as const;
  for (const [action, call] of calls) {
    it(`says not-found when ${action} says NoSuchEntity`, async () => {
      replies = [failure(404, "NoSuchEntity")];

      assert.deepEqual(await call(open()), { kind: "not-found" });
    });

    it(`names ${action} when it is denied`, async () => {
      replies = [failure(403, "AccessDenied")];

      assert.deepEqual(await call(open()), { kind: "denied", missing: action });
      assert.equal(requests.length, 1);
    });

    const tries = action === "iam:UpdateAccessKey" ? 1 : 3;
    it(`says unavailable when ${action} is throttled, after ${tries === 1 ? "one try" : "three tries"}`, async () => {
      replies = [failure(400, "Throttling")];

      const answer = await call(openIam({ log, credentials, requestTimeoutMs: 5_000 }));

      assert.deepEqual(answer, { kind: "unavailable", why: "Throttling: as told" });
      assert.equal(requests.length, tries);
    });

    it(`says unavailable within the time-out when ${action} hangs`, async () => {
      replies = [() => {}];
      const started = Date.now();

      const answer = await call(open());

      assert.deepEqual(answer, { kind: "unavailable", why: "timed out" });
      assert.ok(Date.now() - started < TIMEOUT_MS + 500);
    });

    it(`says unavailable when the connection breaks under ${action}`, async () => {
      replies = [(response) => response.destroy()];

      assert.equal((await call(open())).kind, "unavailable");
    });

    it(`says unavailable when the answer to ${action} is no XML of IAM's`, async () => {
      replies = [(response) => response.writeHead(502).end("<html>bad gateway</html>")];

      assert.equal((await call(open())).kind, "unavailable");
    });
  }

  it("asks for a write once, whatever becomes of it", async () => {
    for (const reply of [
      failure(400, "Throttling"),
      failure(500, "ServiceFailure"),
      (r: ServerResponse) => r.destroy(),
    ]) {
      requests.splice(0);
      replies = [reply];

      await open().deactivateKey(ACCOUNT, "deploy-bot", KEY, "in_1");

      assert.equal(requests.length, 1);
    }
  });

  it("reads again when it was throttled once", async () => {
    const result = "<GetAccessKeyLastUsedResult><UserName>deploy-bot</UserName></GetAccessKeyLastUsedResult>";
    replies = [failure(400, "Throttling"), success("GetAccessKeyLastUsed", result)];

    const answer = await openIam({ log, credentials, requestTimeoutMs: 5_000 }).keyOwner(ACCOUNT, KEY);

    assert.deepEqual(answer, { kind: "ok", value: { userName: "deploy-bot" } });
  });

  it("logs why IAM was unavailable, without a secret", async () => {
    replies = [failure(403, "InvalidClientTokenId")];

    await open().keyOwner(ACCOUNT, KEY);

    const line = log.lines.at(-1);
    assert.deepEqual([line?.level, line?.name], ["warn", "iam.failed"]);
    assert.match(String(line?.fields["err"]), /InvalidClientTokenId/);
    assert.doesNotMatch(JSON.stringify(log.lines), /not-a-secret/);
  });

  it("knows the key that it signs with", async () => {
    assert.equal(await open().ownKeyId(ACCOUNT), ENV.AWS_ACCESS_KEY_ID);
  });
});
