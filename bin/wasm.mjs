/**
 * Compiles the scanner: wasm/ → src/cloudtrail/scanner-code.ts, which is committed, so that nobody but who changes wasm/ needs a compiler.
 * Plain JavaScript; run it after each change: `node bin/wasm.mjs`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = join(fileURLToPath(import.meta.url), "..", "..");
export const CODE = join(ROOT, "src", "cloudtrail", "scanner-code.ts");
/** 64 KiB each; what wasm/memory.ts lays out has to fit. */
const PAGES = 103;
const LINE = 100;

/** What scanner-code.ts has to be → its text. Throws when the compiler has something to say. */
export function scannerCode() {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")),
    "bin",
    "asc.js",
  );
  const folder = mkdtempSync(join(tmpdir(), "wasm-"));
  try {
    const out = join(folder, "scanner.wasm");
    const options = [
      ...["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--use", "abort="],
      ...["--initialMemory", `${PAGES}`, "--maximumMemory", `${PAGES}`, "--outFile", out],
    ];
    const { status, error, stderr } = spawnSync(process.execPath, [compiler, "wasm/scanner.ts", ...options], {
      cwd: ROOT,
      encoding: "utf8",
    });
    if (error !== undefined) throw error;
    if (status !== 0 || stderr !== "") throw new Error(`wasm: ${stderr}`);
    return textOf(readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function textOf(bytes) {
  const lines = bytes.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g"));
  return `/**
 * The scanner's inner part as a WebAssembly module, in base64. Made of wasm/ by bin/wasm.mjs: change that and run it again.
 */
export const SCANNER_CODE =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  writeFileSync(CODE, scannerCode());
}
