#!/usr/bin/env node
/**
 * The command `ids`: the first word names the subcommand, the rest is its own.
 * Exit codes: 0 done, 1 it failed (or `scan` found something), 2 used wrongly.
 */
import { createRequire } from "node:module";
import { nearest } from "../src/nearest.ts";

interface Subcommand {
  readonly about: string;
  readonly run: (argv: readonly string[]) => Promise<number>;
}

/** Loaded when called: `ids scan` must not wait for Slack's and AWS's SDKs. */
const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  serve: {
    about: "run the bot: SQS in, alerts in Slack out",
    run: async (argv) => (await import("./serve-command.ts")).serveCommand(argv),
  },
  scan: {
    about: "look for findings in CloudTrail log files",
    run: async (argv) => (await import("./scan.ts")).scan(argv),
  },
  rules: {
    about: "for rule writers: list, test, coverage, backtest, new",
    run: async (argv) => (await import("./rules.ts")).rules(argv),
  },
  who: {
    about: "whose name, key or address that is: alerts, IAM, CloudTrail's history",
    run: async (argv) => (await import("./who.ts")).who("who", argv),
  },
  key: {
    about: "whose access key that is and what it did; the last four characters do",
    run: async (argv) => (await import("./who.ts")).who("key", argv),
  },
  ip: {
    about: "which alerts name an address",
    run: async (argv) => (await import("./who.ts")).who("ip", argv),
  },
  quarantine: {
    about: "what came in and could not be read: list, show, replay",
    run: async (argv) => (await import("./quarantine.ts")).quarantine(argv),
  },
  demo: {
    about: "play a break-in on this machine, without AWS and Slack",
    run: async (argv) => (await import("./demo.ts")).demo(argv),
  },
};

const HELP = `usage: ids <command> [options]

${Object.entries(SUBCOMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join("\n")}
  help        this text

ids --version tells the version, ids <command> --help the options of a command.
`;

async function main(argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === "help" || word === "--help" || word === "-h") return say(process.stdout, HELP, 0);
  if (word === "--version" || word === "-v") return say(process.stdout, `${version()}\n`, 0);
  if (word === undefined) return say(process.stderr, HELP, 2);
  const subcommand = Object.hasOwn(SUBCOMMANDS, word) ? SUBCOMMANDS[word] : undefined;
  if (subcommand !== undefined) return subcommand.run(rest);
  const meant = nearest(word, [...Object.keys(SUBCOMMANDS), "help"]);
  const advice = meant === undefined ? "ids help lists them" : `did you mean ids ${meant}?`;
  return say(process.stderr, `ids: no command ${JSON.stringify(word)}; ${advice}\n`, 2);
}

function say(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(text);
  return code;
}

/** The same from bin/ and from dist/bin/: the package asks for its own package.json. */
function version(): string {
  const description: unknown = createRequire(import.meta.url)("trailhound/package.json");
  const known = typeof description === "object" && description !== null && "version" in description;
  return known ? String(description.version) : "unknown";
}

/** What nobody expected: one line for people, the stack for those who ask for it. */
function die(error: unknown): never {
  const told = error instanceof Error ? error.message : String(error);
  const stack = process.env["IDS_DEBUG"] && error instanceof Error ? `${error.stack}\n` : "";
  process.stderr.write(`ids: ${told}\n${stack}`);
  process.exit(1);
}

// For whoever builds on the SDK; package.json says which Node this runs on.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
process.on("uncaughtException", die);
// `ids scan … | head` closes our output when it has enough: not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? process.exit() : die(error)));
process.exitCode = await main(process.argv.slice(2));
