/** Ports for servers that start later, or start again. */
import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the kernel gives to whoever asks for any port (on Linux from 32768): nobody takes it meanwhile. */
const FIRST = 20_000;
const COUNT = 12_000;

/** A port of 127.0.0.1 that nobody listens on: 20000 to 31999. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
}
