import './realm';

import { createServer, type Server, type Socket } from 'node:net';

import { createSidecar } from '../../../src/sidecar/server';
import type { ISettings } from '../../../src/sidecar/settings';
import { routesOf } from './grant';
import type { Jupyter } from './jupyter';
import { listenOnPath, socketPath } from './listen';
import { CLIENT, connectAsClient, connectTo, PREFACE, type Wire } from './wire';

/** A sidecar that listens until the test is over. */
export interface ISidecar {
  path: string;
  server: Server;
  /** The sidecar's ends of its connections, in their order. */
  sockets: Socket[];
  /** Connect as the relay does. */
  connect: (preface?: string) => Promise<Wire>;
  /**
   * Connect as through the door.
   *
   * @param first - what Jupyter has read from the connection already.
   */
  enter: (first?: string) => Promise<Wire>;
}

/** Start a sidecar under `/jupyter/`. */
export async function startSidecar(
  jupyter: Pick<Jupyter, 'path'>,
  given: Partial<ISettings> = {}
): Promise<ISidecar> {
  const listenPath = socketPath();
  const { server, connect } = createSidecar({
    routes: routesOf(),
    listenPath,
    jupyterPath: jupyter.path,
    trustXheaders: false,
    responseTimeoutMs: 0,
    scripts: { page: 'page();', worker: 'worker();' },
    ...given
  });
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
  });
  await listenOnPath(server, listenPath);
  return {
    path: listenPath,
    server,
    sockets,
    connect: async (preface = PREFACE) => {
      const wire = await connectAsClient(listenPath, preface);
      if (preface.startsWith('{')) {
        await wire.take('\n');
      }
      return wire;
    },
    enter: async (first = '') => {
      const door = createServer(
        { allowHalfOpen: true, pauseOnConnect: true },
        socket => {
          sockets.push(socket);
          connect(socket, CLIENT, Buffer.from(first, 'latin1'));
        }
      );
      return connectTo({ path: await listenOnPath(door) });
    }
  };
}
