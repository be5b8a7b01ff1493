/**
 * The scanner: finds values of chosen fields in a record's JSON, without building anything of it.
 * Pure. What it does not refuse is JSON, and has just these values: whoever asks for no other fields need not parse it. The inner
 * part is in wasm/, compiled into scanner-code.ts.
 */
import { type Json, MAX_DEPTH } from "./json.ts";
import { SCANNER_CODE } from "./scanner-code.ts";

export interface Scanner {
  /**
   * One record as JSON. True: the id of each path's value stands in `ids`. False: it has to be parsed to know anything of it. So it is
   * when it is no JSON object, nests deeper than MAX_DEPTH or is longer than 1 MiB; when a tracked key is there twice or written with
   * an escape; when a list or a scalar is on the way of a path, or an object or a list at its end (at that of a placed one: a list,
   * or a scalar that is no string); when a value with an id is longer than 1,024 bytes in JSON or holds half a surrogate pair (or U+FFFD, which that becomes in UTF-8).
   */
  scan(text: string): boolean;
  /**
   * By path, in their order: which value it has, 0 when it is absent or null. Numbers from 1 to 32,767, whose meaning stays until
   * `generation` changes: the same JSON text of the same path. Valid until the next scan.
   */
  readonly ids: Uint16Array;
  /**
   * By placed path, in their order, two numbers: where the value begins in the text, with its quotes or brackets, and behind its end.
   * 0 when it is absent or null, UNPLACED in a text that is not ASCII. Valid until the next scan.
   */
  readonly places: Uint32Array;
  /** `'"CreateUser"'` has id 7: `valueOf(7)` → `"CreateUser"`. */
  valueOf(id: number): Json;
  /** How often all ids were forgotten for lack of room: a sender can make up any number of values. */
  readonly generation: number;
}

/** Nobody looked where the value is. */
export const UNPLACED = 0xffff_ffff;

/** The parts of a compiled scanner; addresses in its memory are numbers. */
interface Inner {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly TEXT: { readonly value: number };
  readonly LONGEST_TEXT: { readonly value: number };
  readonly IDS: { readonly value: number };
  readonly PLACES: { readonly value: number };
  readonly VALUES: { readonly value: number };
  addKey(object: number, length: number): number;
  addObject(key: number): number;
  addPath(key: number, path: number): void;
  scan(length: number, depth: number): number;
  forget(): void;
}

/** Node has it, and of TypeScript's libraries only the browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Inner };
};

/** What `scan` of the inner part says. */
const FOUND = 1;
const FULL = 2;

/** What the inner part has room for. */
const MOST_PATHS = 110;
const MOST_PLACED = 12;
const PATH = /^(?:[ !#-\-/-[\]-~]{1,64}\.){0,7}[ !#-\-/-[\]-~]{1,64}$/;

/** Fields that most records have, by themselves or in an event, and that no scan finds. Where they are expected, a record is read a fifth faster. */
const FREQUENT = [
  "eventVersion",
  "requestID",
  "apiVersion",
  "resources",
  "tlsDetails",
  "userIdentity.sessionContext.webIdFederationData.attributes",
]
  .flatMap((path) => [path, `detail.${path}`])
  .concat("version", "id", "time");

/** Compiled once in a process, when first asked for. */
let compiled: object | undefined;

/**
 * A scanner for values at these paths, which lead through objects: `["eventName", "userIdentity.arn"]`.
 *
 * @param placed paths of strings and objects that are different in each record: they have no ids, only their places are found.
 * @throws RangeError when a path is there twice, or they are more than the scanner has room for.
 */
export function openScanner(paths: readonly string[], placed: readonly string[] = []): Scanner {
  const all = [...paths, ...placed];
  const odd = all.find((path, at) => !PATH.test(path) || all.indexOf(path) !== at);
  if (odd !== undefined)
    throw new RangeError(`scanner: "${odd}" is there twice, or is no path of at most 8 plain keys`);
  if (paths.length > MOST_PATHS) throw new RangeError(`scanner: ${paths.length} paths are more than ${MOST_PATHS}`);
  if (placed.length > MOST_PLACED)
    throw new RangeError(`scanner: ${placed.length} placed paths are more than ${MOST_PLACED}`);
  compiled ??= new WebAssembly.Module(Buffer.from(SCANNER_CODE, "base64"));
  const inner = new WebAssembly.Instance(compiled).exports;
  const { buffer } = inner.memory;
  const input = new Uint8Array(buffer, inner.TEXT.value, inner.LONGEST_TEXT.value);
  const encoder = new TextEncoder();
  const numbers = new DataView(buffer);
  let generation = 0;

  /** Of the object that `key` leads to, 0: of the record. */
  function keyWithin(key: number, name: string): number {
    const object = key === 0 ? 0 : inner.addObject(key);
    return inner.addKey(object, encoder.encodeInto(name, input).written);
  }
  const keyAt = (path: string): number => path.split(".").reduce(keyWithin, 0);
  for (const [at, path] of paths.entries()) inner.addPath(keyAt(path), at + 1);
  for (const [at, path] of placed.entries()) inner.addPath(keyAt(path), MOST_PATHS + at + 1);
  for (const path of FREQUENT) {
    const parent = path.slice(0, path.lastIndexOf(".") + 1);
    if (all.some((tracked) => tracked.startsWith(parent))) keyAt(path);
  }

  const places = new Uint32Array(buffer, inner.PLACES.value, 2 * placed.length);

  return {
    scan(text) {
      const { read, written } = encoder.encodeInto(text, input);
      if (read < text.length) return false;
      let answer = inner.scan(written, MAX_DEPTH);
      if (answer === FULL) {
        inner.forget();
        generation++;
        answer = inner.scan(written, MAX_DEPTH);
      }
      // In characters of more than one byte a place says nothing about the text.
      if (written !== text.length) places.fill(UNPLACED);
      return answer === FOUND;
    },
    places,
    ids: new Uint16Array(buffer, inner.IDS.value + 2, paths.length),
    valueOf(id) {
      const at = numbers.getUint32(inner.VALUES.value + 4 * id, true);
      return JSON.parse(Buffer.from(buffer, at, numbers.getUint16(at - 4, true)).toString());
    },
    get generation() {
      return generation;
    },
  };
}
