/**
 * The build: TypeScript → dist/, with the files beside it that are read and not compiled, an executable `ids`, and the bundled
 * rules as one file.
 * Plain JavaScript, so that it runs before anything is compiled. Unchanged sources are not built again.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const COMPILED = ["bin", "handlers", "blocks", "src", "demo"];
const RULES = "rules";
const SETTINGS = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];

/**
 * Builds `root` into `root/dist` → "built", or "unchanged" when dist is of the same sources.
 * Throws when tsc or a rule has an error; what it says is on the console then.
 */
export function build(root) {
  const dist = join(root, "dist");
  const stamp = join(dist, ".sources");
  const sources = COMPILED.flatMap((folder) => filesIn(join(root, folder)));
  const rules = existsSync(join(root, RULES)) ? filesIn(join(root, RULES)) : [];
  const digest = digestOf(root, [...sources, ...rules, ...SETTINGS.map((name) => join(root, name))]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return "unchanged";

  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  run(root, [tsc, "-p", "tsconfig.build.json"], "build: tsc found errors (above)");
  for (const file of sources.filter((name) => !/(\.ts|\bbin.\w+\.mjs)$/.test(name)))
    cpSync(file, join(dist, relative(root, file)));
  chmodSync(join(dist, "bin", "ids.js"), 0o755);
  if (rules.length > 0) run(root, [join(dist, "bin", "pack.js")], "build: the rules have problems (above)");
  writeFileSync(stamp, digest);
  return "built";
}

function run(root, args, failure) {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(failure);
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function digestOf(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    build(join(fileURLToPath(import.meta.url), "..", ".."));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
