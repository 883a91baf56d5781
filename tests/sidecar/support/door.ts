import { createServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer } from 'node:net';

import { readPreface } from '../../../src/sidecar/client';
import { watchConnection } from '../../../src/sidecar/connection';
import { listenOnPath } from './listen';

/** An HTTP server whose connections begin with a preface; returns its path. */
export function startDoor(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  Object.assign(http, { httpAllowHalfOpen: true });
  return listenOnPath(
    createSocketServer({ allowHalfOpen: true }, socket => {
      readPreface(socket, () => {
        watchConnection(socket);
        http.emit('connection', socket);
        socket.resume();
      });
    })
  );
}
