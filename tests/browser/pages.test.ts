/**
 * Pages in the place of apps that can't be shown: they name the app, the reason and the
 * remedy, and go away by themselves when the cause does.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { SITE_HEADING } from './support/apps';
import { useBrowser } from './support/browser';
import { makeCertificate } from './support/certificate';
import { startJupyter, type Jupyter } from './support/jupyter';
import { freePort, isListening } from './support/ports';
import { Program } from './support/program';
import { stopAfterAll } from './support/stop-after-all';

const APPS = join(__dirname, 'apps');
const SITE = join(APPS, 'site');

/** The FastAPI service whose page needs a WebSocket, started by a namesake of Streamlit. */
const NAMESAKE = `
import sys

import uvicorn

port = int(sys.argv[-1].partition("=")[2])
uvicorn.run("service:app", app_dir=${JSON.stringify(APPS)}, port=port)
`;

/** Browsers call each answer of 502, and a WebSocket that doesn't open, an error. */
const EXPECTED = { expectedErrors: /status of 502|WebSocket connection to/ };

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-pages-'));
  keep({ stop: () => rm(folder, { recursive: true }) });
  jupyter = keep(await startJupyter({ command: 'server' }));
});

/** A server of this test that listens until the test has ended, or it is stopped. */
class Listening {
  private readonly _sockets = new Set<Socket>();

  constructor(private readonly _server: Server) {
    _server.on('connection', (socket: Socket) => {
      this._sockets.add(socket);
      socket.once('close', () => this._sockets.delete(socket));
    });
  }

  async on(port: number): Promise<this> {
    await new Promise<void>(resolve => {
      this._server.listen(port, '127.0.0.1', resolve);
    });
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this._sockets) {
      socket.destroy();
    }
    await new Promise(resolve => this._server.close(resolve));
  }
}

/** A gateway in front of Jupyter that knows no WebSockets, as nginx is by default. */
class Gateway {
  private readonly _jupyter = new URL(jupyter.url(''));

  readonly server = createServer((request, response) => {
    // These two are for the next hop only.
    const headers = { ...request.headers, connection: 'close' };
    delete headers.upgrade;
    const onward = httpRequest({
      host: this._jupyter.hostname,
      port: this._jupyter.port,
      method: request.method,
      path: request.url,
      headers
    });
    onward.once('response', answer => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });

  /** Let WebSockets through from now on. */
  pass(): void {
    this.server.on('upgrade', (request, socket, head) => {
      const onward = connect(
        Number(this._jupyter.port),
        this._jupyter.hostname
      );
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      const fields = request.rawHeaders.map((text, index) =>
        index % 2 === 0 ? `${text}: ` : `${text}\r\n`
      );
      onward.write(`GET ${request.url} HTTP/1.1\r\n${fields.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
  }
}

/** Start a static site, by Python's own web server. */
async function startSite(port: number): Promise<Program> {
  const args = [String(port), '--bind=127.0.0.1', `--directory=${SITE}`];
  const site = new Program('The site', 'python', [
    '-m',
    'http.server',
    ...args
  ]);
  await site.started(() => isListening(port));
  return keep(site);
}

function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole('heading', { name });
}

/**
 * Open the page of a port, with Jupyter's token.
 *
 * @param front - the port of a gateway in front of Jupyter.
 */
async function open(page: Page, port: number, front?: number): Promise<void> {
  const url = new URL(jupyter.url(`proxy/${port}/`));
  url.searchParams.set('token', jupyter.token);
  if (front !== undefined) {
    url.port = String(front);
  }
  await page.goto(url.href);
}

test('an app that has ended is named until it is started again', () =>
  visit(async page => {
    const port = await freePort();
    const site = await startSite(port);
    await open(page, port);
    await heading(page, SITE_HEADING).waitFor();
    await site.stop();
    await page.reload();
    await heading(
      page,
      `http.server — site, which listened on port ${port}, is not running any more.`
    ).waitFor();
    await page.getByText('Start it again in').waitFor();
    await page.getByText(`-m http.server ${port} --bind=127.0.0.1`).waitFor();
    await startSite(port);
    await heading(page, SITE_HEADING).waitFor();
  }, EXPECTED));

test('an app that speaks HTTPS is told of until it speaks HTTP', () =>
  visit(async page => {
    const { certfile, keyfile } = await makeCertificate(folder, 'localhost');
    const [cert, key] = [await readFile(certfile), await readFile(keyfile)];
    const port = await freePort();
    const secure = await new Listening(createSecureServer({ cert, key })).on(
      port
    );
    keep(secure);
    await open(page, port);
    await heading(page, `Port ${port} wants to be asked by HTTPS.`).waitFor();
    await page
      .getByText(`c.Porthole.apps = {"my-app": {"port": ${port}`)
      .waitFor();
    await secure.stop();
    const plain = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<link rel="icon" href="data:,"><h1>Plain</h1>');
    });
    keep(await new Listening(plain).on(port));
    await heading(page, 'Plain').waitFor();
  }, EXPECTED));

describe('an app without WebSockets, behind a gateway that blocks them', () => {
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const program = join(folder, 'streamlit');
    await writeFile(program, NAMESAKE);
    const args = [program, 'run', 'app.py', `--port=${port}`];
    const app = keep(new Program('The namesake', 'python', args));
    await app.started(() => isListening(port));
  });

  test('is explained until they come through', () =>
    visit(async page => {
      const gateway = new Gateway();
      const front = await freePort();
      keep(await new Listening(gateway.server).on(front));
      await open(page, port, front);
      const dead = page.getByText('Closed: 1006');
      await dead.waitFor();
      await page.reload();
      const explained = heading(
        page,
        'Streamlit (app.py) needs a live connection (WebSocket), which is blocked on the way.'
      );
      await explained.waitFor();
      await page.getByText('proxy_set_header Upgrade $http_upgrade;').waitFor();
      // It can be seen all the same.
      await page.getByRole('link', { name: 'all the same' }).click();
      await heading(page, 'Echo').waitFor();
      await dead.waitFor();
      await page.reload();
      await explained.waitFor();
      gateway.pass();
      await heading(page, 'Echo').waitFor();
      await page.getByLabel('Message').fill('alive');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Echo: alive').waitFor();
    }, EXPECTED));
});
