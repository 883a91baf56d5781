import { UpstreamConnection } from '../../src/sidecar/upstream-connection';
import { type IRawApp, startRawApp } from './support/app';
import { freePort } from './support/listen';
import { Recorder } from './support/receiver';
import type { Wire } from './support/wire';

const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** A connection to an app, and what it says of itself. */
async function open(): Promise<{
  app: IRawApp;
  connection: UpstreamConnection;
  wire: Wire;
  events: string[];
  closed: Promise<void>;
}> {
  const app = await startRawApp();
  const events: string[] = [];
  let onClose = (): void => undefined;
  const closed = new Promise<void>(resolve => {
    onClose = resolve;
  });
  const connection = await UpstreamConnection.open(
    { addresses: ['127.0.0.1'], port: app.port },
    () => events.push('released'),
    () => {
      events.push('closed');
      onClose();
    }
  );
  return { app, connection, wire: await app.next(), events, closed };
}

describe('UpstreamConnection', () => {
  it('is released after each response', async () => {
    const { connection, wire, events } = await open();
    for (const count of [1, 2, 3]) {
      const recorder = new Recorder();
      connection.send(HEAD, false, recorder);
      expect(await wire.take('\r\n\r\n')).toBe(HEAD);
      await wire.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${count}`);
      await recorder.over();
      await new Promise(setImmediate);
      expect(recorder.body).toBe(String(count));
      expect(events).toEqual(Array.from({ length: count }, () => 'released'));
    }
  });

  it('reads a response of many times its buffer', async () => {
    const { connection, wire, events } = await open();
    const body = Array.from({ length: 100_000 }, (_line, at) => `${at}\n`);
    const text = body.join('');
    const recorder = new Recorder();
    connection.send(HEAD, false, recorder);
    await wire.send(
      `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`
    );
    expect(await recorder.over()).toEqual(['end', []]);
    expect(recorder.body === text).toBe(true);
    await new Promise(setImmediate);
    expect(events).toEqual(['released']);
  });

  it('knows of HEAD that no body comes', async () => {
    const { connection, wire, events } = await open();
    const recorder = new Recorder();
    connection.send(HEAD.replace('GET', 'HEAD'), true, recorder);
    await wire.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
    expect(await recorder.over()).toEqual(['end', []]);
    await new Promise(setImmediate);
    expect(events).toEqual(['released']);
  });

  it('is closed, not released, after a response that it ends', async () => {
    const { connection, wire, events, closed } = await open();
    const recorder = new Recorder();
    connection.send(HEAD, false, recorder);
    await wire.take('\r\n\r\n');
    wire.socket.end('HTTP/1.1 200 OK\r\n\r\nall');
    expect(await recorder.over()).toEqual(['end', []]);
    await closed;
    expect(recorder.body).toBe('all');
    expect(events).toEqual(['closed']);
  });

  it('is closed, not released, when a response breaks', async () => {
    const { connection, wire, events, closed } = await open();
    const recorder = new Recorder();
    connection.send(HEAD, false, recorder);
    await wire.take('\r\n\r\n');
    wire.socket.destroy();
    await closed;
    expect(recorder.events.map(([name]) => name)).toEqual(['fail']);
    expect(events).toEqual(['closed']);
  });

  it('is closed when the upstream closes it before it is used', async () => {
    const { wire, events, closed } = await open();
    wire.socket.end();
    await closed;
    expect(events).toEqual(['closed']);
  });

  it('is closed by bytes before it is used', async () => {
    const { wire, events, closed } = await open();
    await wire.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await closed;
    expect(events).toEqual(['closed']);
  });

  it('is given up by whom it serves only', async () => {
    const { connection, wire, closed } = await open();
    const recorder = new Recorder();
    connection.send(HEAD, false, recorder);
    await wire.take('\r\n\r\n');
    connection.abandon(new Recorder());
    await wire.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh');
    await recorder.until(() => recorder.body === 'h');
    connection.abandon(recorder);
    await closed;
    expect(recorder.events.map(([name]) => name)).toEqual(['begin', 'write']);
  });

  it('is none where nothing listens', async () => {
    const target = { addresses: ['127.0.0.1'], port: await freePort() };
    const never = (): void => {
      throw new Error('There is no connection.');
    };
    await expect(
      UpstreamConnection.open(target, never, never)
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
