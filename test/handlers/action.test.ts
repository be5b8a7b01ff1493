import assert from "node:assert/strict";
import fc from "fast-check";
import sinon from "sinon";
import { ACKNOWLEDGE, DETAILS, DISABLE_KEY } from "../../blocks/alert.ts";
import { DISABLE_SUBMIT, LAST_FOUR, REASON } from "../../blocks/containment.ts";
import { onAcknowledge, onDetails, onDisableClick, onDisableSubmit } from "../../handlers/action.ts";
import type { Asker } from "../../src/contain/approval.ts";
import { verifyChain } from "../../src/contain/audit.ts";
import type { AuditStore, ContainmentStore } from "../../src/ports/containments.ts";
import type { Click, Submission } from "../../src/ports/listeners.ts";
import { ACCOUNT, AUDIT_KEY, CHANNEL, type Desk, EVA, KEY, member, openDesk, SAM, TEAM, textOf, USER } from "./desk.ts";

const OTHER_TEAM = "T00000002";

function lastResponse(desk: Desk): string {
  return textOf(desk.chat.responses.at(-1)?.message);
}

function lastModal(desk: Desk): string {
  return textOf(desk.chat.modalUpdates.at(-1)?.view);
}

async function assertNothingWasAsked(desk: Desk): Promise<void> {
  assert.deepEqual(await desk.owed(), []);
  assert.equal(await desk.containment(), undefined);
  await desk.pass(5_000);
  assert.equal(desk.iam.deactivations.length, 0);
}

