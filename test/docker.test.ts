import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dockerfile = readFileSync("Dockerfile", "utf8");
const ignore = readFileSync(".dockerignore", "utf8");

describe("the image", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ids-image-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is built from the files that .dockerignore lets in, and runs from what the last stage copies", function () {
    // Installs every package once more, from npm's cache where it can.
    this.timeout(180_000);
    const build = join(folder, "build");
    const image = join(folder, "image");
    for (const [, name = ""] of ignore.matchAll(/^!(.+)$/gm)) cpSync(name, join(build, name), { recursive: true });

    const env = { ...process.env, npm_config_prefer_offline: "true" };
    const { status, stdout, stderr } = spawnSync(join(build, "docker/build.sh"), { env, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    mkdirSync(image);
    for (const [, from = "", to = ""] of dockerfile.matchAll(/^COPY --from=build \/app\/(\S+) \.\/(\S+)$/gm)) {
      cpSync(join(build, from), join(image, to), { recursive: true });
    }
    const ids = (...argv: string[]) =>
      execFileSync(process.execPath, ["dist/bin/ids.js", ...argv], { cwd: image, encoding: "utf8" });

    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    assert.equal(ids("--version"), `${version}\n`);
    assert.match(ids("rules", "list"), /aws_iam_user_created/);
    assert.equal(existsSync(join(image, "node_modules/typescript")), false);
    assert.equal(existsSync(join(image, "node_modules/@slack/bolt")), true);
  });

  it("runs as a user without rights, and the health check asks where serve answers", () => {
    assert.match(dockerfile, /^USER node$/m);
    assert.match(dockerfile, /127\.0\.0\.1:8080\/healthz/);
    assert.ok(dockerfile.trimEnd().endsWith('CMD ["node", "dist/bin/ids.js", "serve"]'));
  });
});
