import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

interface Machine {
  readonly env: Record<string, string>;
  readonly root: boolean;
  readonly terminal: boolean;
  readonly say: (line: string) => void;
  readonly confirms: (question: string) => Promise<boolean>;
  readonly policy: string;
  readonly systemd: string;
}
interface Setup {
  nodeProblem(version: string): string | undefined;
  planRedis(machine: object): { readonly kind: string; readonly commands: readonly string[] };
  setUpRedis(machine: Machine): Promise<void>;
  setUpPackages(folder: string, machine: Machine): Promise<void>;
}
// Plain JavaScript has no types of its own.
const setup: Setup = await import(pathToFileURL(resolve("bin/setup.mjs")).href);
const { build }: { build(folder: string): string } = await import(pathToFileURL(resolve("bin/build.mjs")).href);

describe("setup", () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-setup-"));
    mkdirSync(join(folder, "bin"));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Puts a command into the only folder of PATH: it notes how it was called, then runs `code`. */
  function fake(name: string, code = ""): void {
    const note = `require("fs").appendFileSync(${JSON.stringify(join(folder, "calls"))}, process.argv.slice(1).map((word) => word.split("/").pop()).join(" ") + "\\n");`;
    writeFileSync(join(folder, "bin", name), `#!${process.execPath}\n${note}${code}`, { mode: 0o755 });
  }
  const makesRedis = () =>
    `require("fs").writeFileSync(${JSON.stringify(join(folder, "bin", "redis-server"))}, "", { mode: 0o755 });`;
  const calls = () =>
    existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  const machine = (differs: Partial<Machine> = {}): Machine => ({
    env: { PATH: join(folder, "bin") },
    root: true,
    terminal: false,
    say: (line) => said.push(line),
    confirms: () => assert.fail("asked"),
    policy: join(folder, "policy-rc.d"),
    systemd: join(folder, "systemd"),
    ...differs,
  });

  describe("of Node", () => {
    for (const version of ["v20.19.0", "v20.20.2", "v22.0.0", "v24.1.0"]) {
      it(`takes ${version}`, () => assert.equal(setup.nodeProblem(version), undefined));
    }
    for (const version of ["v20.18.3", "v18.20.4", "v16.0.0", "v9.11.2"]) {
      it(`refuses ${version} and says what is needed`, () => {
        const problem = `Trailhound needs Node 20.19 or newer, this is ${version}: see https://nodejs.org/en/download`;
        assert.equal(setup.nodeProblem(version), problem);
      });
    }
  });

  describe("of redis-server", () => {
    const plan = (tools: readonly string[], differs: object = {}) =>
      setup.planRedis({
        has: (name: string) => tools.includes(name),
        root: false,
        terminal: true,
        env: {},
        ...differs,
      });
    const apt = ["apt-get update", "apt-get install -y --no-install-recommends redis-server"];

    it("does nothing when it is there or REDIS_URL names another", () => {
      assert.equal(plan(["redis-server", "apt-get"]).kind, "ready");
      assert.equal(plan(["apt-get"], { env: { REDIS_URL: "redis://cache" } }).kind, "ready");
      assert.equal(plan(["apt-get"], { env: { REDIS_URL: "" } }).kind, "ask");
    });

    it("installs by itself only with apt as root", () => {
      assert.deepEqual(plan(["apt-get", "brew"], { root: true, terminal: false }), { kind: "install", commands: apt });
      assert.deepEqual(plan(["apk"], { root: true, terminal: false }), { kind: "stop", commands: ["apk add redis"] });
    });

    it("asks on a terminal, with sudo where the package manager needs it", () => {
      assert.deepEqual(plan(["apt-get"]), { kind: "ask", commands: apt.map((command) => `sudo ${command}`) });
      assert.deepEqual(plan(["apk"]), { kind: "ask", commands: ["sudo apk add redis"] });
      assert.deepEqual(plan(["dnf"]), { kind: "ask", commands: ["sudo dnf install -y redis"] });
      assert.deepEqual(plan(["brew"]), { kind: "ask", commands: ["brew install redis"] });
    });

    it("stops where nobody can be asked or no package manager is known", () => {
      assert.equal(plan(["brew"], { terminal: false }).kind, "stop");
      assert.deepEqual(plan([]), { kind: "stop", commands: [] });
    });

    it("forbids the service's start while apt works, and leaves no trace of that", async () => {
      const policy = join(folder, "policy-rc.d");
      fake("apt-get", `if (!require("fs").existsSync("${policy}")) process.exit(9);${makesRedis()}`);

      await setup.setUpRedis(machine());

      assert.deepEqual(calls(), ["apt-get update", "apt-get install -y --no-install-recommends redis-server"]);
      assert.deepEqual(said, [
        `setup: installing redis-server: ${apt.join(" && ")}`,
        "setup: redis-server is installed; Trailhound runs its own, no system service is needed",
      ]);
      assert.equal(existsSync(policy), false);
    });

    it("keeps the machine's own policy", async () => {
      fake("apt-get", makesRedis());
      writeFileSync(join(folder, "policy-rc.d"), "of the machine");

      await setup.setUpRedis(machine());

      assert.equal(readFileSync(join(folder, "policy-rc.d"), "utf8"), "of the machine");
    });

    it("takes the service out of the boot where systemd runs", async () => {
      fake("apt-get", makesRedis());
      fake("systemctl");
      mkdirSync(join(folder, "systemd"));

      await setup.setUpRedis(machine());

      assert.equal(calls().at(-1), "systemctl disable redis-server");
    });

    it("shows what apt says when it fails, and removes the policy", async () => {
      fake("apt-get", `console.error("E: Unable to locate package"); process.exit(100);`);

      await assert.rejects(setup.setUpRedis(machine()), {
        message: "apt-get update failed (100)\nE: Unable to locate package",
      });
      assert.equal(existsSync(join(folder, "policy-rc.d")), false);
    });

    it("runs the command after a yes, and tells it after a no", async () => {
      fake("brew", makesRedis());
      const asked: string[] = [];
      const answering = (answer: boolean) =>
        machine({
          root: false,
          terminal: true,
          confirms: async (question) => {
            asked.push(question);
            return answer;
          },
        });

      await assert.rejects(setup.setUpRedis(answering(false)), {
        message: "redis-server is missing: brew install redis   (or set REDIS_URL)",
      });
      assert.deepEqual(calls(), []);
      await setup.setUpRedis(answering(true));
      assert.deepEqual(calls(), ["brew install redis"]);
      assert.equal(asked[0], 'redis-server is missing. Run "brew install redis" now?');
    });

    it("does not believe a package that brought no redis-server", async () => {
      fake("apt-get");

      await assert.rejects(setup.setUpRedis(machine()), { message: /brought no redis-server/ });
    });
  });

  describe("of the packages", () => {
    const lock = (text: string) => writeFileSync(join(folder, "package-lock.json"), text);
    const npm = ["npm ci --ignore-scripts --include=dev --no-audit --no-fund"];
    const makesModules = `require("fs").rmSync("node_modules", { recursive: true, force: true }); require("fs").mkdirSync("node_modules");`;

    it("runs npm ci once for a lockfile, again when it changes or node_modules is gone", async () => {
      fake("npm", makesModules);
      lock("{}");
      await setup.setUpPackages(folder, machine());
      await setup.setUpPackages(folder, machine());
      assert.deepEqual(calls(), npm);

      lock("{ }");
      await setup.setUpPackages(folder, machine());
      assert.deepEqual(calls(), [...npm, ...npm]);

      rmSync(join(folder, "node_modules"), { recursive: true });
      await setup.setUpPackages(folder, machine());
      assert.deepEqual(calls(), [...npm, ...npm, ...npm]);
    });

    it("tries again after a failure, and says plainly when there is no network", async () => {
      fake("npm", `${makesModules}console.error("npm error code EAI_AGAIN"); process.exit(1);`);
      lock("{}");
      for (let attempt = 1; attempt <= 2; attempt++) {
        await assert.rejects(setup.setUpPackages(folder, machine()), {
          message: "npm cannot reach its registry: connect to the network, or set proxy and registry in ~/.npmrc",
        });
      }
      assert.equal(calls().length, 2);
    });

    it("shows npm's own words for any other failure", async () => {
      fake("npm", `console.error("npm error EUSAGE"); process.exit(1);`);
      lock("{}");

      await assert.rejects(setup.setUpPackages(folder, machine()), { message: `${npm} failed (1)\nnpm error EUSAGE` });
    });
  });

  it("ends with one line and exit code 1 when something is missing that it may not install", () => {
    cpSync("bin/setup.mjs", join(folder, "bin", "setup.mjs"));

    const env = { PATH: join(folder, "none") };
    const { status, stderr } = spawnSync(process.execPath, ["bin/setup.mjs", "--redis"], { cwd: folder, env });

    assert.equal(status, 1);
    assert.equal(
      String(stderr),
      "setup: redis-server is missing: install redis-server 6.2 or newer, or set REDIS_URL\n",
    );
  });
});

