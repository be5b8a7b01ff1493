import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutSecretFields, withoutSecrets } from "../../src/alert/secret.ts";

describe("withoutSecrets", () => {
  for (const [text, expected] of [
    ["curl -u x password=hunter22", "curl -u x password=(hidden)"],
    ['{"secretAccessKey": "abcdef"}', '{"secretAccessKey": "(hidden)"}'],
    ['{\\"dbPassword\\":\\"hunter22\\"}', '{\\"dbPassword\\":\\"(hidden)\\"}'],
    ["mysql://root:x password:hunter22", "mysql://root:x password:(hidden)"],
    ["token: hunter22, secret='hunter22'", "token: (hidden), secret='(hidden)'"],
    ["key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY!", "key (hidden)!"],
    ["Authorization: Bearer abcdefgh12345678", "Authorization: (hidden) (hidden)"],
    ["xoxb-123456789012-abcdef xapp-1-A0B1C2D3E4", "(hidden) (hidden)"],
    ["ghp_abcdefghijklmnopqrst0123456789", "(hidden)"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "(hidden)"],
    ["IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJH", "(hidden)"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----", "(hidden)"],
  ] as const)
    it(`hides the secret in ${JSON.stringify(text)}`, () => {
      assert.equal(withoutSecrets(text), expected);
    });

  for (const text of [
    "AKIAIOSFODNN7EXAMPLE",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "Boto3/1.34.0 md/Botocore#1.34.0",
    "User: arn:aws:iam::111122223333:user/x is not authorized to perform: secretsmanager:GetSecretValue",
  ])
    it(`leaves ${text} alone`, () => {
      assert.equal(withoutSecrets(text), text);
    });

  it("changes nothing the second time", () => {
    const parts = fc.constantFrom(
      "password=",
      "token: ",
      "Bearer ",
      '"',
      "\\",
      "abcd1234",
      "xoxb-12345678",
      "(hidden)",
      " ",
      "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    );

    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (list) => {
        const once = withoutSecrets(list.join(""));
        assert.equal(withoutSecrets(once), once);
      }),
    );
  });
});

describe("withoutSecretFields", () => {
  it("hides by name and keeps what only speaks of a secret", () => {
    const json = {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      sessionToken: "short",
      secretId: "prod/db",
      SecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
      passwordResetRequired: true,
      password: "HIDDEN_DUE_TO_SECURITY_REASONS",
      masterUserPassword: "****",
      userData: "IyEvYmluL2Jhc2g=",
      tokenIssueTime: "2026-11-20T10:00:00Z",
    };

    assert.deepEqual(withoutSecretFields(json), {
      ...json,
      sessionToken: "(hidden)",
      masterUserPassword: "(hidden)",
      userData: "(hidden)",
    });
  });

  it("hides every value of an environment, however deep, and keeps the names", () => {
    const json = { environment: { variables: { DB: "postgres://u:p@host", list: ["a", { b: "c" }], n: 1 } } };

    assert.deepEqual(withoutSecretFields(json), {
      environment: { variables: { DB: "(hidden)", list: ["(hidden)", { b: "(hidden)" }], n: 1 } },
    });
  });

  it("keeps an own key named __proto__ an own key", () => {
    const clean = JSON.stringify(withoutSecretFields(JSON.parse('{"__proto__":{"password":"hunter22"}}')));

    assert.equal(clean, '{"__proto__":{"password":"(hidden)"}}');
  });
});
