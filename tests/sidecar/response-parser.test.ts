import {
  LONGEST_RESPONSE_HEAD,
  ResponseError,
  ResponseParser
} from '../../src/sidecar/response-parser';
import { type ReceiverEvent, Recorder } from './support/receiver';

interface IReading {
  events: ReceiverEvent[];
  error: unknown;
  isOver: boolean;
  reusableForMs: number;
}

/**
 * Read a response that comes in these pieces, as a connection does: each is read
 * into the one buffer, of which nothing may be kept.
 *
 * @param thenEnds - whether the connection ends after them.
 */
function read(pieces: string[], isHead = false, thenEnds = false): IReading {
  const buffer = Buffer.alloc(Math.max(...pieces.map(({ length }) => length)));
  const recorder = new Recorder();
  const parser = new ResponseParser(recorder, isHead);
  let error: unknown = null;
  try {
    for (const piece of pieces) {
      buffer.write(piece, 'latin1');
      parser.execute(buffer.subarray(0, piece.length));
      buffer.fill('!');
    }
    if (thenEnds) {
      parser.finish();
    }
  } catch (thrown) {
    error = thrown;
  }
  const { isOver, reusableForMs } = parser;
  return { events: recorder.events, error, isOver, reusableForMs };
}

/** All ways to cut a text in two, and the one into single bytes. */
function cut(text: string): string[][] {
  const cuts: string[][] = [Array.from(text)];
  for (let index = 1; index < text.length; index += 1) {
    cuts.push([text.slice(0, index), text.slice(index)]);
  }
  return cuts;
}

const OK = 'HTTP/1.1 200 OK\r\n';

const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

interface IExample {
  bytes: string;
  isHead?: boolean;
  thenEnds?: boolean;
  expected: ReceiverEvent[];
}

/** The events of a response, in short. */
function response(
  status: number,
  reason: string,
  headers: string[],
  body = '',
  trailers: string[] = []
): ReceiverEvent[] {
  return [
    ['begin', { status, reason, headers }],
    ...(body === '' ? [] : [['write', body] as ['write', string]]),
    ['end', trailers]
  ];
}

const EXAMPLES: [what: string, example: IExample][] = [
  [
    'of a known length',
    {
      bytes: `${OK}Content-Length: 9\r\n\r\n\r\n\r\n\x00\xff\r\n!`,
      expected: response(
        200,
        'OK',
        ['Content-Length', '9'],
        '\r\n\r\n\x00\xff\r\n!'
      )
    }
  ],
  [
    'of no length',
    {
      bytes: `${OK}Content-Length: 0\r\n\r\n`,
      expected: response(200, 'OK', ['Content-Length', '0'])
    }
  ],
  [
    'with odd but good fields',
    {
      bytes:
        'HTTP/1.1 299 F\xefne  so\r\nx-B:1\r\nX-a: \t\xe9 \t b\t \r\nX-b:\r\nX-Empty: \t\r\nContent-Length: 1\r\n\r\n\xff',
      expected: response(
        299,
        'F\xefne  so',
        [
          'x-B',
          '1',
          'X-a',
          '\xe9 \t b',
          'X-b',
          '',
          'X-Empty',
          '',
          'Content-Length',
          '1'
        ],
        '\xff'
      )
    }
  ],
  [
    'without a reason',
    {
      bytes: 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na',
      expected: response(200, '', ['Content-Length', '1'], 'a')
    }
  ],
  [
    'in chunks',
    {
      bytes: `${CHUNKED}2\r\n\r\n\r\n0A\r\n0123456789\r\n1\r\n\xff\r\n0\r\n\r\n`,
      expected: response(
        200,
        'OK',
        ['Transfer-Encoding', 'chunked'],
        '\r\n0123456789\xff'
      )
    }
  ],
  [
    'in chunks with extensions and trailers',
    {
      bytes: `${CHUNKED.replace('chunked', 'Chunked')}2;a=1;b="c\xe9"\r\nhi\r\n1 ;d\r\n!\r\n000;last\r\nX-Sum: 4\r\nx-two:\r\n\r\n`,
      expected: response(200, 'OK', ['Transfer-Encoding', 'Chunked'], 'hi!', [
        'X-Sum',
        '4',
        'x-two',
        ''
      ])
    }
  ],
  [
    'in no chunks',
    {
      bytes: `${CHUNKED}0\r\n\r\n`,
      expected: response(200, 'OK', ['Transfer-Encoding', 'chunked'])
    }
  ],
  [
    'until the connection ends',
    {
      bytes: `${OK}X-A: 1\r\n\r\nall\r\n\r\n`,
      thenEnds: true,
      expected: response(200, 'OK', ['X-A', '1'], 'all\r\n\r\n')
    }
  ],
  [
    'of nothing until the connection ends',
    {
      bytes: `${OK}\r\n`,
      thenEnds: true,
      expected: response(200, 'OK', [])
    }
  ],
  [
    'that is announced by others',
    {
      bytes: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
      expected: [
        ['inform', { status: 100, reason: 'Continue', headers: [] }],
        [
          'inform',
          { status: 103, reason: 'Early Hints', headers: ['Link', '</a>'] }
        ],
        ...response(200, 'OK', ['Content-Length', '2'], 'hi')
      ]
    }
  ],
  [
    '204',
    {
      bytes: 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n',
      expected: response(204, 'No Content', ['X-A', '1'])
    }
  ],
  [
    '304 with the length of what it doesn’t have',
    {
      bytes: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      expected: response(304, 'Not Modified', ['Content-Length', '5'])
    }
  ],
  [
    'to HEAD, of a known length',
    {
      bytes: `${OK}Content-Length: 5\r\n\r\n`,
      isHead: true,
      expected: response(200, 'OK', ['Content-Length', '5'])
    }
  ],
  [
    'to HEAD, in chunks',
    {
      bytes: CHUNKED,
      isHead: true,
      expected: response(200, 'OK', ['Transfer-Encoding', 'chunked'])
    }
  ],
  [
    'to HEAD, without any framing',
    {
      bytes: `${OK}\r\n`,
      isHead: true,
      expected: response(200, 'OK', [])
    }
  ]
];

