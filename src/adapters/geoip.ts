/**
 * GeoIP: where an address is, from MaxMind's files that the user supplies. Read once into memory.
 * Source: MaxMind DB format; GeoLite2-Country or -City (`country.iso_code`), GeoLite2-ASN.
 */
import { isIP } from "node:net";
import { type AsnResponse, type CountryResponse, open, type Reader } from "maxmind";
import type { Place } from "../detect/fact.ts";

export interface GeoipFiles {
  /** GeoLite2-Country, GeoLite2-City or their paid sisters. */
  readonly country?: string;
  /** GeoLite2-ASN. */
  readonly asn?: string;
}

/** @throws Error that names the file which cannot be read, or is none of MaxMind's. */
export async function openGeoip({ country, asn }: GeoipFiles): Promise<(address: string) => Place | undefined> {
  const [countries, networks] = await Promise.all([
    country === undefined ? undefined : opened<CountryResponse>(country),
    asn === undefined ? undefined : opened<AsnResponse>(asn),
  ]);
  return (address) => {
    if (isIP(address) === 0) return undefined;
    const code = told(countries, address)?.country?.iso_code;
    const network = told(networks, address);
    const number = network?.autonomous_system_number;
    const org = network?.autonomous_system_organization;
    if (code === undefined && number === undefined) return undefined;
    return {
      ...(code === undefined ? {} : { country: code }),
      ...(number === undefined ? {} : { asn: number }),
      ...(org === undefined ? {} : { org }),
    };
  };
}

/** A damaged place in a file is an address that nothing is known of. */
function told<T extends CountryResponse | AsnResponse>(reader: Reader<T> | undefined, address: string): T | undefined {
  try {
    return reader?.get(address) ?? undefined;
  } catch {
    return undefined;
  }
}

async function opened<T extends CountryResponse | AsnResponse>(file: string): Promise<Reader<T>> {
  return open<T>(file).catch((cause: unknown) => {
    throw new Error(`geoip: ${file} cannot be read as a MaxMind database`, { cause });
  });
}
