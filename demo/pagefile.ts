/**
 * The page's files, and the rules its browser has to keep: nothing from elsewhere, no inline script or style, no frame.
 */
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";

const FOLDER = new URL("./page/", import.meta.url);

/** Every file of the page by its path; nothing else is ever read. */
const FILES: ReadonlyMap<string, { readonly name: string; readonly type: string }> = new Map([
  ["/", { name: "index.html", type: "text/html; charset=utf-8" }],
  ["/page.css", { name: "page.css", type: "text/css; charset=utf-8" }],
  ...["page", "blocks", "message", "modal", "mrkdwn", "dom", "story"].map(
    (name) => [`/${name}.mjs`, { name: `${name}.mjs`, type: "text/javascript; charset=utf-8" }] as const,
  ),
]);

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** False when `path` is none of the page's files. */
export async function sendPageFile(path: string, response: ServerResponse): Promise<boolean> {
  const file = FILES.get(path);
  if (file === undefined) return false;
  const content = await readFile(new URL(file.name, FOLDER));
  response.writeHead(200, { ...HEADERS, "content-type": file.type }).end(content);
  return true;
}
