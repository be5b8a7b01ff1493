/**
 * Block Kit → elements. Everything a block says becomes text nodes; a block the page does not know is named, not drawn.
 * `surface` gives what blocks need around them: `personName(id)`, `press(element)`, `busy(element)`, `errors`.
 * Source: Slack docs, "Block Kit reference".
 */
import { clock, h } from "./dom.mjs";
import { parseMrkdwn } from "./mrkdwn.mjs";

export function renderBlocks(blocks, surface) {
  return blocks.map((block) => renderBlock(block, surface));
}

function renderBlock(block, surface) {
  switch (block.type) {
    case "header":
      return h("h3", { class: "b-header" }, block.text.text);
    case "section":
      return h(
        "div",
        { class: "b-section" },
        block.text && h("p", {}, renderText(block.text, surface)),
        block.fields &&
          h(
            "div",
            { class: "b-fields" },
            block.fields.map((field) => h("p", {}, renderText(field, surface))),
          ),
        block.accessory && renderButton(block.accessory, surface),
      );
    case "context":
      return h(
        "div",
        { class: "b-context" },
        block.elements.map((element) => h("span", {}, renderText(element, surface))),
      );
    case "divider":
      return h("hr", {});
    case "actions":
      return h(
        "div",
        { class: "b-actions" },
        block.elements.map((element) => renderButton(element, surface)),
      );
    case "rich_text":
      return h(
        "div",
        { class: "b-rich" },
        block.elements.map((part) => renderRichPart(part, surface)),
      );
    case "input":
      return renderInput(block, surface);
    default:
      return h("p", { class: "b-unknown" }, `[${block.type}: not shown here]`);
  }
}

export function renderText(text, surface) {
  return text.type === "mrkdwn" ? renderTokens(parseMrkdwn(text.text), surface) : lines(text.text);
}

function renderTokens(tokens, surface) {
  return tokens.map((token) => {
    switch (token.type) {
      case "bold":
        return h("b", {}, renderTokens(token.children, surface));
      case "italic":
        return h("i", {}, renderTokens(token.children, surface));
      case "strike":
        return h("s", {}, renderTokens(token.children, surface));
      case "code":
        return h("code", {}, token.text);
      case "preformatted":
        return h("pre", {}, token.text);
      case "text":
        return lines(token.text);
      default:
        return renderReference(token, surface);
    }
  });
}

/** Links, people and moments, which mrkdwn and rich_text share. */
function renderReference(token, surface) {
  switch (token.type) {
    case "link":
      return h(
        "a",
        {
          href: /^(https?:|mailto:)/.test(token.url) ? token.url : undefined,
          target: "_blank",
          rel: "noopener noreferrer",
        },
        token.text ?? token.url,
      );
    case "user":
      return h("span", { class: "mention" }, `@${surface.personName(token.user_id ?? token.id)}`);
    case "broadcast":
      return h("span", { class: "mention all" }, `@${token.range}`);
    case "date":
      return h("time", { title: new Date(token.timestamp * 1000).toUTCString() }, dateText(token));
    default:
      return `[${token.type}]`;
  }
}

const PART_CLASSES = { rich_text_section: "r-section", rich_text_quote: "r-quote", rich_text_preformatted: "r-pre" };

function renderRichPart(part, surface) {
  const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[part.type] ?? "div";
  return h(
    tag,
    { class: PART_CLASSES[part.type] },
    part.elements.map((inline) => renderInline(inline, surface)),
  );
}

function renderInline(inline, surface) {
  if (inline.type !== "text") return renderReference(inline, surface);
  const { bold, italic, strike, code } = inline.style ?? {};
  let node = code ? h("code", {}, inline.text) : lines(inline.text);
  if (bold) node = h("b", {}, node);
  if (italic) node = h("i", {}, node);
  if (strike) node = h("s", {}, node);
  return node;
}

function renderButton(element, surface) {
  if (element.type !== "button") return h("span", { class: "b-unknown" }, `[${element.type}: not shown here]`);
  const busy = surface.busy(element);
  return h(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}${busy ? " busy" : ""}`,
      disabled: busy,
      "aria-label": element.accessibility_label,
      "data-action": element.action_id,
      "data-value": element.value,
      onclick: () => surface.press(element),
    },
    element.text.text,
  );
}

/** A text input of a dialog, with its error beneath. */
function renderInput(block, surface) {
  const { element, block_id: id } = block;
  const error = surface.errors[id];
  const tag = element.multiline ? "textarea" : "input";
  const hint = block.hint?.text;
  const described = [error && `error-${id}`, hint && `hint-${id}`].filter(Boolean).join(" ");
  return h(
    "div",
    { class: error ? "b-input wrong" : "b-input" },
    h(
      "label",
      { for: `input-${id}` },
      block.label.text,
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    h(tag, {
      id: `input-${id}`,
      name: id,
      type: element.multiline ? undefined : "text",
      rows: element.multiline ? 3 : undefined,
      autocomplete: "off",
      placeholder: element.placeholder?.text,
      maxlength: element.max_length,
      minlength: element.min_length,
      required: !block.optional,
      "aria-invalid": error ? "true" : undefined,
      "aria-describedby": described || undefined,
    }),
    error && h("p", { class: "error", id: `error-${id}` }, error),
    hint && h("p", { class: "hint", id: `hint-${id}` }, hint),
  );
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br", {}), line]));
}

/** `{date_short_pretty} {time}` and its kin, in the reader's time zone. */
function dateText({ timestamp, format, fallback }) {
  const date = new Date(timestamp * 1000);
  const day = (options) => date.toLocaleDateString("en-US", options);
  const short = day({ month: "short", day: "numeric", year: "numeric" });
  const long = day({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const plain = day({ month: "long", day: "numeric", year: "numeric" });
  const today = date.toDateString() === new Date().toDateString();
  const pretty = (text) => (today ? "Today" : text);
  const parts = {
    date_num: `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`,
    date: plain,
    date_slash: day({}),
    date_short: short,
    date_long: long,
    date_pretty: pretty(plain),
    date_short_pretty: pretty(short),
    date_long_pretty: pretty(long),
    time: clock(timestamp),
    time_secs: clock(timestamp, true),
  };
  const told = (format ?? "").replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
  return told || fallback || date.toUTCString();
}
