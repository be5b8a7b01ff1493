/**
 * The page: takes what the feed tells, draws it, and sends back what its reader does.
 */
import { h, replace } from "./dom.mjs";
import { renderMessage } from "./message.mjs";
import { confirmed, openModals } from "./modal.mjs";
import { openStory } from "./story.mjs";

const at = (id) => document.getElementById(id);
const channel = at("messages");
const busy = new Set();
/** What the feed told; replaced whole by every snapshot. */
let world = { people: [], messages: [], ephemerals: {}, modals: {}, story: {} };
/** Ids change when the stage is set anew, names do not. */
let actingAs = "sam";
/** The reader typed a command: its answer comes into view wherever the reader was. */
let awaiting = false;

const me = () => world.people.find((person) => person.name === actingAs) ?? world.people[0];
const personName = (id) => world.people.find((person) => person.id === id)?.name ?? id;
const surfaceOf = (ts) => ({
  personName,
  errors: {},
  busy: (actionId) => busy.has(`${ts} ${actionId}`),
  press: (element) => press(ts, element),
});

const story = openStory({ list: at("captions"), status: at("play-status"), again: at("again") });
const showModal = openModals(at("modal"), {
  surface: surfaceOf(""),
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

async function press(ts, element) {
  if (element.confirm && !(await confirmed(at("confirm"), element.confirm, surfaceOf("")))) return;
  const mark = `${ts} ${element.action_id}`;
  busy.add(mark);
  drawMessage(ts);
  await ask({ kind: "click", ts, actionId: element.action_id });
  busy.delete(mark);
  drawMessage(ts);
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

/** Who reads at the end stays at the end; who reads above is not moved, but told. */
function keepingPlace(draw) {
  const atEnd = channel.scrollHeight - channel.scrollTop - channel.clientHeight < 60;
  const before = channel.querySelectorAll("article").length;
  draw();
  if (atEnd) channel.scrollTop = channel.scrollHeight;
  else if (channel.querySelectorAll("article").length > before) at("newer").hidden = false;
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
    if (user === me()?.id) showModal(modal);
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
for (const tab of document.querySelectorAll(".tab"))
  tab.addEventListener("click", () => {
    document.body.dataset.view = tab.dataset.view;
    for (const other of document.querySelectorAll(".tab")) other.setAttribute("aria-pressed", String(other === tab));
  });
listen();
