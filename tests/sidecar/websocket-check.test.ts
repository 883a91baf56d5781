import { type IRawApp, startRawApp } from './support/app';
import { startJupyter } from './support/jupyter';
import { fieldsOf, values } from './support/message';
import { startSidecar } from './support/sidecar';
import type { Wire } from './support/wire';

/** A handshake at the address of the check. */
function handshake(port: number, protocol: string, path = 'websocket'): string {
  return [
    `GET /jupyter/proxy/${port}/.porthole/${path} HTTP/1.1`,
    'Host: hub.example',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${protocol}`,
    '',
    ''
  ].join('\r\n');
}

async function start(): Promise<{ client: Wire; app: IRawApp }> {
  const sidecar = await startSidecar(await startJupyter());
  return { client: await sidecar.connect(), app: await startRawApp() };
}

describe('the check of WebSockets', () => {
  it('opens one and closes it, without the app', async () => {
    const { client, app } = await start();
    await client.send(handshake(app.port, 'porthole'));
    const head = await client.take('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    const message = { headers: fieldsOf(head) };
    expect(values(message, 'Sec-WebSocket-Accept')).toEqual([
      's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    ]);
    expect(values(message, 'Sec-WebSocket-Protocol')).toEqual(['porthole']);
    // A close frame, which is answered.
    expect((await client.takeBytes(2)).charCodeAt(0)).toBe(0x88);
    await client.send('\x88\x80\0\0\0\0');
    expect(await client.rest()).toBe('');
    expect(app.wires).toEqual([]);
  });

  it('survives a client that speaks no WebSockets', async () => {
    const { client, app } = await start();
    await client.send(`${handshake(app.port, 'porthole')}\xff\xff\xff\xff`);
    await client.until(() => client.hasEnded);
    const other = await start();
    await other.client.send(handshake(other.app.port, 'porthole'));
    expect(await other.client.take('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
  });

  it.each([
    ['mine', 'websocket'],
    ['porthole, mine', 'websocket'],
    ['porthole', 'websocket?'],
    ['porthole', 'other']
  ])('is nobody else’s: %s at %s', async (protocol, path) => {
    const { client, app } = await start();
    await client.send(handshake(app.port, protocol, path));
    const wire = await app.next();
    expect(await wire.take('\r\n\r\n')).toContain(`GET /.porthole/${path} `);
  });

  it('is refused as Jupyter refuses the app', async () => {
    const jupyter = await startJupyter();
    jupyter.judge = (_request, response) => {
      response.writeHead(403, { 'Content-Length': 0 });
      response.end();
    };
    const sidecar = await startSidecar(jupyter);
    const client = await sidecar.connect();
    await client.send(handshake(1, 'porthole'));
    expect((await client.response()).status).toBe(403);
  });
});
