/**
 * mrkdwn: Slack's message markup → tokens. Pure, so that it can be tested without a browser.
 * The subset that a bot writes with `verbatim: true`: nothing is linked that is not in angle brackets.
 * Source: Slack docs, "Formatting text for app surfaces".
 */

const PATTERN =
  /```([\s\S]*?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)|(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/;

/**
 * `parseMrkdwn("*Open* <@U1>")`
 *   → `[{ type: "bold", children: [{ type: "text", text: "Open" }] }, { type: "text", text: " " }, { type: "user", id: "U1" }]`
 */
export function parseMrkdwn(source) {
  const tokens = [];
  let rest = source;
  for (let match = PATTERN.exec(rest); match !== null; match = PATTERN.exec(rest)) {
    if (match.index > 0) tokens.push(text(rest.slice(0, match.index)));
    tokens.push(tokenOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") tokens.push(text(rest));
  return tokens;
}

function tokenOf([whole, block, code, angle, bold, italic, strike]) {
  if (block !== undefined) return { type: "preformatted", text: unescaped(block.replace(/^\n/, "")) };
  if (code !== undefined) return { type: "code", text: unescaped(code) };
  if (angle !== undefined) return angleToken(angle, whole);
  if (bold !== undefined) return { type: "bold", children: parseMrkdwn(bold) };
  if (italic !== undefined) return { type: "italic", children: parseMrkdwn(italic) };
  return { type: "strike", children: parseMrkdwn(strike) };
}

function angleToken(inside, whole) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inside.slice(bar + 1));
  const user = /^@([UW]\w+)$/.exec(target);
  if (user !== null) return { type: "user", id: user[1] };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^[^^]*)?$/.exec(target);
  if (date !== null) return { type: "date", timestamp: Number(date[1]), format: date[2], fallback: label ?? "" };
  const all = /^!(here|channel|everyone)$/.exec(target);
  if (all !== null) return { type: "broadcast", range: all[1] };
  if (/^(https?:\/\/|mailto:)/.test(target))
    return { type: "link", url: unescaped(target), text: label ?? unescaped(target) };
  return text(whole);
}

function text(raw) {
  return { type: "text", text: unescaped(raw) };
}

function unescaped(raw) {
  return raw.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}
