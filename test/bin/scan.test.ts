import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { gzipSync } from "node:zlib";
import { scan } from "../../bin/scan.ts";
import { type Finding, LEVELS } from "../../src/detect/finding.ts";

const recorded = (name: string, changes: object = {}): object => ({
  ...JSON.parse(readFileSync(`rules/records/${name}.json`, "utf8")),
  ...changes,
});

/** A key that feels around, makes a user and an administrator, and tries to stop the log; then an ordinary call. */
const STORY = [
  ...["ListUsers", "ListRoles", "ListGroups", "ListPolicies"].map((eventName, n) =>
    recorded("iam_list_users_denied", { eventName, eventID: `e-${n}`, eventTime: `2026-11-20T10:00:0${n}Z` }),
  ),
  recorded("s3_list_buckets_denied", { eventTime: "2026-11-20T10:00:10Z" }),
  recorded("iam_create_user", { eventTime: "2026-11-20T10:01:00Z" }),
  recorded("iam_attach_user_policy", { eventTime: "2026-11-20T10:01:30Z" }),
  recorded("cloudtrail_stop_logging", { eventTime: "2026-11-20T10:02:00Z", errorCode: "AccessDenied" }),
  recorded("sts_get_caller_identity", { eventTime: "2026-11-21T09:00:00Z" }),
];
const NDJSON = STORY.map((record) => `${JSON.stringify(record)}\n`).join("");

async function run(argv: readonly string[], stdin: string | Buffer = "", isTTY = false) {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const stderr = Object.assign(into("stderr"), { isTTY });
  const code = await scan(argv, { stdin: Readable.from([Buffer.from(stdin)]), stdout: into("stdout"), stderr });
  return { code, ...written };
}

function findingsOf(stdout: string): readonly Finding[] {
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

/** The rules that the story is about; others may have their say as the pack grows. */
const ORDER = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];
const TOLD = [
  "aws_denied_calls_spread",
  "aws_iam_user_created",
  "aws_iam_admin_policy_granted",
  "aws_cloudtrail_stop_refused",
];
const toldOf = (stdout: string) => findingsOf(stdout).filter(({ rule }) => TOLD.includes(rule));