describe("onDisableClick", () => {
  it("opens a dialog at once, then fills it with what IAM says about the key", async () => {
    const desk = await openDesk();

    const dialog = await desk.openDialog(SAM);

    assert.match(textOf(desk.chat.modals[0]?.view), /Asking IAM/);
    assert.equal(desk.chat.modalUpdates[0]?.viewId, desk.chat.modals[0]?.viewId);
    assert.match(lastModal(desk), /deploy-bot/);
    assert.match(lastModal(desk), /412 days old/);
    assert.match(dialog, /^dl_[0-9a-f]{32}$/);
  });

  it("says when the user's other key was used last, and never claims what it did not ask", async () => {
    const desk = await openDesk();
    const other = "AKIAI44QH8DHBEXAMPLE";
    const key = {
      account: ACCOUNT,
      userName: USER,
      id: other,
      status: "Active",
      createdAt: "2026-10-20T10:00:00Z",
    } as const;
    desk.iam.keyring.set(other, {
      ...key,
      lastUsed: { at: "2026-11-20T10:04:00Z", service: "ec2", region: "eu-west-1" },
    });

    await desk.openDialog(SAM);
    assert.match(lastModal(desk), /Other key.*last used.*ec2/);

    desk.iam.keyring.set(other, key);
    await desk.openDialog(SAM);
    assert.match(lastModal(desk), /Other key.*never used, says IAM/);
  });

  it("puts nothing into the dialog but its id, and remembers the rest itself for 15 minutes", async () => {
    const desk = await openDesk();

    const id = await desk.openDialog(SAM);

    const openedAt = "2026-11-20T10:05:00.000Z";
    const dialog = { id, alert: desk.alert, account: ACCOUNT, keyId: KEY, userName: USER, operator: SAM, openedAt };
    assert.deepEqual(await desk.plain.containments.dialog(id), dialog);
    desk.clock.advance(15 * 60_000);
    assert.equal(await desk.plain.containments.dialog(id), undefined);
  });

  it("opens no way to disable a key while this machine's clock is off, and does when it is right again", async () => {
    const desk = await openDesk();
    desk.deps.vitals.failed("clock", "90 s ahead of AWS");

    assert.equal(await desk.openDialog(SAM), "");
    assert.match(lastModal(desk), /clock .* is 90 s ahead of AWS.*Nothing was changed; set the clock/);
    desk.deps.vitals.ok("clock");

    assert.match(await desk.openDialog(SAM), /^dl_/);
  });

  it("does nothing for the same click played again", async () => {
    const desk = await openDesk();
    const click = desk.clickBy(SAM);

    await onDisableClick(click, desk.deps);
    await onDisableClick(click, desk.deps);

    assert.equal(desk.chat.modals.length, 1);
  });

  it("does nothing for a click that cannot be known again", async () => {
    const desk = await openDesk();

    for (const triggerId of ["", "x".repeat(201)]) await onDisableClick(desk.clickBy(SAM, { triggerId }), desk.deps);

    assert.equal(desk.chat.modals.length, 0);
  });

  it("does nothing for a value that is no alert of ours", async () => {
    const desk = await openDesk();

    for (const value of ["", KEY, "al_000000000000000000000000", `${desk.alert} `, "__proto__"])
      await onDisableClick(desk.clickBy(SAM, { value }), desk.deps);

    assert.equal(desk.chat.modals.length + desk.chat.responses.length, 0);
  });

  const copies: readonly [string, Partial<Click>][] = [
    ["in another channel", { channel: "C0000000002" }],
    ["on another message", { messageTs: "1767225600.999999" }],
    ["without a message", { channel: "", messageTs: "" }],
  ];
  for (const [where, fields] of copies)
    it(`refuses a copy of the button ${where}, and keeps that in the audit log`, async () => {
      const desk = await openDesk();

      await onDisableClick(desk.clickBy(SAM, fields), desk.deps);

      assert.equal(desk.chat.modals.length, 0);
      assert.match(lastResponse(desk), /not on the alert's own message/);
      assert.equal((await desk.entries()).at(-1)?.kind, "refused");
    });

  it("shows what to do instead when the user is protected, and keeps no dialog", async () => {
    const desk = await openDesk();
    desk.config.protected.push("arn:aws:iam::*:user/deploy-*");

    const dialog = await desk.openDialog(SAM);

    assert.equal(dialog, "");
    assert.match(lastModal(desk), /Do this instead/);
  });

  it("says that IAM did not answer", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("keyOwner", { answer: { kind: "unavailable", why: "timed out" } });

    await desk.openDialog(SAM);

    assert.match(lastModal(desk), /IAM did not answer/);
  });

  it("names the permission that is missing for the look", async () => {
    const desk = await openDesk();
    desk.iam.failures.set("user", { answer: { kind: "denied", missing: "iam:GetUser" } });

    await desk.openDialog(SAM);

    assert.match(lastModal(desk), /iam:GetUser/);
  });

  it("shows a key that is inactive already, without a question", async () => {
    const desk = await openDesk();
    switchTo(desk, "Inactive");

    const dialog = await desk.openDialog(SAM);

    assert.equal(dialog, "");
    assert.match(lastModal(desk), /inactive already/);
  });

  it("does not leave the dialog empty when the store fails while it is filled", async () => {
    const desk = await openDesk(({ containments }) => ({
      containments: { ...containments, keepDialog: () => Promise.reject(new Error("store is down")) },
    }));

    await assert.rejects(onDisableClick(desk.clickBy(SAM), desk.deps), /store is down/);

    assert.match(lastModal(desk), /Nothing was changed/);
  });

  it("shows no question for an alert whose account left the config", async () => {
    const desk = await openDesk();

    await onDisableClick(desk.clickBy(SAM), { ...desk.deps, config: { ...desk.config, accounts: [] } });

    assert.match(lastModal(desk), /no long-term key of an account/);
  });
});

