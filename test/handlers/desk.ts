/** A desk for operators: one alert that Slack shows, IAM with its key, and the handlers of clicks, dialogs and rows. */
import assert from "node:assert/strict";
import { DETAILS, DISABLE_KEY } from "../../blocks/alert.ts";
import { DISABLE_SUBMIT, LAST_FOUR, REASON } from "../../blocks/containment.ts";
import { type ActDeps, onAct } from "../../handlers/act.ts";
import { type ActionDeps, onDisableClick, onDisableSubmit } from "../../handlers/action.ts";
import { type ConfirmDeps, onConfirm } from "../../handlers/confirm.ts";
import { handleDeliver } from "../../handlers/deliver.ts";
import { handleRow } from "../../handlers/effect.ts";
import { onVerify } from "../../handlers/verify.ts";
import {
  fixedClock,
  memoryChat,
  memoryEffects,
  memoryIam,
  memoryLog,
  memoryStores,
} from "../../src/adapters/memory.ts";
import { memoryTrail } from "../../src/adapters/memory-trail.ts";
import { openVitals } from "../../src/adapters/vitals.ts";
import { foldOf } from "../../src/alert/alert.ts";
import type { Doubt } from "../../src/cloudtrail/envelope.ts";
import { principalOf } from "../../src/cloudtrail/principal.ts";
import type { Asker } from "../../src/contain/approval.ts";
import type { AuditEntry } from "../../src/contain/audit.ts";
import type { Click, Submission, SubmissionAnswer } from "../../src/ports/listeners.ts";
import type { Row } from "../../src/ports/outbox.ts";
import { ACCOUNTS, findingOf, KEY, recordWith } from "../alert/fixture.ts";

export const ACCOUNT = "111122223333";
export const USER = "deploy-bot";
export const TEAM = "T00000001";
export const CHANNEL = "C0123456789";
export const SAM = "U0SAM1234";
export const EVA = "U0EVA1234";
export const AUDIT_KEY = Buffer.alloc(32, 7);
export { KEY };

export type DeskDeps = ActDeps & ActionDeps & ConfirmDeps;
export type Desk = Awaited<ReturnType<typeof openDesk>>;

export function member(id: string, flags: Partial<Asker> = {}): Asker {
  return { id, teamId: TEAM, deleted: false, bot: false, guest: false, external: false, ...flags };
}

