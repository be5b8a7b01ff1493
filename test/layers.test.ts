import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

/** Path of a file from the root → its text. */
type Tree = Readonly<Record<string, string>>;

interface Floor {
  /** The files of this floor; the first floor that fits a path has it. */
  readonly files: RegExp;
  /** What they import from the project, besides each other. */
  readonly imports?: RegExp;
  /** Packages and node: modules. */
  readonly packages?: RegExp;
  /** Packages for their types alone. */
  readonly types?: RegExp;
  /** May read the clock, wait, roll dice, print. */
  readonly effects?: true;
  /** May read process.env and process.argv. */
  readonly environment?: true;
}

const CORE = "src/(cloudtrail|detect|contain|identity|health|alert|posture)/";
const BELOW_ALERT = /^src\/(cloudtrail|detect|contain|identity)\//;
// What computes and touches nothing. Of node: modules only their arithmetic (see ARITHMETIC).
const PURE = /^(node:(crypto|net|path|zlib)|zod|yaml|re2js)$/;
const ARITHMETIC: Readonly<Record<string, RegExp>> = {
  "node:net": /^(BlockList|isIP|isIPv4|isIPv6)$/,
  "node:path": /^(basename|dirname|extname|isAbsolute|join|posix|relative)$/,
  "node:crypto": /^(createHash|createHmac|hash|timingSafeEqual)$/,
  "node:zlib": /^gunzipSync$/,
};