describe("build", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-build-"));
    for (const name of ["bin", "handlers", "blocks", "src", "demo/page"]) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    for (const name of ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"]) {
      cpSync(name, join(folder, name));
    }
    mkdirSync(join(folder, "node_modules/typescript/bin"), { recursive: true });
    // Stands in for the compiler: fails on "broken", else writes what tsc would write.
    writeFileSync(
      join(folder, "node_modules/typescript/bin/tsc"),
      `const fs = require("fs");
       if (fs.readFileSync("bin/ids.ts", "utf8") === "broken") process.exit(2);
       fs.mkdirSync("dist/bin", { recursive: true });
       fs.writeFileSync("dist/bin/ids.js", fs.readFileSync("bin/ids.ts"));`,
    );
    writeFileSync(join(folder, "bin/ids.ts"), "one");
    writeFileSync(join(folder, "demo/page/page.css"), "body {}");
    writeFileSync(join(folder, "demo/page/page.mjs"), "");
    writeFileSync(join(folder, "bin/build.mjs"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("compiles, copies what is read and not compiled, and makes ids executable", () => {
    assert.equal(build(folder), "built");

    assert.equal(readFileSync(join(folder, "dist/demo/page/page.css"), "utf8"), "body {}");
    assert.equal(existsSync(join(folder, "dist/demo/page/page.mjs")), true);
    assert.equal(existsSync(join(folder, "dist/bin/build.mjs")), false);
    assert.equal(statSync(join(folder, "dist/bin/ids.js")).mode & 0o111, 0o111);
  });

  it("builds again only after a change, and then from nothing", () => {
    build(folder);
    writeFileSync(join(folder, "dist/left-over.js"), "");
    assert.equal(build(folder), "unchanged");

    writeFileSync(join(folder, "demo/page/page.css"), "p {}");
    assert.equal(build(folder), "built");
    assert.equal(existsSync(join(folder, "dist/left-over.js")), false);
  });

  it("fails with the compiler, and does not take the failed build for done", () => {
    writeFileSync(join(folder, "bin/ids.ts"), "broken");

    assert.throws(() => build(folder), { message: "build: tsc found errors (above)" });
    assert.throws(() => build(folder), { message: "build: tsc found errors (above)" });
  });
});
