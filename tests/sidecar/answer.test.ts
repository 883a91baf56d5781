import { createServer } from 'node:http';

import { errorAnswer, sendAnswer, slashAnswer } from '../../src/sidecar/answer';
import {
  CarryError,
  type ErrorCode,
  type IErrorDetails
} from '../../src/sidecar/errors';
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

const CRLF = '\r\n';

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
    const isUpgradeAsked = response.status === 426;
    expect(values(response, 'Upgrade')).toEqual(
      isUpgradeAsked ? ['websocket'] : []
    );
    expect(values(response, 'Connection')).toEqual([
      isUpgradeAsked ? 'Upgrade, close' : 'keep-alive'
    ]);
  });
});

describe('what is known about an error', () => {
  const DETAILS = { title: 'Bokeh', folder: '/me', command: "bokeh '<b>'" };

  async function told(
    code: ErrorCode,
    details: Partial<IErrorDetails>,
    fields: string[] = []
  ): Promise<string> {
    const server = createServer((request, response) => {
      const error = new CarryError(code, 'port 8501', details);
      sendAnswer(response, errorAnswer(request, error));
    });
    const wire = await connectTo({ path: await listenOnPath(server) });
    await wire.send(
      ['GET / HTTP/1.1', 'Host: a', ...fields, '', ''].join(CRLF)
    );
    return (await wire.response()).body;
  }

  it('stands in the sentences of programs', async () => {
    const { message } = JSON.parse(await told('app-ended', DETAILS)) as {
      message: string;
    };
    expect(message).toContain(`Start it again in /me: bokeh '<b>' If`);
  });

  it('can be copied from pages', async () => {
    const page = await told('app-ended', DETAILS, NAVIGATION);
    expect(page).toContain(
      'Start it again in /me: <code>bokeh &#39;&#60;b&#62;&#39;</code>'
    );
    expect(page).not.toContain('<pre');
  });

  it('has a page try to open a WebSocket', async () => {
    const details = { title: 'Bokeh', socketPath: '/j/"/x' };
    const page = await told('websockets-blocked', details, NAVIGATION);
    expect(page).toContain('data-socket="/j/&#34;/x"');
  });

  it.each([
    [['a', 'b'], ['a', 'b'], '>a\nb</pre>'],
    [[], undefined, '></pre>']
  ])(
    'is what the app has put out, if it tells: %j',
    async (lines, output, pre) => {
      expect(JSON.parse(await told('starting', { lines }))).toMatchObject({
        ...(output && { output })
      });
      expect(await told('starting', { lines }, NAVIGATION)).toContain(pre);
      expect(await told('starting', {}, NAVIGATION)).not.toContain('<pre');
    }
  );
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
