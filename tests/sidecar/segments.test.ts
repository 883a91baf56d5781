/*
 * TCP promises bytes, not segments: wherever the network cuts a message, the app
 * must see the same bytes. Here all messages are cut at every place there is.
 */
import { type IRawApp, startRawApp } from './support/app';
import { startJupyter } from './support/jupyter';
import { type ISidecar, startSidecar } from './support/sidecar';
import { PREFACE } from './support/wire';

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** The places where a text can be cut in two. */
function cuts(text: string): number[] {
  return Array.from({ length: text.length - 1 }, (_cut, index) => index + 1);
}

/**
 * What the app gets of a message that arrives in two segments.
 *
 * @param last - how the message ends, as the app sees it.
 */
async function seenByApp(
  sidecar: ISidecar,
  app: IRawApp,
  message: string,
  cut: number,
  last: string,
  answer: string
): Promise<string> {
  const first = PREFACE + message.slice(0, cut);
  const client = await sidecar.connect(first);
  const arrived = sidecar.sockets.at(-1);
  // The second segment must not be read together with the first.
  while ((arrived?.bytesRead ?? 0) < first.length) {
    await new Promise(setImmediate);
  }
  await client.send(message.slice(cut));
  const upstream = await app.next();
  const head = await upstream.take('\r\n\r\n');
  if (answer === SWITCHING) {
    await upstream.send(answer);
  }
  const seen = head + (await upstream.take(last));
  if (answer !== SWITCHING) {
    await upstream.send(answer);
  }
  await client.take(answer.startsWith('HTTP/1.1 101') ? '\r\n\r\n' : 'done');
  client.socket.destroy();
  upstream.socket.destroy();
  return seen + upstream.received;
}

/** All cuts of a message that the app saw otherwise than whole. */
async function badCuts(
  request: (port: number) => string,
  last: string,
  answer: string
): Promise<[cut: number, seen: string][]> {
  const sidecar = await startSidecar(await startJupyter());
  const app = await startRawApp();
  const message = request(app.port);
  const see = (cut: number): Promise<string> =>
    seenByApp(sidecar, app, message, cut, last, answer);
  const whole = await see(message.length);
  expect(whole.endsWith(last)).toBe(true);
  const bad: [cut: number, seen: string][] = [];
  for (const cut of cuts(message)) {
    const seen = await see(cut);
    if (seen !== whole) {
      bad.push([cut, seen]);
    }
  }
  return bad;
}

const DONE =
  'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone';

describe('a message in two segments', () => {
  it('reaches the app the same: head and body', async () => {
    const request = (port: number): string =>
      `POST /jupyter/proxy/${port}/a?b HTTP/1.1\r\nHost: a\r\nX-B: \xe9\r\nContent-Length: 9\r\n\r\n\r\n\x00\xffbody!`;
    expect(await badCuts(request, 'body!', DONE)).toEqual([]);
  }, 20_000);

  it('reaches the app the same: a handshake and the first frame', async () => {
    const request = (port: number): string =>
      `GET /jupyter/proxy/${port}/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x85\x00\x00\x00\x00frame`;
    expect(await badCuts(request, 'frame', SWITCHING)).toEqual([]);
  }, 20_000);
});

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
