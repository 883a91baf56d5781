/**
 * Header fields as they stand in a message: name, value, name, value, … in their
 * order, with their case and their duplicates. Bytes are latin-1 characters.
 */
export type RawHeaders = string[];

const SPACE = 32;
const TAB = 9;

/** The fields as they stand in a message, a line each. */
export function asLines(headers: RawHeaders): string {
  let lines = '';
  for (let index = 0; index + 1 < headers.length; index += 2) {
    lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  }
  return lines;
}

/** Go over the fields of a message. */
export function* fields(
  headers: RawHeaders
): Generator<{ name: string; lowerName: string; value: string }> {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    yield {
      name,
      lowerName: name.toLowerCase(),
      value: headers[index + 1] ?? ''
    };
  }
}

/**
 * The value of a field without the blanks around it (OWS in RFC 9110, section 5.6.3).
 *
 * @param line - the field's line; the value begins at `from`.
 */
export function valueIn(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) {
    start += 1;
  }
  while (end > start && isBlank(line.charCodeAt(end - 1))) {
    end -= 1;
  }
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** The value of the first field of that name, given in lower case. */
export function firstValue(
  headers: RawHeaders,
  lowerName: string
): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) {
      return headers[index + 1];
    }
  }
  return undefined;
}

/** RFC 9110, section 7.6.1, and the older ones that are still sent. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade'
]);

/** Options that nominate nothing, and fields that are the message itself. */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  '',
  'close',
  'content-length',
  'host'
]);

/**
 * The names, in lower case, that end at this hop: the hop-by-hop fields and
 * whatever `Connection` nominates.
 */
export function hopByHop(headers: RawHeaders): ReadonlySet<string> {
  let names = HOP_BY_HOP;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === 'connection') {
      const options = (headers[index + 1] ?? '').toLowerCase().split(',');
      const nominated = options
        .map(option => option.trim())
        .filter(option => !names.has(option) && !NEVER_NOMINATED.has(option));
      if (nominated.length > 0) {
        names = new Set([...names, ...nominated]);
      }
    }
  }
  return names;
}

/**
 * The fields without some.
 *
 * @param isDropped - tells by a name in lower case.
 */
export function without(
  headers: RawHeaders,
  isDropped: (lowerName: string) => boolean
): RawHeaders {
  const kept: RawHeaders = [];
  for (const { name, lowerName, value } of fields(headers)) {
    if (!isDropped(lowerName)) {
      kept.push(name, value);
    }
  }
  return kept;
}

/** The fields that go on beyond this hop. */
export function endToEnd(headers: RawHeaders): RawHeaders {
  const dropped = hopByHop(headers);
  return without(headers, lowerName => dropped.has(lowerName));
}
