/** A MaxMind database for IPv4, small: networks and what is said of them. Source: MaxMind DB file format 2.0. */

type Value = string | number | { readonly [name: string]: Value };

const RECORD_BITS = 24;

export function mmdbOf(type: string, networks: Readonly<Record<string, Value>>): Buffer {
  // A tree of bits: a node is a pair of children, a leaf an index into `values`.
  type Node = [Branch?, Branch?];
  type Branch = Node | { readonly leaf: number };
  const root: Node = [];
  const values = Object.values(networks);
  for (const [leaf, network] of Object.keys(networks).entries()) {
    const [address = "", length = "32"] = network.split("/");
    const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    let node = root;
    for (let bit = 0; bit < Number(length); bit++) {
      const side = Math.floor(number / 2 ** (31 - bit)) % 2 === 1 ? 1 : 0;
      if (bit === Number(length) - 1) node[side] = { leaf };
      else {
        const next = node[side];
        const child: Node = next === undefined || "leaf" in next ? [] : next;
        node[side] = child;
        node = child;
      }
    }
  }

  const nodes: Node[] = [];
  const number = (node: Node): void => {
    nodes.push(node);
    for (const branch of node) if (branch !== undefined && !("leaf" in branch)) number(branch);
  };
  number(root);
  const data = values.map(encoded);
  const offsets = data.map((_, i) => data.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const pointer = (branch: Branch | undefined): number => {
    if (branch === undefined) return nodes.length;
    return "leaf" in branch ? nodes.length + 16 + (offsets[branch.leaf] ?? 0) : nodes.indexOf(branch);
  };
  const tree = Buffer.concat(
    nodes.map((node) => {
      const pair = Buffer.alloc(6);
      pair.writeUIntBE(pointer(node[0]), 0, 3);
      pair.writeUIntBE(pointer(node[1]), 3, 3);
      return pair;
    }),
  );
  const metadata = encoded({
    node_count: nodes.length,
    record_size: RECORD_BITS,
    ip_version: 4,
    database_type: type,
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
  });
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from("MaxMind.com")]);
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, metadata]);
}

/** Types: 2 text, 6 unsigned 32-bit integer, 7 map; a size of 29 and more takes a second byte. */
function control(type: number, size: number): Buffer {
  return Buffer.from(size < 29 ? [(type << 5) | size] : [(type << 5) | 29, size - 29]);
}

function encoded(value: Value): Buffer {
  if (typeof value === "string") {
    const text = Buffer.from(value);
    return Buffer.concat([control(2, text.length), text]);
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, item]) => [encoded(name), encoded(item)]),
  ]);
}
