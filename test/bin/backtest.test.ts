import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { rules } from "../../bin/rules.ts";

interface Call {
  readonly day: number;
  readonly user: string;
  readonly ip: string;
  readonly hour?: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

const base: Readonly<Record<string, unknown>> = JSON.parse(
  await readFile("rules/records/iam_create_user.json", "utf8"),
);

/** NDJSON of calls of iam:CreateUser in November 2026. */
function logOf(calls: readonly Call[]): string {
  const records = calls.map(({ day, user, ip, hour = 10, more }, at) => ({
    ...base,
    eventID: `event-${at}`,
    eventTime: new Date(Date.UTC(2026, 10, day, hour)).toISOString().replace(".000Z", "Z"),
    sourceIPAddress: ip,
    userIdentity: {
      type: "IAMUser",
      principalId: "AIDAEXAMPLE",
      arn: `arn:aws:iam::111122223333:user/${user}`,
      accountId: "111122223333",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName: user,
    },
    ...more,
  }));
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

const RULE = "user_made";
const rulesText = (level: string) => `title: User Made
name: user_made
logsource: { product: aws, service: cloudtrail }
detection: { made: { eventName: CreateUser }, condition: made }
level: ${level}
`;
/** A correlation, the rule it counts, and another one that counts it, too. */
const COUNTING = `title: Refused
name: refused
logsource: { product: aws, service: cloudtrail }
detection: { denied: { ids.denied: true }, condition: denied }
level: informational
---
title: Many Refused
name: many_refused
ids.on_failure: same
correlation: { type: event_count, rules: [refused], timespan: 10m, condition: { gte: 5 } }
level: medium
---
title: Many Refused at One Address
name: many_refused_there
ids.on_failure: same
correlation: { type: event_count, rules: [refused], group-by: [sourceIPAddress], timespan: 10m, condition: { gte: 50 } }
level: medium
`;
const calm = { more: { eventName: "ListUsers" } };

/** Thirty days: twelve users made by ci-deploy on four of them, two by alice. */
const month = logOf([
  { day: 1, user: "jack", ip: "192.0.2.1", ...calm },
  ...[3, 10, 17, 24].flatMap((day) =>
    [10, 11, 12].map((hour) => ({ day, hour, user: "ci-deploy", ip: "198.51.100.7" })),
  ),
  { day: 12, user: "alice", ip: "192.0.2.9" },
  { day: 21, user: "alice", ip: "192.0.2.9", more: { errorCode: "AccessDenied" } },
  { day: 30, user: "jack", ip: "192.0.2.1", ...calm },
]);

describe("ids rules backtest", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "backtest-"));
    await mkdir(join(folder, "rules"));
    await writeFile(join(folder, "rules", "made.yml"), rulesText("low"));
    await writeFile(join(folder, "rules", "counting.yml"), COUNTING);
    await mkdir(join(folder, "logs"));
    await writeFile(join(folder, "logs", "month.ndjson"), month);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(argv: readonly string[], stdin = ""): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const code = await rules(["backtest", ...argv, "--rules", join(folder, "rules")], {
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout: {
        columns: 80,
        write: (text) => {
          out += text;
        },
      },
      stderr: {
        write: (text) => {
          err += text;
        },
      },
    });
    return { code, out, err };
  }
  const filterIn = (out: string): string => out.slice(out.indexOf("\ntitle:") + 1);

  it("tells how often, for whom, on which days, how many alerts, and what would quiet it", async () => {
    const { code, out, err } = await run([RULE, join(folder, "logs", "month.ndjson")]);

    assert.deepEqual([code, err], [0, ""]);
    assert.equal(
      out,
      `user_made (low): would have fired 14 times in 30 days:
    12 for ci-deploy, 2 for alice
5 alerts in Slack; 1 finding informational, which post nothing

per day     ▁▁▇▁▁▁▁▁▁▇▁▃▁▁▁▁▇▁▁▁▃▁▁▇▁▁▁▁▁▁  2026-11-01 to 2026-11-30, at most 3

principals  12  arn:aws:iam::111122223333:user/ci-deploy
             2  arn:aws:iam::111122223333:user/alice
actions     14  iam:CreateUser
addresses   12  198.51.100.7
             2  192.0.2.9

This filter would quiet the 12 for ci-deploy.
Save it in your rules folder only if that is expected there:

title: "Expected - user_made by ci-deploy"
name: user_made_expected_ci_deploy
logsource: { product: aws, service: cloudtrail }
filter:
    rules: [user_made]
    selection:
        ids.principal: "arn:aws:iam::111122223333:user/ci-deploy"
        ids.action: "iam:CreateUser"
        sourceIPAddress: "198.51.100.7"
    condition: not selection
`,
    );
  });

  it("gives a filter that quiets what it says, and nothing else", async () => {
    const { out } = await run([RULE, join(folder, "logs", "month.ndjson")]);
    await writeFile(join(folder, "rules", "filter.yml"), filterIn(out));
    const quiet = await run([RULE, join(folder, "logs", "month.ndjson")]);

    assert.match(quiet.out, /would have fired 2 times in 30 days: 2 for alice\n/);
  });

  it("gives a filter of the very values, whatever an attacker wrote into them", async () => {
    const odd = 'x*?\\"\u001b[2J: {';
    const stars = logOf([1, 2].map((day) => ({ day, user: odd, ip: "192.0.2.9" })));
    const others = logOf([{ day: 3, user: 'xyz\\"\u001b[2J: {', ip: "192.0.2.9", more: { eventID: "other" } }]);
    const { out } = await run([RULE, "-"], stars + others);
    await writeFile(join(folder, "rules", "filter.yml"), filterIn(out));
    const quiet = await run([RULE, "-"], stars + others);

    assert.ok(!out.includes("\u001b"));
    assert.match(quiet.out, /would have fired once in 3 days/);
  });

  it("counts a record that lies in two files once", async () => {
    await writeFile(join(folder, "logs", "again.ndjson"), month);

    assert.match((await run([RULE, join(folder, "logs")])).out, /fired 14 times in 30 days/);
  });

  it("says over how much nothing fired", async () => {
    const { code, out } = await run(["many_refused", join(folder, "logs", "month.ndjson")]);

    assert.deepEqual([code, out], [0, "many_refused (medium): would not have fired in 30 days, 16 records\n"]);
  });

  it("takes a rule's file, without the bundled rules", async () => {
    await rm(join(folder, "rules", "made.yml"));
    await writeFile(join(folder, "mine.yml"), rulesText("high"));

    assert.match((await run([join(folder, "mine.yml"), "-"], month)).out, /^user_made \(high\): .* 14 times/);
  });

  it("names the rules beneath a correlation, and what else they feed, in its filter", async () => {
    const denied = logOf(
      ["ListUsers", "ListRoles", "ListGroups", "GetUser", "GetRole", "GetGroup"].map((eventName, at) => ({
        day: 2,
        user: "mallory",
        ip: "203.0.113.5",
        more: {
          eventName,
          eventSource: `${at % 2 ? "iam" : "sts"}.amazonaws.com`,
          errorCode: "AccessDenied",
          eventTime: `2026-11-02T10:00:0${at}Z`,
        },
      })),
    );
    const { out } = await run(["many_refused", "-"], denied);
    await writeFile(join(folder, "rules", "filter.yml"), filterIn(out));
    const quiet = await run(["many_refused", "-"], denied);

    assert.match(out, /^many_refused \(medium\): would have fired 2 times in 1 day: 2 for mallory\n1 alert in Slack\n/);
    assert.match(out, /^It narrows what these count or raise, too: many_refused_there$/m);
    assert.match(out, /^ {4}rules: \[refused\]$/m);
    assert.match(quiet.out, /would not have fired/);
  });

  it("draws no more than sixty marks", async () => {
    const long = logOf([1, 200].map((day) => ({ day, user: "alice", ip: "192.0.2.9" })));

    assert.match(
      (await run([RULE, "-"], long)).out,
      /^per 4 days {2}▇▁{48}▇\n {12}2026-11-01 to 2027-05-19, at most 1$/m,
    );
  });

  it("gives 2 where something could not be read, and tells the rest", async () => {
    await writeFile(join(folder, "logs", "broken.json"), "{");
    const { code, out, err } = await run([RULE, join(folder, "logs"), join(folder, "gone")]);

    assert.equal(code, 2);
    assert.match(err, /gone: does not exist\n/);
    assert.match(err, /broken\.json: is not valid JSON/);
    assert.match(out, /fired 14 times/);
  });

  it("gives 2 where there is no record", async () => {
    const { code, err } = await run([RULE, "-"], '{"a":1}\n');

    assert.equal(code, 2);
    assert.match(err, /holds JSON, but no CloudTrail record/);
  });
});
