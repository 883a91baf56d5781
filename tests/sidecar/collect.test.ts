import { collect } from '../../src/sidecar/collect';
import { ResponseError } from '../../src/sidecar/response-parser';
import { startApp, startRawApp } from './support/app';
import { freePort } from './support/listen';
import { outgoingTo } from './support/outgoing';

describe('collect', () => {
  it('gets status, fields and body', async () => {
    const port = await startApp((request, response) => {
      response.sendDate = false;
      response.writeHead(403, [
        'x-B',
        '1',
        'X-b',
        '2',
        'Content-Length',
        '13',
        'Connection',
        'keep-alive'
      ]);
      response.end(`${request.method} ${request.url} no`);
    });
    const headers = (raw: string[]): string[] => raw.slice(0, 6);
    const answer = await collect(
      'GET',
      outgoingTo(port, { path: '/jud?e', responseHeaders: headers })
    );
    expect(answer).toEqual({
      status: 403,
      headers: ['x-B', '1', 'X-b', '2', 'Content-Length', '13'],
      body: Buffer.from('GET /jud?e no')
    });
  });

  it('gets a body that comes in many pieces', async () => {
    const parts = Array.from({ length: 50_000 }, (_part, at) => `${at};`);
    const port = await startApp((_request, response) => {
      for (const part of parts) {
        response.write(part);
      }
      response.end();
    });
    const { body } = await collect('GET', outgoingTo(port));
    expect(body.toString() === parts.join('')).toBe(true);
  });

  it('gets no body of 204 and HEAD', async () => {
    const port = await startApp((request, response) => {
      response.statusCode = request.method === 'HEAD' ? 200 : 204;
      response.end();
    });
    const none = Buffer.alloc(0);
    expect(await collect('HEAD', outgoingTo(port))).toMatchObject({
      status: 200,
      body: none
    });
    expect(await collect('POST', outgoingTo(port))).toMatchObject({
      status: 204,
      body: none
    });
  });

  it('passes over what comes before', async () => {
    const app = await startRawApp();
    const answer = collect('GET', outgoingTo(app.port));
    const wire = await app.next();
    await wire.send(
      'HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
    );
    expect(await answer).toEqual({
      status: 200,
      headers: ['Content-Length', '2'],
      body: Buffer.from('hi')
    });
  });

  it.each([
    ['nothing', ''],
    ['a part of a head', 'HTTP/1.1 200 OK\r\n'],
    ['a part of a body', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi']
  ])('throws when it gets %s', async (_what, bytes) => {
    const app = await startRawApp();
    const answer = collect('GET', outgoingTo(app.port));
    const thrown = expect(answer).rejects.toBeInstanceOf(ResponseError);
    const wire = await app.next();
    await wire.take('\r\n\r\n');
    wire.socket.end(bytes);
    await thrown;
  });

  it('throws where nothing listens', async () => {
    await expect(
      collect('GET', outgoingTo(await freePort()))
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
