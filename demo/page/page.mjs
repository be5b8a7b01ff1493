/**
 * The page: takes what the feed tells, draws it, and sends back what its reader does.
 */
import { renderBlocks } from "./blocks.mjs";
import { h, replace } from "./dom.mjs";
import { renderMessage } from "./message.mjs";
import { confirmed, openModals } from "./modal.mjs";
import { openStory } from "./story.mjs";

const at = (id) => document.getElementById(id);
const channel = at("messages");
const busy = new Set();
/** What the feed told; replaced whole by every snapshot. */
let world = { people: [], messages: [], ephemerals: {}, modals: {}, homes: {}, story: {} };
/** Ids change when the stage is set anew, names do not. */
let actingAs = "sam";
/** The reader typed a command: its answer comes into view wherever the reader was. */
let awaiting = false;

const me = () => world.people.find((person) => person.name === actingAs) ?? world.people[0];
const personName = (id) => world.people.find((person) => person.id === id)?.name ?? id;
/** `place`: a message's time stamp, or `modal`; what was pressed there is busy until the bot answered. */
const markOf = (place, element) => `${place} ${element.action_id} ${element.value ?? ""}`;
const surfaceOf = (place) => ({
  personName,
  errors: {},
  busy: (element) => busy.has(markOf(place, element)),
  press: (element) => press(place, element),
  lookUp: () => ask({ kind: "shortcut", ts: place, callbackId: LOOK_UP }),
});
/** The app's entry in the menu of messages, as its manifest names it. */
const LOOK_UP = "ids/look_up/v1";

const story = openStory({ list: at("captions"), status: at("play-status"), again: at("again") });
const showModal = openModals(at("modal"), {
  surface: surfaceOf("modal"),
  onSubmit: (viewId, values) => ask({ kind: "submit", viewId, values }),
  onClose: () => ask({ kind: "close" }),
});

async function ask(what) {
  const answer = await fetch("/do", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: me()?.id, ...what }),
  }).catch(() => undefined);
  return answer?.ok === true;
}

async function press(place, element) {
  if (element.confirm && !(await confirmed(at("confirm"), element.confirm, surfaceOf("")))) return;
  const mark = markOf(place, element);
  const draw = () => (place === "modal" ? showModal(world.modals[me()?.id]) : drawMessage(place));
  const click = place === "modal" ? { kind: "click-in-modal" } : { kind: "click", ts: place };
  busy.add(mark);
  draw();
  await ask({ ...click, actionId: element.action_id, value: element.value });
  busy.delete(mark);
  draw();
}

/** Channel messages and what only this reader sees, in the order of their time. */
function visible() {
  return [...world.messages, ...(world.ephemerals[me()?.id] ?? [])].sort((a, b) => Number(a.ts) - Number(b.ts));
}

function drawChannel() {
  keepingPlace(() =>
    replace(
      channel,
      at("channel-start"),
      visible().map((message) => renderMessage(message, surfaceOf(message.ts))),
    ),
  );
}

function drawMessage(ts) {
  const message = visible().find((candidate) => candidate.ts === ts);
  const drawn = channel.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  if (message === undefined || drawn === null) return drawChannel();
  const focused = drawn.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
  const fresh = renderMessage(message, surfaceOf(ts));
  keepingPlace(() => drawn.replaceWith(fresh));
  if (focused !== undefined) fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

/** Who reads at the end stays at the end; who reads above, or elsewhere, is not moved, but told. */
function keepingPlace(draw) {
  const isHidden = channel.clientHeight === 0;
  const atEnd = !isHidden && channel.scrollHeight - channel.scrollTop - channel.clientHeight < 60;
  const before = channel.querySelectorAll("article").length;
  draw();
  if (atEnd) channel.scrollTop = channel.scrollHeight;
  else if (channel.querySelectorAll("article").length > before) at("newer").hidden = false;
}

function drawHome() {
  const view = world.homes[me()?.id];
  replace(
    at("home"),
    view === undefined || view === null
      ? h("p", { class: "hint" }, "Nothing here yet.")
      : renderBlocks(view.blocks, surfaceOf("home")),
  );
}

function showView(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll("[data-shows]"))
    button.setAttribute("aria-pressed", String(button.dataset.shows === name));
  // Slack tells the app each time that somebody opens its Home tab.
  if (name === "home") ask({ kind: "home" });
}

