import assert from "node:assert/strict";
import fc from "fast-check";
import { type Element, elementsOf, MAX_ELEMENT } from "../../src/adapters/splitter.ts";

async function split(...chunks: readonly string[]): Promise<Element[]> {
  async function* source() {
    yield* chunks;
  }
  const found: Element[] = [];
  for await (const element of elementsOf(source())) found.push(element);
  return found;
}
const valuesOf = (elements: readonly Element[]): unknown[] =>
  elements.map((element) => (element === "too-large" ? element : JSON.parse(element.text)));

describe("elementsOf", () => {
  it("gives the same elements as JSON.parse of the whole, wherever the chunks end", async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const file = fc.record({
      before: fc.dictionary(fc.string(), json),
      list: fc.array(json),
      name: fc.constantFrom("Records", "Events"),
      space: fc.constantFrom(undefined, 1, "\t"),
      cuts: fc.array(fc.nat(400), { maxLength: 8 }),
      bare: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(file, async ({ before, list, name, space, cuts, bare }) => {
        const { Records: _, Events: __, ...others } = before;
        const text = JSON.stringify(bare ? list : { ...others, [name]: list, after: [[1]] }, null, space);
        const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, before) => text.slice(at[before], end));

        assert.deepEqual(valuesOf(await split(...chunks)), JSON.parse(JSON.stringify(list)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("holds no more of a name than it compares", async () => {
    let most = 0;
    const chunk = "a".repeat(2 ** 20);
    async function* source() {
      yield '{"Records":[{"a":1}],"';
      for (let i = 0; i < 24; i++) {
        yield chunk;
        most = Math.max(most, process.memoryUsage().heapUsed);
      }
      yield '":2}';
    }
    const before = process.memoryUsage().heapUsed;
    const found: Element[] = [];
    for await (const element of elementsOf(source())) found.push(element);

    assert.deepEqual(valuesOf(found), [{ a: 1 }]);
    assert.ok(most - before < 64 * 2 ** 20, `${most - before} bytes more`);
  });

  it("gives a text without such a list whole", async () => {
    const text = '{"eventName":"CreateUser","resources":[{"ARN":"x"}],"a":{"Records":[1]}}';
    assert.deepEqual(await split(text.slice(0, 20), text.slice(20)), [{ text }]);
  });

  it("gives nothing for nothing, and nothing for an empty list", async () => {
    assert.deepEqual(await split("", " \n"), []);
    assert.deepEqual(await split('{"Records":[ ]}'), []);
  });

  it("passes over an element that is too large, and goes on", async () => {
    const large = JSON.stringify({ a: "x".repeat(MAX_ELEMENT) });
    const text = `{"Records":[{"n":1},${large},{"n":2}]}`;
    assert.deepEqual(await split(text.slice(0, 500_000), text.slice(500_000)), [
      { text: '{"n":1}' },
      "too-large",
      { text: '{"n":2}' },
    ]);
  });

  for (const text of ['{"Records":[{"a":1}', '{"Records":["a', "[[1]", "{"])
    it(`throws where ${text} ends`, async () => {
      await assert.rejects(split(text), /cut off/);
    });

  it("throws at a bracket too many, and at a large text that is no list", async () => {
    await assert.rejects(split("[]]"), /closes more/);
    await assert.rejects(split(`{"a":"${"x".repeat(MAX_ELEMENT + 10)}"}`), /no list of records/);
  });
});
