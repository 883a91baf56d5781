import { startApp, startRawApp } from './support/app';
import { fetch, head, startGranting } from './support/exchange';
import { startJupyter } from './support/jupyter';
import { fieldsOf, values } from './support/message';
import { startSidecar } from './support/sidecar';

describe('a request', () => {
  it.each([
    '/',
    '/a%2Fb/%2e%2e/c',
    '//a/./b/../c;v=1',
    '/a?',
    '/a?b=%e9&c=%E9&&d',
    '/..;/9300/'
  ])('reaches the app with the target %s', async target => {
    const sidecar = await startGranting();
    const port = await startApp((request, response) => {
      response.end(request.url);
    });
    const stripped = head('GET', `/jupyter/proxy/${port}${target}`);
    expect((await fetch(sidecar, stripped)).body).toBe(target);
    const whole = `/jupyter/proxy/absolute/${port}${target}`;
    expect((await fetch(sidecar, head('GET', whole))).body).toBe(whole);
  });

  it.each(['GET', 'POST', 'OPTIONS', 'PROPFIND', 'QUERY', 'REPORT', 'PURGE'])(
    'may be %s, with and without a body',
    async method => {
      const sidecar = await startGranting();
      const port = await startApp((request, response) => {
        response.setHeader('X-Method', request.method ?? '');
        request.pipe(response);
      });
      const target = `/jupyter/proxy/${port}/`;
      const bare = await fetch(sidecar, head(method, target));
      expect(values(bare, 'X-Method')).toEqual([method]);
      expect(bare.body).toBe('');
      const sized = `${head(method, target, 'Content-Length: 4')}body`;
      const full = await fetch(sidecar, sized);
      expect(values(full, 'X-Method')).toEqual([method]);
      expect(full.body).toBe('body');
    }
  );

  it('loses Jupyter’s credentials on its way', async () => {
    const jupyter = await startJupyter({
      tokens: ['secret']
    });
    const sidecar = await startSidecar(jupyter);
    const app = await startRawApp();
    const wire = await sidecar.connect();
    await wire.send(
      head(
        'GET',
        `/jupyter/proxy/${app.port}/a?b=1&token=secret`,
        'Authorization: token secret',
        'Cookie: username-localhost-8888=secret; c=2'
      )
    );
    const got = await (await app.next()).take('\r\n\r\n');
    expect(got).toMatch(/^GET \/a\?b=1 HTTP\/1\.1\r\n/);
    expect(got).toContain('Cookie: c=2\r\n');
    expect(got).not.toContain('secret');
  });

  it('keeps its chunked body, as chunks', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const wire = await sidecar.connect();
    const chunked = head(
      'POST',
      `/jupyter/proxy/${app.port}/`,
      'Transfer-Encoding: chunked'
    );
    await wire.send(`${chunked}2\r\nhe\r\n`);
    const upstream = await app.next();
    const got = await upstream.take('\r\n\r\n');
    expect(values({ headers: fieldsOf(got) }, 'Transfer-Encoding')).toEqual([
      'chunked'
    ]);
    expect(values({ headers: fieldsOf(got) }, 'Content-Length')).toEqual([]);
    expect(await upstream.take('he\r\n')).toBe('2\r\nhe\r\n');
    await wire.send('3\r\nllo\r\n0\r\n\r\n');
    expect(await upstream.take('0\r\n\r\n')).toBe('3\r\nllo\r\n0\r\n\r\n');
  });

  it('is called for its body when it may be sent', async () => {
    const sidecar = await startGranting();
    const port = await startApp((request, response) => {
      request.pipe(response);
    });
    const wire = await sidecar.connect();
    await wire.send(
      head(
        'POST',
        `/jupyter/proxy/${port}/`,
        'Content-Length: 5',
        'Expect: 100-continue'
      )
    );
    expect((await wire.response()).status).toBe(100);
    await wire.send('hello');
    expect((await wire.response()).body).toBe('hello');
  });

  it.each([
    ['two hosts', ['Host: b', 'Content-Length: 0']],
    ['another coding', ['Transfer-Encoding: gzip, chunked']]
  ])('with %s is 400 and reaches nobody', async (_what, fields) => {
    const jupyter = await startJupyter();
    const sidecar = await startSidecar(jupyter);
    const request = head('POST', '/jupyter/proxy/1/', ...fields);
    const response = await fetch(sidecar, `${request}0\r\n\r\n`);
    expect(response.status).toBe(400);
    expect(jupyter.questions).toEqual([]);
  });

  it('may be answered before its body is there', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const wire = await sidecar.connect();
    await wire.send(
      head('POST', `/jupyter/proxy/${app.port}/`, 'Content-Length: 1000000')
    );
    const upstream = await app.next();
    await upstream.take('\r\n\r\n');
    upstream.socket.end(
      'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'
    );
    const response = await wire.response();
    expect(response.status).toBe(413);
    expect(response.body).toBe('no');
    // The rest of the body is read and dropped, and the connection goes on.
    await wire.send('x'.repeat(1000000));
    await wire.send(head('GET', '/jupyter/lab'));
    expect((await wire.response()).body).toBe('Jupyter got GET /jupyter/lab');
  });
});
