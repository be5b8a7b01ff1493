import assert from "node:assert/strict";
import { factsOf } from "../../src/detect/facts.ts";
import { recordOf } from "./fixture.ts";

const of = (name: string, requestParameters: object, eventSource = "s3.amazonaws.com") =>
  factsOf(recordOf({ eventSource, eventName: "GetObject", requestParameters }), undefined).value(name);

const CREDENTIALS = [
  ".aws/credentials",
  "home/jack/.aws/config",
  "backup/id_rsa",
  "keys/id_ed25519",
  ".env",
  "app/.env.production",
  "config/prod.env",
  "prod/terraform.tfstate",
  "terraform.tfstate.backup",
  "certs/server.pem",
  "vpn/jack.ovpn",
  "jack_accessKeys.csv",
  "rootkey.csv",
  "credentials.csv",
  ".git-credentials",
  "home/.kube/config",
  "passwords.xlsx",
  "team/vault.kdbx",
  "config/service-account-prod.json",
];
const OTHERS = [
  "report.csv",
  "env",
  ".env.example",
  "example.env",
  "certs/ca-bundle.pem",
  "rds/global-bundle.pem",
  "id_rsa.pub",
  "my.envelope",
  "docs/credentials-policy.html",
  "secrets/readme.txt",
  "keyboard.keys.png",
];
const NOTES = [
  "HOW_TO_DECRYPT_FILES.txt",
  "ransom.txt",
  "RANSOM_NOTE.html",
  "RECOVER-FILES.html",
  "data/readme_to_recover.txt",
  "YOUR_FILES_ARE_ENCRYPTED.txt",
  "!!!READ_ME_TO_DECRYPT!!!.txt",
  "decrypt_instructions.html",
  "how_to_get_back_files.txt",
];
const NO_NOTES = [
  "README.md",
  "recover-files.py",
  "decrypt.js",
  "docs/how-to-deploy.md",
  "docs/how-to-get-started.md",
  "data/encrypted.parquet",
  "restore/2026-11-20.sql.gz",
  "warning.txt",
  "windows/transom.txt",
];

describe("an object's name", () => {
  for (const key of CREDENTIALS) {
    it(`tells of credentials: ${key}`, () => assert.equal(of("ids.credential_file", { key }), true));
  }
  for (const key of OTHERS) {
    it(`tells of no credentials: ${key}`, () => assert.equal(of("ids.credential_file", { key }), false));
  }
  for (const key of NOTES) {
    it(`is that of a ransom note: ${key}`, () => assert.equal(of("ids.ransom_note_name", { key }), true));
  }
  for (const key of NO_NOTES) {
    it(`is that of no ransom note: ${key}`, () => assert.equal(of("ids.ransom_note_name", { key }), false));
  }

  it("counts where it is copied from", () => {
    assert.equal(of("ids.credential_file", { key: "x", "x-amz-copy-source": "bucket/.aws/credentials" }), true);
  });

  it("counts in S3 alone", () => {
    assert.equal(of("ids.credential_file", { key: ".env" }, "dynamodb.amazonaws.com"), false);
  });
});
