import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { clientOf, type IClient, readPreface } from '../../src/sidecar/client';
import { listenOnPath } from './support/listen';
import { CLIENT, connectTo, PREFACE, Wire } from './support/wire';

/** A server that reads prefaces, and a way to see what it makes of them. */
async function startReader(): Promise<{
  path: string;
  /** The socket of the next connection, once its preface is read. */
  next: () => Promise<Socket>;
  /** The server's ends of all connections. */
  sockets: Socket[];
}> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.push(socket);
    readPreface(socket, () => {
      server.emit('ready', socket);
    });
  });
  const next = async (): Promise<Socket> => {
    const [socket] = (await once(server, 'ready')) as [Socket];
    return socket;
  };
  return { path: await listenOnPath(server), next, sockets };
}

/** Wait until the server's end of the first connection has read that much. */
async function untilRead(sockets: Socket[], count: number): Promise<void> {
  while ((sockets[0]?.bytesRead ?? 0) < count) {
    await new Promise(setImmediate);
  }
}

const AFTER = 'GET / HTTP/1.1\r\n\n\r\n\x00\xff';

describe('readPreface', () => {
  it.each(Array.from(PREFACE, (_character, index) => index + 1))(
    'reads one that is cut after %d bytes, and keeps what follows',
    async cut => {
      const { path, next, sockets } = await startReader();
      const ready = next();
      const wire = await connectTo({ path });
      const bytes = PREFACE + AFTER;
      await wire.send(bytes.slice(0, cut));
      await untilRead(sockets, cut);
      await wire.send(bytes.slice(cut));
      const socket = await ready;
      expect(clientOf(socket)).toEqual(CLIENT);
      const received = new Wire(socket);
      // Reading the preface has paused it.
      socket.resume();
      expect(await received.takeBytes(AFTER.length)).toBe(AFTER);
    }
  );

  it('reads a client without an address', async () => {
    const { path, next } = await startReader();
    const ready = next();
    const wire = await connectTo({ path });
    await wire.send('{"address":"","scheme":"https"}\n');
    const expected: IClient = { address: '', scheme: 'https' };
    expect(clientOf(await ready)).toEqual(expected);
  });

  it.each([
    ['a request', 'GET / HTTP/1.1\r\n\r\n'],
    ['nothing', '\n'],
    ['no object', 'null\n'],
    ['a list', '[]\n'],
    ['no address', '{"scheme":"http"}\n'],
    ['an address that is no text', '{"address":1,"scheme":"http"}\n'],
    ['no scheme', '{"address":"192.0.2.7"}\n'],
    ['another scheme', '{"address":"192.0.2.7","scheme":"ftp"}\n'],
    ['half a line of JSON', '{"address":"192.0.2.7"\n'],
    ['bytes without an end', 'x'.repeat(1024)]
  ])('ends a connection that begins with %s', async (_what, bytes) => {
    const { path } = await startReader();
    const wire = await connectTo({ path });
    await wire.send(bytes);
    expect(await wire.rest()).toBe('');
  });

  it('ends a connection that ends before its preface', async () => {
    const { path } = await startReader();
    const wire = await connectTo({ path });
    wire.socket.end(PREFACE.slice(0, -1));
    expect(await wire.rest()).toBe('');
  });
});

describe('clientOf', () => {
  it('knows no client whose preface was not read', async () => {
    const { path, sockets } = await startReader();
    await connectTo({ path });
    await untilRead(sockets, 0);
    const wire = await connectTo({ path });
    expect(() => clientOf(wire.socket)).toThrow(TypeError);
  });
});
