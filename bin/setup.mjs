/**
 * Setup: what `npm run demo` and `npm test` need on a bare clone. Says what it does; silent when nothing is missing.
 *   node bin/setup.mjs [--redis] [--build]
 * Plain JavaScript without dependencies, and of a kind that old versions of Node can read: they are told to upgrade.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

const LEAST_NODE = [20, 19];

/** What npm says when there is no network. */
const UNREACHABLE = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)\b|ERR_SOCKET_TIMEOUT/;

/** Package managers in the order in which they are looked for; brew refuses to run as root. */
const MANAGERS = [
  { name: "apt-get", commands: ["apt-get update", "apt-get install -y --no-install-recommends redis-server"] },
  { name: "apk", commands: ["apk add redis"] },
  { name: "dnf", commands: ["dnf install -y redis"] },
  { name: "brew", commands: ["brew install redis"], unprivileged: true },
];

/** `nodeProblem("v18.20.4")` → what to do; undefined for 20.19 and newer. */
export function nodeProblem(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return enough
    ? undefined
    : `Trailhound needs Node ${LEAST_NODE.join(".")} or newer, this is ${version}: see https://nodejs.org/en/download`;
}

/**
 * Decides about redis-server and changes nothing. `has` tells whether a command is there.
 *
 * `planRedis({ has: (name) => name === "apk", root: false, terminal: true, env: {} })`
 *   → `{ kind: "ask", commands: ["sudo apk add redis"] }`
 *
 * kind: "ready" | "install" (apt as root: do it) | "ask" (a person is there) | "stop" (nobody is there to ask)
 */
export function planRedis({ has, root, terminal, env }) {
  if (env.REDIS_URL || has("redis-server")) return { kind: "ready", commands: [] };
  const manager = MANAGERS.find(({ name }) => has(name));
  if (manager === undefined) return { kind: "stop", commands: [] };
  const prefix = root || manager.unprivileged ? "" : "sudo ";
  const commands = manager.commands.map((command) => prefix + command);
  if (root && manager.name === "apt-get") return { kind: "install", commands };
  return { kind: terminal ? "ask" : "stop", commands };
}

/**
 * Makes sure that redis-server can be started, unless REDIS_URL names another Redis.
 * Throws with the line to type when a person has to do it.
 */
export async function setUpRedis(machine) {
  const { env, say, confirms } = machine;
  const has = (name) => findCommand(name, env) !== undefined;
  const { kind, commands } = planRedis({ ...machine, has });
  if (kind === "ready") return;
  const line = commands.join(" && ");
  const advice = line === "" ? "install redis-server 6.2 or newer, or set REDIS_URL" : `${line}   (or set REDIS_URL)`;
  const agreed =
    kind === "install" || (kind === "ask" && (await confirms(`redis-server is missing. Run "${line}" now?`)));
  if (!agreed) throw new Error(`redis-server is missing: ${advice}`);
  say(`setup: installing redis-server: ${line}`);
  const install = async () => {
    for (const command of commands) await run(command.split(" "), env);
  };
  await withoutServiceStart(install, machine);
  if (!has("redis-server")) throw new Error(`${line} brought no redis-server: install it by hand, or set REDIS_URL`);
  say("setup: redis-server is installed; Trailhound runs its own, no system service is needed");
}

/**
 * Debian starts a new service at once and at every boot. Trailhound runs its own redis-server, so while apt works a
 * policy-rc.d (Debian Policy §9.3.3.1) forbids the start, unless the machine has a policy of its own.
 */
async function withoutServiceStart(work, { env, root, policy, systemd }) {
  if (!root || !existsSync(join(policy, "..")) || existsSync(policy)) return work();
  const remove = () => rmSync(policy, { force: true });
  const interrupted = () => process.exit(130);
  const note = "made by Trailhound's setup while it installs redis-server";
  process.on("exit", remove).on("SIGINT", interrupted).on("SIGTERM", interrupted);
  try {
    writeFileSync(policy, `#!/bin/sh\n# ${note}\nexit 101\n`, { mode: 0o755 });
    await work();
    if (existsSync(systemd)) await run(["systemctl", "disable", "redis-server"], env);
  } finally {
    remove();
    process.off("exit", remove).off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}

/** `npm ci`, only when node_modules is not of this lockfile and this kind of machine. */
export async function setUpPackages(folder, { env, say }) {
  const stamp = join(folder, "node_modules", ".trailhound-setup");
  const lockfile = readFileSync(join(folder, "package-lock.json"));
  const digest = createHash("sha256").update(lockfile).digest("hex");
  const wanted = `${digest} ${process.platform}-${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("setup: installing the packages of package-lock.json: npm ci --ignore-scripts");
  try {
    await run(["npm", "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"], env, folder);
  } catch (error) {
    if (!UNREACHABLE.test(error.message)) throw error;
    throw new Error("npm cannot reach its registry: connect to the network, or set proxy and registry in ~/.npmrc");
  }
  writeFileSync(stamp, wanted);
}

/** Runs one command silently; its output comes out only when it fails. Arguments never pass a shell. */
function run([command, ...args], env, cwd) {
  return new Promise((resolve, reject) => {
    const interactive = command === "sudo";
    const child = spawn(command, args, {
      cwd,
      env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: interactive ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(undefined);
      const told = output.trim().split("\n").slice(-20).join("\n");
      reject(new Error(`${command} ${args.join(" ")} failed (${code})\n${told}`));
    });
  });
}

/** `findCommand("sh", { PATH: "/usr/bin:/bin" })` → "/usr/bin/sh"; undefined when no folder of PATH has it. */
function findCommand(name, env) {
  const isExecutable = (file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function confirms(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    terminal.on("close", () => resolve(false));
    terminal.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}

async function main(flags, env) {
  const problem = nodeProblem(process.version);
  if (problem !== undefined) throw new Error(problem);
  const machine = {
    env,
    root: process.getuid?.() === 0,
    terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    say: console.log,
    confirms,
    policy: "/usr/sbin/policy-rc.d",
    systemd: "/run/systemd/system",
  };
  const folder = join(fileURLToPath(import.meta.url), "..", "..");
  if (flags.includes("--redis")) await setUpRedis(machine);
  await setUpPackages(folder, machine);
  if (flags.includes("--build")) {
    const { build } = await import("./build.mjs");
    build(folder);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main(process.argv.slice(2), process.env).catch((error) => {
    console.error(`setup: ${error.message}`);
    process.exit(1);
  });
}
