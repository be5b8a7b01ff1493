/**
 * The Home tab, made anew each time somebody opens it.
 */
import { closedHome, homeView } from "../blocks/home.ts";
import { alertOf } from "../src/alert/alert.ts";
import { SHOWN_ALERTS } from "../src/alert/subject.ts";
import { mayContain, mayLook } from "../src/contain/approval.ts";
import type { HomeOpened } from "../src/ports.ts";
import type { AskDeps } from "./authorise.ts";
import { type HealthDeps, healthOf } from "./health.ts";

export interface HomeDeps extends AskDeps, HealthDeps {}

const ALERTS = 50;

export async function onHomeOpened(opened: HomeOpened, deps: HomeDeps): Promise<void> {
  const [user, team] = await Promise.all([deps.chat.user(opened.user), deps.chat.team()]);
  const { accounts, operators } = deps.config;
  const context = { operators, team, payloadTeam: opened.team, userTeam: opened.team };
  if (!mayLook(user, context).allowed) return deps.chat.publishHome(opened.user, closedHome());
  const [health, stored] = await Promise.all([
    healthOf(deps),
    deps.alerts.alertsOf(SHOWN_ALERTS, ALERTS).catch(() => undefined),
  ]);
  const alerts = stored?.map((alert) => alertOf(alert, accounts));
  const view = { health, accounts, mayContain: mayContain(user, context).allowed };
  await deps.chat.publishHome(opened.user, homeView(alerts === undefined ? view : { ...view, alerts }));
}
