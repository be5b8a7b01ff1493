import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DetectorOptions, type Finding, openDetector } from "../../bin/library.ts";

const record = {
  eventID: "00000000-0000-4000-8000-000000000001",
  eventTime: "2026-11-20T10:00:00Z",
  eventSource: "iam.amazonaws.com",
  eventName: "CreateUser",
  awsRegion: "us-east-1",
  recipientAccountId: "111122223333",
  userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/jack", userName: "jack" },
  requestParameters: { userName: "support2" },
};
const own = `title: Oddity
logsource: { product: aws, service: cloudtrail }
level: high
detection: { sel: { eventName: OddCall }, condition: sel }
`;

describe("openDetector", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "library-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  /** Signals are for other rules to add up. */
  const posted = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== "informational");
  const rulesOf = async (records: readonly unknown[], options?: DetectorOptions) =>
    posted(await (await openDetector(options)).feedAll(records)).map(({ rule }) => rule);

  it("gives the findings of the bundled rules, for one record or many", async () => {
    const detector = await openDetector();
    const one = posted(await detector.feed(record));
    const many = posted(await detector.feedAll([record, { ...record, eventID: "2" }]));

    assert.deepEqual(
      one.map(({ rule, eventIDs, time }) => [rule, eventIDs, time]),
      [["aws_iam_user_created", [record.eventID], record.eventTime]],
    );
    assert.deepEqual(
      many.map(({ eventIDs }) => eventIDs),
      [[record.eventID], ["2"]],
    );
  });

  it("adds the rules of the folders it is given", async () => {
    await writeFile(join(folder, "odd.yml"), own);
    const odd = { ...record, eventName: "OddCall" };

    assert.deepEqual(await rulesOf([odd, record], { rules: [folder] }), ["odd", "aws_iam_user_created"]);
    assert.deepEqual(await rulesOf([odd]), []);
  });

  it("rejects with all problems of the rules, and opens once they are repaired", async () => {
    await writeFile(join(folder, "odd.yml"), own.replace("high", "hihg"));
    await assert.rejects(
      openDetector({ rules: [folder] }),
      /odd\.yml:3: level: "hihg" is not one of informational, low/,
    );

    await writeFile(join(folder, "odd.yml"), own);
    assert.deepEqual(await rulesOf([{ ...record, eventName: "OddCall" }], { rules: [folder] }), ["odd"]);
  });

  it("starts every detector with an empty memory", async () => {
    const denied = ["ListUsers", "ListRoles", "ListGroups", "ListPolicies", "ListBuckets"].map((eventName, at) => ({
      ...record,
      eventID: `e${at}`,
      eventSource: at < 4 ? "iam.amazonaws.com" : "s3.amazonaws.com",
      eventName,
      errorCode: "AccessDenied",
    }));
    const [first, second] = [await openDetector(), await openDetector()];

    assert.deepEqual(posted(await first.feedAll(denied.slice(0, 4))), []);
    assert.deepEqual(posted(await second.feedAll(denied.slice(4))), []);
    assert.deepEqual(
      posted(await first.feedAll(denied.slice(4))).map(({ rule }) => rule),
      ["aws_denied_calls_spread"],
    );
  });

  it("draws no allowed call into the alert of those that were denied", async () => {
    const detector = await openDetector();
    const call = (action: string, more: object) => {
      const [service = "", eventName = ""] = action.split(":");
      return { ...record, eventID: action, eventSource: `${service}.amazonaws.com`, eventName, ...more };
    };
    const denied = ["iam:ListGroups", "iam:ListPolicies", "iam:ListSAMLProviders", "sqs:ListQueues", "sns:ListTopics"];
    const survey =
      "iam:ListUsers iam:ListRoles iam:GetUser s3:ListBuckets ec2:DescribeInstances ec2:DescribeVpcs kms:ListKeys rds:DescribeDBInstances ecs:ListClusters eks:ListClusters dynamodb:ListTables lambda:ListFunctions";
    await detector.feedAll(denied.map((action) => call(action, { errorCode: "AccessDenied" })));
    const findings = await detector.feedAll(survey.split(" ").map((action) => call(action, { readOnly: true })));

    assert.ok(findings.some(({ rule }) => rule === "aws_discovery_burst"));
    assert.deepEqual(posted(findings), []);
  });

  it("takes a record as JSON, too", async () => {
    const parsed = await (await openDetector()).feed(record);
    const text = await (await openDetector()).feed(JSON.stringify(record));
    const odd = await (await openDetector()).feed(JSON.stringify({ ...record, userAgent: ["x"] }));

    assert.ok(parsed.length > 0);
    assert.deepEqual(text, parsed);
    assert.deepEqual(
      odd.map(({ rule }) => rule),
      parsed.map(({ rule }) => rule),
    );
    assert.deepEqual(await (await openDetector()).feedAll(["", "{", "7", "[]", "null"]), []);
  });

  it("gives nothing for a value that is no record, and goes on", async () => {
    const odd = [
      null,
      undefined,
      5,
      "text",
      [],
      {},
      [record],
      { eventID: 1 },
      JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`),
    ];

    assert.deepEqual(await rulesOf([...odd, record]), ["aws_iam_user_created"]);
  });

  it("uses the regions of the accounts it is told", async () => {
    const launch = {
      ...record,
      eventSource: "ec2.amazonaws.com",
      eventName: "RunInstances",
      requestParameters: { instanceType: "p5.48xlarge" },
    };
    const accounts = [{ id: "111122223333", regions: ["eu-central-1"] }];

    assert.ok((await rulesOf([launch], { accounts })).includes("aws_ec2_big_instances_unused_region"));
    assert.ok((await rulesOf([launch])).includes("aws_ec2_big_instances"));
  });

  it("rejects what is fed after close", async () => {
    const detector = await openDetector();
    detector.close();

    await assert.rejects(detector.feed(record), /closed/);
  });

  it("opens in 50 ms after the first time", async () => {
    await openDetector();
    const started = performance.now();
    await openDetector();

    assert.ok(performance.now() - started < 50);
  });
});
