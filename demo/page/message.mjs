/**
 * A message as the channel shows it: avatar, name, time, "(edited)", its blocks, and the menu of what can be done with it.
 */
import { renderBlocks, renderText } from "./blocks.mjs";
import { clock, h } from "./dom.mjs";

/**
 * `surface` as in blocks.mjs, and `lookUp()` for the menu's entry. Messages that only their reader sees say so, and have
 * no menu.
 */
export function renderMessage(message, surface) {
  const { ts, blocks, text, edited, is_ephemeral: ephemeral } = message;
  const stamp = Number(ts);
  return h(
    "article",
    {
      class: ephemeral ? "message ephemeral" : "message",
      "data-ts": ts,
      "aria-label": `Trailhound at ${clock(stamp)}`,
    },
    h("div", { class: "avatar", "aria-hidden": "true" }, "T"),
    h(
      "div",
      { class: "body" },
      ephemeral && h("p", { class: "only-you" }, "Only visible to you"),
      h(
        "p",
        { class: "byline" },
        h("b", {}, "Trailhound"),
        h("span", { class: "app" }, "APP"),
        h("time", { title: new Date(stamp * 1000).toUTCString() }, clock(stamp)),
        edited && h("span", { class: "edited" }, "(edited)"),
      ),
      blocks?.length > 0 ? renderBlocks(blocks, surface) : h("p", {}, renderText({ type: "mrkdwn", text }, surface)),
    ),
    !ephemeral && menu(surface),
  );
}

function menu(surface) {
  return h(
    "details",
    { class: "menu" },
    h("summary", { "aria-label": "More actions", title: "More actions" }, "⋮"),
    h(
      "button",
      { type: "button", onclick: surface.lookUp },
      "Look up identity",
      h("span", { class: "by" }, "Trailhound"),
    ),
  );
}
