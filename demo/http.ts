/**
 * Servers of the demo: listen on 127.0.0.1 only, and stop without waiting for clients that keep their connection.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Gives the port; 0 asks for a free one. @throws the system's error, EADDRINUSE when the port is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (isAddress(address)) resolve(address.port);
      else reject(new Error("the server has no port"));
    });
  });
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

export function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
