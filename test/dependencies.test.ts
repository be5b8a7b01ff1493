import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
}

const PERMISSIVE = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "PSF-2.0"];
const MOST_RUNTIME = 14;
const WITHOUT_THEIR_SCRIPT = ["node_modules/esbuild", "node_modules/msgpackr-extract"];

describe("dependencies", () => {
  const {
    dependencies,
    devDependencies,
  }: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(
    readFileSync("package.json", "utf8"),
  );
  const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync("package-lock.json", "utf8"),
  );
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
  const page = readFileSync("docs/dependencies.md", "utf8");
  const rows = [...page.matchAll(/^\| (\S+) \| (\S+) \| (.+) \|$/gm)].filter(([, name]) => name !== "---");

  it("that run are those of the table in docs/dependencies.md, each with its licence and a reason", () => {
    assert.deepEqual(
      rows.map(([, name]) => name).filter((name) => name !== "Package"),
      Object.keys(dependencies).sort(),
    );
    for (const [, name = "", licence, reason = ""] of rows.filter(([, name]) => name !== "Package")) {
      assert.equal(lock.packages[`node_modules/${name}`]?.license, licence, name);
      assert.ok(reason.length > 20, `${name} has no reason`);
    }
  });

  it("that run are few, and each is imported", () => {
    const source = ["bin", "src", "handlers", "blocks"]
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(".ts"))
          .map((name) => readFileSync(join(folder, name), "utf8")),
      )
      .join("\n");
    const unused = Object.keys(dependencies).filter((name) => !source.includes(`from "${name}"`));

    assert.ok(Object.keys(dependencies).length <= MOST_RUNTIME);
    assert.deepEqual(unused, []);
  });

  it("are named by exact versions, and the lockfile has just those", () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
      assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
    }
  });

  it("have permissive licences, down to the last one", () => {
    const others = locked.filter(
      ([, { license = "none" }]) => !license.split(" OR ").some((licence) => PERMISSIVE.includes(licence)),
    );

    assert.deepEqual(others, []);
  });

  it("have a checksum each and no registry's name in the lockfile", () => {
    assert.deepEqual(
      locked.filter(([, { integrity, resolved }]) => integrity === undefined || resolved !== undefined),
      [],
    );
  });

  it("need no install script, and none is run", () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);

    assert.deepEqual(scripted, WITHOUT_THEIR_SCRIPT);
    assert.match(readFileSync(".npmrc", "utf8"), /^ignore-scripts=true$/m);
  });
});
