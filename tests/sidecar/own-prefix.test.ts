import type { IGrant } from '../../src/protocol/grant';
import { LeadingReceiver } from '../../src/sidecar/own-prefix';
import { startApp, startRawApp } from './support/app';
import { head } from './support/exchange';
import { startJupyter } from './support/jupyter';
import { type IResponse, values } from './support/message';
import { Recorder } from './support/receiver';
import { startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

const PAGE = 'Accept: text/html';

/** What makes a request without a body one that is not plain. */
const EMPTY = 'Content-Length: 0';

/** A connection, and the public path of an app that finds only `/a/…`. */
async function start(
  given: Partial<IGrant> = {}
): Promise<{ client: Wire; prefix: string }> {
  const port = await startApp((request, response) => {
    const isThere = request.url?.startsWith('/a/') ?? false;
    response.writeHead(isThere ? 200 : 404, { 'Content-Type': 'text/html' });
    response.end(`<a href="/${request.url ?? ''}">`);
  });
  const jupyter = await startJupyter();
  const prefix = `/jupyter/proxy/${port}`;
  jupyter.grant = { ...jupyter.grant, pagesAt: `${prefix}/a/`, ...given };
  const sidecar = await startSidecar(jupyter);
  return { client: await sidecar.connect(), prefix };
}

async function ask(
  client: Wire,
  target: string,
  fields: string[] = [PAGE],
  method = 'GET'
): Promise<IResponse> {
  await client.send(head(method, target, ...fields));
  return client.response(method === 'HEAD');
}

/** A client that has asked for a page, and the app that got the request. */
async function askRawApp(
  fields: string[]
): Promise<{ client: Wire; wire: Wire }> {
  const app = await startRawApp();
  const jupyter = await startJupyter({ pagesAt: '/x/' });
  const client = await (await startSidecar(jupyter)).connect();
  await client.send(head('GET', `/jupyter/proxy/${app.port}/`, ...fields));
  const wire = await app.next();
  await wire.take('\r\n\r\n');
  return { client, wire };
}

describe.each([
  ['plainly', []],
  ['by Node', [EMPTY]]
])('an app with a prefix of its own, asked %s', (_way, more) => {
  const fields = [PAGE, ...more];

  it.each([
    ['GET', '/', 'never'],
    ['GET', '/?b=%2F&c', 'always'],
    ['HEAD', '/?', 'auto']
  ] as const)(
    'has a person who asks for its page led there: %s %s, %s',
    async (method, rest, fix) => {
      const { client, prefix } = await start({ fix });
      const response = await ask(client, prefix + rest, fields, method);
      expect(response.status).toBe(302);
      expect(values(response, 'Location')).toEqual([
        `${prefix}/a/${rest.slice(1)}`
      ]);
      expect(values(response, 'Cache-Control')).toEqual(['no-store']);
      expect(values(response, 'Content-Type')).toEqual([]);
      expect(response.body).toBe('');
      // The connection goes on.
      expect((await ask(client, `${prefix}/a/`, fields)).status).toBe(200);
    }
  );

  it.each<[what: string, rest: string, given: Partial<IGrant>]>([
    ['other pages', '/b/', {}],
    ['what only looks like it', '//', {}],
    ['nothing known of that', '/', { pagesAt: '' }]
  ])('says itself that there is no page: %s', async (_what, rest, given) => {
    const { client, prefix } = await start(given);
    const response = await ask(client, prefix + rest, fields);
    expect(response.status).toBe(404);
    expect(response.body).toContain('<a href=');
  });

  it('says so to all who want no page', async () => {
    const { client, prefix } = await start();
    expect((await ask(client, `${prefix}/`, more)).status).toBe(404);
    expect((await ask(client, `${prefix}/`, fields, 'POST')).status).toBe(404);
  });

  it('is shown if it has a page after all', async () => {
    const { client, wire } = await askRawApp(fields);
    await wire.send(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n'
    );
    expect((await client.response()).status).toBe(103);
    expect((await client.response()).body).toBe('hi');
  });

  it('may break off', async () => {
    const { client, wire } = await askRawApp(fields);
    wire.socket.end('HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\npart');
    expect((await client.take('\r\n\r\n')).startsWith('HTTP/1.1 302')).toBe(
      true
    );
    expect(await client.rest()).toBe('');
  });
});

describe('LeadingReceiver', () => {
  const HEAD = { status: 200, reason: 'OK', headers: [] };

  it('leaves other answers to who was to get them', () => {
    const receiver = new Recorder();
    const interceptor = Object.assign(new Recorder(), {
      resume: jest.fn(() => false),
      abort: jest.fn()
    });
    const leading = new LeadingReceiver('/x/', receiver, interceptor);
    leading.begin(HEAD);
    leading.write(Buffer.from('a'));
    interceptor.mayGoOn = false;
    expect(leading.flush()).toBe(false);
    expect(leading.resume()).toBe(false);
    leading.end(['X', '1']);
    leading.abort();
    expect(interceptor.events).toEqual([
      ['begin', HEAD],
      ['write', 'a'],
      ['end', ['X', '1']]
    ]);
    expect(interceptor.abort).toHaveBeenCalledTimes(1);
    expect(receiver.events).toEqual([]);
  });

  it('keeps a redirect from them', () => {
    const receiver = new Recorder();
    const interceptor = Object.assign(new Recorder(), {
      resume: jest.fn(() => false),
      abort: jest.fn()
    });
    const leading = new LeadingReceiver('/x/', receiver, interceptor);
    leading.begin({ ...HEAD, status: 404 });
    leading.write(Buffer.from('a'));
    expect(leading.resume()).toBe(true);
    leading.end(['X', '1']);
    expect(interceptor.events).toEqual([]);
    expect(receiver.events).toMatchObject([
      ['begin', { status: 302 }],
      ['end', []]
    ]);
  });
});