/** `change` may put itself before any port, to fail or to count. */
export async function openDesk(
  change: (deps: DeskDeps) => Partial<DeskDeps> = () => ({}),
  doubt?: Doubt,
  record = recordWith(),
) {
  const clock = fixedClock(Date.parse("2026-11-20T10:05:00Z"));
  const log = memoryLog();
  const stores = memoryStores(clock);
  const iam = memoryIam();
  const chat = memoryChat(TEAM);
  const effects = memoryEffects();
  const trail = memoryTrail();
  const config = { accounts: ACCOUNTS, operators: [SAM, EVA], protected: [] as string[] };
  const plain: DeskDeps = {
    ...stores,
    iam,
    trail,
    chat,
    effects,
    clock,
    log,
    vitals: openVitals(clock),
    config,
    auditKey: AUDIT_KEY,
    worker: "worker-1",
    advice: () => ({
      why: "It stays.",
      steps: ["Ask jack"],
      falsepositives: ["New colleagues"],
      gaps: "CloudFormation",
    }),
  };
  const deps: DeskDeps = { ...plain, ...change(plain) };

  for (const id of [SAM, EVA]) chat.users.set(id, member(id));
  const createdAt = "2025-10-04T08:00:00.000Z";
  const arn = `arn:aws:iam::${ACCOUNT}:user/${USER}`;
  iam.users.set(`${ACCOUNT}/${USER}`, { arn, userName: USER, userId: "AIDACKCEVSQ6C2EXAMPLE", createdAt });
  iam.keyring.set(KEY, { id: KEY, account: ACCOUNT, userName: USER, status: "Active", createdAt });

  const whose = { principal: principalOf(record).id, account: record.recipientAccountId };
  const doubted = doubt && { doubt, receivedMs: clock.now(), configured: true };
  const fold = foldOf(findingOf(record, whose), record, doubted);
  await stores.alerts.commit({ folds: [fold], quarantined: [], now: clock.now() });
  const alert = fold.alert;
  const context = { places: [CHANNEL], accounts: ACCOUNTS, worker: "worker-1" };
  const deliver = (id: string) => handleDeliver(id, context, plain);
  await deliver(alert);
  const ts = chat.posts[0]?.ts;
  assert.ok(ts !== undefined);

  let requests = 0;
  const requestId = () => `trigger-${++requests}`;
  const clickBy = (user: string, fields: Partial<Click> = {}): Click => ({
    actionId: DISABLE_KEY,
    value: alert,
    user,
    userTeam: TEAM,
    team: TEAM,
    channel: CHANNEL,
    messageTs: ts,
    triggerId: requestId(),
    responseUrl: "https://hooks.slack.com/actions/T00000001/1/x",
    viewId: "",
    ...fields,
  });
  const submissionBy = (user: string, dialog: string, fields: Partial<Submission> = {}): Submission => ({
    callbackId: DISABLE_SUBMIT,
    privateMetadata: dialog,
    values: { [REASON]: "key found in a public gist", [LAST_FOUR]: KEY.slice(-4) },
    user,
    userTeam: TEAM,
    team: TEAM,
    viewId: "V00000001",
    triggerId: requestId(),
    ...fields,
  });
  /** Opens the dialog as this user; gives its id, or "" when it holds no question. */
  async function openDialog(user: string): Promise<string> {
    const seen = chat.modalUpdates.length;
    await onDisableClick(clickBy(user), deps);
    const view = chat.modalUpdates.slice(seen).at(-1)?.view;
    return view?.private_metadata ?? "";
  }
  const submit = (user: string, dialog: string): Promise<SubmissionAnswer> =>
    onDisableSubmit(submissionBy(user, dialog), deps);
  /** Handles what is due, as a worker would; what fails is put off. */
  async function runDue(worker: Partial<DeskDeps> = {}): Promise<void> {
    const all = { ...deps, ...worker };
    const handlers = {
      deliver,
      confirm: (id: string) => onConfirm(id, all),
      act: (id: string) => onAct(id, all),
      verify: (id: string) => onVerify(id, all),
      replay: (id: string) => assert.fail(`nothing asks for ${id} here`),
    };
    for (const row of await stores.outbox.due(clock.now(), 100)) await handleRow(row, handlers, plain);
  }

  return {
    deps,
    plain,
    clock,
    log,
    iam,
    trail,
    chat,
    effects,
    config,
    alert,
    clickBy,
    submissionBy,
    openDialog,
    submit,
    runDue,
    /** From click to intent; gives the intent's id. */
    async ask(user: string): Promise<string> {
      await submit(user, await openDialog(user));
      const stored = await stores.alerts.alert(alert);
      return stored?.containment?.intent ?? "";
    },
    /** Lets the time pass and handles what falls due in it. */
    async pass(ms: number): Promise<void> {
      for (const until = clock.now() + ms; clock.now() < until; ) {
        clock.advance(Math.min(1_000, until - clock.now()));
        await runDue();
      }
    },
    async containment() {
      return (await stores.alerts.alert(alert))?.containment;
    },
    async entries(): Promise<readonly AuditEntry[]> {
      return stores.audit.entries(1, 10_000);
    },
    /** Rows that are owed, whenever they are due. */
    async owed(): Promise<readonly Row[]> {
      return (await stores.outbox.due(Number.MAX_SAFE_INTEGER, 100)).filter(({ kind }) => kind !== "deliver");
    },
    keyStatus: () => iam.keyring.get(KEY)?.status,
    detailsBy: (user: string) => clickBy(user, { actionId: DETAILS }),
  };
}

/** Everything that a view or message says, for looking into. */
export function textOf(shown: unknown): string {
  return JSON.stringify(shown) ?? "";
}
