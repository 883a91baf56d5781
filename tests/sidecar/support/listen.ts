import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterwards } from './cleanup';

/** A path for a Unix socket in a folder of its own. */
export function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porthole-'));
  afterwards(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'socket');
}

/** Let a server listen on a Unix socket until the test is over. */
export async function listenOnPath(
  server: Server,
  path = socketPath()
): Promise<string> {
  closeAfterwards(server);
  server.listen(path);
  await once(server, 'listening');
  return path;
}

/** Let a server listen on a free port until the test is over. */
export async function listenOnPort(
  server: Server,
  host = '127.0.0.1'
): Promise<number> {
  closeAfterwards(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await closed(server);
  return port;
}

/** Stop a server, with all connections that it has. */
async function closed(server: Server): Promise<void> {
  if (server.listening) {
    server.close();
    await once(server, 'close');
  }
}

function closeAfterwards(server: Server): void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  afterwards(async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await closed(server);
  });
}
