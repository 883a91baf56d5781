import {
  createServer,
  type IncomingMessage,
  type ServerResponse
} from 'node:http';
import { extname } from 'node:path';

import { WebSocketServer } from 'ws';

import { freePort } from '../support/ports';

/** What a file is, by the end of its name. */
const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2'
};

/** A picture of 10 by 10 pixels. */
export const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path id="a" d="M0 0h10v10H0z"/></svg>';

/** A file of the app. */
export interface IFile {
  body: string;
  /** More fields of the response, or others. */
  headers?: Record<string, string>;
}

/**
 * An app that knows nothing of any prefix: it lives at the root of its host, as its
 * author has seen it. It serves the files that a test gives it, and
 *
 * - `/echo…` answers what it was asked, as JSON: `method`, `url`, `body`;
 * - `/ws…` sends back what it gets, as a WebSocket;
 * - `/events…` sends one event, `hello`, and waits;
 * - `/redirect` leads to `/echo`.
 */
export class RootedApp {
  /** All that was asked: `GET /x`; WebSockets as `WS /x`. */
  readonly requests: string[] = [];

  private constructor(readonly port: number) {}

  static async start(port?: number): Promise<RootedApp> {
    const app = new RootedApp(port ?? (await freePort()));
    await app._listen();
    return app;
  }

  /** Serve these from now on, and nothing else. */
  serve(files: Record<string, IFile | string>): void {
    this._files = files;
    this.requests.length = 0;
  }

  /** Wait until all of these were asked. */
  async asked(...requests: string[]): Promise<void> {
    while (!requests.every(request => this.requests.includes(request))) {
      await new Promise<void>(resolve => {
        this._onRequest = resolve;
      });
    }
  }

  /** How often something was asked. */
  count(request: string): number {
    return this.requests.filter(each => each === request).length;
  }

  async stop(): Promise<void> {
    for (const socket of this._sockets.clients) {
      socket.terminate();
    }
    await new Promise(resolve => {
      this._server.close(resolve);
      this._server.closeAllConnections();
    });
  }

  private _note(request: string): void {
    this.requests.push(request);
    this._onRequest();
  }

  private async _listen(): Promise<void> {
    this._server.on('upgrade', (request, socket, head) => {
      this._note(`WS ${request.url ?? ''}`);
      if (!request.url?.startsWith('/ws')) {
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this._sockets.handleUpgrade(request, socket, head, client => {
        client.on('message', (message: Buffer) => {
          client.send(`${request.url} ${message.toString()}`);
        });
      });
    });
    await new Promise<void>((resolve, reject) => {
      this._server.once('error', reject);
      this._server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  private async _answer(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    const { method = '', url = '' } = request;
    this._note(`${method} ${url}`);
    const [path = ''] = url.split('?');
    const body = await textOf(request);
    const file = this._files[path];
    if (path.startsWith('/echo')) {
      const isPage = /text\/html/.test(request.headers.accept ?? '');
      response.setHeader('Content-Type', isPage ? 'text/html' : 'text/json');
      // A page without an icon has the browser ask for one at the root.
      response.write(isPage ? '<link rel=icon href="data:,">' : '');
      response.end(JSON.stringify({ method, url, body }));
    } else if (path === '/redirect') {
      response.writeHead(302, { Location: '/echo' }).end();
    } else if (path.startsWith('/events')) {
      response.setHeader('Content-Type', 'text/event-stream');
      response.write('data: hello\n\n');
    } else if (file === undefined) {
      response
        .writeHead(404, { 'Content-Type': 'text/plain' })
        .end('no such file');
    } else {
      const { body: text, headers = {} } =
        typeof file === 'string' ? { body: file } : file;
      response.writeHead(200, {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        ...headers
      });
      response.end(text);
    }
  }

  private _onRequest: () => void = () => undefined;
  private _files: Record<string, IFile | string> = {};
  private readonly _sockets = new WebSocketServer({ noServer: true });
  private readonly _server = createServer((request, response) => {
    void this._answer(request, response);
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
  }
  return text;
}
