import type { SendHandle } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import {
  announceListening,
  type IConfiguration,
  type IListener,
  log,
  logAndExit,
  openChannel,
  reportActivity,
  shareXsrf
} from '../../src/sidecar/channel';
import { afterwards } from './support/cleanup';
import { routesOf } from './support/grant';
import { listenOnPath } from './support/listen';
import { CLIENT, connectTo, type Wire } from './support/wire';

const CONFIGURATION: IConfiguration = {
  routes: routesOf({ apps: [{ name: 'a', root: '/jupyter/a' }] }),
  listenPath: '/run/sidecar',
  jupyterPath: '/run/jupyter',
  trustXheaders: false,
  responseTimeoutMs: 0
};

/** What a listener was told. */
type Told = [what: string, ...details: unknown[]];

/**
 * The channel as a child process has it: Node turns each line into a `message`
 * event, together with the connection that came with it.
 */
function startChannel(): {
  told: Told[];
  sent: unknown[];
  say: (message: unknown, socket?: Socket) => void;
} {
  const told: Told[] = [];
  const sent: unknown[] = [];
  const listener: IListener = {
    configure: configuration => told.push(['configure', configuration]),
    connect: (socket, client, first) => {
      told.push(['connect', socket, client, first.toString('latin1')]);
    },
    rememberXsrf: value => told.push(['xsrf', value]),
    forget: place => told.push(['forget', place]),
    close: () => told.push(['close'])
  };
  const { connected } = process;
  const send = process.send?.bind(process);
  Object.assign(process, {
    connected: true,
    send: (
      message: unknown,
      _handle?: unknown,
      _options?: unknown,
      done?: () => void
    ) => {
      sent.push(message);
      done?.();
      return true;
    }
  });
  openChannel(listener);
  afterwards(() => {
    process.removeAllListeners('message').removeAllListeners('disconnect');
    Object.assign(process, { connected, send });
  });
  return {
    told,
    sent,
    say: (message, socket) => {
      process.emit('message', message, socket as SendHandle);
    }
  };
}

/** A client’s connection, and Jupyter’s end of it. */
async function startConnection(): Promise<{ wire: Wire; socket: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  const path = await listenOnPath(server);
  const [wire, [socket]] = await Promise.all([
    connectTo({ path }),
    once(server, 'connection') as Promise<[Socket]>
  ]);
  return { wire, socket };
}

describe('the channel', () => {
  it('brings the configuration', () => {
    const { told, say } = startChannel();
    const message = { type: 'configure', ...CONFIGURATION };
    say(message);
    expect(told).toEqual([['configure', message]]);
  });

  it.each(Object.keys(CONFIGURATION))(
    'brings no configuration without %s',
    name => {
      const { told, say } = startChannel();
      for (const value of [undefined, null, {}]) {
        say({ type: 'configure', ...CONFIGURATION, [name]: value });
      }
      expect(told).toEqual([]);
    }
  );

  it('brings a connection, its client, and what was read of it', async () => {
    const { told, say } = startChannel();
    const { socket } = await startConnection();
    const bytes = 'GET / HTTP/1.1\r\n\x00\xff';
    const first = Buffer.from(bytes, 'latin1').toString('base64');
    say({ type: 'connection', ...CLIENT, first }, socket);
    expect(told).toEqual([
      ['connect', socket, expect.objectContaining(CLIENT), bytes]
    ]);
    expect(socket.destroyed).toBe(false);
  });

  it('brings a connection of which nothing was read', async () => {
    const { told, say } = startChannel();
    const { socket } = await startConnection();
    say(
      { type: 'connection', address: '', scheme: 'https', first: '' },
      socket
    );
    expect(told).toEqual([
      [
        'connect',
        socket,
        expect.objectContaining({ address: '', scheme: 'https' }),
        ''
      ]
    ]);
  });

  it.each([
    ['address', { scheme: 'http', first: '' }],
    ['scheme', { address: '192.0.2.7', first: '' }],
    ['good scheme', { address: '192.0.2.7', scheme: 'ftp', first: '' }],
    ['bytes', CLIENT],
    ['bytes that are text', { ...CLIENT, first: 1 }]
  ])('ends a connection without %s', async (_what, message) => {
    const { told, say } = startChannel();
    const { wire, socket } = await startConnection();
    say({ type: 'connection', ...message }, socket);
    expect(await wire.rest()).toBe('');
    expect(told).toEqual([]);
  });

  it('passes over a connection that got lost', () => {
    const { told, say } = startChannel();
    say({ type: 'connection', ...CLIENT, first: '' });
    expect(told).toEqual([]);
  });

  it('answers pings', () => {
    const { sent, say } = startChannel();
    say({ type: 'ping', id: 7 });
    expect(sent).toEqual([{ type: 'pong', id: 7 }]);
  });

  it('shares values of _xsrf in both directions', () => {
    const { told, sent, say } = startChannel();
    shareXsrf('2|a');
    expect(sent).toEqual([{ type: 'xsrf', value: '2|a' }]);
    say({ type: 'xsrf', value: '2|b' });
    say({ type: 'xsrf', value: 1 });
    expect(told).toEqual([['xsrf', '2|b']]);
  });

  it.each([
    { app: 'a' },
    { port: 8501, host: null },
    { port: 8501, host: 'node7' }
  ])('brings the place %j to be asked about anew', place => {
    const { told, say } = startChannel();
    say({ type: 'forget', ...place });
    expect(told).toEqual([['forget', expect.objectContaining(place)]]);
  });

  it.each([
    {},
    { app: 1 },
    { host: null },
    { port: 8501 },
    { port: '8501', host: null },
    { port: 8501, host: 1 }
  ])('brings no place %j', place => {
    const { told, say } = startChannel();
    say({ type: 'forget', ...place });
    expect(told).toEqual([]);
  });

  it('tells of activity', () => {
    const { sent } = startChannel();
    reportActivity();
    expect(sent).toEqual([{ type: 'activity' }]);
  });

  it.each([null, 'text', 1, [], {}, { type: 'unheard-of' }])(
    'passes over %j',
    message => {
      const { told, sent, say } = startChannel();
      say(message);
      expect([told, sent]).toEqual([[], []]);
    }
  );

  it('says when it is closed', () => {
    const { told } = startChannel();
    process.emit('disconnect');
    expect(told).toEqual([['close']]);
  });

  it('tells what happens', () => {
    const { sent } = startChannel();
    announceListening();
    log('warning', 'Mind this.');
    expect(sent).toEqual([
      { type: 'listening' },
      { type: 'log', level: 'warning', message: 'Mind this.' }
    ]);
  });

  it('tells nobody after it is closed', () => {
    const { sent } = startChannel();
    Object.assign(process, { connected: false });
    announceListening();
    log('error', 'Nobody hears this.');
    shareXsrf('2|a');
    expect(sent).toEqual([]);
  });
});

describe('logAndExit', () => {
  it.each([
    ['says why before it ends the process', true],
    ['ends the process when nobody hears it', false]
  ])('%s', (_what, connected) => {
    const { sent } = startChannel();
    Object.assign(process, { connected });
    const exit = jest.spyOn(process, 'exit').mockImplementation(status => {
      throw new Error(`exit ${status ?? 0} after ${sent.length}`);
    });
    afterwards(() => {
      exit.mockRestore();
    });
    const count = connected ? 1 : 0;
    expect(() => {
      logAndExit('It broke.');
    }).toThrow(`exit 1 after ${count}`);
    expect(sent).toEqual(
      connected ? [{ type: 'log', level: 'error', message: 'It broke.' }] : []
    );
  });
});
