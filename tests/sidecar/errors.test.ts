import { ConnectTimeoutError } from '../../src/sidecar/dial';
import {
  CarryError,
  receivedIn,
  ResponseTimeoutError,
  upstreamError
} from '../../src/sidecar/errors';
import { ResponseError } from '../../src/sidecar/response-parser';
import { grantOf } from './support/grant';

const PLACE = { port: 8501, host: null };

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('upstreamError', () => {
  it.each([
    [systemError('ECONNREFUSED'), 'not-listening'],
    [systemError('ENOENT'), 'not-listening'],
    [systemError('EADDRNOTAVAIL'), 'not-listening'],
    [systemError('ECONNRESET'), 'broke-off'],
    [systemError('HPE_INVALID_CONSTANT'), 'broke-off'],
    [new ResponseTimeoutError(), 'response-timeout'],
    [new ConnectTimeoutError(), 'connect-timeout'],
    [new Error('any'), 'broke-off'],
    ['not even an error', 'broke-off']
  ])('takes %s for %s', (error, code) => {
    const carried = upstreamError(error, PLACE);
    expect(carried).toBeInstanceOf(CarryError);
    expect(carried).toMatchObject({ code, place: 'port 8501' });
  });

  it('leaves a known one as it is', () => {
    const error = new CarryError('jupyter-gone');
    expect(upstreamError(error, PLACE)).toBe(error);
  });

  it('names the app, if it is known', () => {
    const grant = grantOf({ title: 'Bokeh' });
    const place = 'port 8501 (Bokeh)';
    for (const error of [systemError('ECONNREFUSED'), new Error('any')]) {
      expect(upstreamError(error, PLACE, grant)).toMatchObject({ place });
    }
  });

  it('names the app that was there before', () => {
    const earlier = { title: 'Bokeh', folder: '/me', command: 'bokeh serve' };
    const grant = grantOf({ earlier });
    expect(
      upstreamError(systemError('ECONNREFUSED'), PLACE, grant)
    ).toMatchObject({
      code: 'app-ended',
      place: 'port 8501',
      details: earlier
    });
    // Another one is there now.
    expect(upstreamError(new Error('any'), PLACE, grant).code).toBe(
      'broke-off'
    );
  });

  it.each<[said: string, code: string, title: string | undefined]>([
    ['SSH-2.0-x\r\n', 'no-pages', 'SSH'],
    ['hello', 'no-pages', ''],
    ['', 'broke-off', undefined],
    ['HTTP/1.1 200', 'broke-off', undefined],
    // It may be a web app that speaks TLS.
    ['\x15\x03\x03\0\x02\x02\x28', 'broke-off', undefined]
  ])('takes %j for %s', (said, code, title) => {
    const error = new ResponseError('No head.', Buffer.from(said, 'latin1'));
    const grant = grantOf({ title: 'Bokeh' });
    const carried = upstreamError(error, PLACE, grant);
    expect([carried.code, carried.details.title]).toEqual([code, title]);
  });

  it.each(['', 'hello', 'HTTP/1.1 200', '+OK'])(
    'names what is known to have no pages, after %j',
    said => {
      const error = new ResponseError('No head.', Buffer.from(said));
      const grant = grantOf({ title: 'Redis', hasPages: false });
      const { code, place, details } = upstreamError(error, PLACE, grant);
      expect([code, place, details.title]).toEqual([
        'no-pages',
        'port 8501',
        'Redis'
      ]);
    }
  );

  it('tells how the app was asked', () => {
    const tls = {
      serverName: 'localhost',
      verifies: true,
      authorities: '',
      changed: 0
    };
    const error = new Error('any');
    const { details } = upstreamError(error, PLACE, grantOf({ tls }));
    expect(details.isHttps).toBe(true);
    expect(upstreamError(error, PLACE, grantOf()).details.isHttps).toBe(false);
  });
});

describe('receivedIn', () => {
  it('finds what Node’s own client has stumbled over', () => {
    const rawPacket = Buffer.from('SSH-2.0-x');
    const error = systemError('HPE_INVALID_CONSTANT');
    expect(receivedIn(Object.assign(error, { rawPacket }))).toBe(rawPacket);
    const other = systemError('HPE_INVALID_CHUNK_SIZE');
    expect(receivedIn(Object.assign(other, { rawPacket }))).toHaveLength(0);
    expect(receivedIn(error.message)).toHaveLength(0);
  });
});