describe("onDisableSubmit", () => {
  it("records one intent and hints its row; the call is made by that row alone", async () => {
    const desk = await openDesk();

    const answer = await desk.submit(SAM, await desk.openDialog(SAM));

    assert.match(textOf(answer), /Asked for/);
    assert.equal(desk.iam.deactivations.length, 0);
    const containment = await desk.containment();
    assert.deepEqual(containment?.state, { kind: "requested" });
    assert.equal(containment?.reason, "key found in a public gist");
    assert.deepEqual(desk.effects.hinted.map(({ kind }) => kind).slice(-2), ["act", "deliver"]);
    assert.deepEqual(
      (await desk.entries()).map(({ kind, actor }) => [kind, actor]),
      [["request", SAM]],
    );
  });

  it("records nothing while this machine's clock is off, also from a dialog that was open before", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    desk.deps.vitals.failed("clock", "90 s behind AWS");

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /clock .* is 90 s behind AWS.*Nothing was changed/);
    await assertNothingWasAsked(desk);
    desk.deps.vitals.ok("clock");
    assert.match(textOf(await desk.submit(SAM, dialog)), /Asked for/);
  });

  it("records one intent when the same submission comes twice", async () => {
    const desk = await openDesk();
    const submission = desk.submissionBy(SAM, await desk.openDialog(SAM));

    const answers = await Promise.all([1, 2].map(() => onDisableSubmit(submission, desk.deps)));

    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ["close", "show"]);
    assert.equal((await desk.entries()).length, 1);
  });

  it("records one intent when the operator presses twice", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);

    const answers = await Promise.all([desk.submit(SAM, dialog), desk.submit(SAM, dialog)]);
    await desk.runDue();

    assert.equal(answers.filter((answer) => /Somebody was first/.test(textOf(answer))).length, 1);
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("refuses an old dialog after the key was disabled and switched on again by a person", async () => {
    const desk = await openDesk();
    const [sams, evas] = [await desk.openDialog(SAM), await desk.openDialog(EVA)];
    await desk.submit(SAM, sams);
    desk.clock.advance(1_000);
    await desk.runDue();
    switchTo(desk, "Active");

    const answer = await desk.submit(EVA, evas);
    await desk.pass(60_000);

    assert.match(textOf(answer), /Somebody was first/);
    assert.equal(desk.iam.deactivations.length, 1);
  });

  it("takes a new dialog after the key was disabled and switched on again", async () => {
    const desk = await openDesk();
    await desk.ask(SAM);
    await desk.runDue();
    desk.clock.advance(60_000);
    switchTo(desk, "Active");

    await desk.ask(EVA);
    await desk.runDue();

    assert.equal(desk.iam.deactivations.length, 2);
    assert.equal((await desk.containment())?.operator, EVA);
  });

  const wrong: readonly [string, string, Record<string, string>][] = [
    ["no reason", REASON, { [LAST_FOUR]: "MPLE" }],
    ["a reason of blanks", REASON, { [REASON]: "        ", [LAST_FOUR]: "MPLE" }],
    ["a reason too long", REASON, { [REASON]: "a".repeat(161), [LAST_FOUR]: "MPLE" }],
    ["other last four characters", LAST_FOUR, { [REASON]: "leaked", [LAST_FOUR]: "MPLA" }],
    ["no last four characters", LAST_FOUR, { [REASON]: "leaked" }],
  ];
  for (const [what, input, values] of wrong)
    it(`points at the input for ${what}, and asks for nothing`, async () => {
      const desk = await openDesk();
      const dialog = await desk.openDialog(SAM);

      const answer = await onDisableSubmit(desk.submissionBy(SAM, dialog, { values }), desk.deps);

      assert.deepEqual(answer.kind === "errors" && Object.keys(answer.errors), [input]);
      await assertNothingWasAsked(desk);
    });

  it("takes the corrected submission of the same dialog", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    await onDisableSubmit(desk.submissionBy(SAM, dialog, { values: {} }), desk.deps);

    await desk.submit(SAM, dialog);

    assert.equal((await desk.containment())?.state.kind, "requested");
  });

  const strangers: readonly [string, (desk: Desk, dialog: string) => Submission][] = [
    ["of another operator", (desk, dialog) => desk.submissionBy(EVA, dialog)],
    ["that nobody opened", (desk) => desk.submissionBy(SAM, `dl_${"0".repeat(32)}`)],
    ["with an alert's id for its own", (desk) => desk.submissionBy(SAM, desk.alert)],
    ["without an id", (desk) => desk.submissionBy(SAM, "")],
  ];
  for (const [what, submissionOf] of strangers)
    it(`refuses a dialog ${what}`, async () => {
      const desk = await openDesk();
      const dialog = await desk.openDialog(SAM);

      const answer = await onDisableSubmit(submissionOf(desk, dialog), desk.deps);

      assert.match(textOf(answer), /not yours or is older/);
      await assertNothingWasAsked(desk);
    });

  it("refuses a dialog after 15 minutes", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    desk.clock.advance(15 * 60_000);

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /older than 15 minutes/);
    await assertNothingWasAsked(desk);
  });

  it("refuses an operator who was taken off the list after he opened the dialog", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    desk.config.operators.splice(0);

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /not an operator/);
    assert.equal((await desk.entries()).at(-1)?.kind, "refused");
    await assertNothingWasAsked(desk);
  });

  it("refuses when the key's user changed after the dialog opened", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    const key = desk.iam.keyring.get(KEY);
    const user = desk.iam.users.get(`${ACCOUNT}/${USER}`);
    assert.ok(key && user);
    desk.iam.keyring.set(KEY, { ...key, userName: "alice" });
    desk.iam.users.set(`${ACCOUNT}/alice`, { ...user, userName: "alice", arn: `arn:aws:iam::${ACCOUNT}:user/alice` });

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /another owner/);
    await assertNothingWasAsked(desk);
  });

  it("says that the key is inactive already, and asks for nothing", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    switchTo(desk, "Inactive");

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /inactive already/);
    await assertNothingWasAsked(desk);
  });

  it("answers within Slack's 3 s while IAM hangs, and says that nothing was changed", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    desk.iam.keyOwner = () => new Promise(() => {});
    const started = Date.now();

    const answer = await desk.submit(SAM, dialog);

    assert.ok(Date.now() - started < 2_800);
    assert.match(textOf(answer), /did not answer in time\. Nothing was changed/);
    await assertNothingWasAsked(desk);
  });

  it("answers as well while Slack does not say who is asking", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    desk.chat.user = () => new Promise(() => {});

    const answer = await desk.submit(SAM, dialog);

    assert.match(textOf(answer), /did not answer in time/);
    await assertNothingWasAsked(desk);
  });

  it("leaves no timer behind when IAM answers", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    const clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await desk.submit(SAM, dialog);

      assert.equal(clock.countTimers(), 0);
    } finally {
      clock.restore();
    }
  });

  it("asks for nothing when the request cannot be written into the audit log", async () => {
    const desk = await openDesk(({ audit }) => ({
      audit: { ...audit, append: () => Promise.reject(new Error("audit store is down")) } satisfies AuditStore,
    }));
    const dialog = await desk.openDialog(SAM);

    await assert.rejects(desk.submit(SAM, dialog), /audit store is down/);

    await assertNothingWasAsked(desk);
  });

  it("does not say that nothing was changed when the store may have taken the intent", async () => {
    const desk = await openDesk(({ containments }) => ({
      containments: {
        ...containments,
        intend: async (...args) => {
          await containments.intend(...args);
          throw new Error("Command timed out");
        },
      } satisfies ContainmentStore,
    }));

    const answer = await desk.submit(SAM, await desk.openDialog(SAM));

    assert.match(textOf(answer), /If the alert does not show your request/);
    await desk.runDue();
    assert.equal(desk.keyStatus(), "Inactive");
  });

  it("stands although no hint could be given: the sweep finds the row", async () => {
    const desk = await openDesk(({ effects }) => ({
      effects: { ...effects, hint: () => Promise.reject(new Error("queue is down")) },
    }));

    const answer = await desk.submit(SAM, await desk.openDialog(SAM));
    await desk.runDue();

    assert.match(textOf(answer), /Asked for/);
    assert.equal(desk.keyStatus(), "Inactive");
  });
});

