/**
 * Dialogs: the modal a bot opened, and the question before a button that asks for confirmation. The browser's own
 * <dialog> keeps the focus inside, closes on Esc and gives it back afterwards.
 */
import { renderBlocks, renderText } from "./blocks.mjs";
import { h, replace } from "./dom.mjs";

/**
 * The one place where the bot's modal is shown. `onSubmit(viewId, values)` and `onClose()` are told what its reader does;
 * its buttons press the `surface`.
 */
export function openModals(dialog, { surface, onSubmit, onClose }) {
  let shown;
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    onClose();
  });
  /** undefined closes; the same view again keeps what was typed, where the cursor was and how far it was scrolled. */
  return function show(modal) {
    if (modal === undefined || modal === null) {
      shown = undefined;
      if (dialog.open) dialog.close();
      return;
    }
    const { view, errors, problem } = modal;
    const isSame = shown?.view.id === view.id;
    const typed = isSame ? valuesOf(dialog) : {};
    const scrolled = isSame ? (dialog.querySelector(".modal-body")?.scrollTop ?? 0) : 0;
    const focused = dialog.contains(document.activeElement) ? document.activeElement.id : "";
    shown = modal;
    replace(dialog, formOf(view, errors, problem));
    for (const [name, value] of Object.entries(typed)) {
      const input = dialog.querySelector(`[name="${CSS.escape(name)}"]`);
      if (input !== null) input.value = value;
    }
    if (!dialog.open) dialog.showModal();
    const wrong = dialog.querySelector('[aria-invalid="true"]');
    const first = dialog.querySelector("input, textarea");
    const next = wrong ?? (focused ? document.getElementById(focused) : null) ?? first;
    (next ?? dialog.querySelector(".close")).focus();
    dialog.querySelector(".modal-body").scrollTop = scrolled;
  };

  function formOf(view, errors, problem) {
    const form = h(
      "form",
      { novalidate: true, onsubmit: (event) => submit(event, view.id), onkeydown: submitOnEnter },
      h(
        "header",
        {},
        h("h2", { id: "modal-title" }, view.title.text),
        h("button", { type: "button", class: "close", "aria-label": "Close", onclick: onClose }, "×"),
      ),
      h(
        "div",
        { class: "modal-body", id: "modal-body", tabindex: 0 },
        renderBlocks(view.blocks, { ...surface, errors }),
      ),
      problem && h("p", { class: "problem", role: "alert" }, problem),
      h(
        "footer",
        {},
        view.close && h("button", { type: "button", class: "button", onclick: onClose }, view.close.text),
        view.submit && h("button", { type: "submit", class: "button primary" }, view.submit.text),
      ),
    );
    return form;
  }

  async function submit(event, viewId) {
    event.preventDefault();
    const button = dialog.querySelector('button[type="submit"]');
    if (button === null || button.disabled) return;
    const missing = [...dialog.querySelectorAll("[required]")].find((input) => input.value.trim() === "");
    if (missing !== undefined) return complain(missing);
    button.disabled = true;
    button.classList.add("busy");
    await onSubmit(viewId, valuesOf(dialog));
    button.disabled = false;
    button.classList.remove("busy");
  }

  /** Slack asks for what is missing before it asks the bot. */
  function complain(input) {
    const block = input.closest(".b-input");
    block.classList.add("wrong");
    if (block.querySelector(".error") === null)
      block.append(h("p", { class: "error" }, "Please complete this required field."));
    input.focus();
  }
}

function submitOnEnter(event) {
  const inText = event.target instanceof HTMLTextAreaElement;
  if (event.key === "Enter" && inText && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
}

function valuesOf(dialog) {
  return Object.fromEntries([...dialog.querySelectorAll("[name]")].map((input) => [input.name, input.value]));
}

/** Asks before a button that wants it; resolves to the reader's answer. */
export function confirmed(dialog, confirm, surface) {
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.close();
      resolve(value);
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      answer(false);
    };
    replace(
      dialog,
      h("header", {}, h("h2", { id: "confirm-title" }, confirm.title.text)),
      h("div", { class: "modal-body" }, h("p", {}, renderText(confirm.text, surface))),
      h(
        "footer",
        {},
        h("button", { type: "button", class: "button", onclick: () => answer(false) }, confirm.deny.text),
        h(
          "button",
          { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => answer(true) },
          confirm.confirm.text,
        ),
      ),
    );
    dialog.showModal();
  });
}
