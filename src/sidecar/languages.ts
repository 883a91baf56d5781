/** A language other than HTTP, as far as its first words tell. */
export interface ILanguage {
  /** Who speaks it, for people. */
  speaker: string;
  /** What helps who looks for a page there. */
  hint: string;
}

/**
 * What programs say, unasked or to a request of HTTP, by which they are known; as latin-1
 * characters.
 */
const LANGUAGES: readonly [
  beginning: RegExp,
  speaker: string,
  hint?: string
][] = [
  [/^SSH-\d/, 'SSH'],
  [
    // The greeting of ZMTP, and all of it that comes before an answer.
    /^\xff.{8}\x7f/s,
    'A Jupyter kernel, or another program that speaks ZeroMQ,'
  ],
  [
    // Both sides say by MessagePack what they understand.
    /^.{0,64}compression.*python/s,
    'A scheduler or worker of Dask',
    'The dashboard of Dask has a port of its own, as a rule 8787.'
  ],
  [/^-(?:ERR|DENIED|NOAUTH|LOADING|MISCONF)\b/, 'Redis'],
  // A packet: its length, its number, then the version or an error.
  [/^.{2}\0\0(?:\n[0-9]+\.|\xff.{2})/s, 'MySQL'],
  [/^E(?:FATAL|\0\0.{2}SFATAL)/s, 'PostgreSQL'],
  [/^(?:CLIENT_)?ERROR\b/, 'memcached'],
  [/^AMQP/, 'A message queue that speaks AMQP'],
  // A frame with the settings of HTTP/2, which begins with them.
  [/^\0\0.\cD\0\0\0\0\0/s, 'A service that speaks gRPC, or HTTP/2 only,'],
  [/^Content-Length: [0-9]+\r\n/, 'A debugger'],
  [
    /^RFB [0-9]{3}\./,
    'A remote desktop (VNC)',
    'noVNC shows remote desktops in a browser, on a port of its own.'
  ],
  [/^220[ -]/, 'A mail or file server (SMTP, FTP)'],
  [/^(?:\+OK|\* OK)\b/, 'A mail server (POP3, IMAP)'],
  [/^\xff[\xfb-\xfe]/, 'Telnet']
];

/**
 * The language of a program that doesn't speak HTTP.
 *
 * @param received - the first bytes that it has sent.
 * @returns `null` if they tell none that is known.
 */
export function languageOf(received: Buffer): ILanguage | null {
  const text = received.toString('latin1');
  const found = LANGUAGES.find(([beginning]) => beginning.test(text));
  if (found === undefined) {
    return null;
  }
  const [, speaker, hint = ''] = found;
  return { speaker, hint };
}

/** Whether bytes are HTTP, or could become it. */
export function isHttp(received: Buffer): boolean {
  const beginning = 'HTTP/';
  return beginning.startsWith(received.toString('latin1', 0, beginning.length));
}

/** Whether it is how TLS says that it has not understood: an alert (RFC 8446, section 5.1). */
export function isTlsAlert(received: Buffer): boolean {
  return received[0] === 0x15 && received[1] === 0x03;
}
