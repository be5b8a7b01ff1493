/**
 * The story beside the channel: what happens in the world, call by call, as it happens.
 */
import { clock, h, replace } from "./dom.mjs";

const OUTCOMES = {
  ok: ["✓", "done"],
  denied: ["✕", "AccessDenied"],
  failed: ["✕", "failed"],
  "invalid-key": ["⊘", "InvalidClientTokenId"],
};

/** `captions`: `{ at, who, as?, action?, outcome?, text }`; `play`: `{ phase, text }`. */
export function openStory({ list, status, again }) {
  let count = 0;
  function add(caption) {
    const nearEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    list.append(captionOf(caption));
    count += 1;
    if (nearEnd || count < 3) list.scrollTop = list.scrollHeight;
  }
  return {
    add,
    show({ captions = [], play }) {
      replace(list);
      count = 0;
      for (const caption of captions) add(caption);
      list.scrollTop = list.scrollHeight;
      if (play !== undefined) this.play(play);
    },
    play({ phase, text }) {
      status.textContent = text;
      status.dataset.phase = phase;
      again.disabled = phase === "setting";
    },
  };
}

function captionOf({ at, who, as, action, outcome, text }) {
  const [mark, word] = OUTCOMES[outcome] ?? [];
  return h(
    "li",
    { class: `caption ${who}` },
    h("time", {}, clock(at / 1000, true)),
    h(
      "div",
      {},
      action &&
        h(
          "p",
          { class: "deed" },
          h("b", {}, who),
          as && h("span", { class: "as" }, ` as ${as}`),
          h("span", { class: `outcome ${outcome}` }, h("span", { "aria-hidden": "true" }, `${mark} `), word),
        ),
      action && h("code", {}, action),
      text && h("p", { class: "told" }, text),
    ),
  );
}
