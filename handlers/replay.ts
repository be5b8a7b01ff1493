/**
 * A quarantined body gets another try: the way of a message, once more. What can be read now leaves the quarantine;
 * what cannot stays, with today's reason.
 */
import type { Row } from "../src/ports/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { type Detectors, type MessagePorts, readMessage } from "./message.ts";

export async function onReplay(
  id: string,
  detectors: Detectors,
  ports: MessagePorts & Pick<Ports, "quarantine" | "outbox">,
): Promise<void> {
  const row: Row = { kind: "replay", id };
  const [item, body] = await Promise.all([ports.quarantine.find(id), ports.quarantine.text(id)]);
  if (item === undefined || body === undefined) return ports.outbox.done(row);

  const unread = await readMessage({ id, body, receiveCount: item.receiveCount }, detectors, ports);
  const stays = unread.includes(id);
  if (stays) await ports.outbox.done(row);
  else await ports.quarantine.drop(id);
  ports.log.info({ id, readable: !stays }, "body.replayed");
}
