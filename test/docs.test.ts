import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isMap, isSeq, type Node, parse, parseDocument } from "yaml";
import { helpMessage } from "../blocks/help.ts";
import { whoModal } from "../blocks/identity.ts";
import { regionsOf } from "../src/cloudtrail/region.ts";
import { ConfigError, parseConfig } from "../src/config.ts";
import { compile } from "./detect/fixture.ts";
import { openLine, recordNamed } from "./handlers/line.ts";

const PAGES = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs").map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));
const textOf = (file: string) => readFileSync(file, "utf8");

/** Fenced blocks of one language, with the page that they are on. */
function blocksOf(language: string, pages: readonly string[] = PAGES): readonly { page: string; text: string }[] {
  return pages.flatMap((page) =>
    [...textOf(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, text = ""]) =>
      kind === language ? [{ page, text }] : [],
    ),
  );
}

/** `accounts[].id` and so on: the keys that a YAML text has. */
function keysOf(text: string): readonly string[] {
  const walk = (node: unknown, path: string): readonly string[] => {
    if (isSeq(node)) return node.items.flatMap((item) => walk(item, `${path}[]`));
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }) => {
      const name = path === "" ? String(key) : `${path}.${String(key)}`;
      return [name, ...walk(value, name)];
    });
  };
  const contents: Node | null = parseDocument(text).contents;
  return walk(contents, "");
}

/** Keys that only open a section: they stand in no table. */
const SECTIONS = ["slack", "slack.http", "sqs", "s3", "redis", "health"];

describe("the docs", () => {
  it("name only files and headings that are there", () => {
    const missing = PAGES.flatMap((file) =>
      [...textOf(file).matchAll(/\]\((?!https?:)([^)]+)/g)].flatMap(([, link = ""]) => {
        const [path = "", heading] = link.split("#");
        const target = path === "" ? file : new URL(path, new URL(file, "file:///")).pathname.slice(1);
        if (!existsSync(target)) return [`${file}: ${link}`];
        const headings =
          heading === undefined
            ? []
            : [...textOf(target).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
                title
                  .toLowerCase()
                  .replace(/[^\w\s-]/g, "")
                  .replace(/\s/g, "-"),
              );
        return heading === undefined || headings.includes(heading) ? [] : [`${file}: ${link}`];
      }),
    );

    assert.deepEqual(missing, []);
  });

  it("have JSON that parses, and policies that are those of docs/aws", () => {
    const policies = readdirSync("docs/aws").map((name) => JSON.parse(textOf(`docs/aws/${name}`)));

    for (const { page, text } of blocksOf("json")) {
      const value = JSON.parse(text);
      if ("Statement" in value)
        assert.ok(
          policies.some((policy) => JSON.stringify(policy) === JSON.stringify(value)),
          page,
        );
    }
    assert.ok(blocksOf("json").length > 0);
  });

  it("have configurations that Trailhound accepts", () => {
    const configs = blocksOf("yaml").filter(({ text }) => /^accounts:/m.test(text));

    for (const { text, page } of configs) parseConfig(text, page);
    assert.ok(configs.length >= 3);
  });

  it("have shell commands that a shell can read", async () => {
    const { spawnSync } = await import("node:child_process");

    for (const { page, text } of blocksOf("sh")) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
      assert.equal(status, 0, `${page}: ${stderr}`);
    }
  });
});

describe("the test record of docs/install.md", () => {
  it("alerts as unverified, however old it is by then", async () => {
    const page = textOf("docs/install.md");
    const [, name = ""] = /--message-body file:\/\/rules\/records\/(\w+)\.json/.exec(page) ?? [];
    const [, title = ""] = /channel has \*([^*]+)\*/.exec(page) ?? [];
    const line = await openLine();
    line.clock.advance(400 * 24 * 3600_000);

    await line.take(recordNamed(name));
    await line.deliverDue();

    const alert = JSON.stringify(line.chat.posts[0]?.versions[0]);
    assert.ok(alert.includes(title.replace(/\s+/g, " ")), title);
    assert.match(alert, /Unverified/);
  });
});

