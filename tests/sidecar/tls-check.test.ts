import './support/realm';

import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { speaksTls } from '../../src/sidecar/tls-check';
import { freePort, listenOnPath, listenOnPort } from './support/listen';

/** How a server answers that speaks TLS 1.0 only (RFC 2246, section 7.4.1.3). */
function oldServerHello(): Buffer {
  const random = Buffer.alloc(32, 1);
  const [version, choices] = [
    Buffer.from([3, 1]),
    Buffer.from([0, 0, 0x2f, 0])
  ];
  const hello = Buffer.concat([version, random, choices]);
  const message = Buffer.concat([Buffer.from([2, 0, 0, hello.length]), hello]);
  return Buffer.concat([Buffer.from([0x16, 3, 1, 0, message.length]), message]);
}

/** Whether what listens on a port speaks TLS. */
function check(port: number): Promise<boolean> {
  return speaksTls({ addresses: ['127.0.0.1'], port });
}

describe('speaksTls', () => {
  // With a certificate: tests/server/test_pages.py.
  it('knows an app that refuses the handshake as TLS does', async () => {
    // It has no certificate, and says so by an alert.
    expect(await check(await listenOnPort(createTlsServer()))).toBe(true);
    const socketPath = await listenOnPath(createTlsServer());
    expect(await speaksTls({ socketPath })).toBe(true);
  });

  it('knows an app that speaks an old version of it', async () => {
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(oldServerHello()));
    });
    expect(await check(await listenOnPort(server))).toBe(true);
  });

  it('is false for plain HTTP', async () => {
    const server = createHttpServer((_request, response) => {
      response.end('ok');
    });
    expect(await check(await listenOnPort(server))).toBe(false);
  });

  it('is false for an app that breaks off again', async () => {
    const server = createServer(socket => socket.destroy());
    expect(await check(await listenOnPort(server))).toBe(false);
  });

  it('is false for an app that says nothing, soon', async () => {
    let hasEnded: Promise<void> = Promise.resolve();
    const server = createServer(socket => {
      socket.resume().on('error', () => undefined);
      hasEnded = new Promise(resolve => socket.once('close', resolve));
    });
    expect(await check(await listenOnPort(server))).toBe(false);
    await hasEnded;
  });

  it('is false where nothing listens', async () => {
    expect(await check(await freePort())).toBe(false);
  });
});