describe("ids scan", () => {
  let folder = "";
  const write = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-scan-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gives the same findings from NDJSON, a folder of .json.gz, one pretty file and standard input", async () => {
    const plain = await run([write("story.ndjson", NDJSON), "--format", "ndjson"]);
    // Two files, told apart by the time in their names; the later one sorts first by path.
    const prefix = "logs/111122223333_CloudTrail_us-east-1_";
    write(`${prefix}20261120T1005Z_a.json.gz`, gzipSync(JSON.stringify({ Records: STORY.slice(0, 4) })));
    write(`${prefix}20261120T1010Z_A.json.gz`, gzipSync(JSON.stringify({ Records: STORY.slice(4) })));

    assert.equal(plain.code, 1);
    assert.deepEqual(
      toldOf(plain.stdout).map(({ rule, level, outcome }) => [rule, level, outcome]),
      [
        ["aws_denied_calls_spread", "medium", "failure"],
        ["aws_iam_user_created", "low", "success"],
        ["aws_iam_admin_policy_granted", "high", "success"],
        ["aws_cloudtrail_stop_refused", "medium", "failure"],
        ["aws_denied_calls_spread", "medium", "failure"],
      ],
    );
    const pretty = write("story.json", JSON.stringify({ Records: STORY }, null, 2));
    assert.deepEqual(await run([join(folder, "logs"), "--format", "ndjson"]), plain);
    assert.deepEqual(await run([pretty, "--format", "ndjson"]), plain);
    assert.deepEqual(await run(["-", "--format", "ndjson"], NDJSON), plain);
    assert.deepEqual(await run(["-", "--format", "ndjson"], gzipSync(NDJSON)), plain);
  });

  it("tells a finding once when its record lies in two files", async () => {
    const record = JSON.stringify(recorded("iam_create_user"));
    write("a.ndjson", record);
    write("b.ndjson", record);

    const { stdout } = await run([folder]);

    assert.match(stdout, /\n1 finding of 1 principal in 2 records of 2 files\n$/);
  });

  it("groups findings by principal, the worst first, and says what was done to whom", async () => {
    const { code, stdout } = await run(["-"], NDJSON);

    assert.equal(code, 1);
    const [principal = "", ...blocks] = stdout.split(/\n(?= {2}\S)/);
    assert.equal(principal, "arn:aws:iam::111122223333:user/deploy-bot");
    const levels = blocks.map((block) => block.trim().split(" ")[0] ?? "");
    assert.deepEqual(
      levels,
      levels.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
    );
    for (const block of [
      `  HIGH      Suspicious Privilege Grant - Administrator Rights Given
            2026-11-20 10:01:30 UTC · 1 record · us-east-1 · 198.51.100.23
            iam:AttachUserPolicy on user support2, policy AdministratorAccess
            ids.policy_grants_admin: true
`,
      `  MEDIUM    Potential Credential Probing - Denied Calls Across Services
            2026-11-20 10:00:00 – 10:02:00 UTC · 6 records · us-east-1 · 198.51.100.23
            iam:ListUsers, iam:ListRoles, iam:ListGroups, iam:ListPolicies and 2 more
`,
      `  LOW       IAM User Created
            2026-11-20 10:01:00 UTC · 1 record · us-east-1 · 198.51.100.23
            iam:CreateUser on user support2
`,
    ])
      assert.ok(stdout.includes(block), `${block}\n${stdout}`);
    assert.match(
      stdout,
      /Refused Attempt to Stop or Change CloudTrail\n.*\n {12}cloudtrail:StopLogging on trail management\n/,
    );
    assert.match(stdout, /\n\d+ findings of 1 principal in 9 records of 1 file\n$/);
  });

  it("tells only findings at the level or above, and exits 0 when there are none", async () => {
    const high = await run(["-", "--level", "high", "--format", "ndjson"], NDJSON);
    const critical = await run(["-", "--level", "critical"], NDJSON);

    assert.equal(high.code, 1);
    assert.ok(findingsOf(high.stdout).every(({ level }) => level === "high"));
    assert.deepEqual(
      toldOf(high.stdout).map(({ rule }) => rule),
      ["aws_iam_admin_policy_granted"],
    );
    assert.deepEqual(critical, {
      code: 0,
      stdout: "Nothing found at level critical or above in 9 records of 1 file\n",
      stderr: "",
    });
  });

  it("leaves informational findings out until they are asked for", async () => {
    const tried = JSON.stringify(recorded("iam_create_user", { errorCode: "AccessDenied" }));

    assert.equal((await run(["-"], tried)).code, 0);
    assert.match(
      (await run(["-", "--level", "informational"], tried)).stdout,
      /INFO +IAM User Created \(tried, failed\)/,
    );
  });

  for (const [argv, rules] of [
    [["--since", "2026-11-21"], []],
    [
      ["--since", "2026-11-20T10:01:30Z"],
      ["aws_iam_admin_policy_granted", "aws_cloudtrail_stop_refused"],
    ],
    [["--since", "2026-11-20T11:01:30+01:00", "--until", "2026-11-20T10:01"], "error"],
    [
      ["--until", "2026-11-20T10:01"],
      ["aws_denied_calls_spread", "aws_iam_user_created"],
    ],
    [
      ["--since", "2026-11-20T10:01", "--until", "2026-11-20T10:01:30"],
      ["aws_iam_user_created", "aws_iam_admin_policy_granted"],
    ],
  ] as const) {
    it(`takes ${argv.join(" ")} in UTC, both ends included`, async () => {
      const { code, stdout } = await run(["-", "--format", "ndjson", ...argv], NDJSON);

      if (rules === "error") assert.equal(code, 2);
      else
        assert.deepEqual(
          toldOf(stdout).map(({ rule }) => rule),
          rules,
        );
    });
  }

  it("means the whole day by --until and a date", async () => {
    const all = await run(["-"], NDJSON);

    assert.deepEqual(await run(["-", "--since", "2026-11-20", "--until", "2026-11-21"], NDJSON), all);
  });

  it("uses the rules of further folders besides its own", async () => {
    const own = `title: Caller Asked Who He Is
name: own_caller
logsource: { product: aws, service: cloudtrail }
detection: { selection: { eventName: GetCallerIdentity }, condition: selection }
level: low
`;
    write("rules/own_caller.yml", own);
    write("more/other.yml", own.replace("own_caller", "other_caller"));

    const rules = ["--rules", join(folder, "rules"), "--rules", join(folder, "more")];
    const { stdout } = await run(["-", "--format", "ndjson", ...rules], NDJSON);

    const found = findingsOf(stdout).map(({ rule }) => rule);
    assert.deepEqual(found.filter((rule) => /caller$/.test(rule)).sort(), ["other_caller", "own_caller"]);
  });

  it("names each unreadable file with its reason, scans the others and exits 2", async () => {
    write("a.json", "garbage");
    write("b.ndjson", NDJSON);
    write("c.json.gz", gzipSync(NDJSON).subarray(0, 300));

    const { code, stdout, stderr } = await run([folder, join(folder, "gone"), "--format", "ndjson"]);

    assert.equal(code, 2);
    assert.equal(toldOf(stdout).length, 5);
    assert.deepEqual(stderr.trim().split("\n"), [
      `ids scan: ${join(folder, "gone")}: does not exist`,
      `ids scan: ${join(folder, "a.json")}: is not JSON`,
      `ids scan: ${join(folder, "c.json.gz")}: is gzip that was cut off`,
    ]);
  });

  it("exits 0 for an empty folder and says how many files it left out", async () => {
    assert.equal((await run([folder])).stdout, "Nothing found at level low or above in 0 records of 0 files\n");
    write("notes.txt", "");

    const { code, stdout } = await run([folder]);

    assert.equal(code, 0);
    assert.match(stdout, /; 1 file left out, not named like a log file\n$/);
  });

  for (const [argv, why] of [
    [[], "no PATH given: name log files or folders, or - for standard input"],
    [["-", "--level", "hihg"], `--level "hihg" is not one of ${LEVELS.join(", ")}`],
    [["-", "--format", "xml"], '--format "xml" is not one of text, ndjson'],
    [["-", "--since", "yesterday"], '--since "yesterday" is not a time: write 2026-11-20 or 2026-11-20T10:00:00Z'],
    [["-", "--until", "2026-13-01"], '--until "2026-13-01" is not a time: write 2026-11-20 or 2026-11-20T10:00:00Z'],
    [["-", "--since", "2026-11-21", "--until", "2026-11-20"], "--since 2026-11-21 is later than --until 2026-11-20"],
    [["-", "--levle", "high"], "unknown option '--levle'; see ids scan --help"],
    [["-", "--level"], "option '--level <value>' argument missing; see ids scan --help"],
  ] as const) {
    it(`refuses ${JSON.stringify(argv)} with what to do`, async () => {
      assert.deepEqual(await run(argv), { code: 2, stdout: "", stderr: `ids scan: ${why}\n` });
    });
  }

  it("refuses broken rules with the file and the line", async () => {
    const file = write("rules/bad.yml", "title: Bad\nlevel: loud\n");

    const { code, stderr } = await run(["-", "--rules", join(folder, "rules")]);

    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${file}:\\d+: `));
  });

  it("explains itself on --help", async () => {
    const { code, stdout, stderr } = await run(["--help"]);

    assert.equal(code, 0);
    assert.match(stdout, /^ids scan PATH… \| -\n/);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
    assert.equal(stderr, "");
  });

  it("lets nothing of a record reach the terminal as a control", async () => {
    const hostile = "\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n\u202eevil\u2066\u200b\ud800";
    const record = JSON.stringify(
      recorded("iam_create_user", {
        requestParameters: { userName: hostile },
        sourceIPAddress: hostile,
        awsRegion: hostile,
        userIdentity: { type: "IAMUser", arn: hostile, userName: hostile },
      }),
    );
    for (const format of ["text", "ndjson"]) {
      const { stdout } = await run(["-", "--format", format], record);

      assert.match(stdout, /owned/);
      assert.doesNotMatch(stdout.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}]/u, format);
      if (format === "ndjson") assert.equal(findingsOf(stdout)[0]?.principal, hostile);
    }
  });

  it("keeps every line of its report within 96 columns, whatever the names", async () => {
    const long = "x".repeat(2000);
    const record = JSON.stringify(
      recorded("iam_create_user", {
        requestParameters: { userName: long },
        sourceIPAddress: long,
        awsRegion: long,
        userIdentity: { type: "IAMUser", arn: long },
      }),
    );

    const { stdout } = await run(["-"], record);

    assert.deepEqual(
      stdout.split("\n").filter((line) => [...line].length > 96),
      [],
    );
  });

  it("shows progress on a terminal only, and wipes it away", async () => {
    const { stderr } = await run(["-"], NDJSON, true);

    assert.ok(stderr.endsWith("\r\u001b[K"));
    assert.equal((await run(["-"], NDJSON)).stderr, "");
  });

  it("ends quietly when its reader has enough", async () => {
    write("many.ndjson", NDJSON);
    const child = spawn(process.execPath, ["--import", "tsx", "bin/ids.ts", "scan", folder, "--format", "ndjson"]);
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));

    await once(child, "close");

    assert.equal(stderr, "");
  });
});
