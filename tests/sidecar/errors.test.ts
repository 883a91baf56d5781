import { ConnectTimeoutError } from '../../src/sidecar/dial';
import {
  CarryError,
  ResponseTimeoutError,
  upstreamError
} from '../../src/sidecar/errors';

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
    const carried = upstreamError(error, 'port 8501');
    expect(carried).toBeInstanceOf(CarryError);
    expect(carried).toMatchObject({ code, place: 'port 8501' });
  });

  it('leaves a known one as it is', () => {
    const error = new CarryError('jupyter-gone');
    expect(upstreamError(error, 'port 8501')).toBe(error);
  });
});
