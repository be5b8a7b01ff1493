/**
 * What a detector is told beside the bundled rules: rules of one's own, what their placeholders stand for, accounts, organisations,
 * vendors, and where addresses are. All of it stands in the bot's configuration; commands without one know nothing.
 */
import { openGeoip } from "../src/adapters/geoip.ts";
import type { Config } from "../src/config.ts";
import type { DetectorContext } from "../src/detect/detector.ts";
import type { AccountContext } from "../src/detect/facts.ts";
import type { Placeholders } from "../src/detect/modifier.ts";
import { readConfig } from "./store.ts";
import { UsageError } from "./usage.ts";

export interface Knowledge {
  readonly rules: readonly string[];
  readonly placeholders: Placeholders;
  readonly accounts: readonly AccountContext[];
  readonly known: NonNullable<DetectorContext["known"]>;
}

const NOTHING: Knowledge = { rules: [], placeholders: {}, accounts: [], known: {} };

/** @throws Error that names a GeoIP file which cannot be read. */
export async function knowledgeOf(config: Config): Promise<Knowledge> {
  const { rules, placeholders, accounts, vendors, organizations, geoip } = config;
  const hasGeoip = geoip.country !== undefined || geoip.asn !== undefined;
  const geo = hasGeoip ? { geo: await openGeoip(geoip) } : {};
  const own = organizations.length > 0 ? { organizations: new Set(organizations) } : {};
  return { rules, placeholders, accounts, known: { vendors: new Map(Object.entries(vendors)), ...own, ...geo } };
}

/** The same from the file that `--config` names. @throws UsageError when it cannot be used. */
export async function knowledgeIn(file: string | undefined): Promise<Knowledge> {
  if (file === undefined) return NOTHING;
  try {
    return await knowledgeOf(await readConfig(file));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
