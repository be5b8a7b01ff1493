/**
 * Elements: text always becomes a text node, so nothing that the page shows can become markup.
 */

/**
 * `h("p", { class: "note" }, "by ", h("b", {}, name))`; children that are null, undefined or false fall away.
 * Properties: `on…` functions are listeners, true is a bare attribute, null, undefined and false are left out.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(9).filter(Boolean));
}

/** `clock(1763632923)` → `10:02`, in the reader's time zone. */
export function clock(seconds, withSeconds = false) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
  });
}
