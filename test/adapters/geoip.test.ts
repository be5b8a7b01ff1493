import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGeoip } from "../../src/adapters/geoip.ts";
import { mmdbOf } from "./mmdb.ts";

describe("geoip", () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "ids-geoip-"));
    const countries = {
      "198.51.100.0/24": { country: { iso_code: "DE" } },
      "192.0.2.0/25": { country: { iso_code: "NZ" } },
    };
    const networks = {
      "198.51.100.0/24": { autonomous_system_number: 64_500, autonomous_system_organization: "Example Hosting" },
      "203.0.113.0/24": { autonomous_system_number: 64_501 },
    };
    await writeFile(join(dir, "country.mmdb"), mmdbOf("GeoLite2-Country", countries));
    await writeFile(join(dir, "asn.mmdb"), mmdbOf("GeoLite2-ASN", networks));
    await writeFile(join(dir, "broken.mmdb"), "no database");
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("tells country and network of an address, each as far as its file knows", async () => {
    const geo = await openGeoip({ country: join(dir, "country.mmdb"), asn: join(dir, "asn.mmdb") });

    assert.deepEqual(geo("198.51.100.23"), { country: "DE", asn: 64_500, org: "Example Hosting" });
    assert.deepEqual(geo("192.0.2.1"), { country: "NZ" });
    assert.deepEqual(geo("203.0.113.9"), { asn: 64_501 });
    assert.equal(geo("192.0.2.200"), undefined);
  });

  it("does with one file", async () => {
    assert.deepEqual((await openGeoip({ country: join(dir, "country.mmdb") }))("198.51.100.23"), { country: "DE" });
  });

  it("knows nothing of what is no address", async () => {
    const geo = await openGeoip({ country: join(dir, "country.mmdb") });

    for (const text of ["", "ec2.amazonaws.com", "AWS Internal", "198.51.100.23 ", "::ffff"])
      assert.equal(geo(text), undefined);
    assert.doesNotThrow(() => geo("2001:db8::1"));
  });

  it("names the file that cannot be read", async () => {
    await assert.rejects(openGeoip({ asn: join(dir, "gone.mmdb") }), /gone\.mmdb cannot be read/);
    await assert.rejects(openGeoip({ asn: join(dir, "broken.mmdb") }), /broken\.mmdb cannot be read/);
  });
});
