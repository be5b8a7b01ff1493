/** Every message and modal that Trailhound sends, by name, made of ordinary values: for goldens and for hostile copies. */
import { alertMessage, detailsModal } from "../../blocks/alert.ts";
import { backlogMessage } from "../../blocks/backlog.ts";
import {
  alreadyModal,
  disableLoadingModal,
  disableModal,
  disableRequestedModal,
  failedModal,
  refusalModal,
} from "../../blocks/containment.ts";
import { healthMessage } from "../../blocks/health.ts";
import { helpMessage } from "../../blocks/help.ts";
import { closedHome, homeView } from "../../blocks/home.ts";
import { pickModal, type WhoAnswer, whoMessage, whoModal } from "../../blocks/identity.ts";
import { noticeMessage } from "../../blocks/notice.ts";
import type { Home, Message, Modal } from "../../blocks/text.ts";
import { troubleMessage, troubleOverMessage } from "../../blocks/trouble.ts";
import type { Alert } from "../../src/alert/alert.ts";
import type { Plan, RefusedPlan } from "../../src/contain/plan.ts";
import { stepsFor } from "../../src/contain/refusal.ts";
import type { Health } from "../../src/health/health.ts";
import type { Subject } from "../../src/identity/identity.ts";
import { alertWith, CONTAINMENT, KEY } from "../alert/fixture.ts";
import { ALERTS, EVERYTHING } from "./alerts.ts";

const KEY_VIEW = {
  id: KEY,
  status: "Active",
  createdAt: "2025-10-04T10:00:00Z",
  ageDays: 412,
  lastUsed: { at: "2026-11-20T10:02:00Z", service: "iam", region: "us-east-1" },
} as const;
const OTHER_KEY = {
  id: "AKIAI44QH8DHBM2PDAAA",
  status: "Active",
  createdAt: "2026-10-20T10:00:00Z",
  ageDays: 31,
} as const;

type KnownPlan = Exclude<Plan, RefusedPlan>;
export const PLAN: KnownPlan = {
  kind: "possible",
  account: { id: "111122223333", name: "acme-prod" },
  userName: "deploy-bot",
  userArn: "arn:aws:iam::111122223333:user/deploy-bot",
  key: KEY_VIEW,
  otherKeys: [OTHER_KEY],
};
export const REFUSED: RefusedPlan = { kind: "refused", why: "root-key", steps: stepsFor("root-key", "111122223333") };

export const WHO: WhoAnswer = {
  subject: { kind: "name", name: "deploy-bot" },
  identities: [
    {
      account: { id: "111122223333", name: "acme-prod", owner: "platform team" },
      userName: "deploy-bot",
      arn: "arn:aws:iam::111122223333:user/deploy-bot",
      createdAt: "2025-10-04T10:00:00Z",
      passwordLastUsed: "2026-11-01T08:00:00Z",
      keys: [KEY_VIEW, OTHER_KEY],
    },
  ],
  recorded: {
    events: 41,
    actions: [
      { action: "iam:ListUsers", count: 30 },
      { action: "iam:CreateUser", count: 11 },
    ],
    regions: ["eu-north-1", "us-east-1"],
    addresses: ["198.51.100.23"],
    first: "2026-11-20T10:01:12Z",
    last: "2026-11-20T10:02:03Z",
  },
  alerts: [alertWith(), alertWith({}, { level: "critical" }, { containment: CONTAINMENT })],
  store: "answered",
  iam: "answered",
  searched: [{ id: "111122223333", name: "acme-prod" }, { id: "444455556666" }],
  history: {
    regions: 17,
    answered: 3,
    unanswered: [{ place: "acme-prod eu-north-1", why: "Trailhound's role lacks cloudtrail:LookupEvents" }],
    more: true,
    days: 90,
    done: false,
    activity: {
      events: 212,
      denied: 31,
      first: "2026-11-01T08:00:00Z",
      last: "2026-11-20T10:02:03Z",
      actions: [
        { value: "s3:ListBuckets", count: 150 },
        { value: "iam:ListUsers", count: 62 },
      ],
      regions: [{ value: "us-east-1", count: 212 }],
      addresses: [{ value: "198.51.100.23", count: 31 }],
      userAgents: [
        { value: "aws-cli/2.31.9 md/command#s3.ls", count: 180 },
        { value: "Boto3/1.34.0 md/Botocore#1.34.0", count: 32 },
      ],
      principals: [{ value: "arn:aws:iam::111122223333:user/deploy-bot", count: 212 }],
      sessions: [],
    },
  },
  choices: [],
  notes: ["IAM of acme-dev did not answer (timed out): ask again in a minute"],
};

