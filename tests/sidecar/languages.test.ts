import { isHttp, isTlsAlert, languageOf } from '../../src/sidecar/languages';

/** Latin-1 characters as bytes. */
function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What real programs have said to `GET / HTTP/1.1`, or before it. */
const SAID: [who: string, said: string, speaker: RegExp][] = [
  ['OpenSSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n', /^SSH$/],
  ['libzmq', '\xff\0\0\0\0\0\0\0\x01\x7f', /Jupyter kernel/],
  ['libzmq with more', '\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01NULL', /ZeroMQ/],
  [
    'Dask',
    '\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0*\0\0\0\0\0\0\0\x83\xabcompression\xc0\xa6python\x93\x03\x0b\x07',
    /Dask/
  ],
  ['Redis', "-ERR wrong number of arguments for 'get' command\r\n", /^Redis$/],
  ['Redis, closed', '-DENIED Redis is running in protected mode', /^Redis$/],
  ['MySQL', 'J\0\0\0\n8.0.36\0\x08\0\0\0', /^MySQL$/],
  ['MariaDB', 'Z\0\0\0\n5.5.5-10.11.6-MariaDB\0', /^MySQL$/],
  ['MySQL, closed', 'G\0\0\0\xffj\x04Host is not allowed', /^MySQL$/],
  ['PostgreSQL', 'E\0\0\0~SFATAL\0VFATAL\0', /^PostgreSQL$/],
  ['old PostgreSQL', 'EFATAL:  unsupported frontend protocol', /^PostgreSQL$/],
  ['memcached', 'ERROR\r\nERROR\r\n', /^memcached$/],
  ['RabbitMQ', 'AMQP\0\0\t\x01', /AMQP/],
  ['gRPC', '\0\0\x18\x04\0\0\0\0\0\0\x04\0@\0\0', /gRPC/],
  ['debugpy', 'Content-Length: 138\r\n\r\n{"seq": 1}', /debugger/],
  ['TigerVNC', 'RFB 003.008\n', /VNC/],
  ['Postfix', '220 mail.example ESMTP Postfix\r\n', /SMTP/],
  ['Dovecot', '* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n', /IMAP/],
  ['POP3', '+OK Dovecot ready.\r\n', /POP3/],
  ['telnetd', '\xff\xfd\x18\xff\xfd ', /Telnet/]
];

describe('languageOf', () => {
  it.each(SAID)('knows %s', (_who, said, speaker) => {
    expect(languageOf(bytes(said))?.speaker).toMatch(speaker);
    expect(isHttp(bytes(said))).toBe(false);
  });

  it('tells where else to look, if that is known', () => {
    const hints = Object.fromEntries(
      SAID.map(([who, said]) => [who, languageOf(bytes(said))?.hint])
    );
    expect(hints['Dask']).toContain('8787');
    expect(hints['TigerVNC']).toContain('noVNC');
    expect(hints['OpenSSH']).toBe('');
  });

  it.each([
    '',
    'hello\r\n',
    'HTTP/1.1 200 OK\r\n',
    '\x15\x03\x03\0\x02\x02(',
    '\0\0\0\0\0\0\0\0\0\0',
    '<!doctype html>Error'
  ])('knows nobody by %j', said => {
    expect(languageOf(bytes(said))).toBeNull();
  });
});

describe('isHttp', () => {
  it.each(['', 'H', 'HTTP', 'HTTP/1.1 200 OK', 'HTTP/2 200'])(
    'may be %j',
    said => {
      expect(isHttp(bytes(said))).toBe(true);
    }
  );

  it.each(['h', 'HTTPS', 'SSH-2.0', ' HTTP/1.1'])('is never %j', said => {
    expect(isHttp(bytes(said))).toBe(false);
  });
});

describe('isTlsAlert', () => {
  it('is told by the first two bytes', () => {
    expect(isTlsAlert(bytes('\x15\x03\x01\0\x02\x02F'))).toBe(true);
    expect(isTlsAlert(bytes('\x16\x03\x01'))).toBe(false);
    expect(isTlsAlert(bytes('\x15'))).toBe(false);
    expect(isTlsAlert(bytes(''))).toBe(false);
  });
});