/** architecture.md, as a table: what is not allowed here is a violation. */
const FLOORS: readonly Floor[] = [
  { files: /^src\/cloudtrail\//, packages: PURE },
  { files: /^src\/detect\//, imports: /^src\/cloudtrail\//, packages: PURE },
  { files: /^src\/contain\//, imports: /^src\/cloudtrail\//, packages: PURE },
  { files: /^src\/identity\//, imports: /^src\/cloudtrail\//, packages: PURE },
  { files: /^src\/health\//, packages: PURE },
  { files: /^src\/alert\//, imports: BELOW_ALERT, packages: PURE },
  { files: /^src\/posture\//, imports: BELOW_ALERT, packages: PURE },
  { files: /^src\/(config\/|(config|secrets|nearest)\.ts$)/, packages: PURE },
  { files: /^blocks\//, imports: new RegExp(`^${CORE}`), packages: PURE, types: /^@slack\/bolt$/ },
  { files: /^src\/ports(\.ts|\/)/, imports: new RegExp(`^${CORE}|^blocks/`) },
  { files: /^src\/log\.ts$/, imports: /^src\/ports(\.ts|\/)/, packages: /^pino$/ },
  {
    files: /^src\/adapters\//,
    imports: new RegExp(`^${CORE}|^blocks/|^src/ports/|^src/(ports|config|secrets|log|nearest)\\.ts$`),
    packages: /^(node:.+|@aws-sdk\/.+|@slack\/(bolt|web-api)|sqs-consumer|ioredis|bullmq|zod|yaml|maxmind)$/,
    effects: true,
  },
  {
    files: /^handlers\//,
    imports: new RegExp(`^${CORE}|^blocks/|^src/ports/|^src/(ports|config|nearest)\\.ts$`),
    packages: /^node:(crypto|timers\/promises)$/,
  },
  {
    files: /^demo\//,
    imports: new RegExp(`^${CORE}|^blocks/|^src/(ports|config|adapters/.+)`),
    packages: /^(node:.+|emulate|fauxqs|ioredis)$/,
    effects: true,
  },
  { files: /^bin\/demo[^/]*\.ts$/, imports: /./, packages: /^(node:.+|pino)$/, effects: true, environment: true },
  { files: /^bin\//, imports: /^(?!demo\/)/, packages: /^node:.+$/, effects: true, environment: true },
];

const EFFECTS =
  /\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval|setImmediate|fetch)\(|\bnew Date\(\)|\bconsole\.\w+\(|\bprocess\.(?!env|argv)/;
const ENVIRONMENT = /\bprocess\.(env|argv)|\bfrom "node:process"/;

/**
 * `violations({ "blocks/a.ts": 'import { x } from "../handlers/b.ts";\n', "handlers/b.ts": "" })`
 *   → `["blocks/a.ts imports handlers/b.ts"]`
 */
function violations(tree: Tree): readonly string[] {
  return [...Object.entries(tree).flatMap(([path, text]) => violationsOf(path, text, tree)), ...circlesIn(tree)];
}

function violationsOf(path: string, text: string, tree: Tree): readonly string[] {
  const floor = floorOf(path);
  if (floor === undefined) return [`${path} is on no floor`];
  const code = withoutComments(text);
  const problems = importsOf(path, code).flatMap(({ target, local, typeOnly, names }) => {
    if (local) {
      if (!(target in tree)) return [`${path} imports ${target}, which is not there`];
      const sameFloor = floorOf(target) === floor;
      return sameFloor || floor.imports?.test(target) ? [] : [`${path} imports ${target}`];
    }
    if (typeOnly && floor.types?.test(target)) return [];
    if (!floor.packages?.test(target)) return [`${path} imports ${target}`];
    const impure = floor.packages === PURE && names.filter((name) => ARITHMETIC[target]?.test(name) === false);
    return impure ? impure.map((name) => `${path} imports ${name} of ${target}`) : [];
  });
  const effect = floor.effects ? undefined : EFFECTS.exec(code)?.[0];
  const environment = floor.environment ? undefined : ENVIRONMENT.exec(code)?.[0];
  return [
    ...problems,
    ...[effect, environment].flatMap((what) => (what === undefined ? [] : [`${path} uses ${what}`])),
  ];
}

function floorOf(path: string): Floor | undefined {
  return FLOORS.find(({ files }) => files.test(path));
}

interface Import {
  /** A path from the root, or a package. */
  readonly target: string;
  readonly local: boolean;
  readonly typeOnly: boolean;
  readonly names: readonly string[];
}

/** Static, dynamic and side-effect imports, and re-exports. */
function importsOf(path: string, code: string): readonly Import[] {
  const found = [
    ...code.matchAll(/^(?:import|export)\s+(?<type>type\s)?(?<clause>[^"';]*?)\sfrom\s+"(?<target>[^"]+)"/gm),
    ...code.matchAll(/^import\s+"(?<target>[^"]+)"/gm),
    ...code.matchAll(/\bimport\(\s*"(?<target>[^"]+)"/g),
    ...code.matchAll(/\brequire\(\s*"(?<target>[^"]+)"/g),
  ];
  return found.map(({ groups = {} }) => {
    const name = groups["target"] ?? "";
    const local = name.startsWith(".");
    return {
      target: local ? posix.join(posix.dirname(path), name) : name,
      local,
      typeOnly: groups["type"] !== undefined,
      names: (groups["clause"] ?? "").split(/[{},]/).flatMap((word) => /^\s*(?!type\s)(\w+)/.exec(word)?.[1] ?? []),
    };
  });
}

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** Each circle of imports once, from its first file: `"a.ts → b.ts → a.ts"`. */
function circlesIn(tree: Tree): readonly string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (done.has(path) || trail.includes(path)) return;
    for (const { target, local } of importsOf(path, withoutComments(tree[path] ?? ""))) {
      if (local) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of Object.keys(tree)) visit(path, []);
  return circles;
}

/** Every .ts file of the five floors. */
function project(): Tree {
  const files = ["bin", "handlers", "blocks", "src", "demo"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => posix.join(folder, name)),
  );
  return Object.fromEntries(
    files.filter((path) => path.endsWith(".ts")).map((path) => [path, readFileSync(path, "utf8")]),
  );
}

describe("imports", () => {
  it("run downwards only, stay on their floor and make no circles", () => {
    const tree = project();

    assert.ok(Object.keys(tree).length > 50, "the project's files were not found");
    assert.deepEqual(violations(tree), []);
  });

  const below: Tree = {
    "src/cloudtrail/record.ts": "export type Record = string;",
    "src/ports.ts": 'import type { Record } from "./cloudtrail/record.ts";',
    "blocks/alert.ts": 'import type { types } from "@slack/bolt";\nimport { a } from "../src/cloudtrail/record.ts";',
    "handlers/act.ts": 'import type { Ports } from "../src/ports.ts";\nimport { x } from "../blocks/alert.ts";',
    "src/adapters/iam.ts": 'import { IAMClient } from "@aws-sdk/client-iam";\nconst now = Date.now();',
    "bin/serve.ts":
      'import { a } from "../handlers/act.ts";\nimport { b } from "../src/adapters/iam.ts";\nprocess.env.A;',
    "demo/world.ts": 'import { c } from "../src/cloudtrail/record.ts";',
    "bin/demo.ts": 'const { w } = await import("../demo/world.ts");',
  };

  it("are all right in a tree that keeps the rules, also when a comment speaks of what is forbidden", () => {
    const talk =
      '/**\n * import { x } from "../bin/serve.ts"; Date.now()\n */\n// process.env.A\nconst url = "https://example.com";';

    assert.deepEqual(violations({ ...below, "src/detect/rule.ts": talk }), []);
  });

  const wrong: ReadonlyArray<readonly [path: string, code: string, problem: string]> = [
    ["blocks/a.ts", 'import { a } from "../handlers/act.ts";', "imports handlers/act.ts"],
    ["handlers/a.ts", 'import {\n  a,\n} from "../src/adapters/iam.ts";', "imports src/adapters/iam.ts"],
    ["handlers/a.ts", 'import type { A } from "../bin/serve.ts";', "imports bin/serve.ts"],
    ["src/adapters/a.ts", 'export { a } from "../../handlers/act.ts";', "imports handlers/act.ts"],
    ["src/contain/a.ts", 'import { a } from "../alert/b.ts";', "imports src/alert/b.ts"],
    ["src/contain/a.ts", 'import { a } from "../identity/b.ts";', "imports src/identity/b.ts"],
    ["src/cloudtrail/a.ts", 'import { a } from "../detect/b.ts";', "imports src/detect/b.ts"],
    ["src/detect/a.ts", 'import type { Log } from "../ports.ts";', "imports src/ports.ts"],
    ["src/detect/a.ts", 'const a = await import("../adapters/iam.ts");', "imports src/adapters/iam.ts"],
    ["handlers/a.ts", 'import "../demo/world.ts";', "imports demo/world.ts"],
    ["bin/scan.ts", 'import { w } from "../demo/world.ts";', "imports demo/world.ts"],
    ["bin/scan.ts", 'import { SQSClient } from "@aws-sdk/client-sqs";', "imports @aws-sdk/client-sqs"],
    ["handlers/a.ts", 'import { IAMClient } from "@aws-sdk/client-iam";', "imports @aws-sdk/client-iam"],
    ["blocks/a.ts", 'import { App } from "@slack/bolt";', "imports @slack/bolt"],
    ["src/detect/a.ts", 'import { readFileSync } from "node:fs";', "imports node:fs"],
    ["src/detect/a.ts", 'import { connect, isIP } from "node:net";', "imports connect of node:net"],
    ["src/contain/a.ts", 'import { randomBytes } from "node:crypto";', "imports randomBytes of node:crypto"],
    ["handlers/a.ts", 'import { spawn } from "node:child_process";', "imports node:child_process"],
    ["src/alert/a.ts", "const at = Date.now();", "uses Date.now("],
    ["handlers/a.ts", "const at = new Date();", "uses new Date()"],
    ["blocks/a.ts", 'console.log("a");', "uses console.log("],
    ["src/adapters/a.ts", "const url = process.env.REDIS_URL;", "uses process.env"],
    ["src/utils/a.ts", "", "is on no floor"],
    ["src/detect/a.ts", 'import { b } from "./b.js";', "imports src/detect/b.js, which is not there"],
  ];
  for (const [path, code, problem] of wrong) {
    it(`are refused where ${path} ${problem}`, () => {
      const others = { "src/alert/b.ts": "", "src/identity/b.ts": "", "src/detect/b.ts": "" };

      assert.deepEqual(violations({ ...below, ...others, [path]: code }), [`${path} ${problem}`]);
    });
  }

  it("are refused where they make a circle", () => {
    const circle = { "src/detect/a.ts": 'import "./b.ts";', "src/detect/b.ts": 'import type { A } from "./a.ts";' };

    assert.deepEqual(violations(circle), ["src/detect/a.ts → src/detect/b.ts → src/detect/a.ts"]);
  });
});
