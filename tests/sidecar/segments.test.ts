/*
 * TCP promises bytes, not segments: wherever the network cuts a message, the app
 * must see the same bytes. Here all messages are cut at every place there is.
 */
import { type IRawApp, startRawApp } from './support/app';
import { startJupyter } from './support/jupyter';
import { type ISidecar, startSidecar } from './support/sidecar';
import { PREFACE, type Wire } from './support/wire';

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

const DONE =
  'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone';

/** The places where a text can be cut in two. */
function cuts(text: string): number[] {
  return Array.from({ length: text.length - 1 }, (_cut, index) => index + 1);
}

/** Wait until the newest connection of a sidecar has read that much. */
async function untilRead(
  sidecar: ISidecar,
  connections: number,
  count: number
): Promise<void> {
  const newest = (): number =>
    sidecar.sockets.length < connections
      ? -1
      : (sidecar.sockets.at(-1)?.bytesRead ?? -1);
  while (newest() < count) {
    await new Promise(setImmediate);
  }
}

/** Brings two segments to a sidecar, one after the other, on a new connection. */
type Entry = (sidecar: ISidecar, one: string, two: string) => Promise<Wire>;

const ENTRIES: Record<string, Entry> = {
  relay: async (sidecar, one, two) => {
    const connections = sidecar.sockets.length + 1;
    const client = await sidecar.connect(PREFACE + one);
    // The second segment must not be read together with the first.
    await untilRead(sidecar, connections, PREFACE.length + one.length);
    await client.send(two);
    return client;
  },
  door: async (sidecar, one, two) => {
    const connections = sidecar.sockets.length + 1;
    const client = await sidecar.enter();
    await client.send(one);
    await untilRead(sidecar, connections, one.length);
    await client.send(two);
    return client;
  },
  // Jupyter has read the first segment already.
  late: async (sidecar, one, two) => {
    const client = await sidecar.enter(one);
    await client.send(two);
    return client;
  }
};

interface IExample {
  request: (port: number) => string;
  /** Answer it as an app, and get what the app sees of it. */
  answer: (app: IRawApp, client: Wire) => Promise<string>;
}

const EXAMPLES: Record<string, IExample> = {
  'head and body': {
    request: port =>
      `POST /jupyter/proxy/${port}/a?b HTTP/1.1\r\nHost: a\r\nX-B: \xe9\r\nContent-Length: 9\r\n\r\n\r\n\x00\xffbody!`,
    answer: async (app, client) => {
      const upstream = await app.next();
      const seen = await upstream.take('body!');
      await upstream.send(DONE);
      await client.take('done');
      upstream.socket.destroy();
      return seen + upstream.received;
    }
  },
  'a handshake and the first frame': {
    request: port =>
      `GET /jupyter/proxy/${port}/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x85\x00\x00\x00\x00frame`,
    answer: async (app, client) => {
      const upstream = await app.next();
      const head = await upstream.take('\r\n\r\n');
      await upstream.send(SWITCHING);
      const seen = head + (await upstream.take('frame'));
      await client.take('\r\n\r\n');
      upstream.socket.destroy();
      return seen + upstream.received;
    }
  },
  'a plain request and the next one': {
    request: port =>
      `GET /jupyter/proxy/${port}/1?b HTTP/1.1\r\nHost: a\r\nX-B: \xe9\r\n\r\nGET /jupyter/proxy/${port}/2 HTTP/1.1\r\nHost: a\r\nX-C:c\r\n\r\n`,
    answer: async (app, client) => {
      const upstream = await app.next();
      const one = await upstream.take('\r\n\r\n');
      await upstream.send(DONE.replace('Connection: close\r\n', ''));
      await client.take('done');
      const two = await upstream.take('\r\n\r\n');
      await upstream.send(DONE);
      await client.take('done');
      upstream.socket.destroy();
      return one + two + upstream.received;
    }
  }
};

/** All cuts of a message that the app saw otherwise than whole. */
async function badCuts(
  enter: Entry,
  { request, answer }: IExample
): Promise<[cut: number, seen: string][]> {
  const sidecar = await startSidecar(await startJupyter());
  const app = await startRawApp();
  const message = request(app.port);
  const see = async (cut: number): Promise<string> => {
    const [one, two] = [message.slice(0, cut), message.slice(cut)];
    const client = await enter(sidecar, one, two);
    const seen = await answer(app, client);
    client.socket.destroy();
    return seen;
  };
  const whole = await see(message.length);
  const bad: [cut: number, seen: string][] = [];
  for (const cut of cuts(message)) {
    const seen = await see(cut);
    if (seen !== whole) {
      bad.push([cut, seen]);
    }
  }
  return bad;
}

describe.each(Object.entries(ENTRIES))(
  'a message in two segments, by the %s',
  (_name, enter) => {
    it.each(Object.entries(EXAMPLES))(
      'reaches the app the same: %s',
      async (_what, example) => {
        expect(await badCuts(enter, example)).toEqual([]);
      },
      20_000
    );
  }
);

describe('an answer in two segments', () => {
  it.each([
    [
      'of a known length',
      'HTTP/1.1 200 OK\r\nX-A: \xe9\r\nContent-Length: 4\r\n\r\n\r\n\xff!'
    ],
    [
      'chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n2\r\n\xff!\r\n0\r\n\r\n'
    ]
  ])(
    'reaches the client the same: %s',
    async (_what, bytes) => {
      const sidecar = await startSidecar(await startJupyter());
      const app = await startRawApp();
      for (const cut of cuts(bytes)) {
        const client = await sidecar.connect();
        await client.send(
          `GET /jupyter/proxy/${app.port}/ HTTP/1.1\r\nHost: a\r\n\r\n`
        );
        const upstream = await app.next();
        await upstream.take('\r\n\r\n');
        await upstream.send(bytes.slice(0, cut));
        // On loopback the sidecar has it at its next turn of the loop, here one, too.
        await new Promise(setImmediate);
        upstream.socket.end(bytes.slice(cut), 'latin1');
        const { body } = await client.response();
        expect([cut, body]).toEqual([cut, '\r\n\xff!']);
        client.socket.destroy();
      }
    },
    20_000
  );
});
