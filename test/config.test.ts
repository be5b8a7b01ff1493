import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConfigError, configWarnings, parseConfig } from "../src/config.ts";

const LEAST = `
accounts: [{ id: "111122223333", name: prod }]
slack: { channel: C0123456789, operators: [U0123456789] }
sqs: { queues: ["https://sqs.eu-west-1.amazonaws.com/111122223333/ids"] }
`;

/** The problems that `yaml` has; fails when it has none. */
function problemsIn(yaml: string): readonly string[] {
  try {
    parseConfig(yaml, "ids.config.yml");
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  assert.fail("no problem was found");
}

/** LEAST with one line of it replaced. */
const withLine = (key: string, line: string) => LEAST.replace(new RegExp(`^${key}:.*$`, "m"), line);

describe("parseConfig", () => {
  it("fills in the defaults and takes each queue's region from AWS's URL", () => {
    assert.deepEqual(parseConfig(LEAST, "ids.config.yml"), {
      accounts: [{ id: "111122223333", name: "prod" }],
      slack: {
        channel: "C0123456789",
        operators: ["U0123456789"],
        mode: "socket",
        http: { host: "127.0.0.1", port: 3000 },
      },
      sqs: { queues: [{ url: "https://sqs.eu-west-1.amazonaws.com/111122223333/ids", region: "eu-west-1" }] },
      s3: { buckets: [] },
      rules: [],
      placeholders: {},
      vendors: {},
      organizations: [],
      geoip: {},
      protected: [],
      redis: { durability: "strict" },
      health: { host: "127.0.0.1", port: 8080 },
      data: "data",
    });
  });

  it("reads the example file that we ship, and its written defaults are the real ones", () => {
    const example = parseConfig(readFileSync("ids.config.example.yml", "utf8"), "ids.config.yml");
    const least = parseConfig(LEAST, "ids.config.yml");

    assert.deepEqual(
      { ...example, accounts: 0, sqs: 0, s3: 0, protected: 0, slack: { ...example.slack, operators: 0, fallback: 0 } },
      { ...least, accounts: 0, sqs: 0, s3: 0, protected: 0, slack: { ...least.slack, operators: 0, fallback: 0 } },
    );
    assert.equal(example.accounts.length, 2);
    assert.deepEqual(configWarnings(example), []);
  });

  it("starts relative folders at the file's own folder", () => {
    const config = parseConfig(`${LEAST}rules: [own, /srv/sigma]\ndata: state\n`, "/etc/ids/ids.config.yml");

    assert.deepEqual(config.rules, ["/etc/ids/own", "/srv/sigma"]);
    assert.equal(config.data, "/etc/ids/state");
  });

  it("tells all problems together, each with its path", () => {
    const problems = problemsIn(`
accounts:
  - { id: "12345", name: prod }
  - { id: "111122223333" }
slack: { chanel: C0123456789, operators: U0123456789, mode: sockets, http: { port: 70000 } }
sqs: { queues: ["http://sqs.us-east-1.amazonaws.com/1/q"] }
colour: blue
`);

    assert.deepEqual(problems, [
      'config accounts[0].id: "12345" is not a 12-digit account id',
      "config accounts[1].name: missing; write a name for the account",
      "config slack.channel: missing; write a channel id such as C0123456789 (click the channel's name, About)",
      'config slack.operators: "U0123456789" is not a list of Slack user ids ([] when nobody may contain)',
      'config slack.mode: "sockets" is not one of socket, http',
      "config slack.http.port: 70000 is not a port from 1 to 65535",
      'config slack.chanel: unknown key; did you mean "channel"?',
      'config sqs.queues[0]: "http://sqs.us-east-1.amazonaws.com/1/q" is not a queue\'s https URL (http for localhost)',
      "config colour: unknown key; known are accounts, slack, sqs, s3, rules, placeholders, protected, vendors, organizations, geoip, redis, health, data",
    ]);
  });

  it("puts the file and every problem into the message", () => {
    assert.throws(() => parseConfig("accounts: []\nslack: 3\nsqs: []\n", "my.yml"), {
      name: "ConfigError",
      message: `my.yml: 3 problems
  config accounts: a list is not a list of at least one account
  config slack: 3 is not a section with channel and operators
  config sqs: a list is not a section with queues`,
    });
  });

  for (const [written, problem] of [
    ["111122223333", '111122223333 is a number to YAML, not a 12-digit account id (quote it in YAML: "111122223333")'],
    ["012345670123", '012345670123 is a number to YAML, not a 12-digit account id (quote it in YAML: "012345670123")'],
    ["000012345678", '000012345678 is a number to YAML, not a 12-digit account id (quote it in YAML: "000012345678")'],
    ["12345678", '12345678 is not a 12-digit account id (quote it in YAML: "000012345678")'],
    ["0o1234567012", "0o1234567012 is not a 12-digit account id"],
    ["1e11", "1e11 is not a 12-digit account id"],
    ['"1111222233334"', '"1111222233334" is not a 12-digit account id'],
    ["1111-2222-3333", '"1111-2222-3333" is not a 12-digit account id'],
    ["", "nothing is not a 12-digit account id"],
    ["[1]", "a list is not a 12-digit account id"],
    ["{ a: 1 }", "a section is not a 12-digit account id"],
    ["true", "true is not a 12-digit account id"],
  ]) {
    it(`says what is wrong with the account id ${written || "(empty)"}`, () => {
      const yaml = withLine("accounts", `accounts:\n  - id: ${written}\n    name: prod`);

      assert.deepEqual(problemsIn(yaml), [`config accounts[0].id: ${problem}`]);
    });
  }

  it("refuses the same account twice, also beside other problems", () => {
    const accounts = 'accounts: [{ id: "111122223333", name: a }, { id: "111122223333", name: b, ownr: c }]';

    assert.deepEqual(problemsIn(withLine("accounts", accounts)), [
      'config accounts[1].ownr: unknown key; did you mean "owner"?',
      'config accounts[1].id: "111122223333" is there already, as accounts[0]',
    ]);
  });

  it("asks for sqs.region when a queue's URL does not tell it, and uses it then", () => {
    const url = "http://localhost:4566/000000000000/ids";

    assert.deepEqual(problemsIn(withLine("sqs", `sqs: { queues: ["${url}"] }`)), [
      `config sqs.queues[0]: "${url}" does not tell its region; write sqs.region`,
    ]);
    const config = parseConfig(withLine("sqs", `sqs: { queues: ["${url}"], region: us-east-1 }`), "f.yml");
    assert.deepEqual(config.sqs.queues, [{ url, region: "us-east-1" }]);
  });

  it("trusts the URL's region over sqs.region, also for China and VPC endpoints", () => {
    const urls = [
      "https://sqs.us-west-2.amazonaws.com/111122223333/ids",
      "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/ids",
      "https://vpce-0a1b.sqs.us-gov-west-1.vpce.amazonaws.com/111122223333/ids",
    ];
    const config = parseConfig(withLine("sqs", `sqs: { region: eu-west-1, queues: ${JSON.stringify(urls)} }`), "f.yml");

    assert.deepEqual(
      config.sqs.queues.map((queue) => queue.region),
      ["us-west-2", "cn-north-1", "us-gov-west-1"],
    );
  });

  for (const host of ["localhost.example.com", "127.0.0.1.example.com", "notlocalhost"]) {
    it(`does not take http://${host} for this machine`, () => {
      const yaml = withLine("sqs", `sqs: { queues: ["http://${host}/1/q"], region: us-east-1 }`);

      assert.match(problemsIn(yaml).join(), /is not a queue's https URL/);
    });
  }

  it("names the line of what is not YAML, and of a key that stands twice", () => {
    assert.match(problemsIn("accounts: [\n").join(), /at line 1|at line 2/);
    assert.deepEqual(problemsIn("data: a\ndata: b\n"), ["Map keys must be unique at line 2, column 1"]);
  });

  it("reads roles and buckets of accounts, and says when they do not belong together", () => {
    const role = (account: string) => `arn:aws:iam::${account}:role/trailhound-reader`;
    const good = parseConfig(
      `${withLine("accounts", `accounts: [{ id: "111122223333", name: prod, reader: "${role("111122223333")}", external_id: 9f1c }]`)}
s3: { buckets: [{ name: trail-logs, region: us-east-1, account: "111122223333" }] }
`,
      "f.yml",
    );
    assert.deepEqual(good.accounts[0], {
      id: "111122223333",
      name: "prod",
      reader: role("111122223333"),
      externalId: "9f1c",
    });
    assert.deepEqual(good.s3.buckets, [{ name: "trail-logs", region: "us-east-1", account: "111122223333" }]);

    const problems = problemsIn(
      `${withLine("accounts", `accounts: [{ id: "111122223333", name: prod, responder: "${role("444455556666")}", reader: no }]`)}
s3: { buckets: [{ name: Trail, region: us-east-1 }, { name: logs, region: us-east-1, account: "777788889999" }] }
`,
    );
    assert.deepEqual(problems, [
      'config accounts[0].reader: "no" is not the ARN of a role such as arn:aws:iam::111122223333:role/trailhound-reader',
      `config s3.buckets[0].name: "Trail" is not a bucket's name`,
      `config accounts[0].responder: "${role("444455556666")}" is not a role of account "111122223333"`,
      'config s3.buckets[1].account: "777788889999" is not the id of one of the accounts',
    ]);
  });

  it("says what an empty file lacks", () => {
    assert.deepEqual(problemsIn(""), ["config: nothing is not a configuration with accounts, slack and sqs"]);
  });

  it("warns, and does not refuse, when nobody may contain", () => {
    const config = parseConfig(withLine("slack", "slack: { channel: C0123456789, operators: [] }"), "f.yml");

    assert.deepEqual(configWarnings(config), ["config slack.operators: empty, so nobody may disable a key from Slack"]);
  });

  it("takes organisations by their ids alone", () => {
    const config = parseConfig(`${LEAST}organizations: [o-a1b2c3d4e5]`, "ids.config.yml");

    assert.deepEqual(config.organizations, ["o-a1b2c3d4e5"]);
    for (const wrong of ["o-short", "O-A1B2C3D4E5", "o-*", "111122223333"]) {
      assert.deepEqual(problemsIn(`${LEAST}organizations: ["${wrong}"]`), [
        `config organizations[0]: "${wrong}" is not an organisation's id such as o-a1b2c3d4e5`,
      ]);
    }
  });

  it("reads vendors and the files of GeoIP, which lie beside it", () => {
    const more = 'vendors: { "464622532012": Datadog }\ngeoip: { country: geo/c.mmdb, asn: /srv/a.mmdb }';
    const config = parseConfig(`${LEAST}${more}`, "/etc/ids/ids.config.yml");

    assert.deepEqual(config.vendors, { "464622532012": "Datadog" });
    assert.deepEqual(config.geoip, { country: "/etc/ids/geo/c.mmdb", asn: "/srv/a.mmdb" });
    assert.match(problemsIn(`${LEAST}vendors: { datadog: x }`).join(), /vendors/);
  });

  it("reads placeholders, and says what is wrong with them", () => {
    const config = parseConfig(`${LEAST}placeholders: { admins: [alice, bob] }`, "ids.config.yml");

    assert.deepEqual(config.placeholders, { admins: ["alice", "bob"] });
    assert.deepEqual(problemsIn(`${LEAST}placeholders: { admins: [] }`), [
      "config placeholders.admins: a list is not a list of at least one text",
    ]);
  });

  it("warns when more than one account has no reader role", () => {
    const [one, two] = ['{ id: "111122223333", name: prod }', '{ id: "444455556666", name: dev }'];
    const reader = '{ id: "444455556666", name: dev, reader: "arn:aws:iam::444455556666:role/trailhound-reader" }';
    const warningsOf = (accounts: string) =>
      configWarnings(parseConfig(LEAST.replace(one ?? "", accounts), "ids.config.yml"));

    assert.match(warningsOf(`${one}, ${two}`).join(), /prod, dev have no reader/);
    assert.deepEqual(warningsOf(`${one}, ${reader}`), []);
  });
});
