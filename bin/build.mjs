/**
 * The build: TypeScript → dist/, with the files beside it that are read and not compiled, and an executable `ids`.
 * Plain JavaScript, so that it runs before anything is compiled. Unchanged sources are not built again.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const COMPILED = ["bin", "handlers", "blocks", "src", "demo"];
const SETTINGS = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];

/**
 * Builds `root` into `root/dist` → "built", or "unchanged" when dist is of the same sources.
 * Throws when tsc finds an error; what tsc says is on standard output then.
 */
export function build(root) {
  const dist = join(root, "dist");
  const stamp = join(dist, ".sources");
  const sources = COMPILED.flatMap((folder) => filesIn(join(root, folder)));
  const digest = digestOf(root, [...sources, ...SETTINGS.map((name) => join(root, name))]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return "unchanged";

  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, error } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error("build: tsc found errors (above)");
  for (const file of sources.filter((name) => !/(\.ts|\bbin.\w+\.mjs)$/.test(name)))
    cpSync(file, join(dist, relative(root, file)));
  chmodSync(join(dist, "bin", "ids.js"), 0o755);
  writeFileSync(stamp, digest);
  return "built";
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