describe("docs/configuration.md", () => {
  const page = textOf("docs/configuration.md");
  const rows = [...page.matchAll(/^\| `([a-z][\w.[\]]*)` \| ([^|]+) \| ([^|]+) \| ?([^|]*) ?\|$/gm)];
  const keys = rows.map(([, key = ""]) => key);

  it("names every key of the configuration, and none else", () => {
    const sections = new Map<string, string[]>();
    for (const key of [...keys, ...SECTIONS]) {
      const at = key.lastIndexOf(".");
      const section = at < 0 ? "" : key.slice(0, at);
      sections.set(section, [...(sections.get(section) ?? []), key.slice(at + 1)]);
    }

    for (const [section, names] of sections) assert.deepEqual(names.sort(), [...knownIn(section)].sort(), section);
  });

  it("names the keys of the example, in which each has a value", () => {
    const example = textOf("ids.config.example.yml");

    parseConfig(example, "ids.config.example.yml");
    assert.deepEqual([...new Set(keysOf(example))].sort(), [...keys, ...SECTIONS].sort());
  });

  it("tells each default as it is", () => {
    const [least = { text: "" }] = blocksOf("yaml", ["docs/configuration.md"]);
    const config = parseConfig(least.text, "/ids.config.yml");

    for (const [, key = "", , said = ""] of rows) {
      const path = key.replaceAll("[]", ".0").split(".");
      const value = path.reduce<unknown>(
        (at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined),
        config,
      );
      const told = /^`(.+)`$/.exec(said)?.[1];
      if (told === undefined) continue;
      const shown =
        typeof value === "string" || typeof value === "number"
          ? String(value).replace(/^\//, "")
          : JSON.stringify(value);
      assert.equal(shown, told, key);
    }
  });

  it("says required of what is", () => {
    const required = rows.filter(([, , , said]) => said === "required").map(([, key]) => key);
    const document = parse(textOf("ids.config.example.yml"));

    const missed = [...keys, ...SECTIONS].filter((key) => {
      const copy = structuredClone(document);
      const path = key.replaceAll("[]", ".0").split(".");
      const last = path.pop() ?? "";
      Reflect.deleteProperty(
        path.reduce((at, name) => at[name], copy),
        last,
      );
      // Of sections only those without a required key of their own could be left out.
      return !SECTIONS.includes(key) && problemsOf(JSON.stringify(copy)).some((problem) => problem.includes("missing"));
    });
    assert.deepEqual(missed.sort(), required.sort());
  });

  it("names every variable of the environment that is read, and none else", () => {
    const sources = [
      "src/secrets.ts",
      ...readdirSync("bin")
        .filter((name) => name !== "demo.ts")
        .map((name) => `bin/${name}`),
    ];
    const read = sources.flatMap((file) =>
      [...textOf(file).matchAll(/(?:\benv\["|\bread\(\s*")([A-Z][A-Z_]+)"(?!\] \?\?=)/g)].map(([, name]) => name),
    );
    const told = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);

    assert.deepEqual(told.sort(), [...new Set(read)].sort());
  });
});

/** What the schema knows in a section: it names them to whoever writes an unknown key. */
function knownIn(section: string): readonly string[] {
  const config = parse(textOf("ids.config.example.yml"));
  const path = section === "" ? [] : section.replaceAll("[]", ".0").split(".");
  path.reduce((at, name) => at[name], config).qqqqqqqqqqqq = 1;
  const [problem = ""] = problemsOf(JSON.stringify(config));
  const [, known = ""] = /unknown key; known are (.+)$/.exec(problem) ?? [];
  return known.split(", ");
}

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, "test");
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("docs/commands.md", () => {
  const page = textOf("docs/commands.md");

  it("counts the regions that are asked, as do the other pages", () => {
    const count = regionsOf(undefined).length;
    assert.equal(regionsOf(["eu-west-1", "me-south-1"]).length, count + 1);

    for (const text of [page, textOf("docs/configuration.md")])
      assert.match(text, new RegExp(`\\band the ${count} that AWS enables by default`));
  });

  const subcommands = [...textOf("bin/ids.ts").matchAll(/^ {2}(\w+): \{\n {4}about:/gm)].map(([, name = ""]) => name);

  it("quotes what a look-up says on its way", () => {
    const history = { regions: 17, answered: 3, unanswered: [], more: false, days: 90, done: false };
    const subject = { kind: "name", name: "deploy-bot" } as const;
    const modal = whoModal(
      {
        subject,
        identities: [],
        alerts: [],
        store: "answered",
        iam: "answered",
        searched: [],
        choices: [],
        notes: [],
        history,
      },
      true,
    );
    const told = [...JSON.stringify(modal).matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join("");
    const [, quoted = "-"] = /\*(Partial\.[^*]+)\*/.exec(page) ?? [];

    assert.ok(told.includes(quoted), quoted);
  });

  it("names the commands of Slack that the help names", () => {
    const helped = [...JSON.stringify(helpMessage()).matchAll(/\/ids (\w+)/g)].map(([, verb]) => verb);
    const told = [...page.matchAll(/\/ids (\w+)/g)].map(([, verb]) => verb);

    assert.deepEqual([...new Set(told)].sort(), [...new Set(helped)].sort());
  });

  it("names the commands of the terminal that there are", () => {
    const told = [...page.matchAll(/^### (.+)$/gm)].flatMap(([, title = ""]) => title.split(", "));

    assert.deepEqual(told.sort(), subcommands.map((name) => `ids ${name}`).sort());
    const listed = [...(page.split("## In the terminal")[1] ?? "").matchAll(/`ids (\w+)/g)].map(
      ([, name = ""]) => name,
    );
    assert.deepEqual([...new Set(listed)].filter((name) => name !== "help").sort(), [...subcommands].sort());
  });

  it("names each command's options, and none else", () => {
    const source = textOf("bin/ids.ts");

    for (const section of page.split(/^### /m).slice(1)) {
      const [, name = ""] = /^ids (\w+)/.exec(section) ?? [];
      const [, file = ""] =
        new RegExp(`^ {2}${name}: \\{[^}]*import\\("\\./([\\w-]+)\\.ts"\\)`, "m").exec(source) ?? [];
      const parts = [...textOf(`bin/${file}.ts`).matchAll(/from "\.\/([\w-]+\.ts)"/g)].map(([, part]) => `bin/${part}`);
      const files = [`bin/${file}.ts`, ...parts];
      const taken = files.flatMap((one) =>
        [...textOf(one).matchAll(/"?([\w-]+)"?: \{ type: "(?:string|boolean)"/g)].map(([, option]) => `--${option}`),
      );
      const told = [...section.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option);

      assert.deepEqual(
        [...new Set(told)].sort(),
        [...new Set(taken)].filter((option) => option !== "--help").sort(),
        name,
      );
    }
  });
});

describe("commands anywhere in the docs", () => {
  const subcommands = [...textOf("bin/ids.ts").matchAll(/^ {2}(\w+): \{\n {4}about:/gm)].map(([, name = ""]) => name);

  it("are ones that there are", () => {
    const known = [...subcommands, "help", "config"];
    const unknown = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/(?<=`|^|\| )(?:npx tsx bin\/ids\.ts|node dist\/bin\/ids\.js|ids) (\w+)/gm)].flatMap(
        ([line, name = ""]) => (known.includes(name) ? [] : [`${page}: ${line}`]),
      ),
    );

    assert.deepEqual(unknown, []);
  });
});

describe("docs/rules.md", () => {
  const rules = blocksOf("yaml", ["docs/rules.md"]).filter(({ text }) => /^logsource:/m.test(text));

  for (const { text } of rules)
    it(`shows rules that load: ${/^name: (\S+)/m.exec(text)?.[1]}`, () => {
      const { summaries } = compile(text);

      assert.ok(summaries.length > 0);
    });

  it("names every type of correlation, and every key of our own", () => {
    const page = textOf("docs/rules.md");
    const sigma = textOf("src/detect/sigma.ts");
    const keys = [...sigma.matchAll(/"(ids\.[\w-]+)":/g)].map(([, key = ""]) => key);
    const types = /type: z\.enum\(\[([^\]]+)\]/.exec(sigma)?.[1]?.match(/\w+/g) ?? [];

    assert.ok(keys.length > 8 && types.length > 5);
    assert.deepEqual(
      [...keys, ...types].filter((word) => !page.includes(word)),
      [],
    );
  });
});
