import assert from "node:assert/strict";
import { ACKNOWLEDGE, alertMessage, DETAILS, DISABLE_KEY, detailsModal } from "../../blocks/alert.ts";
import { productOf } from "../../blocks/client.ts";
import { durationIn } from "../../blocks/proof.ts";
import type { Alert } from "../../src/alert/alert.ts";
import { alertWith, CONTAINMENT, KEY, ROLE_SESSION, ROOT } from "../alert/fixture.ts";
import { ALERTS } from "./alerts.ts";

function buttonsOf(alert: Alert): readonly string[] {
  const last = alertMessage(alert).blocks.at(-1);
  return last?.type === "actions" ? last.elements.map(({ action_id }) => action_id) : [];
}

function textOf(alert: Alert): string {
  return JSON.stringify(alertMessage(alert).blocks);
}

describe("an alert's buttons", () => {
  it("are all three for a long-term key of a configured account", () => {
    assert.deepEqual(buttonsOf(alertWith()), [ACKNOWLEDGE, DISABLE_KEY, DETAILS]);
  });

  it("leave Disable out for a role session, root and an unknown account", () => {
    for (const record of [{ userIdentity: ROLE_SESSION }, { userIdentity: ROOT }])
      assert.deepEqual(buttonsOf(alertWith(record)), [ACKNOWLEDGE, DETAILS]);
    const foreign = { ...ROLE_SESSION, type: "IAMUser", accountId: "999988887777", accessKeyId: KEY };
    assert.deepEqual(buttonsOf(alertWith({ userIdentity: foreign })), [ACKNOWLEDGE, DETAILS]);
  });

  it("leave Acknowledge out once somebody has it", () => {
    const acknowledged = { by: "U0SAM1234", at: "2026-11-20T10:05:00Z" };

    assert.deepEqual(buttonsOf(alertWith({}, {}, { acknowledged })), [DISABLE_KEY, DETAILS]);
  });

  it("leave Disable out while the key is being disabled and after", () => {
    for (const kind of ["requested", "already-inactive", "not-found"] as const) {
      const alert = alertWith({}, {}, { containment: { ...CONTAINMENT, state: { kind } } });
      assert.deepEqual(buttonsOf(alert), [ACKNOWLEDGE, DETAILS]);
    }
  });

  it("offer Disable again when it came to nothing", () => {
    for (const kind of ["expired", "superseded"] as const) {
      const alert = alertWith({}, {}, { containment: { ...CONTAINMENT, state: { kind } } });
      assert.deepEqual(buttonsOf(alert), [ACKNOWLEDGE, DISABLE_KEY, DETAILS]);
    }
  });

  it("offer Disable again when a read-back says that the key is Active", () => {
    const readBacks = [{ afterMs: 10_000, at: "2026-11-20T10:05:51Z", status: "Active" as const }];

    assert.ok(buttonsOf(alertWith({}, {}, { containment: { ...CONTAINMENT, readBacks } })).includes(DISABLE_KEY));
  });
});

describe("an alert's notification", () => {
  for (const [name, expected] of [
    [
      "critical success with a key",
      "[CRITICAL] acme-prod: deploy-bot attached policy AdministratorAccess to user support2 (success), 1 event",
    ],
    [
      "failed attempt",
      "[HIGH] acme-prod: deploy-bot tried to stop logging of trail main and was denied (failure), 1 event",
    ],
    ["role session", "[HIGH] acme-prod: Deploy as alice created user support2 (success), 1 event"],
    ["root", "[MEDIUM] acme-prod: root called iam:ListUsers (success), 1 event"],
    ["unknown account", "[HIGH] 999988887777: Deploy as alice created user support2 (success), 1 event"],
    [
      "storm",
      "[HIGH] acme-prod: deploy-bot tried 7 different actions of 6 services and was denied (failure), 1,041 events",
    ],
  ] as const)
    it(`reads in five seconds: ${name}`, () => {
      const alert = ALERTS[name];
      assert.ok(alert);
      assert.equal(alertMessage(alert).text, expected);
    });

  it("keeps outcome and count when the names are long", () => {
    const text = alertMessage(alertWith({ requestParameters: { userName: "<".repeat(5_000) } })).text;

    assert.ok(text.length <= 150);
    assert.match(text, /(&lt;)+… \(success\), 1 event$/);
  });
});

