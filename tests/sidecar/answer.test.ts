import { createServer } from 'node:http';

import { errorAnswer, sendAnswer, slashAnswer } from '../../src/sidecar/answer';
import { CarryError, type ErrorCode } from '../../src/sidecar/errors';
import { ERROR_TEXTS } from '../../src/sidecar/pages/texts';
import { listenOnPath } from './support/listen';
import { type IResponse, values } from './support/message';
import { connectTo } from './support/wire';

/** The answer to a request with these fields. */
async function answer(
  code: ErrorCode,
  fields: string[] = [],
  method = 'GET'
): Promise<IResponse> {
  const server = createServer((request, response) => {
    sendAnswer(
      response,
      errorAnswer(request, new CarryError(code, 'port 8501'))
    );
  });
  const wire = await connectTo({ path: await listenOnPath(server) });
  await wire.send(
    [`${method} / HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')
  );
  return wire.response(method === 'HEAD');
}

const NAVIGATION = ['Sec-Fetch-Mode: navigate'];

describe('errorAnswer', () => {
  it('shows a page to a navigation', async () => {
    const page = await answer('not-listening', NAVIGATION);
    expect(page.status).toBe(502);
    expect(values(page, 'Content-Type')).toEqual(['text/html; charset=utf-8']);
    expect(page.body).toContain('Nothing listens on port 8501.');
    expect(values(page, 'Content-Security-Policy')[0]).toContain(
      "script-src 'sha256-"
    );
  });

  it('sends JSON to everything else', async () => {
    const json = await answer('not-listening');
    expect(json.status).toBe(502);
    expect(values(json, 'Content-Type')).toEqual(['application/json']);
    expect(JSON.parse(json.body)).toEqual({
      message: expect.stringContaining(
        'Nothing listens on port 8501.'
      ) as string
    });
    expect(values(json, 'Content-Security-Policy')).toEqual([
      "default-src 'none'; frame-ancestors 'self'"
    ]);
  });

  it.each([[[]], [NAVIGATION]])(
    'is marked and never kept: %j',
    async fields => {
      const response = await answer('broke-off', fields);
      expect(values(response, 'Porthole-Answer')).toEqual(['broke-off']);
      expect(values(response, 'Cache-Control')).toEqual(['no-store']);
      expect(values(response, 'X-Content-Type-Options')).toEqual(['nosniff']);
    }
  );

  // Loading a page again that was asked for by POST would send the form twice.
  it.each([
    ['GET', true],
    ['POST', false],
    ['PUT', false],
    ['PROPFIND', false]
  ])('tries again after %s: %s', async (method, expected) => {
    const fields = [...NAVIGATION, 'Content-Length: 0'];
    const page = await answer('not-listening', fields, method);
    expect(page.body.includes('<script>')).toBe(expected);
  });

  it('doesn’t try again what can’t change', async () => {
    const page = await answer('cross-site', NAVIGATION);
    expect(page.body).not.toContain('<script>');
  });

  it('sends the head alone to HEAD', async () => {
    const page = await answer('not-listening', NAVIGATION, 'GET');
    const head = await answer('not-listening', NAVIGATION, 'HEAD');
    expect(head.status).toBe(502);
    expect(values(head, 'Content-Length')).toEqual(
      values(page, 'Content-Length')
    );
  });

  it.each(Object.keys(ERROR_TEXTS) as ErrorCode[])('answers %s', async code => {
    const response = await answer(code);
    expect(response.status).toBe(ERROR_TEXTS[code].status);
    expect(values(response, 'Retry-After')).toEqual(
      response.status === 503 ? ['1'] : []
    );
    expect(values(response, 'Allow')).toHaveLength(
      response.status === 405 ? 1 : 0
    );
  });
});

describe('slashAnswer', () => {
  it.each([
    ['/j/proxy/1', '/j/proxy/1/'],
    ['/j/proxy/1?a=%2F&b', '/j/proxy/1/?a=%2F&b'],
    ['/j/proxy/1?', '/j/proxy/1/?'],
    ['/j/proxy/1#f', '/j/proxy/1/'],
    ['/j/proxy/1?a#f', '/j/proxy/1/?a']
  ])('sends %s to %s', async (target, location) => {
    const server = createServer((_request, response) => {
      sendAnswer(response, slashAnswer('/j/proxy/1', target));
    });
    const wire = await connectTo({ path: await listenOnPath(server) });
    await wire.send('GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n');
    const response = await wire.response();
    expect(response.status).toBe(302);
    expect(values(response, 'Location')).toEqual([location]);
  });
});
