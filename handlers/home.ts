/**
 * The Home tab, made anew each time somebody opens it.
 */
import { closedHome, homeView } from "../blocks/home.ts";
import { type Alert, alertOf } from "../src/alert/alert.ts";
import { SHOWN_ALERTS } from "../src/alert/subject.ts";
import { mayContain, mayLook } from "../src/contain/approval.ts";
import type { HomeOpened } from "../src/ports/listeners.ts";
import type { AskDeps } from "./authorise.ts";
import { type HealthDeps, healthOf } from "./health.ts";

export interface HomeDeps extends AskDeps, HealthDeps {
  /** Where alerts are posted: its members may read them here, too. */
  readonly channel: string;
}

const ALERTS = 50;

export async function onHomeOpened(opened: HomeOpened, deps: HomeDeps): Promise<void> {
  const [user, team] = await Promise.all([deps.chat.user(opened.user), deps.chat.team()]);
  const { accounts, operators } = deps.config;
  const context = { operators, team, payloadTeam: opened.team, userTeam: opened.team };
  if (!mayLook(user, context).allowed) return deps.chat.publishHome(opened.user, closedHome());
  const isOperator = mayContain(user, context).allowed;
  const [health, alerts] = await Promise.all([
    healthOf(deps),
    isOperator || (await isReader(opened.user, deps)) ? openAlerts(deps) : ("hidden" as const),
  ]);
  const view = { health, accounts, mayContain: isOperator };
  await deps.chat.publishHome(opened.user, homeView(alerts === undefined ? view : { ...view, alerts }));
}

/** The alerts' channel may be private: whom Slack does not name as a member reads nothing here. */
async function isReader(user: string, { chat, channel, log }: HomeDeps): Promise<boolean> {
  return chat.isMember(channel, user).catch((error: unknown) => {
    log.warn({ err: String(error) }, "home.members-unknown");
    return false;
  });
}

async function openAlerts({ alerts, config }: HomeDeps): Promise<readonly Alert[] | undefined> {
  const stored = await alerts.alertsOf(SHOWN_ALERTS, ALERTS).catch(() => undefined);
  return stored?.map((alert) => alertOf(alert, config.accounts));
}
