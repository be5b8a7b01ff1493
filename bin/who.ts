/**
 * `ids who`, `ids key` and `ids ip`: the questions of Slack's `/ids`, asked at a terminal.
 */
import { parseArgs } from "node:util";
import type { WhoAnswer } from "../blocks/identity.ts";
import { whoIs } from "../handlers/who.ts";
import { openTrail } from "../src/adapters/cloudtrail.ts";
import { openCredentials } from "../src/adapters/credentials.ts";
import { openIam } from "../src/adapters/iam.ts";
import { subjectOf, type Verb } from "../src/identity/identity.ts";
import type { AlertStore } from "../src/ports/alerts.ts";
import { StoreError } from "../src/ports/vitals.ts";
import type { Log } from "../src/ports.ts";
import type { Output } from "./output.ts";
import { findStore, readConfig } from "./store.ts";
import { answerText } from "./who-text.ts";

const usageOf = (verb: Verb) => `usage: ids ${verb} ${SUBJECTS[verb]} [--json] [--config FILE]

  --json          what is known as JSON
  --config FILE   the bot's configuration (default: ids.config.yml); REDIS_URL as for ids serve

Asks the running bot's store, IAM and CloudTrail's history; AWS with the credentials of this terminal.
Exit code: 0 found · 1 nothing found, or something could not be asked · 2 wrong usage
`;
const SUBJECTS: Readonly<Record<Verb, string>> = {
  who: "NAME | ARN | ACCESS-KEY-ID | ADDRESS",
  key: "ACCESS-KEY-ID | LAST-FOUR",
  ip: "ADDRESS",
};
const IAM_TIMEOUT_MS = 5_000;
const TRAIL_TIMEOUT_MS = 10_000;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

export async function who(
  verb: Verb,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  output: Output = process,
): Promise<number> {
  const options = optionsOf(verb, argv);
  if ("problem" in options) return say(output.stderr, `${options.problem}\n${usageOf(verb)}`, 2);
  if (options.help) return say(output.stdout, usageOf(verb), 0);
  const config = await readConfig(options.config).catch((error: Error) => error);
  if (config instanceof Error) return say(output.stderr, `${config.message}\n`, 2);

  const store = await findStore(config, env["REDIS_URL"]).catch((error: Error) => error);
  const isOpen = store !== undefined && !(store instanceof Error);
  if (!isOpen)
    output.stderr.write(
      `${store?.message ?? `no bot runs with its data in ${config.data}`}: alerts are missing in this answer\n`,
    );
  const credentials = openCredentials({ accounts: config.accounts, requestTimeoutMs: IAM_TIMEOUT_MS });
  const ports = {
    alerts: isOpen ? store.alerts : NO_ALERTS,
    iam: openIam({ log: SILENT, credentials, requestTimeoutMs: IAM_TIMEOUT_MS }),
    trail: openTrail({ log: SILENT, requestTimeoutMs: TRAIL_TIMEOUT_MS, credentialsOf: credentials.reader }),
    clock: { now: () => Date.now() },
  };
  try {
    let answer: WhoAnswer | undefined;
    for await (answer of whoIs(options.subject, config.accounts, ports)) tellProgress(answer, output);
    if (answer === undefined) return 1;
    output.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : answerText(verb, answer));
    return isWhole(answer) ? 0 : 1;
  } finally {
    if (isOpen) await store.close();
  }
}

function optionsOf(verb: Verb, argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: "string", default: "ids.config.yml" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [text = "", ...rest] = positionals;
    if (values.help) return { ...values, help: true as const };
    if (text === "" || rest.length > 0) return { problem: `ids ${verb}: wants one of ${SUBJECTS[verb]}` };
    const subject = subjectOf(verb, text);
    if (subject === "secret")
      return {
        problem: `ids ${verb}: that looks like a secret access key; it was not looked up, but your shell's history may hold it`,
      };
    if (subject === undefined) return { problem: `ids ${verb}: ${JSON.stringify(text)} is not ${SUBJECTS[verb]}` };
    return { ...values, help: false as const, subject };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** One line that is written over, on a terminal only. */
function tellProgress({ history }: WhoAnswer, { stderr }: Output): void {
  if (history === undefined || !("isTTY" in stderr) || stderr.isTTY !== true) return;
  const line = history.done ? "" : `CloudTrail: ${history.answered} of ${history.regions} regions`;
  stderr.write(`\r\u001b[K${line}`);
}

function isWhole({ identities, recorded, history, store, notes }: WhoAnswer): boolean {
  const isFound = identities.length > 0 || recorded !== undefined || history?.activity !== undefined;
  return isFound && store === "answered" && notes.length === 0 && (history?.unanswered.length ?? 0) === 0;
}

const NO_ALERTS: Pick<AlertStore, "alertsOf"> = {
  alertsOf: () => Promise.reject(new StoreError("no store")),
};

function say(stream: { write(text: string): unknown }, text: string, code: number): number {
  stream.write(text);
  return code;
}