describe("onAcknowledge", () => {
  const acknowledgedBy = (desk: Desk, user: string) =>
    onAcknowledge(desk.clickBy(user, { actionId: ACKNOWLEDGE }), desk.deps);

  it("gives the alert to the first operator and tells the second who has it and since when", async () => {
    const desk = await openDesk();

    await acknowledgedBy(desk, SAM);
    desk.clock.advance(4_000);
    await acknowledgedBy(desk, EVA);

    const stored = await desk.plain.alerts.alert(desk.alert);
    assert.deepEqual(stored?.acknowledged, { by: SAM, at: "2026-11-20T10:05:00.000Z" });
    assert.match(lastResponse(desk), new RegExp(`"user_id":"${SAM}".*acknowledged this`));
    assert.deepEqual(
      desk.effects.hinted.map(({ kind, id }) => [kind, id]),
      [["deliver", desk.alert]],
    );
  });

  it("refuses a member of the team who is no operator", async () => {
    const desk = await openDesk();
    desk.chat.users.set("U0JOE1234", member("U0JOE1234"));

    await acknowledgedBy(desk, "U0JOE1234");

    assert.equal((await desk.plain.alerts.alert(desk.alert))?.acknowledged, undefined);
    assert.match(lastResponse(desk), /not an operator/);
  });
});

