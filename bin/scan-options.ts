/**
 * The arguments of `ids scan`: what they are, how they read, and what is wrong with them.
 * Pure.
 */
import { parseArgs } from "node:util";
import { LEVELS, type Level } from "../src/detect/finding.ts";
import { argumentProblem, oneOf, UsageError } from "./usage.ts";

export const SCAN_USAGE = `ids scan PATH… | -

Runs Trailhound's rules over CloudTrail log files: .json.gz as S3 delivers them, .json, NDJSON of
records or of EventBridge events, folders of them, or standard input (-).

  --format text|ndjson   for people, or one finding a line for programs (default text)
  --level LEVEL          ${LEVELS.join(", ")} (default low)
  --since TIME           only records from this time on: 2026-11-20 or 2026-11-20T10:00:00Z (UTC)
  --until TIME           only records up to this time; a day means its end
  --rules DIR            rules to use besides Trailhound's own; may be repeated
  --config FILE          the bot's configuration: its rules, placeholders, accounts, organisations,
                         vendors, GeoIP
  --help                 this text

Exit code: 0 nothing found, 1 findings at or above the level, 2 wrong usage or unreadable input.
What cannot be read is named on standard error; everything else is scanned and told all the same.
`;

export interface ScanOptions {
  readonly paths: readonly string[];
  readonly format: "text" | "ndjson";
  readonly level: Level;
  /** Milliseconds since 1970, both inclusive. */
  readonly since: number;
  readonly until: number;
  readonly rules: readonly string[];
  readonly config?: string;
}

/**
 * `["--level", "high", "logs/"]` → `{ paths: ["logs/"], format: "text", level: "high", since: -Infinity, until: Infinity, rules: [] }`
 *
 * @throws UsageError
 */
export function scanOptionsOf(argv: readonly string[]): ScanOptions | "help" {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  if (positionals.length === 0)
    throw new UsageError("no PATH given: name log files or folders, or - for standard input");
  const since = values.since === undefined ? -Infinity : timeOf("--since", values.since, "T00:00:00Z");
  const until = values.until === undefined ? Infinity : timeOf("--until", values.until, "T23:59:59.999Z");
  if (since > until) throw new UsageError(`--since ${values.since} is later than --until ${values.until}`);
  return {
    paths: positionals,
    format: oneOf("--format", values.format, ["text", "ndjson"] as const),
    level: oneOf("--level", values.level, LEVELS),
    since,
    until,
    rules: values.rules,
    ...(values.config === undefined ? {} : { config: values.config }),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: "string", default: "text" },
        level: { type: "string", default: "low" },
        since: { type: "string" },
        until: { type: "string" },
        rules: { type: "string", multiple: true, default: [] },
        config: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    const what = argumentProblem(error);
    if (what === undefined) throw error;
    throw new UsageError(`${what}; see ids scan --help`, { cause: error });
  }
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/;
const ZONE = /(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970. A time without a zone is UTC; a day is completed by `rest`. */
function timeOf(option: string, text: string, rest: string): number {
  const whole = DAY.test(text) ? `${text}${rest}` : MOMENT.test(text) && !ZONE.test(text) ? `${text}Z` : text;
  const time = MOMENT.test(whole) ? Date.parse(whole) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`${option} "${text}" is not a time: write 2026-11-20 or 2026-11-20T10:00:00Z`);
  }
  return time;
}
