import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer } from 'node:net';

import { listenOnPort } from './listen';
import { Wire } from './wire';

/** Start an HTTP server on a free port. */
export function startApp(listener: RequestListener): Promise<number> {
  return listenOnPort(createServer(listener));
}

/** A server whose connections are handled byte by byte. */
export interface IRawApp {
  port: number;
  /** The connections so far. */
  wires: Wire[];
  /** Wait for the next connection that was not waited for yet. */
  next: () => Promise<Wire>;
}

/** Start a server for bytes on a free port. */
export async function startRawApp(
  handle: (wire: Wire) => void = () => undefined
): Promise<IRawApp> {
  const wires: Wire[] = [];
  const waiting: ((wire: Wire) => void)[] = [];
  let given = 0;
  const server = createSocketServer({ allowHalfOpen: true }, socket => {
    const wire = new Wire(socket);
    wires.push(wire);
    handle(wire);
    if (waiting.length > 0) {
      given += 1;
      waiting.shift()?.(wire);
    }
  });
  const port = await listenOnPort(server);
  const next = (): Promise<Wire> =>
    new Promise(resolve => {
      const wire = wires[given];
      if (wire === undefined) {
        waiting.push(resolve);
      } else {
        given += 1;
        resolve(wire);
      }
    });
  return { port, wires, next };
}