describe("onDetails", () => {
  it("shows the record to a full member of the team who is no operator", async () => {
    const desk = await openDesk();
    desk.chat.users.set("U0JOE1234", member("U0JOE1234"));

    await onDetails(desk.detailsBy("U0JOE1234"), desk.deps);

    assert.match(textOf(desk.chat.modals[0]?.view), /python-requests/);
    assert.match(
      textOf(desk.chat.modals[0]?.view),
      /Why it matters.*It stays.*1\. Ask jack.*New colleagues.*CloudFormation/s,
    );
  });
});

/** Everything that must keep a person from acting, alone; the user is on the operators' list all the same. */
const OUTSIDERS: readonly [string, Asker | undefined, Partial<Click & Submission>][] = [
  ["somebody Slack does not know", undefined, {}],
  ["a removed user", member(SAM, { deleted: true }), {}],
  ["a bot", member(SAM, { bot: true }), {}],
  ["a guest", member(SAM, { guest: true }), {}],
  ["a user of Slack Connect", member(SAM, { external: true }), {}],
  ["a member of another team", member(SAM, { teamId: OTHER_TEAM }), {}],
  ["a request from another team", member(SAM), { team: OTHER_TEAM }],
  ["a request for a user of another team", member(SAM), { userTeam: OTHER_TEAM }],
];

describe("authorisation", () => {
  for (const [who, user, fields] of OUTSIDERS) {
    for (const [button, press] of [
      [DISABLE_KEY, onDisableClick],
      [ACKNOWLEDGE, onAcknowledge],
      [DETAILS, onDetails],
    ] as const)
      it(`refuses ${who} at the button ${button}, tells so and keeps it in the audit log`, async () => {
        const desk = await openDesk();
        if (user === undefined) desk.chat.users.delete(SAM);
        else desk.chat.users.set(SAM, user);

        await press(desk.clickBy(SAM, { ...fields, actionId: button }), desk.deps);

        assert.equal(desk.chat.modals.length, 0);
        assert.match(lastResponse(desk), /Not done/);
        assert.deepEqual(
          (await desk.entries()).map(({ kind, actor }) => [kind, actor]),
          [["refused", SAM]],
        );
        assert.equal((await desk.plain.alerts.alert(desk.alert))?.acknowledged, undefined);
      });

    it(`refuses ${who} at the submission, whatever he was when the dialog opened`, async () => {
      const desk = await openDesk();
      const dialog = await desk.openDialog(SAM);
      if (user === undefined) desk.chat.users.delete(SAM);
      else desk.chat.users.set(SAM, user);

      const answer = await onDisableSubmit(desk.submissionBy(SAM, dialog, fields), desk.deps);

      assert.match(textOf(answer), /Not done/);
      assert.equal((await desk.entries()).at(-1)?.kind, "refused");
      await assertNothingWasAsked(desk);
    });
  }

  it("lets nobody act while the list of operators is empty", async () => {
    const desk = await openDesk();
    desk.config.operators.splice(0);

    await onDisableClick(desk.clickBy(SAM), desk.deps);
    await onAcknowledge(desk.clickBy(SAM, { actionId: ACKNOWLEDGE }), desk.deps);

    assert.equal(desk.chat.modals.length, 0);
    assert.equal((await desk.entries()).filter(({ kind }) => kind === "refused").length, 2);
  });
});