function drawAll() {
  const { team, channel: place, people } = world;
  for (const name of document.querySelectorAll(".team-name")) name.textContent = team.name;
  for (const name of document.querySelectorAll(".channel-name")) name.textContent = place.name;
  replace(
    at("acting"),
    people.map((person) =>
      h("option", { value: person.name, selected: person.name === actingAs }, `${person.realName} · ${person.role}`),
    ),
  );
  replace(
    at("people"),
    people.map((person) =>
      h(
        "li",
        { class: person.name === actingAs ? "you" : "" },
        h("span", { class: "dot", "aria-hidden": "true" }),
        person.realName,
        person.name === actingAs && h("span", { class: "self" }, " you"),
      ),
    ),
  );
  drawChannel();
  channel.scrollTop = channel.scrollHeight;
  drawHome();
  showModal(world.modals[me()?.id]);
}

const listeners = {
  snapshot(told) {
    world = told;
    busy.clear();
    drawAll();
    story.show(world.story);
  },
  message(message) {
    const known = world.messages.findIndex((candidate) => candidate.ts === message.ts);
    if (known >= 0) world.messages[known] = message;
    else world.messages.push(message);
    if (known >= 0) drawMessage(message.ts);
    else drawChannel();
  },
  ephemerals({ user, messages }) {
    world.ephemerals[user] = messages;
    if (user !== me()?.id) return;
    drawChannel();
    if (awaiting) channel.scrollTop = channel.scrollHeight;
    awaiting = false;
  },
  modal({ user, modal }) {
    world.modals[user] = modal;
    if (user !== me()?.id) return;
    showModal(modal);
    awaiting = false;
  },
  home({ user, view }) {
    world.homes[user] = view;
    if (user === me()?.id) drawHome();
  },
  caption: (caption) => story.add(caption),
  play: (play) => story.play(play),
};

function listen() {
  const feed = new EventSource("/feed");
  for (const [name, hear] of Object.entries(listeners))
    feed.addEventListener(name, (event) => hear(JSON.parse(event.data)));
  feed.onopen = () => {
    at("offline").hidden = true;
  };
  feed.onerror = () => {
    at("offline").hidden = false;
  };
}

at("acting").addEventListener("change", (event) => {
  actingAs = event.target.value;
  drawAll();
  showView(document.body.dataset.view);
});
at("again").addEventListener("click", () => ask({ kind: "again" }));
at("newer").addEventListener("click", () => {
  channel.scrollTop = channel.scrollHeight;
});
channel.addEventListener("scroll", () => {
  if (channel.scrollHeight - channel.scrollTop - channel.clientHeight < 60) at("newer").hidden = true;
});
function command(text) {
  awaiting = true;
  ask({ kind: "command", text });
}
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = at("draft");
  const typed = input.value.trim();
  if (typed === "") return;
  const isCommand = typed.startsWith("/ids");
  at("composer-hint").textContent = isCommand ? "" : "Only /ids commands are answered here: try /ids help";
  if (!isCommand) return;
  input.value = "";
  command(typed);
});
for (const chip of document.querySelectorAll(".chip")) chip.addEventListener("click", () => command(chip.textContent));
for (const button of document.querySelectorAll("[data-shows]"))
  button.addEventListener("click", () => showView(button.dataset.shows));
/** A menu closes when something else is pressed, its own entry included, and on Esc. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!event.target.closest("summary") || !menu.contains(event.target)) menu.open = false;
}
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(event);
});
listen();
