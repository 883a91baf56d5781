import { createServer } from 'node:net';

import { dial, targetKey } from '../../src/sidecar/dial';
import {
  freePort,
  listenOnPath,
  listenOnPort,
  socketPath
} from './support/listen';
import { Wire } from './support/wire';

/** A server that says its name. */
function named(name: string): ReturnType<typeof createServer> {
  return createServer(socket => {
    socket.end(name);
  });
}

describe('dial', () => {
  it('connects to a port', async () => {
    const port = await listenOnPort(named('tcp'));
    const wire = new Wire(await dial({ addresses: ['127.0.0.1'], port }));
    expect(await wire.rest()).toBe('tcp');
  });

  it('connects to a Unix socket', async () => {
    const path = await listenOnPath(named('unix'));
    const wire = new Wire(await dial({ socketPath: path }));
    expect(await wire.rest()).toBe('unix');
  });

  it('tries the next address when one refuses', async () => {
    const port = await listenOnPort(named('second'), '127.0.0.2');
    const addresses = ['127.0.0.1', '127.0.0.2'];
    const wire = new Wire(await dial({ addresses, port }));
    expect(wire.socket.remoteAddress).toBe('127.0.0.2');
    expect(await wire.rest()).toBe('second');
  });

  it('takes the first address that accepts', async () => {
    const port = await listenOnPort(named('first'));
    const addresses = ['127.0.0.1', '127.0.0.2'];
    const wire = new Wire(await dial({ addresses, port }));
    expect(await wire.rest()).toBe('first');
  });

  it('fails as the last address does', async () => {
    const port = await freePort();
    await expect(
      dial({ addresses: ['127.0.0.1', '127.0.0.2'], port })
    ).rejects.toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.2' });
  });

  it('fails where there is no Unix socket', async () => {
    await expect(dial({ socketPath: socketPath() })).rejects.toMatchObject({
      code: 'ENOENT'
    });
  });

  it('fails without an address', async () => {
    await expect(dial({ addresses: [], port: 1 })).rejects.toThrow(TypeError);
  });
});

describe('targetKey', () => {
  it('tells targets apart', () => {
    const keys = [
      targetKey({ socketPath: '/a' }),
      targetKey({ socketPath: '/b' }),
      targetKey({ addresses: ['127.0.0.1'], port: 1 }),
      targetKey({ addresses: ['127.0.0.1'], port: 2 }),
      targetKey({ addresses: ['::1'], port: 1 }),
      targetKey({ addresses: ['127.0.0.1', '::1'], port: 1 }),
      targetKey({ addresses: ['::1', '127.0.0.1'], port: 1 })
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('knows a target again', () => {
    expect(targetKey({ addresses: ['::1'], port: 1 })).toBe(
      targetKey({ addresses: ['::1'], port: 1 })
    );
  });
});