describe("2,000 random clicks and submissions", () => {
  it("throw nothing, ask for nothing and call IAM for nothing", async () => {
    const desk = await openDesk();
    const dialog = await desk.openDialog(SAM);
    const looks = { count: 0 };
    for (const name of ["keyOwner", "user", "keys"] as const) {
      desk.iam[name] = async () => {
        looks.count += 1;
        return { kind: "not-found" };
      };
    }
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("", "__proto__", "constructor", KEY, SAM, EVA, TEAM, CHANNEL, dialog, "<!channel>", "al_", "dl_"),
      fc.stringMatching(/^(al|dl)_[0-9a-f]{24,32}$/),
    );
    const request = { user: text, userTeam: text, team: text, triggerId: text };
    const click = fc.record({
      actionId: text,
      value: text,
      channel: text,
      messageTs: text,
      responseUrl: text,
      viewId: text,
      ...request,
    });
    const submission = fc.record({
      callbackId: text,
      privateMetadata: text,
      values: fc.dictionary(text, text),
      viewId: text,
      ...request,
    });

    await fc.assert(
      fc.asyncProperty(fc.oneof(click, submission), async (payload) => {
        if ("values" in payload) await onDisableSubmit(payload, desk.deps);
        else for (const press of [onDisableClick, onAcknowledge, onDetails]) await press(payload, desk.deps);
      }),
      { numRuns: 2_000 },
    );

    assert.equal(looks.count, 0);
    assert.equal(verifyChain(await desk.entries(), AUDIT_KEY).ok, true);
    await assertNothingWasAsked(desk);
  });

  it("do nothing either when they come from an operator and name the alert, but not on its message", async () => {
    const desk = await openDesk();
    const value = fc.constantFrom(desk.alert, `${desk.alert}\n`, desk.alert.toUpperCase(), "al_");
    const place = fc.string({ unit: "binary", maxLength: 20 });

    await fc.assert(
      fc.asyncProperty(value, place, place, async (named, channel, messageTs) => {
        const click = desk.clickBy(SAM, { value: named, channel, messageTs });
        for (const press of [onDisableClick, onAcknowledge, onDetails]) await press(click, desk.deps);
      }),
      { numRuns: 200 },
    );

    assert.equal(desk.chat.modals.length, 0);
    await assertNothingWasAsked(desk);
  });
});

describe("600 clicks by two operators on one key, 20 at a time", () => {
  it("are one intent, one call and 599 refusals that are all kept", async () => {
    const desk = await openDesk();
    const dialogs = { [SAM]: await desk.openDialog(SAM), [EVA]: await desk.openDialog(EVA) };

    for (let round = 0; round < 30; round += 1)
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? SAM : EVA)).map((user) =>
          desk.submit(user, dialogs[user] ?? ""),
        ),
      );
    await desk.pass(301_000);

    const entries = await desk.entries();
    assert.equal(desk.iam.deactivations.length, 1);
    assert.equal(entries.filter(({ kind }) => kind === "already").length, 599);
    assert.equal(verifyChain(entries, AUDIT_KEY).ok, true);
  });
});

describe("the button", () => {
  it("is on the alert's message with nothing but the alert's id as its value", async () => {
    const desk = await openDesk();

    const shown = textOf(desk.chat.posts[0]?.versions[0]);

    assert.match(shown, new RegExp(`"action_id":"${DISABLE_KEY}"[^}]*}?[^}]*"value":"${desk.alert}"`));
    assert.equal(desk.submissionBy(SAM, "").callbackId, DISABLE_SUBMIT);
  });
});

function switchTo(desk: Desk, status: "Active" | "Inactive"): void {
  const key = desk.iam.keyring.get(KEY);
  assert.ok(key);
  desk.iam.keyring.set(KEY, { ...key, status });
}