describe("an alert's text", () => {
  it("says who refused a denied call", () => {
    assert.match(
      textOf(
        alertWith({
          errorCode: "AccessDenied",
          errorMessage:
            "User: arn:aws:iam::111122223333:user/x is not authorized to perform: iam:CreateUser on resource: y with an explicit deny in a service control policy",
        }),
      ),
      /refused by: service control policy/,
    );
  });

  it("does not call a failure that is no denial denied", () => {
    const text = textOf(
      alertWith({ errorCode: "EntityAlreadyExists", errorMessage: "User with name support2 already exists." }),
    );

    assert.match(text, /and failed/);
    assert.doesNotMatch(text, /denied/);
  });

  it("names the newest record when it is another one than the first", () => {
    const alert = ALERTS["more than one finding"];
    assert.ok(alert);
    assert.match(textOf(alert), /Last: "/);
    assert.match(textOf(alert), /support3/);
  });

  it("marks an account that is not in the config", () => {
    const alert = ALERTS["unknown account"];
    assert.ok(alert);
    assert.match(textOf(alert), /⚠ unknown account/);
  });

  it("shows key ids by their ends only", () => {
    assert.match(textOf(alertWith()), /AKIA…MPLE/);
    assert.ok(!textOf(alertWith()).includes(KEY));
  });

  it("says how late it was seen", () => {
    assert.match(textOf(alertWith({}, {}, { seenAt: "2026-11-20T10:44:03Z" })), /seen 42 min after/);
  });
});

describe("durationIn", () => {
  for (const [ms, expected] of [
    [41_000, "41 s"],
    [-5_000, "0 s"],
    [300_000, "5 min"],
    [9_000_000, "3 h"],
    [259_200_000, "3 days"],
  ] as const)
    it(`tells ${ms} ms as ${expected}`, () => {
      assert.equal(durationIn(ms), expected);
    });
});

describe("productOf", () => {
  for (const [userAgent, expected] of [
    ["APN/1.0 HashiCorp/1.0 Terraform/1.9.5 aws-sdk-go-v2/1.30", "Terraform"],
    ["aws-cli/2.17.0 md/awscrt#0.20 ua/2.0 os/linux", "AWS CLI"],
    ["Boto3/1.34.0 md/Botocore#1.34.0", "Boto (Python)"],
    ["python-requests/2.31.0", "Python requests"],
    ["cloudtrail.amazonaws.com", "AWS service"],
    ["thing/2.1 (linux)", "thing"],
    ["", "unknown program"],
  ] as const)
    it(`tells ${JSON.stringify(userAgent)} as ${expected}`, () => {
      assert.equal(productOf(userAgent), expected);
    });
});

describe("detailsModal", () => {
  const shownIn = (alert: Alert) => JSON.stringify(detailsModal(alert));

  it("keeps key ids whole, to search with, and hides secrets", () => {
    const text = shownIn(
      alertWith({
        responseElements: {
          accessKey: { accessKeyId: KEY, secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
        },
      }),
    );

    assert.ok(text.includes(KEY));
    assert.ok(!text.includes("wJalr"));
    assert.match(text, /\(hidden\)/);
  });

  it("says how much was cut of long strings and lists", () => {
    const tags = Array.from({ length: 4_000 }, (_, i) => ({ key: `k${i}`, value: "v".repeat(300) }));
    const text = shownIn(alertWith({ requestParameters: { tags } }));

    assert.match(text, /v… \(300 chars\)/);
    assert.match(text, /… 3,9\d\d more/);
  });

  it("says how many lines did not fit", () => {
    const numbers = Array.from({ length: 90 }, () => Array.from({ length: 30 }, (_, i) => i % 10));
    const text = shownIn(alertWith({ requestParameters: { numbers } }));

    assert.match(text, /Cut here: [\d,]+ more lines/);
  });

  it("links to the record in AWS only when region and event id have AWS's form", () => {
    assert.match(
      shownIn(alertWith()),
      /https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudtrailv2\/home\?region=us-east-1#\/events\/c2f1a6a2-/,
    );
    assert.doesNotMatch(shownIn(alertWith({ awsRegion: "evil.example.com/" })), /"link"/);
  });
});
