/**
 * Header fields as they stand in a message: name, value, name, value, … in their
 * order, with their case and their duplicates. Bytes are latin-1 characters.
 */
export type RawHeaders = string[];

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

/** The value of the first field of that name, given in lower case. */
export function firstValue(
  headers: RawHeaders,
  lowerName: string
): string | undefined {
  for (const field of fields(headers)) {
    if (field.lowerName === lowerName) {
      return field.value;
    }
  }
  return undefined;
}

/** RFC 9110, section 7.6.1, and the older ones that are still sent. */
const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade'
];

/** Fields that `Connection` may nominate without effect: they are the message itself. */
const NEVER_NOMINATED: readonly string[] = ['content-length', 'host'];

/**
 * The names, in lower case, that end at this hop: the hop-by-hop fields and
 * whatever `Connection` nominates.
 */
export function hopByHop(headers: RawHeaders): Set<string> {
  const names = new Set(HOP_BY_HOP);
  for (const { lowerName, value } of fields(headers)) {
    if (lowerName === 'connection') {
      for (const nominated of value.toLowerCase().split(',')) {
        names.add(nominated.trim());
      }
    }
  }
  for (const name of NEVER_NOMINATED) {
    names.delete(name);
  }
  return names;
}

/** The fields that go on beyond this hop. */
export function endToEnd(headers: RawHeaders): RawHeaders {
  const dropped = hopByHop(headers);
  const kept: RawHeaders = [];
  for (const { name, lowerName, value } of fields(headers)) {
    if (!dropped.has(lowerName)) {
      kept.push(name, value);
    }
  }
  return kept;
}