export const HEALTH: Health = {
  at: "2026-11-20T10:30:00Z",
  startedAt: "2026-11-19T08:00:00Z",
  vitals: [
    { part: "redis", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-20T10:29:59Z" },
    { part: "queue", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-20T10:29:55Z" },
    { part: "slack", state: "ok", since: "2026-11-20T10:00:00Z", at: "2026-11-20T10:29:00Z" },
    { part: "door", state: "ok", since: "2026-11-19T08:00:00Z", at: "2026-11-19T08:00:00Z" },
    {
      part: "iam",
      state: "failing",
      since: "2026-11-20T10:25:00Z",
      at: "2026-11-20T10:28:00Z",
      why: "Trailhound's role lacks iam:ListAccessKeys",
    },
    { part: "cloudtrail", state: "unused" },
    { part: "s3", state: "unused" },
    {
      part: "clock",
      state: "failing",
      since: "2026-11-20T10:20:00Z",
      at: "2026-11-20T10:29:55Z",
      why: "90 s behind AWS",
    },
  ],
  queues: [{ name: "trailhound", waiting: 41_200, inFlight: 20, waitedMs: 420_000, dead: 3 }],
  seen: [
    { account: "111122223333", region: "eu-west-1", eventAt: "2026-11-20T10:22:10Z", seenAt: "2026-11-20T10:29:10Z" },
    { account: "444455556666", region: "us-east-1", eventAt: "2026-11-18T10:00:00Z", seenAt: "2026-11-18T10:05:00Z" },
  ],
  quarantined: 2,
  overdue: 1,
};

export interface Inputs {
  readonly alerts: Readonly<Record<string, Alert>>;
  readonly everything: Alert;
  readonly plan: KnownPlan;
  readonly refused: RefusedPlan;
  readonly who: WhoAnswer;
  readonly health: Health;
  readonly said: string;
}
export const INPUTS: Inputs = {
  alerts: ALERTS,
  everything: EVERYTHING,
  plan: PLAN,
  refused: REFUSED,
  who: WHO,
  health: HEALTH,
  said: "the store does not answer",
};

export const DIALOG = "dg_000000000000000000000001";

/** All surfaces made of these inputs. */
export function surfacesOf({
  alerts,
  everything,
  plan,
  refused,
  who,
  health,
  said,
}: Inputs): Readonly<Record<string, Message | Modal | Home>> {
  const [any = alertWith()] = Object.values(alerts);
  const accounts = [{ id: "111122223333", name: "acme-prod" }, { id: "222233334444" }];
  const trouble = { part: "redis", since: "2026-11-20T10:02:00Z", why: said } as const;
  const finished =
    who.history === undefined ? {} : { history: { ...who.history, answered: 17, unanswered: [], done: true } };
  const nothing: WhoAnswer = {
    subject: who.subject,
    identities: [],
    alerts: [],
    store: "silent",
    iam: "answered",
    searched: who.searched,
    outside: true,
    choices: [],
    notes: who.notes,
  };
  const choices: readonly Subject[] = [
    who.subject,
    { kind: "key", keyId: "AKIAIOSFODNN7EXAMPLE" },
    { kind: "address", address: "198.51.100.23" },
  ];
  const elsewhere = who.identities.map((identity) => ({
    ...identity,
    account: { id: "444455556666", name: "acme-dev" },
  }));
  return {
    "alert: everything": alertMessage(everything),
    ...Object.fromEntries(Object.entries(alerts).map(([name, alert]) => [`alert: ${name}`, alertMessage(alert)])),
    details: detailsModal(any),
    "details: with advice": detailsModal(any, { why: said, steps: [said, said], falsepositives: [said], gaps: said }),
    "disable: loading": disableLoadingModal(),
    "disable: possible": disableModal({ ...plan, kind: "possible" }, DIALOG),
    "disable: inactive already": disableModal({ ...plan, kind: "already-inactive" }, DIALOG),
    "disable: refused": refusalModal(refused),
    "disable: asked for": disableRequestedModal(),
    "disable: somebody was first": alreadyModal(any.containment ?? CONTAINMENT),
    "disable: failed": failedModal(said),
    "who: as it grows": whoModal(who, true),
    "who: done": whoModal({ ...who, ...finished }, true),
    "who: shared": whoMessage({ ...who, ...finished }),
    "who: two accounts": whoModal({ ...who, identities: [...who.identities, ...elsewhere], choices }, true),
    "who: nothing found": whoModal(nothing, true),
    "who: nothing found, shared": whoMessage(nothing),
    "who: which one": pickModal(choices),
    health: healthMessage(health, accounts),
    trouble: troubleMessage(trouble),
    "trouble: over": troubleOverMessage(trouble, "2026-11-20T10:44:00Z"),
    backlog: backlogMessage({
      awayMs: 42 * 60_000,
      flaps: false,
      levels: ["low", "critical", "low", "medium", "high", "medium", "low"],
      more: false,
    }),
    "backlog: more than were counted": backlogMessage({ awayMs: 9e6, flaps: true, levels: ["low", "low"], more: true }),
    "home: operator": homeView({ health, alerts: [...Object.values(alerts)], accounts, mayContain: true }),
    "home: nothing known": homeView({ health: { ...health, vitals: [] }, accounts, mayContain: false }),
    "home: member elsewhere": homeView({ health, alerts: "hidden", accounts, mayContain: false }),
    "home: guest": closedHome(),
    help: helpMessage(),
    notice: noticeMessage({ person: "U0SAM1234" }, " acknowledged this ", { at: "2026-11-20T10:05:00Z" }),
    "notice: text": noticeMessage(said),
  };
}
