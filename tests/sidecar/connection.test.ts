import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import { isBusy, onLeaving, takeTurn } from '../../src/sidecar/connection';
import { startDoor } from './support/door';
import { connectAsClient, type Wire } from './support/wire';

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** A server whose requests take turns; each waits for its release. */
async function startTurns(): Promise<{
  wire: Wire;
  /** What has happened so far. */
  events: string[];
  /** Wait until something has happened. */
  until: (event: string) => Promise<void>;
  responses: Map<string, ServerResponse>;
}> {
  const events: string[] = [];
  const responses = new Map<string, ServerResponse>();
  let wake = (): void => undefined;
  const happened = (event: string): void => {
    events.push(event);
    wake();
  };
  const path = await startDoor((request, response) => {
    const { url = '' } = request;
    responses.set(url, response);
    happened(`came ${url}`);
    takeTurn(request, response).then(
      isThere => {
        happened(`turn ${url} ${isThere}`);
      },
      (error: unknown) => {
        happened(String(error));
      }
    );
  });
  const until = async (event: string): Promise<void> => {
    while (!events.includes(event)) {
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
  };
  return { wire: await connectAsClient(path), events, until, responses };
}

describe('takeTurn', () => {
  it('gives each request its turn after the response before it', async () => {
    const { wire, events, until, responses } = await startTurns();
    await wire.send(GET('/1') + GET('/2') + GET('/3'));
    await until('came /3');
    await until('turn /1 true');
    expect(events.filter(event => event.startsWith('turn'))).toEqual([
      'turn /1 true'
    ]);
    responses.get('/1')?.end('one');
    await until('turn /2 true');
    expect(events).not.toContain('turn /3 true');
    responses.get('/2')?.end('two');
    await until('turn /3 true');
    responses.get('/3')?.end('three');
    expect((await wire.response()).body).toBe('one');
    expect((await wire.response()).body).toBe('two');
    expect((await wire.response()).body).toBe('three');
  });

  it('gives no turn to what comes after a broken response', async () => {
    const { wire, until, responses } = await startTurns();
    await wire.send(GET('/1') + GET('/2'));
    await until('came /2');
    responses.get('/1')?.destroy();
    await until('turn /2 false');
    expect(await wire.rest()).toBe('');
  });
});

describe('isBusy', () => {
  it('tells whether a response is to come', async () => {
    const { wire, until, responses } = await startTurns();
    await wire.send(GET('/1'));
    await until('turn /1 true');
    const response = responses.get('/1');
    const socket = response?.req.socket;
    if (response === undefined || socket === undefined) {
      throw new Error('No response.');
    }
    expect(isBusy(socket)).toBe(true);
    const isOver = once(response, 'close');
    response.end();
    await isOver;
    expect(isBusy(socket)).toBe(false);
  });
});

describe('onLeaving', () => {
  /** What is seen of a request whose client leaves or stays. */
  async function seen(leaves: boolean): Promise<string[]> {
    const { wire, until, responses } = await startTurns();
    await wire.send(GET('/1'));
    await until('turn /1 true');
    const events: string[] = [];
    const response = responses.get('/1');
    if (response === undefined) {
      throw new Error('No response.');
    }
    onLeaving(response, () => events.push('left'));
    const isOver = once(response, 'close');
    if (leaves) {
      response.write('a part');
      await wire.take('a part');
      wire.socket.destroy();
      // The client's end tells of nothing; the next bytes do.
      response.write('more');
    } else {
      response.end('all');
    }
    await isOver;
    return events;
  }

  it('calls when the client leaves', async () => {
    expect(await seen(true)).toEqual(['left']);
  });

  it('doesn’t call when the response has ended', async () => {
    expect(await seen(false)).toEqual([]);
  });
});

describe('watchConnection', () => {
  it('finds out that a client has left by bytes that mean nothing', async () => {
    const { wire, until, responses } = await startTurns();
    await wire.send(GET('/1'));
    await until('turn /1 true');
    const response = responses.get('/1');
    if (response === undefined) {
      throw new Error('No response.');
    }
    const isOver = once(response, 'close');
    wire.socket.destroy();
    await isOver;
    expect(response.writableFinished).toBe(false);
  });

  it('sends a client that has only closed its side the whole response', async () => {
    const { wire, until, responses } = await startTurns();
    wire.socket.end(GET('/1'));
    await until('turn /1 true');
    // Probes: interim responses before the head, leading zeros within the body.
    await wire.take('HTTP/1.1 100 Continue\r\n\r\n');
    const response = responses.get('/1');
    response?.write('first');
    await wire.until(() => wire.received.endsWith('5\r\nfirst\r\n0'));
    response?.end('last');
    await wire.until(() => wire.hasEnded);
    wire.received = wire.received.replaceAll(
      'HTTP/1.1 100 Continue\r\n\r\n',
      ''
    );
    expect((await wire.response()).body).toBe('firstlast');
    expect(wire.received).toBe('');
  });

  it('adds nothing to a response that has ended', async () => {
    const first = await startTurns();
    first.wire.socket.pause();
    first.wire.socket.end(GET('/1') + GET('/2'));
    await first.until('came /2');
    const large = first.responses.get('/1');
    // More than the system takes, so that it is under way for as long as nobody reads.
    large?.write('x'.repeat(300_000));
    large?.end();
    first.responses.get('/2')?.end('two');
    // Another connection gets its probes later than the first would.
    for (let count = 0; count < 2; count += 1) {
      const other = await startTurns();
      other.wire.socket.end(GET('/1'));
      await other.wire.take('HTTP/1.1 100 Continue\r\n\r\n');
    }
    expect(large?.writableFinished).toBe(false);
    first.wire.socket.resume();
    expect((await first.wire.response()).body).toHaveLength(300_000);
    expect((await first.wire.response()).body).toBe('two');
    expect(first.wire.received).toBe('');
  });
});
