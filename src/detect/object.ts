/**
 * Object: facts about the names of S3 objects that a request names.
 * Pure. Names are lower-cased and cut; a name proves nothing about what is in an object.
 */
import { textAt, valueAt } from "../cloudtrail/json.ts";
import { type CloudTrailRecord, serviceOf } from "../cloudtrail/record.ts";
import type { FactGroup } from "./fact.ts";
import { scalarsOf } from "./scalar.ts";

export const OBJECT_FACTS: FactGroup = {
  "ids.credential_file": {
    says: "the request names an S3 object that by its name holds credentials: `.aws/credentials`, `id_rsa`, `.env`, `terraform.tfstate`, `server.pem` …",
    values: "true, false",
    of: ({ record }) => namesOf(record).some(isCredentialFile),
  },
  "ids.ransom_note_name": {
    says: "the request names an S3 object as a ransom note is named: `HOW_TO_DECRYPT_FILES.txt`, `ransom.txt`, `RECOVER-FILES.html` …",
    values: "true, false",
    of: ({ record }) => namesOf(record).some(isRansomNote),
  },
};

/** S3 keys are at most 1,024 bytes. */
const MAX_NAME = 1024;
const MAX_NAMES = 1000;

/** The keys of a call on objects, in lower case: `key`, what is copied from, and the list of DeleteObjects. */
function namesOf(record: CloudTrailRecord): readonly string[] {
  if (serviceOf(record) !== "s3") return [];
  const { requestParameters: request } = record;
  const names = [textAt(request, "key"), textAt(request, "x-amz-copy-source")].filter((name) => name !== undefined);
  for (const [key, value] of scalarsOf(valueAt(request, "delete"))) {
    if (key.toLowerCase() === "key" && names.length < MAX_NAMES) names.push(String(value));
  }
  return names.map((name) => name.slice(0, MAX_NAME).toLowerCase());
}

const CREDENTIALS = new RegExp(
  `(?:^|/)(?:${[
    String.raw`\.aws/(?:credentials|config)`,
    String.raw`(?:aws[-_]?)?(?:credentials|credential|accesskeys|rootkey)(?:\.(?:csv|json|txt|xml|ya?ml|ini|db|bak))?`,
    String.raw`[^/]*_accesskeys\.csv`,
    String.raw`\.env\.[a-z]{1,12}|[^/]*\.env`,
    "id_(?:rsa|dsa|ecdsa|ed25519)",
    String.raw`[^/]*\.(?:pem|ppk|p12|pfx|jks|keystore|kdbx?|ovpn|keytab)`,
    String.raw`[^/]*\.key`,
    String.raw`[^/]*\.tfstate(?:\.backup)?`,
    String.raw`\.(?:git-credentials|netrc|npmrc|pypirc|pgpass|htpasswd|dockercfg|boto|s3cfg)`,
    String.raw`\.docker/config\.json|\.kube/config|kubeconfig`,
    String.raw`(?:secrets?|passwords?|passwd|shadow)(?:\.(?:csv|json|txt|xml|ya?ml|xlsx?|ini|db))?`,
    String.raw`wp-config\.php|sftp-config\.json|\.mysql_history|\.bash_history|unattend\.xml`,
    String.raw`(?:client_secret[^/]*|service[-_]account[^/]*|google[-_]credentials)\.json`,
  ].join("|")})$`,
);
/** What is made to be read by everyone: samples and certificates without their keys. */
const HARMLESS =
  /^(?:\.env\.(?:example|sample|template|dist)|(?:example|sample|template)\.env|(?:ca|cacert|global-bundle|cert|chain|fullchain|public)[^/]*\.pem)$/;

function isCredentialFile(name: string): boolean {
  return CREDENTIALS.test(name) && !HARMLESS.test(baseOf(name));
}

/** Between words stands little: bounded, so that the time stays linear in the name. */
const GAP = "[-_ .]{0,3}";
const THREAT = new RegExp(
  [
    "(?:^|[^a-z])ransom",
    `(?:files?|data|bucket)${GAP}(?:are|is|were|was|have|has)?${GAP}(?:been)?${GAP}encrypted`,
    `decrypt(?:ion)?${GAP}(?:instructions?|your|my|files?|guide|help|info)`,
    `how${GAP}(?:to|can i|do i)${GAP}(?:decrypt|recover|restore|unlock|get${GAP}(?:back|your|my)|return)`,
    `(?:readme|read${GAP}me|need|want|help)${GAP}(?:to|for|4|2)?${GAP}(?:decrypt|recover|restore|unlock)`,
    `(?:recover|recovery|restore|unlock|return)${GAP}(?:your|my)${GAP}(?:files|data)|(?:recover|unlock)${GAP}files`,
    `pay${GAP}(?:me|us|bitcoin|btc|xmr)`,
  ].join("|"),
);

/** Notes are short documents: `recover-files.html` is one, `recover-files.py` is not. */
function isRansomNote(name: string): boolean {
  const base = baseOf(name).slice(0, 200);
  return /(?:^[^.]*|\.(?:txt|html?|hta|md|rtf|pdf|note))$/.test(base) && THREAT.test(base);
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
