import { startApp, startRawApp } from './support/app';
import { head, startGranting } from './support/exchange';

describe('a client that leaves', () => {
  it.each([
    ['before the head', ''],
    [
      'within the body',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'
    ]
  ])('%s ends the app’s side', async (_when, begun) => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(head('GET', `/jupyter/proxy/${app.port}/`));
    const upstream = await app.next();
    await upstream.take('\r\n\r\n');
    if (begun !== '') {
      await upstream.send(begun);
      await client.until(() => client.received.includes('part'));
    }
    client.socket.destroy();
    await upstream.until(() => upstream.hasEnded);
  });

  it('during its upload ends the app’s side', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.connect();
    await client.send(
      `${head('POST', `/jupyter/proxy/${app.port}/`, 'Content-Length: 9')}part`
    );
    const upstream = await app.next();
    await upstream.until(() => upstream.received.endsWith('part'));
    client.socket.destroy();
    await upstream.until(() => upstream.hasEnded);
  });

  it('leaves the others alone', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const [one, other] = [await sidecar.connect(), await sidecar.connect()];
    await one.send(head('GET', `/jupyter/proxy/${app.port}/1`));
    const first = await app.next();
    await other.send(head('GET', `/jupyter/proxy/${app.port}/2`));
    const second = await app.next();
    await second.take('\r\n\r\n');
    one.socket.destroy();
    await first.until(() => first.hasEnded);
    await second.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect((await other.response()).body).toBe('hi');
  });
});

describe('a client that closes its side only', () => {
  it('gets the whole response', async () => {
    const sidecar = await startGranting();
    const app = await startRawApp();
    const client = await sidecar.connect();
    const ended = new Promise<void>(resolve => {
      sidecar.sockets[0]?.once('end', resolve);
    });
    client.socket.end(head('GET', `/jupyter/proxy/${app.port}/`));
    const upstream = await app.next();
    await upstream.take('\r\n\r\n');
    await ended;
    await upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst');
    expect((await client.finalResponse()).body).toBe('first');
  });

  it('gets the responses to all that it has sent', async () => {
    const sidecar = await startGranting();
    const port = await startApp((request, response) => {
      request.pipe(response);
    });
    const client = await sidecar.connect();
    const request = head(
      'POST',
      `/jupyter/proxy/${port}/`,
      'Content-Length: 4'
    );
    client.socket.end(`${request}one.${request}two.`);
    expect((await client.finalResponse()).body).toBe('one.');
    expect((await client.finalResponse()).body).toBe('two.');
  });
});
