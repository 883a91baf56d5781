import { randomBytes } from 'node:crypto';
import {
  brotliCompressSync,
  constants,
  deflateSync,
  gzipSync,
  zstdCompressSync
} from 'node:zlib';

import { PREFIX } from '../../protocol/support/home';
import { htmlHeaders, PageSent } from '../support/page';

/** A page that has to be fixed, and what is made of it. */
const ROOTED = '<!doctype html><a href="/x">';
const MADE =
  /^<!doctype html><script data-porthole="[^"]+">page\(\);<\/script><script type="importmap">[^<]+<\/script><a href="\/user\/alice\/proxy\/8501\/x">/;

/** A page that has no need of it. */
const RELATIVE = '<!doctype html><a href="x">';

/** A page that tells at once that it is right. */
const AT_HOME = `<!doctype html><a href="${PREFIX}/x"><a href="/y">`;

const FIXED = ['Porthole-Fixed', '1'];

/** Text of that length which can't be compressed much. */
function noise(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

/** Bytes as latin-1 text, or text as those. */
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

const CODINGS: [coding: string, compress: (bytes: Buffer) => Buffer][] = [
  ['identity', bytes => bytes],
  ['gzip', bytes => gzipSync(bytes)],
  ['X-GZIP', bytes => gzipSync(bytes)],
  ['deflate', bytes => deflateSync(bytes)],
  ['br', bytes => brotliCompressSync(bytes, QUICK)],
  ['zstd', bytes => zstdCompressSync(bytes)]
];

const COMPRESSED = CODINGS.slice(1);

describe.each(CODINGS)('a page that comes as %s', (coding, compress) => {
  const coded = htmlHeaders(
    'Content-Encoding',
    coding,
    'ETag',
    '"a"',
    'X-B',
    'c'
  );

  it('is fixed if it has to be, and is text then', async () => {
    const page = new PageSent({ headers: coded });
    const bytes = compress(bytesOf(`${ROOTED}\xe9\xff`));
    expect(await page.whole(bytes)).toEqual(['end', []]);
    expect(page.headers).toEqual(htmlHeaders('X-B', 'c', ...FIXED));
    expect(page.recorder.body).toMatch(MADE);
    expect(page.recorder.body).toMatch(/x">\xe9\xff$/);
  });

  it.each([1, 7])('is fixed in pieces of %d bytes', async size => {
    const page = new PageSent({ headers: coded });
    const bytes = compress(bytesOf(ROOTED));
    expect(await page.whole(bytes, size)).toEqual(['end', []]);
    expect(page.recorder.body).toMatch(MADE);
  });

  it.each([
    ['nothing in it needs it', RELATIVE],
    ['it is right as it is', AT_HOME],
    ['it is long', RELATIVE + noise(300_000)],
    ['it is long, and right as it is', AT_HOME + noise(1_000_000)],
    ['its reason comes late', RELATIVE + ' '.repeat(300_000) + ROOTED],
    ['it is empty', '']
  ])('is left as it came, head and body, if %s', async (_why, text) => {
    const bytes = compress(bytesOf(text));
    const headers = [...coded, 'Content-Length', String(bytes.length)];
    const page = new PageSent({ headers });
    expect(await page.whole(bytes)).toEqual(['end', []]);
    expect(page.headers).toEqual(headers);
    expect(page.recorder.body === bytes.toString('latin1')).toBe(true);
  });

  it('hands on its trailers', async () => {
    for (const text of [ROOTED, RELATIVE]) {
      const page = new PageSent({ headers: coded });
      await page.send(compress(bytesOf(text)));
      page.receiver.end(['X-T', 'd']);
      expect(await page.recorder.over()).toEqual(['end', ['X-T', 'd']]);
    }
  });

  it('is broken as the app breaks it', async () => {
    for (const text of [ROOTED, RELATIVE, AT_HOME]) {
      const page = new PageSent({ headers: coded });
      await page.send(compress(bytesOf(text)));
      page.receiver.fail('gone');
      expect(await page.recorder.over()).toEqual(['fail', 'gone']);
      expect(page.headers).not.toBeNull();
    }
  });

  it('is heard of no more once nobody waits for it', async () => {
    const page = new PageSent({ headers: coded });
    page.receiver.write(compress(bytesOf(ROOTED + noise(100_000))));
    page.receiver.abort();
    const known = page.recorder.events.length;
    // It takes longer than the other would.
    const other = new PageSent({ headers: coded });
    await other.whole(compress(bytesOf(ROOTED + noise(1_000_000))));
    expect(page.recorder.events).toHaveLength(known);
  });
});

describe.each(COMPRESSED)(
  'bytes behind a page that is %s',
  (coding, compress) => {
    const coded = htmlHeaders('Content-Encoding', coding);

    /*
     * Whatever an app sends behind the end of what is compressed must not be taken for
     * the page: written after its end, it would be the response to somebody else.
     */
    it.each([
      ['nothing but padding', '\0'.repeat(100)],
      ['another response', 'HTTP/1.1 200 OK\r\n\r\n']
    ])('are dropped if it is fixed: %s', async (_what, behind) => {
      const page = new PageSent({ headers: coded });
      const padding = bytesOf('\0');
      await page.send(Buffer.concat([compress(bytesOf(ROOTED)), padding]));
      await page.recorder.until(() => MADE.test(page.recorder.body));
      await page.send(bytesOf(behind));
      await page.send(bytesOf(behind));
      page.receiver.end([]);
      await page.recorder.over();
      const kinds = page.recorder.events.map(([kind]) => kind);
      // Some codings forbid it.
      expect([
        ['begin', 'write', 'end'],
        ['begin', 'write', 'fail']
      ]).toContainEqual(kinds);
      expect(page.recorder.body.endsWith('x">')).toBe(true);
    });

    it('stay if it is left alone', async () => {
      const behind = bytesOf('\0'.repeat(100));
      const whole = compress(bytesOf(RELATIVE));
      const bytes = Buffer.concat([whole, behind, behind]);
      const headers = [...coded, 'Content-Length', String(bytes.length)];
      const page = new PageSent({ headers });
      await page.send(bytes.subarray(0, -100));
      // The rest comes after all of the page was looked at.
      await new PageSent({ headers: coded }).whole(compress(bytesOf(RELATIVE)));
      await page.send(bytes.subarray(-100));
      page.receiver.end([]);
      expect(await page.recorder.over()).toEqual(['end', []]);
      expect(page.headers).toEqual(headers);
      expect(page.recorder.body).toBe(bytes.toString('latin1'));
    });
  }
);

describe.each(COMPRESSED)('a page of broken %s', (coding, compress) => {
  const coded = htmlHeaders('Content-Encoding', coding);

  it('is left to the browser, as long as that is possible', async () => {
    const bytes = bytesOf('no such thing, and long enough to be told');
    const page = new PageSent({ headers: coded });
    expect(await page.whole(bytes)).toEqual(['end', []]);
    expect(page.headers).toEqual(coded);
    expect(page.recorder.body).toBe(bytes.toString('latin1'));
  });

  it('is left to the browser if its end is missing', async () => {
    const bytes = compress(bytesOf(RELATIVE + noise(2000))).subarray(0, -20);
    const page = new PageSent({ headers: coded });
    expect(await page.whole(bytes)).toEqual(['end', []]);
    expect(page.headers).toEqual(coded);
    expect(page.recorder.body).toBe(bytes.toString('latin1'));
  });
});

// By zstd, Node takes for whole what was cut off.
describe.each(COMPRESSED.filter(([coding]) => coding !== 'zstd'))(
  'a page of %s that is cut off',
  (coding, compress) => {
    const coded = htmlHeaders('Content-Encoding', coding);

    it('never looks complete if it was fixed before', async () => {
      const whole = compress(bytesOf(ROOTED + noise(200_000)));
      const page = new PageSent({ headers: coded });
      const [kind] = (await page.whole(whole.subarray(0, -20))) ?? [];
      expect(kind).toBe('fail');
      expect(page.recorder.body).toMatch(MADE);
      expect(page.wasAborted).toBe(true);
    });
  }
);

describe('a page that is fixed without a look at it', () => {
  it('begins at once', () => {
    const page = new PageSent({ isCertain: true });
    expect(page.headers).toEqual(htmlHeaders(...FIXED));
  });

  it('gets our script although nothing in it needs it', async () => {
    const page = new PageSent({ isCertain: true });
    await page.whole(bytesOf(AT_HOME));
    expect(page.recorder.body).toContain('page();');
    expect(page.recorder.body).toContain(`<a href="${PREFIX}/y">`);
  });

  it('may be empty', async () => {
    const page = new PageSent({ isCertain: true });
    expect(await page.whole(bytesOf(''))).toEqual(['end', []]);
    expect(page.recorder.body).toBe('');
  });

  it('may have one byte', async () => {
    const page = new PageSent({ isCertain: true });
    await page.whole(bytesOf('a'));
    expect(page.recorder.body).toBe('a');
  });
});

describe('a page in another encoding', () => {
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

  it.each([
    ['UTF-16LE', 'utf-16le', (text: string) => utf16(text)],
    ['UTF-16BE', 'utf-16be', (text: string) => utf16(text).swap16()],
    ['UTF-16LE with a mark', '', (text: string) => utf16(`\ufeff${text}`)],
    [
      'UTF-16BE with a mark',
      '',
      (text: string) => utf16(`\ufeff${text}`).swap16()
    ]
  ])('is fixed: %s', async (_name, charset, encode) => {
    const type = `text/html${charset === '' ? '' : `; charset=${charset}`}`;
    for (const size of [1, 3, 65_536]) {
      const page = new PageSent({ headers: ['Content-Type', type] });
      await page.whole(encode(`${ROOTED}\u4f60\u{1f600}`), size);
      const expected = encode(
        `<!doctype html><a href="${PREFIX}/x">\u4f60\u{1f600}`
      ).toString('latin1');
      const start = encode('<!doctype html>').toString('latin1');
      const end = encode('</script>').toString('latin1').slice(-18);
      const { body } = page.recorder;
      expect(body.split(end)).toHaveLength(3);
      const rest = body.slice(body.lastIndexOf(end) + end.length);
      expect(body.startsWith(start)).toBe(true);
      expect(start + rest).toBe(expected);
    }
  });

  it.each([
    // The second byte of the first two is a backslash, an ASCII character.
    ['Shift_JIS', '\x95\x5c\x83\x5c<a href="/\x95\x5c">'],
    ['GBK', '\x81\x5c<a href="/\x81\x5c">'],
    ['Big5', '\xa5\x5c<a href="/\xa5\x5c">'],
    ['ISO-8859-1', '\xe9<a href="/\xe9">'],
    ['UTF-8', '\xef\xbb\xbf\xe4\xbd\xa0<a href="/\xe4\xbd\xa0">']
  ])('keeps its bytes: %s', async (charset, text) => {
    const page = new PageSent({
      headers: ['Content-Type', `text/html; charset=${charset}`]
    });
    await page.whole(bytesOf(text));
    expect(page.recorder.body.replace(/<script.*<\/script>/, '')).toBe(
      text.replace('"/', `"${PREFIX}/`)
    );
  });

  it.each(['ISO-2022-JP', 'hz-gb-2312', 'utf-7'])(
    'is left alone if it can’t be read: %s',
    async charset => {
      const headers = ['Content-Type', `text/html; charset=${charset}`];
      const page = new PageSent({ headers });
      await page.whole(bytesOf(ROOTED));
      expect(page.headers).toEqual(headers);
      expect(page.recorder.body).toBe(ROOTED);
    }
  );
});

describe('what is no page', () => {
  it.each([
    ['no type', []],
    ['another type', ['Content-Type', 'application/json']],
    ['XML', ['Content-Type', 'application/xhtml+xml']],
    ['a type that begins alike', ['Content-Type', 'text/html-sandboxed']],
    ['a script', ['Content-Type', 'text/javascript; a=text/html']],
    ['an event stream', ['Content-Type', 'text/event-stream']],
    [
      'a download',
      htmlHeaders('Content-Disposition', 'Attachment; filename=a')
    ],
    ['an unknown coding', htmlHeaders('Content-Encoding', 'compress')],
    ['two codings', htmlHeaders('Content-Encoding', 'gzip, br')],
    ['a coding of another name', htmlHeaders('Content-Encoding', 'constructor')]
  ])('passes as it is: %s', (_what, headers) => {
    for (const isCertain of [false, true]) {
      const page = new PageSent({ headers, isCertain });
      expect(page.headers).toEqual(headers);
      page.receiver.write(bytesOf(ROOTED));
      expect(page.recorder.body).toBe(ROOTED);
      page.receiver.end([]);
    }
  });

  it.each([204, 206, 304])('passes as it is: status %d', status => {
    const headers = htmlHeaders('ETag', '"a"', 'Content-Range', 'bytes 0-1/2');
    const page = new PageSent({ status, headers, isCertain: true });
    expect(page.headers).toEqual(headers);
  });

  it.each([200, 201, 302, 401, 404, 500])(
    'is none of these: status %d',
    async status => {
      const page = new PageSent({ status });
      await page.whole(bytesOf(ROOTED));
      expect(page.recorder.body).toMatch(MADE);
    }
  );

  it.each([
    'TEXT/HTML',
    'text/html ; charset=utf-8',
    ' text/html',
    'text/html;charset="utf-8"'
  ])('is none of these: %j', async type => {
    const page = new PageSent({ headers: ['content-TYPE', type] });
    await page.whole(bytesOf(ROOTED));
    expect(page.recorder.body).toMatch(MADE);
  });
});

describe('the head of a page that is fixed', () => {
  it('says nothing about bytes that are no more', async () => {
    const kept = [
      'x-A',
      '1',
      'Set-Cookie',
      'b=1',
      'Set-Cookie',
      'b=2',
      'Vary',
      'Accept-Encoding',
      'Cache-Control',
      'max-age=60'
    ];
    const page = new PageSent({
      headers: htmlHeaders(
        'Content-Length',
        '28',
        'ETag',
        'W/"a"',
        'Last-Modified',
        'Thu, 01 Jan 1970 00:00:00 GMT',
        'Accept-Ranges',
        'bytes',
        'Content-MD5',
        'a',
        'Digest',
        'a',
        'Content-Digest',
        'a',
        'Repr-Digest',
        'a',
        ...kept
      )
    });
    await page.whole(bytesOf(ROOTED));
    expect(page.headers).toEqual(htmlHeaders(...kept, ...FIXED));
  });

  it('leads nowhere else by its links', async () => {
    const links =
      '</a.css>; rel=preload, <b.js>; rel="x </y>", <https://c.example/>; rel=z';
    const page = new PageSent({ headers: htmlHeaders('Link', links) });
    await page.whole(bytesOf(ROOTED));
    expect(page.headers?.[3]).toContain(
      `<${PREFIX}/a.css>; rel=preload, <b.js>`
    );
    expect(page.headers?.[3]).toContain(', <https://c.example/>; rel=z');
  });

  it('lets our scripts run by all of its policies', async () => {
    const page = new PageSent({
      headers: htmlHeaders(
        'Content-Security-Policy',
        "script-src 'self'",
        'content-security-policy',
        "default-src 'none', img-src *",
        'Content-Security-Policy-Report-Only',
        "script-src 'none'"
      )
    });
    await page.whole(bytesOf(ROOTED));
    const hashes = /'sha256-[A-Za-z0-9+/]{43}='( |$)/g;
    const [first, second, third] = [3, 5, 7].map(
      at => page.headers?.[at] ?? ''
    );
    expect(first?.replace(hashes, '#')).toBe("script-src 'self' ##");
    expect(second).toMatch(
      /^default-src 'none'; script-src 'sha256-\S+ 'sha256-[^',]+', img-src \*$/
    );
    expect(third?.replace(hashes, '#')).toBe('script-src ##');
  });
});

describe('the patience with a page that tells nothing', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  });

  /** Let time pass, and what has come by then be read. */
  function pass(milliseconds: number): Promise<void> {
    jest.advanceTimersByTime(milliseconds);
    return new Promise(resolve => {
      setImmediate(resolve);
    });
  }

  afterEach(() => {
    jest.useRealTimers();
  });

  it('ends soon, and what comes then is sent at once', async () => {
    const page = new PageSent({ headers: htmlHeaders('ETag', '"a"') });
    page.receiver.write(bytesOf(RELATIVE));
    expect(page.headers).toBeNull();
    await pass(15);
    expect(page.headers).not.toBeNull();
    expect(page.recorder.body).toBe(RELATIVE);
    page.receiver.write(bytesOf('<p>'));
    expect(page.recorder.body).toBe(`${RELATIVE}<p>`);
  });

  it('doesn’t hinder it from being fixed from then on', async () => {
    const page = new PageSent();
    page.receiver.write(bytesOf('<p>'));
    await pass(15);
    page.receiver.write(bytesOf('<a href="/x">'));
    page.receiver.end([]);
    expect(page.recorder.body).toMatch(
      /^<p><script .*<\/script><a href="\/user\/alice\/proxy\/8501\/x">$/
    );
  });

  it('is longer if its length is known', async () => {
    const headers = htmlHeaders('Content-Length', '1000', 'ETag', '"a"');
    const page = new PageSent({ headers });
    page.receiver.write(bytesOf(RELATIVE));
    await pass(200);
    expect(page.headers).toBeNull();
    page.receiver.write(bytesOf(AT_HOME));
    expect(page.headers).toEqual(headers);
    expect(page.recorder.body).toBe(RELATIVE + AT_HOME);
  });

  it('is over when the client has left', async () => {
    const page = new PageSent();
    page.receiver.write(bytesOf(RELATIVE));
    page.receiver.abort();
    await pass(1000);
    expect(page.recorder.events).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is over when the app has broken off', async () => {
    const page = new PageSent();
    page.receiver.write(bytesOf(RELATIVE));
    page.receiver.fail('gone');
    await pass(1000);
    expect(page.recorder.events.map(([kind]) => kind)).toEqual([
      'begin',
      'write',
      'fail'
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a client that reads slowly', () => {
  it('holds the app up while a page is sent to it', () => {
    for (const text of [ROOTED, AT_HOME]) {
      const page = new PageSent();
      page.recorder.mayGoOn = false;
      page.receiver.write(bytesOf(text));
      expect(page.receiver.flush()).toBe(false);
      expect(page.receiver.resume()).toBe(true);
    }
  });

  it('doesn’t hold it up as long as nothing is sent', () => {
    const page = new PageSent();
    page.recorder.mayGoOn = false;
    page.receiver.write(bytesOf(RELATIVE));
    expect(page.receiver.flush()).toBe(true);
  });

  it.each(COMPRESSED)(
    'gets all of a page that becomes a thousand times as long: %s',
    async (coding, compress) => {
      const length = 20_000_000;
      const bomb = compress(bytesOf(ROOTED + ' '.repeat(length)));
      const page = new PageSent({
        headers: htmlHeaders('Content-Encoding', coding)
      });
      const { recorder, receiver } = page;
      recorder.mayGoOn = false;
      let most = 0;
      let known = 0;
      const read = (): void => {
        // All that came since it has said to wait.
        most = Math.max(most, recorder.length - known);
        known = recorder.length;
        receiver.resume();
      };
      const reading = setInterval(read, 0);
      expect(await page.whole(bomb)).toEqual(['end', []]);
      clearInterval(reading);
      expect(recorder.length).toBeGreaterThan(length);
      expect(most).toBeLessThan(1_000_000);
    }
  );
});
