import {
  jupyterHeaders,
  questionHeaders
} from '../../src/sidecar/jupyter-headers';

const CLIENT = { address: '192.0.2.7', scheme: 'https' } as const;
const NAMED = ['X-Real-Ip', '192.0.2.7', 'X-Scheme', 'https'];
const HOST = ['Host', 'a'];
const QUESTION = {
  place: { port: 8501, host: null },
  absolute: false,
  path: '/a',
  upgrade: true,
  page: false
};

describe('jupyterHeaders', () => {
  it('keeps the client’s fields and names the client', () => {
    expect(
      jupyterHeaders(
        ['Host', 'a', 'cookie', 'b=1', 'Cookie', 'c=2'],
        CLIENT,
        false
      )
    ).toEqual(['Host', 'a', 'cookie', 'b=1', 'Cookie', 'c=2', ...NAMED]);
  });

  it.each([
    ['hop-by-hop', ['Connection', 'x-a', 'X-A', '1', 'Upgrade', 'websocket']],
    ['Expect', ['Expect', '100-continue']],
    // Else a client could ask questions itself, or forge what they are about.
    [
      'ours',
      ['porthole-question', '{}', 'Porthole-Grant', '{}', 'Porthole-X', '']
    ],
    ['a forged client', ['X-Real-Ip', '127.0.0.1', 'X-Scheme', 'http']]
  ])('drops %s', (_what, headers) => {
    expect(jupyterHeaders([...HOST, ...headers], CLIENT, false)).toEqual([
      ...HOST,
      ...NAMED
    ]);
  });

  it.each([
    ['X-Real-Ip', '10.0.0.1', ['X-Scheme', 'https']],
    ['X-Forwarded-For', '10.0.0.1', ['X-Scheme', 'https']],
    ['X-Scheme', 'http', ['X-Real-Ip', '192.0.2.7']],
    ['X-Forwarded-Proto', 'http', ['X-Real-Ip', '192.0.2.7']]
  ])('believes %s if it is to', (name, value, added) => {
    expect(jupyterHeaders([...HOST, name, value], CLIENT, true)).toEqual([
      ...HOST,
      name,
      value,
      ...added
    ]);
  });

  it('names the client if nothing is given that could be believed', () => {
    expect(jupyterHeaders(HOST, CLIENT, true)).toEqual([...HOST, ...NAMED]);
  });

  it('lets nobody name an address when there is none', () => {
    expect(
      jupyterHeaders(
        [...HOST, 'X-Real-Ip', '127.0.0.1', 'X-Forwarded-For', '127.0.0.1'],
        { address: '', scheme: 'http' },
        false
      )
    ).toEqual([...HOST, 'X-Scheme', 'http']);
  });

  // A client of HTTP/1.0 may send none, but Jupyter is asked by HTTP/1.1.
  it('names a host where the client names none', () => {
    expect(jupyterHeaders(['Cookie', 'b=1'], CLIENT, false)).toEqual([
      'Cookie',
      'b=1',
      ...NAMED,
      'Host',
      'localhost'
    ]);
  });
});

describe('questionHeaders', () => {
  it('asks with all that Jupyter may judge by and nothing of the body', () => {
    expect(
      questionHeaders(
        [
          ...HOST,
          'Cookie',
          'a=1',
          'Content-Length',
          '5',
          'Content-Type',
          'text/plain',
          'If-None-Match',
          'x',
          'Range',
          'bytes=0-1',
          'Accept-Encoding',
          'gzip',
          'Transfer-Encoding',
          'chunked',
          'X-Custom',
          'c',
          'Porthole-Question',
          '{"port":1,"upgrade":false}'
        ],
        CLIENT,
        false,
        QUESTION
      )
    ).toEqual([
      ...HOST,
      'Cookie',
      'a=1',
      'X-Custom',
      'c',
      ...NAMED,
      'Porthole-Question',
      JSON.stringify(QUESTION)
    ]);
  });
});
