import {
  endToEnd,
  fields,
  firstValue,
  hopByHop
} from '../../src/sidecar/raw-headers';

describe('fields', () => {
  it('keeps order, case and duplicates', () => {
    expect(Array.from(fields(['B', '1', 'a', '2', 'b', '3']))).toEqual([
      { name: 'B', lowerName: 'b', value: '1' },
      { name: 'a', lowerName: 'a', value: '2' },
      { name: 'b', lowerName: 'b', value: '3' }
    ]);
  });

  it('finds nothing in an empty list', () => {
    expect(Array.from(fields([]))).toEqual([]);
  });
});

describe('firstValue', () => {
  it.each([
    ['the first of several', ['X-A', '1', 'x-a', '2'], '1'],
    ['an empty value', ['X-A', ''], ''],
    ['none', ['X-B', 'x-a'], undefined]
  ])('gives %s', (_what, headers, value) => {
    expect(firstValue(headers, 'x-a')).toBe(value);
  });
});

describe('hopByHop', () => {
  it.each([
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'transfer-encoding',
    'upgrade'
  ])('names %s', name => {
    expect(hopByHop([])).toContain(name);
  });

  it('names what any Connection field nominates, in any case', () => {
    const names = hopByHop([
      'Connection',
      'close, X-One',
      'connection',
      'x-TWO'
    ]);
    expect(names).toContain('x-one');
    expect(names).toContain('x-two');
  });

  it.each(['Content-Length', 'Host'])('never names %s', name => {
    expect(hopByHop(['Connection', name])).not.toContain(name.toLowerCase());
  });
});

describe('endToEnd', () => {
  it('keeps all that does not end here as it stands', () => {
    expect(
      endToEnd([
        'Set-Cookie',
        'a=1',
        'CONNECTION',
        'x-private',
        'Transfer-Encoding',
        'chunked',
        'X-Private',
        'secret',
        'set-cookie',
        'b=\xe9',
        'Trailer',
        'X-Sum'
      ])
    ).toEqual([
      'Set-Cookie',
      'a=1',
      'set-cookie',
      'b=\xe9',
      'Trailer',
      'X-Sum'
    ]);
  });
});
