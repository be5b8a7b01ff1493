import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ids(argv: readonly string[], env: Record<string, string> = {}, preload: readonly string[] = []): ChildProcess {
  const options = ["--import", "tsx", ...preload.flatMap((code) => ["--import", `data:text/javascript,${code}`])];
  return spawn(process.execPath, [...options, "bin/ids.ts", ...argv], { env: { ...process.env, ...env } });
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (err += chunk));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

/** Throws as soon as somebody listens for it. */
const THROWS = `process.on("newListener",(name)=>name==="uncaughtException"&&setImmediate(()=>{throw new Error("planted")}))`;

describe("ids", () => {
  it("tells the version of package.json", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));

    assert.deepEqual(await ended(ids(["--version"])), { code: 0, out: `${version}\n`, err: "" });
  });

  it("lists its commands on help, and as an error when there is no command", async () => {
    const help = await ended(ids(["help"]));
    const nothing = await ended(ids([]));

    assert.equal(help.code, 0);
    assert.match(
      help.out,
      /serve +run the bot.*\n +scan .*\n +rules .*\n +who .*\n +key .*\n +ip .*\n +quarantine .*\n +demo /,
    );
    assert.deepEqual(nothing, { code: 2, out: "", err: help.out });
  });

  for (const [word, err] of [
    ["scna", 'ids: no command "scna"; did you mean ids scan?\n'],
    ["xyzzy\u001b[2J", 'ids: no command "xyzzy\\u001b[2J"; ids help lists them\n'],
    ["constructor", 'ids: no command "constructor"; ids help lists them\n'],
  ] as const) {
    it(`refuses ${JSON.stringify(word)} with what to do`, async () => {
      assert.deepEqual(await ended(ids([word])), { code: 2, out: "", err });
    });
  }

  it("hands the rest of the line and the exit code through", async () => {
    const { code, err } = await ended(ids(["scan"]));

    assert.equal(code, 2);
    assert.match(err, /^ids scan: /);
  });

  it("tells what nobody expected in one line, and the stack only with IDS_DEBUG", async () => {
    const plain = await ended(ids(["help"], { IDS_DEBUG: "" }, [THROWS]));
    const debug = await ended(ids(["help"], { IDS_DEBUG: "1" }, [THROWS]));

    assert.equal(plain.code, 1);
    assert.equal(plain.err, "ids: planted\n");
    assert.match(debug.err, /^ids: planted\nError: planted\n {4}at /);
  });

  it("ends quietly when its reader has had enough", async () => {
    const child = ids(["help"]);
    child.stdout?.destroy();

    const { code, err } = await ended(child);

    assert.deepEqual({ code, err }, { code: 0, err: "" });
  });
});
