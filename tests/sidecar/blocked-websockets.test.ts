import { Socket } from 'node:net';

import {
  BlockedWebSockets,
  isLostHandshake
} from '../../src/sidecar/blocked-websockets';
import { log } from '../../src/sidecar/channel';
import { CarryError } from '../../src/sidecar/errors';
import type { IGranted } from '../../src/sidecar/forward';
import type { RawHeaders } from '../../src/sidecar/raw-headers';
import type { IRequestHead } from '../../src/sidecar/request-head';
import { grantOf, pathOf } from './support/grant';

jest.mock('../../src/sidecar/channel', () => ({ log: jest.fn() }));

const socket = new Socket();

const KEY: RawHeaders = ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='];
const PAGE: RawHeaders = ['Accept', 'text/html'];
const APP = grantOf({ title: 'Streamlit (app.py)', needsWebSockets: true });

function granted(
  rawHeaders: RawHeaders,
  given: Partial<IGranted<IRequestHead>> = {},
  method = 'GET'
): IGranted<IRequestHead> {
  return {
    request: { method, url: '/', rawHeaders, socket },
    path: pathOf(),
    grant: APP,
    ...given
  };
}

/** What is told to a request, if anything is. */
function told(
  blocked: BlockedWebSockets,
  asked: IGranted<IRequestHead> = granted(PAGE)
): unknown {
  try {
    blocked.tell(asked);
    return null;
  } catch (error) {
    return error;
  }
}

let now = 0;

beforeEach(() => {
  now = 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.mocked(log).mockClear();
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('isLostHandshake', () => {
  it.each<[method: string, headers: RawHeaders, expected: boolean]>([
    ['GET', KEY, true],
    ['GET', ['sec-websocket-KEY', 'a', 'Connection', 'close'], true],
    ['GET', [...KEY, 'Upgrade', 'websocket'], false],
    ['GET', [...KEY, 'upgrade', 'h2c'], false],
    ['GET', ['Sec-WebSocket-Version', '13'], false],
    ['POST', KEY, false]
  ])('%s with %j: %s', (method, rawHeaders, expected) => {
    expect(isLostHandshake({ method, rawHeaders, socket })).toBe(expected);
  });
});

describe('BlockedWebSockets', () => {
  it('tells it to the next who opens the app, and once', () => {
    const blocked = new BlockedWebSockets();
    expect(told(blocked)).toBeNull();
    expect(blocked.lose(granted(KEY))).toMatchObject({
      code: 'upgrade-lost',
      place: 'port 8501 (Streamlit (app.py))'
    });
    expect(blocked.concerns(pathOf())).toBe(true);
    const error = told(blocked);
    expect(error).toBeInstanceOf(CarryError);
    expect(error).toMatchObject({
      code: 'websockets-blocked',
      place: 'port 8501',
      details: {
        title: 'Streamlit (app.py)',
        socketPath: '/jupyter/proxy/8501/.porthole/websocket'
      }
    });
    expect(blocked.concerns(pathOf())).toBe(false);
    expect(told(blocked)).toBeNull();
  });

  it('waits for somebody who looks', () => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    expect(told(blocked, granted([]))).toBeNull();
    expect(told(blocked, granted(PAGE, {}, 'POST'))).toBeNull();
    expect(told(blocked, granted(PAGE, {}, 'HEAD'))).toBeNull();
    expect(told(blocked, granted([...PAGE, 'Porthole-Page', '1']))).toBeNull();
    expect(told(blocked)).not.toBeNull();
  });

  it('tells nobody that an app is dead which may be alive', () => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    const grant = grantOf({ needsWebSockets: false });
    expect(told(blocked, granted(PAGE, { grant }))).toBeNull();
  });

  it.each([
    ['another port', { port: 8502, host: null }],
    ['another host', { port: 8501, host: 'node7' }],
    ['a named app', { app: '8501' }]
  ])('concerns not %s', (_what, place) => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    const path = pathOf({ place });
    expect(blocked.concerns(path)).toBe(false);
    expect(told(blocked, granted(PAGE, { path }))).toBeNull();
    blocked.pass(path);
    expect(told(blocked)).not.toBeNull();
  });

  it('forgets when one comes through', () => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    blocked.pass(pathOf());
    expect(told(blocked)).toBeNull();
  });

  it('forgets after a minute', () => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    now += 60_001;
    expect(told(blocked)).toBeNull();
    expect(blocked.concerns(pathOf())).toBe(false);
    blocked.lose(granted(KEY));
    now += 60_000;
    expect(told(blocked)).not.toBeNull();
  });

  it('forgets the oldest of many', () => {
    const blocked = new BlockedWebSockets();
    const at = (port: number): IGranted<IRequestHead> =>
      granted(KEY, { path: pathOf({ place: { port, host: null } }) });
    blocked.lose(at(1));
    blocked.lose(at(2));
    // Not the oldest any more.
    blocked.lose(at(1));
    for (let port = 3; port <= 1001; port += 1) {
      blocked.lose(at(port));
    }
    expect(
      [1, 2, 3, 1001].map(port => blocked.concerns(at(port).path))
    ).toEqual([true, false, true, true]);
  });

  it('learns nothing from a page that waits for the end of it', () => {
    const blocked = new BlockedWebSockets();
    const asked = granted([...KEY, 'Sec-WebSocket-Protocol', 'porthole'], {
      path: pathOf({ rest: '/.porthole/websocket' })
    });
    expect(blocked.lose(asked)).toMatchObject({ code: 'upgrade-lost' });
    expect(told(blocked)).toBeNull();
  });

  it('warns once', () => {
    const blocked = new BlockedWebSockets();
    blocked.lose(granted(KEY));
    blocked.lose(granted(KEY, { path: pathOf({ place: { app: 'a' } }) }));
    expect(log).toHaveBeenCalledTimes(1);
    expect(log).toHaveBeenCalledWith(
      'warning',
      expect.stringContaining('blocks WebSockets')
    );
  });
});