/*
 * Whoever reads the length of a message in another way than its writer takes one
 * user's response for another's: what allows two readings must be refused.
 */
const REFUSED: [what: string, bytes: string][] = [
  [
    'a length and a coding',
    `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`
  ],
  [
    'a coding and a length',
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n`
  ],
  ['two lengths', `${OK}Content-Length: 5\r\ncontent-length: 6\r\n\r\n`],
  ['one length twice', `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\n`],
  ...[
    '5, 5',
    '+5',
    '-5',
    '0x5',
    '5.0',
    '5e1',
    '5 5',
    'five',
    '',
    ' ',
    '9007199254740993',
    '99999999999999999999',
    '\xb2'
  ].map((length): [string, string] => [
    `the length "${length}"`,
    `${OK}Content-Length: ${length}\r\n\r\n`
  ]),
  ...[
    'gzip',
    'identity',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'chunked;q=1',
    'xchunked',
    '"chunked"',
    'chunked\x0b',
    ''
  ].map((coding): [string, string] => [
    `the coding "${coding}"`,
    `${OK}Transfer-Encoding: ${coding}\r\n\r\n`
  ]),
  [
    'two codings',
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`
  ],
  ...[
    '',
    'x',
    '-1',
    '+1',
    '0x1',
    '1g',
    ' 1',
    '1 1',
    '10000000000000',
    '\t'
  ].map((size): [string, string] => [
    `a chunk of the size "${size}"`,
    `${CHUNKED}${size}\r\na\r\n0\r\n\r\n`
  ]),
  ['a chunk with a bare LF', `${CHUNKED}1\na\r\n0\r\n\r\n`],
  ['a chunk’s extension with a bare CR', `${CHUNKED}1;a\rb\r\na\r\n0\r\n\r\n`],
  ['a chunk longer than its size', `${CHUNKED}1\r\nab\r\n0\r\n\r\n`],
  ['a chunk that ends by LF', `${CHUNKED}1\r\na\n0\r\n\r\n\r\n`],
  ['a bare LF in the head', `${OK}X-A: 1\nX-B: 2\r\n\r\n`],
  ['a bare LF after the status line', `HTTP/1.1 200 OK\nX-A: 1\r\n\r\n`],
  ['a bare CR in the head', `${OK}X-A: 1\rX-B: 2\r\n\r\n`],
  ['NUL in a value', `${OK}X-A: 1\0\r\n\r\n`],
  ['NUL in a name', `${OK}X\0A: 1\r\n\r\n`],
  ['a folded field', `${OK}X-A: 1\r\n 2\r\n\r\n`],
  ['a folded field by a tab', `${OK}X-A: 1\r\n\t2: 3\r\n\r\n`],
  ['a blank before the fields', `${OK} X-A: 1\r\n\r\n`],
  ['a field without a colon', `${OK}X-A\r\n\r\n`],
  ['a field without a name', `${OK}: 1\r\n\r\n`],
  ['a blank before the colon', `${OK}Content-Length : 5\r\n\r\n`],
  ['a blank within a name', `${OK}X A: 1\r\n\r\n`],
  ['a name that is no token', `${OK}X(A): 1\r\n\r\n`],
  ['a trailer without a colon', `${CHUNKED}0\r\nX-A\r\n\r\n`],
  ['a folded trailer', `${CHUNKED}0\r\nX-A: 1\r\n 2\r\n\r\n`],
  ['a bare LF in a trailer', `${CHUNKED}0\r\nX-A: 1\nX-B: 2\r\n\r\n`],
  ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['HTTP/0.9', 'HTTP/0.9 200 OK\r\n\r\n'],
  ['HTTP/1', 'HTTP/1 200 OK\r\n\r\n'],
  ['lower case', 'http/1.1 200 OK\r\n\r\n'],
  ['another protocol', 'ICY 200 OK\r\n\r\n'],
  ['no status', 'HTTP/1.1 \r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 99 No\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 No\r\n\r\n'],
  ['status 000', 'HTTP/1.1 000 No\r\n\r\n'],
  ['a blank before the status line', ' HTTP/1.1 200 OK\r\n\r\n'],
  ['an empty line before it', '\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['two blanks before the status', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['no head at all', '<html>\r\n\r\n']
];

describe('ResponseParser', () => {
  it.each(EXAMPLES)('reads one %s', (_what, example) => {
    const { bytes, isHead, thenEnds, expected } = example;
    const { events, error, isOver } = read([bytes], isHead, thenEnds);
    expect(error).toBeNull();
    expect(isOver).toBe(true);
    expect(events).toEqual(expected);
  });

  it.each(EXAMPLES)(
    'reads one %s the same wherever it is cut',
    (_what, example) => {
      const { bytes, isHead, thenEnds } = example;
      const whole = read([bytes], isHead, thenEnds);
      for (const pieces of cut(bytes)) {
        expect([pieces, read(pieces, isHead, thenEnds)]).toEqual([
          pieces,
          whole
        ]);
      }
    }
  );

  it('reads one that is cut at every two places', () => {
    const bytes = `HTTP/1.1 103 E\r\nA: b\r\n\r\n${CHUNKED}1;a\r\na\r\n2\r\nbc\r\n0\r\nX: 1\r\n\r\n`;
    const whole = read([bytes]);
    expect(whole.reusableForMs).toBe(Infinity);
    for (let one = 1; one < bytes.length; one += 1) {
      for (let two = one + 1; two < bytes.length; two += 1) {
        const pieces = [
          bytes.slice(0, one),
          bytes.slice(one, two),
          bytes.slice(two)
        ];
        expect([one, two, read(pieces)]).toEqual([one, two, whole]);
      }
    }
  });

  it('passes on parts of a body as they come', () => {
    const recorder = new Recorder();
    const parser = new ResponseParser(recorder, false);
    parser.execute(Buffer.from(`${OK}Content-Length: 4\r\n\r\na`));
    expect(recorder.body).toBe('a');
    parser.execute(Buffer.from('b'));
    expect(recorder.body).toBe('ab');
    expect(parser.isOver).toBe(false);
    parser.execute(Buffer.from('cd'));
    expect(recorder.body).toBe('abcd');
    expect(parser.isOver).toBe(true);
  });

  it('reads a chunk of many pieces', () => {
    const piece = 'x'.repeat(1000);
    const { events, error } = read([
      `${CHUNKED}${(5000).toString(16)}\r\n`,
      ...Array.from({ length: 5 }, () => piece),
      '\r\n0\r\n\r\n'
    ]);
    expect(error).toBeNull();
    expect(events).toEqual(
      response(200, 'OK', ['Transfer-Encoding', 'chunked'], piece.repeat(5))
    );
  });

  it.each(REFUSED)('refuses %s', (_what, bytes) => {
    const { error, reusableForMs } = read([bytes]);
    expect(error).toBeInstanceOf(ResponseError);
    expect(reusableForMs).toBe(0);
  });

  it.each(REFUSED)('refuses %s wherever it is cut', (_what, bytes) => {
    for (const pieces of cut(bytes)) {
      const { events, error } = read(pieces);
      expect([pieces, error]).toEqual([pieces, expect.any(ResponseError)]);
      expect(events.map(([name]) => name)).not.toContain('end');
    }
  });

  it.each([
    ['a head', 'HTTP/1.1 200 OK\nContent-Length: 1\n\na'],
    ['a chunk’s size', `${CHUNKED}1\na\n0\n\n`],
    ['trailers', `${CHUNKED}0\nX-A: 1\n\n`]
  ])('takes bare LF for no end of %s', (_what, bytes) => {
    const { events, error } = read([bytes], false, true);
    expect(error).toBeInstanceOf(ResponseError);
    expect(events.map(([name]) => name)).not.toContain('end');
  });

  /*
   * Bytes behind a response would be the next one's: the app could answer a
   * request of another user before it is asked.
   */
  it.each(EXAMPLES.filter(([, { thenEnds }]) => thenEnds !== true))(
    'refuses bytes behind one %s',
    (_what, { bytes, isHead }) => {
      for (const pieces of [
        [`${bytes}H`],
        [bytes, 'HTTP/1.1 200 OK\r\n\r\n']
      ]) {
        const { error, events } = read(pieces, isHead);
        expect(error).toBeInstanceOf(ResponseError);
        expect(events.filter(([name]) => name === 'end')).toHaveLength(1);
      }
    }
  );

  it('takes a head of the longest length and none longer', () => {
    const start = `${OK}Content-Length: 0\r\nX-Long: `;
    const longest = 'x'.repeat(LONGEST_RESPONSE_HEAD - start.length);
    expect(read([`${start}${longest}\r\n\r\n`]).isOver).toBe(true);
    const { error } = read([`${start}${longest}x\r\n\r\n`]);
    expect(error).toBeInstanceOf(ResponseError);
  });

  it.each([
    ['a head', `${OK}X-Long: `],
    ['a status line', 'HTTP/1.1 200 '],
    ['trailers', `${CHUNKED}0\r\nX-Long: `],
    ['a chunk’s extension', `${CHUNKED}1;`]
  ])('keeps no more of %s without an end than is allowed', (_what, start) => {
    const pieces = Array.from({ length: 6 }, () => 'x'.repeat(64 * 1024));
    expect(read([start, ...pieces]).error).toBeInstanceOf(ResponseError);
  });

  /*
   * One process carries everybody's requests: an app that can keep it busy for
   * seconds by a single head stops them all.
   */
  it.each([
    ['a value', (blanks: string) => `X-A: a${blanks}b`],
    ['an empty value', (blanks: string) => `X-A:${blanks}`],
    ['a list', (blanks: string) => `Connection: a,${blanks}b,${blanks}c`]
  ])('is not kept busy by blanks in %s', (_what, field) => {
    const before = process.cpuUsage();
    const line = field(' '.repeat(100_000));
    const { error } = read([`${OK}${line}\r\nContent-Length: 0\r\n\r\n`]);
    const { user } = process.cpuUsage(before);
    expect(error).toBeNull();
    // In microseconds; it takes less than a hundredth of that.
    expect(user).toBeLessThan(1_000_000);
  });

  it.each([
    ['before the head', ''],
    ['within the status line', 'HTTP/1.1 2'],
    ['within the head', `${OK}X-A: 1\r\n`],
    ['after an interim response', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['before a body', `${OK}Content-Length: 3\r\n\r\n`],
    ['within a body', `${OK}Content-Length: 3\r\n\r\nab`],
    ['before a chunk', CHUNKED],
    ['within a chunk’s size', `${CHUNKED}1`],
    ['within a chunk', `${CHUNKED}3\r\nab`],
    ['after a chunk’s data', `${CHUNKED}3\r\nabc`],
    ['within a chunk’s end', `${CHUNKED}3\r\nabc\r`],
    ['between chunks', `${CHUNKED}3\r\nabc\r\n`],
    ['after the last chunk', `${CHUNKED}3\r\nabc\r\n0\r\n`],
    ['within the trailers', `${CHUNKED}0\r\nX-A: 1\r\n`]
  ])('is not complete when it ends %s', (_when, bytes) => {
    const { events, error, isOver, reusableForMs } = read([bytes], false, true);
    expect(error).toBeInstanceOf(ResponseError);
    expect(isOver).toBe(false);
    expect(reusableForMs).toBe(0);
    expect(events.map(([name]) => name)).not.toContain('end');
  });

  it('may end when it is over', () => {
    const { events, error } = read(
      [`${OK}Content-Length: 1\r\n\r\na`],
      false,
      true
    );
    expect(error).toBeNull();
    expect(events.filter(([name]) => name === 'end')).toHaveLength(1);
  });

  it.each([
    ['HTTP/1.1', `${OK}Content-Length: 0\r\n\r\n`, true],
    ['HTTP/1.1, chunked', `${CHUNKED}0\r\n\r\n`, true],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', true],
    [
      'keep-alive',
      `${OK}Connection: keep-alive\r\nContent-Length: 0\r\n\r\n`,
      true
    ],
    [
      'another option',
      `${OK}Connection: x-close, closed\r\nContent-Length: 0\r\n\r\n`,
      true
    ],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    [
      'HTTP/1.0, whatever it says',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
      false
    ],
    ['close', `${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`, false],
    ['Close', `${OK}Connection: Close\r\nContent-Length: 0\r\n\r\n`, false],
    [
      'close in a list',
      `${OK}Connection: x,\tclose , y\r\nContent-Length: 0\r\n\r\n`,
      false
    ],
    [
      'close in a second field',
      `${OK}Connection: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      false
    ],
    ['a part only', `${OK}Content-Length: 2\r\n\r\na`, false]
  ])('tells whether the connection goes on: %s', (_what, bytes, goesOn) => {
    expect(read([bytes]).reusableForMs).toBe(goesOn ? Infinity : 0);
  });

  it('goes on with no connection that has ended', () => {
    expect(read([`${OK}\r\na`], false, true).reusableForMs).toBe(0);
  });

  it.each<[value: string, leastMs: number, mostMs: number]>([
    ['timeout=5', 3000, 4999],
    ['timeout=60, max=100', 50_000, 59_999],
    ['max=100, Timeout=60', 50_000, 59_999],
    ['timeout=0', 0, 0],
    ['timeout=99999999999999999999', 60_000, Infinity],
    ['max=100', Infinity, Infinity],
    ['timeout=soon', Infinity, Infinity],
    ['', Infinity, Infinity]
  ])(
    'tells that it goes on for less than the upstream says: "%s"',
    (value, leastMs, mostMs) => {
      const { reusableForMs } = read([
        `${OK}Keep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`
      ]);
      expect(reusableForMs).toBeGreaterThanOrEqual(leastMs);
      expect(reusableForMs).toBeLessThanOrEqual(mostMs);
    }
  );

  it('goes on with no connection that is closed, for whatever time', () => {
    for (const fields of [
      'Connection: close\r\nKeep-Alive: timeout=60',
      'Keep-Alive: timeout=60\r\nConnection: close'
    ]) {
      const bytes = `${OK}${fields}\r\nContent-Length: 0\r\n\r\n`;
      expect(read([bytes]).reusableForMs).toBe(0);
    }
  });

  it.each<[what: string, pieces: string[], received: string]>([
    ['a greeting', ['SSH-2.0-x\r\n'], 'SSH-2.0-x\r\n'],
    ['a whole head of another kind', ['hello\r\n\r\n'], 'hello\r\n\r\n'],
    ['an old version', ['HTTP/2 200\r\n\r\n'], 'HTTP/2 200\r\n\r\n'],
    ['what turns into another one', ['HTTP/', '2'], 'HTTP/2'],
    ['its first bytes', ['x'.repeat(1000)], 'x'.repeat(256)]
  ])('keeps what has come instead of a head: %s', (_what, pieces, received) => {
    const { error } = read(pieces);
    expect(error).toBeInstanceOf(ResponseError);
    expect((error as ResponseError).received.toString('latin1')).toBe(received);
  });

  it.each<[what: string, pieces: string[], received: string]>([
    ['of a head', ['HTTP/1.1 20'], 'HTTP/1.1 20'],
    ['of nothing', [''], ''],
    ['of a body', [`${OK}Content-Length: 2\r\n\r\na`], ''],
    ['behind an interim response', ['HTTP/1.1 103 E\r\n\r\nhel'], ''],
    ['of a chunk', [`${CHUNKED}1`], '']
  ])('keeps what has come %s when it ends', (_what, pieces, received) => {
    const { error } = read(pieces, false, true);
    expect(error).toBeInstanceOf(ResponseError);
    expect((error as ResponseError).received.toString('latin1')).toBe(received);
  });
});
