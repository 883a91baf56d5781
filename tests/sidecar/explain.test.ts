import { type IEarlierApp, REFUSAL_HEADER } from '../../src/protocol/grant';
import { startApp, startRawApp } from './support/app';
import { fetch, head } from './support/exchange';
import { type Jupyter, NO_DETAILS, startJupyter } from './support/jupyter';
import { freePort } from './support/listen';
import { type IResponse, values } from './support/message';
import { type ISidecar, startSidecar } from './support/sidecar';

const PAGE = 'Accept: text/html';

/** What makes a request without a body one that is not plain. */
const EMPTY = 'Content-Length: 0';

const EARLIER: IEarlierApp = {
  title: 'Streamlit (app.py)',
  folder: '/home/me',
  command: 'streamlit run app.py'
};

function code(response: IResponse): string | undefined {
  return values(response, 'Porthole-Answer')[0];
}

describe.each([
  ['plainly', []],
  ['by Node', [EMPTY]]
])('an app that has ended, asked %s', (_way, more) => {
  /** A sidecar that remembers the leave to ask an app which has ended since. */
  async function start(): Promise<{
    jupyter: Jupyter;
    sidecar: ISidecar;
    open: (fields?: string[]) => Promise<IResponse>;
  }> {
    const jupyter = await startJupyter({ lifetimeMs: 60_000 });
    const sidecar = await startSidecar(jupyter);
    const port = await freePort();
    const open = (fields = [PAGE, ...more]): Promise<IResponse> =>
      fetch(sidecar, head('GET', `/jupyter/proxy/${port}/`, ...fields));
    await open(more);
    jupyter.grant = { ...jupyter.grant, lifetimeMs: 0, earlier: EARLIER };
    expect(jupyter.questions).toHaveLength(1);
    return { jupyter, sidecar, open };
  }

  it('is asked about anew, for who waits for a page', async () => {
    const { jupyter, open } = await start();
    const page = await open();
    expect([page.status, code(page)]).toEqual([502, 'app-ended']);
    expect(page.body).toContain('Streamlit (app.py), which listened on port');
    expect(page.body).toContain('Start it again in /home/me:');
    expect(page.body).toContain('<code>streamlit run app.py</code>');
    expect(jupyter.questions).toHaveLength(2);
    // That is known now.
    expect(code(await open())).toBe('app-ended');
    expect(jupyter.questions).toHaveLength(3);
  });

  it('is told of to all who ask anew', async () => {
    const { open } = await start();
    await open();
    const response = await open(more);
    expect(code(response)).toBe('app-ended');
    expect(JSON.parse(response.body)).toMatchObject({
      message: expect.stringContaining(
        'Start it again in /home/me: streamlit run app.py'
      ) as string
    });
  });

  it('is not asked about for others', async () => {
    const { jupyter, open } = await start();
    expect(code(await open(more))).toBe('not-listening');
    expect(jupyter.questions).toHaveLength(1);
  });

  it('may have been nothing that is known', async () => {
    const { jupyter, open } = await start();
    jupyter.grant = { ...jupyter.grant, earlier: null };
    expect(code(await open())).toBe('not-listening');
  });

  it('may be nobody’s business any more', async () => {
    const { jupyter, open } = await start();
    jupyter.judge = (_request, response) => {
      response.writeHead(302, { Location: '/login' });
      response.end();
    };
    expect(code(await open())).toBe('not-listening');
    expect((await open()).status).toBe(302);
  });

  it('may have a successor that is refused', async () => {
    const { jupyter, open } = await start();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { [REFUSAL_HEADER]: 'foreign-port' });
      response.end(NO_DETAILS);
    };
    const page = await open();
    expect([page.status, code(page)]).toEqual([403, 'foreign-port']);
  });
});

describe('a client that leaves while an app is looked at', () => {
  it('does no harm', async () => {
    const sidecar = await startSidecar(await startJupyter());
    // Its second connection is the handshake, which is not answered.
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`, PAGE));
    (await app.next()).socket.destroy();
    const handshake = await app.next();
    const left = new Promise(resolve => {
      sidecar.sockets[0]?.once('close', resolve);
    });
    client.socket.destroy();
    await left;
    handshake.socket.destroy();
    const port = await startApp((_request, response) => {
      response.end('ok');
    });
    const request = head('GET', `/jupyter/proxy/${port}/`);
    expect((await fetch(sidecar, request)).body).toBe('ok');
  });
});
