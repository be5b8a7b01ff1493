/**
 * `ids serve` as a command: options, config file, environment, signals. All problems of the config and the
 * environment are told together, then it exits with 2.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Config, ConfigError, configWarnings, parseConfig } from "../src/config.ts";
import { openLog } from "../src/log.ts";
import { readSecrets, type Secrets } from "../src/secrets.ts";
import { STOP_MS, serve } from "./serve.ts";

const HELP = `usage: ids serve [--config FILE] [--debug]

  --config FILE   the configuration (default: ids.config.yml; ids.config.example.yml explains it)
  --debug         log each message and record, too

Secrets come from the environment: SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or
SLACK_SIGNING_SECRET (HTTP); REDIS_URL and IDS_AUDIT_KEY for a Redis of your own.
`;

export async function serveCommand(argv: readonly string[]): Promise<number> {
  const options = optionsOf(argv);
  if ("problem" in options) return refuse(options.problem);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const settings = await settingsOf(resolve(options.config));
  if ("problem" in settings) return refuse(settings.problem);

  const log = openLog(options.debug ? "debug" : "info");
  for (const warning of configWarnings(settings.config)) log.warn({ warning }, "config.warned");
  let onDeaf = (): void => undefined;
  const ending = new Promise<{ readonly why: string; readonly code: number }>((end) => {
    for (const why of ["SIGTERM", "SIGINT"]) process.once(why, () => end({ why, code: 0 }));
    onDeaf = () => end({ why: "Slack is not heard any more", code: 1 });
  });
  const running = await serve({ ...settings, log, onDeaf });
  const { why, code } = await ending;
  log.info({ why }, "serve.stopping");
  // A step that hangs must not outlast the supervisor's patience.
  const late = setTimeout(() => process.exit(1), STOP_MS);
  await running.stop();
  clearTimeout(late);
  log.info({}, "serve.stopped");
  // With Redis gone, a connection that is still being tried again would hold the process for ever.
  process.exit(code);
}

function optionsOf(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: "string", default: "ids.config.yml" },
        debug: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return values;
  } catch (error) {
    return { problem: `${textOf(error)}; ids serve --help lists the options` };
  }
}

async function settingsOf(file: string): Promise<{ config: Config; secrets: Secrets } | { problem: string }> {
  const text = await readFile(file, "utf8").catch((error) => new Error(textOf(error)));
  if (text instanceof Error)
    return {
      problem: `${file} cannot be read (${text.message}); copy ids.config.example.yml, or name it with --config`,
    };
  const problems: string[] = [];
  const config = collect(() => parseConfig(text, file), problems);
  // Problems of the environment are worth telling even when the config has some: one look fixes both.
  const secrets = collect(() => readSecrets(process.env, config ?? { slack: FALLBACK }), problems);
  return config !== undefined && secrets !== undefined ? { config, secrets } : { problem: problems.join("\n") };
}

const FALLBACK = { channel: "", operators: [], mode: "socket", http: { host: "127.0.0.1", port: 0 } } as const;

function collect<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

function refuse(problem: string): number {
  process.stderr.write(`${problem}\n`);
  return 2;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
