import { Recorder } from './support/receiver';
import { startRawApp } from './support/app';
import { open, takeIdle } from '../../src/sidecar/upstreams';
import type { UpstreamConnection } from '../../src/sidecar/upstream-connection';
import type { Wire } from './support/wire';

/** Carry one request over a connection to an app. */
async function carry(
  connection: UpstreamConnection,
  wire: Wire,
  field = 'X-A: 1'
): Promise<void> {
  const recorder = new Recorder();
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n', false, recorder);
  await wire.take('\r\n\r\n');
  await wire.send(`HTTP/1.1 204 No Content\r\n${field}\r\n\r\n`);
  await recorder.over();
  // It goes on after the receiver has been told of the end.
  await new Promise(setImmediate);
}

describe('the idle connections', () => {
  // One clock for all tests: what looks through them lives as long as the module.
  beforeAll(() => {
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'hrtime',
        'nextTick',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout'
      ]
    });
  });

  afterAll(() => {
    jest.useRealTimers();
  });

  /** An app, and how to connect to it. */
  async function start(): Promise<{
    target: { addresses: string[]; port: number };
    connect: () => Promise<{ connection: UpstreamConnection; wire: Wire }>;
  }> {
    const app = await startRawApp();
    const target = { addresses: ['127.0.0.1'], port: app.port };
    const connect = async (): Promise<{
      connection: UpstreamConnection;
      wire: Wire;
    }> => {
      const connection = await open(target);
      return { connection, wire: await app.next() };
    };
    return { target, connect };
  }

  it('are none before a request is over', async () => {
    const { target, connect } = await start();
    expect(takeIdle(target)).toBeUndefined();
    const { connection, wire } = await connect();
    expect(takeIdle(target)).toBeUndefined();
    await carry(connection, wire);
    expect(takeIdle(target)).toBe(connection);
    expect(takeIdle(target)).toBeUndefined();
  });

  it('are known by their target', async () => {
    const { target, connect } = await start();
    const { connection, wire } = await connect();
    await carry(connection, wire);
    const { port } = target;
    for (const other of [
      { addresses: ['::1'], port },
      { addresses: ['127.0.0.1', '::1'], port },
      { addresses: ['127.0.0.1'], port: port - 1 },
      { socketPath: '/nowhere' }
    ]) {
      expect(takeIdle(other)).toBeUndefined();
    }
    expect(takeIdle({ addresses: ['127.0.0.1'], port })).toBe(connection);
  });

  it('are taken in the order in which they were used last', async () => {
    const { target, connect } = await start();
    const [one, two] = [await connect(), await connect()];
    await carry(one.connection, one.wire);
    await carry(two.connection, two.wire);
    expect(takeIdle(target)).toBe(two.connection);
    expect(takeIdle(target)).toBe(one.connection);
  });

  it('lose one that its upstream closes', async () => {
    const { target, connect } = await start();
    const [one, two] = [await connect(), await connect()];
    await carry(one.connection, one.wire);
    await carry(two.connection, two.wire);
    two.wire.socket.end();
    await two.wire.until(() => two.wire.hasEnded);
    while (takeIdle(target) === two.connection) {
      await new Promise(setImmediate);
    }
    expect(takeIdle(target)).toBeUndefined();
    await carry(one.connection, one.wire);
    expect(takeIdle(target)).toBe(one.connection);
  });

  it('are closed before upstreams close theirs', async () => {
    const { target, connect } = await start();
    const { connection, wire } = await connect();
    await carry(connection, wire);
    jest.advanceTimersByTime(3000);
    expect(takeIdle(target)).toBe(connection);
    await carry(connection, wire);
    jest.advanceTimersByTime(3000);
    expect(takeIdle(target)).toBe(connection);
    await carry(connection, wire);
    jest.advanceTimersByTime(5000);
    expect(takeIdle(target)).toBeUndefined();
    await wire.until(() => wire.hasEnded);
  });

  it('are taken no longer than their upstream keeps them', async () => {
    const { target, connect } = await start();
    const { connection, wire } = await connect();
    await carry(connection, wire, 'Keep-Alive: timeout=3');
    jest.advanceTimersByTime(500);
    expect(takeIdle(target)).toBe(connection);
    await carry(connection, wire, 'Keep-Alive: timeout=3');
    jest.advanceTimersByTime(3000);
    expect(takeIdle(target)).toBeUndefined();
    await wire.until(() => wire.hasEnded);
  });

  it('are closed before upstreams do, whatever those say', async () => {
    const { target, connect } = await start();
    const { connection, wire } = await connect();
    await carry(connection, wire, 'Keep-Alive: timeout=600');
    jest.advanceTimersByTime(5000);
    expect(takeIdle(target)).toBeUndefined();
    await wire.until(() => wire.hasEnded);
  });

  it('are closed each for itself', async () => {
    const { target, connect } = await start();
    const [one, two] = [await connect(), await connect()];
    await carry(one.connection, one.wire);
    jest.advanceTimersByTime(3000);
    await carry(two.connection, two.wire);
    jest.advanceTimersByTime(2000);
    await one.wire.until(() => one.wire.hasEnded);
    expect(takeIdle(target)).toBe(two.connection);
    expect(takeIdle(target)).toBeUndefined();
  });

  it('are closed again after there were none', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { target, connect } = await start();
      const { connection, wire } = await connect();
      await carry(connection, wire);
      jest.advanceTimersByTime(10_000);
      await wire.until(() => wire.hasEnded);
      expect(takeIdle(target)).toBeUndefined();
    }
  });
});
