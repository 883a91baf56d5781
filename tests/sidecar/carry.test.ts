import { fetch, head } from './support/exchange';
import { startJupyter } from './support/jupyter';
import { socketPath } from './support/listen';
import { fieldsOf, values } from './support/message';
import { startSidecar } from './support/sidecar';

describe('what is not proxied', () => {
  it('is carried to Jupyter and back as it is', async () => {
    const jupyter = await startJupyter();
    let seen: string[] = [];
    jupyter.serve = (request, response) => {
      seen = [request.method ?? '', request.url ?? '', ...request.rawHeaders];
      response.writeHead(201, 'Made', [
        'X-A',
        '1',
        'Set-Cookie',
        'a=1; Path=/',
        'x-a',
        '2'
      ]);
      response.end('made');
    };
    const sidecar = await startSidecar(jupyter);
    const response = await fetch(
      sidecar,
      head(
        'DELETE',
        '/jupyter/api/x?y=%2F',
        'Cookie: a=1',
        'X-B: b',
        'Porthole-Question: {}'
      )
    );
    expect(seen.slice(0, 2)).toEqual(['DELETE', '/jupyter/api/x?y=%2F']);
    expect(fieldsOf(seen.slice(2).join('\r\n'))).toEqual([]);
    expect(seen).toEqual(
      expect.arrayContaining(['Cookie', 'a=1', 'X-B', 'X-Real-Ip', '192.0.2.7'])
    );
    expect(seen.join().toLowerCase()).not.toContain('porthole');
    expect(response.status).toBe(201);
    expect(response.reason).toBe('Made');
    expect(values(response, 'X-A')).toEqual(['1', '2']);
    expect(values(response, 'Set-Cookie')).toEqual(['a=1; Path=/']);
    expect(response.body).toBe('made');
    expect(jupyter.questions).toEqual([]);
  });

  it.each([
    [true, 'X-Forwarded-For: 10.0.0.1', undefined],
    [false, 'X-Forwarded-For: 10.0.0.1', '192.0.2.7'],
    [true, 'X-A: 1', '192.0.2.7']
  ])(
    'names the client, trusted: %s, with %s',
    async (trustXheaders, field, named) => {
      const jupyter = await startJupyter();
      const addresses: unknown[] = [];
      jupyter.serve = (request, response) => {
        addresses.push(request.headers['x-real-ip']);
        response.end();
      };
      const sidecar = await startSidecar(jupyter, { trustXheaders });
      await fetch(sidecar, head('GET', '/jupyter/api', field));
      expect(addresses).toEqual([named]);
    }
  );

  it('has its body carried', async () => {
    const jupyter = await startJupyter();
    jupyter.serve = (request, response) => {
      request.pipe(response);
    };
    const sidecar = await startSidecar(jupyter);
    const request = `${head('POST', '/jupyter/api', 'Content-Length: 5')}hello`;
    expect((await fetch(sidecar, request)).body).toBe('hello');
  });

  it('is answered 503 while Jupyter is gone', async () => {
    const sidecar = await startSidecar({ path: socketPath() });
    for (const target of ['/jupyter/lab', '/jupyter/proxy/8501/']) {
      const response = await fetch(sidecar, head('GET', target));
      expect(response.status).toBe(503);
      expect(values(response, 'Retry-After')).toEqual(['1']);
    }
  });
});
