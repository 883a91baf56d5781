/** A response as it stands on the wire; text is latin-1. */
export interface IResponse {
  /** NaN if the first line is malformed. */
  status: number;
  reason: string;
  /** Names and values in their order. */
  headers: [name: string, value: string][];
  body: string;
  trailers: [name: string, value: string][];
}

/** All values of a field. */
export function values(
  message: { headers: [name: string, value: string][] },
  name: string
): string[] {
  return message.headers
    .filter(([field]) => field.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** The fields of a head, without its first line. */
export function fieldsOf(head: string): [name: string, value: string][] {
  return head
    .split('\r\n')
    .filter(line => line.includes(':'))
    .map(line => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
}

/**
 * Read the first response of a text.
 *
 * @param isWhole - whether nothing follows the text.
 * @returns the response and what follows it; `null` if it is not complete.
 */
export function takeResponse(
  text: string,
  isWhole: boolean,
  isHead: boolean
): [response: IResponse, rest: string] | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) {
    return null;
  }
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const [, status = '', reason = ''] =
    /^HTTP\/1\.1 ([0-9]{3}) (.*)$/.exec(first) ?? [];
  const response: IResponse = {
    status: status === '' ? NaN : Number(status),
    reason,
    headers: fieldsOf(lines.join('\r\n')),
    body: '',
    trailers: []
  };
  const rest = text.slice(headEnd + 4);
  if (isHead || /^(?:1..|204|304)$/.test(status)) {
    return [response, rest];
  }
  const [length] = values(response, 'content-length');
  if (length !== undefined) {
    return takeSized(response, rest, Number(length));
  }
  if (values(response, 'transfer-encoding').includes('chunked')) {
    return takeChunks(response, rest);
  }
  return isWhole ? [{ ...response, body: rest }, ''] : null;
}

function takeSized(
  response: IResponse,
  rest: string,
  length: number
): [response: IResponse, rest: string] | null {
  return rest.length < length
    ? null
    : [{ ...response, body: rest.slice(0, length) }, rest.slice(length)];
}

function takeChunks(
  response: IResponse,
  text: string
): [response: IResponse, rest: string] | null {
  let body = '';
  let rest = text;
  for (;;) {
    const [line, size] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    if (line === undefined || size === undefined) {
      return null;
    }
    rest = rest.slice(line.length);
    const length = parseInt(size, 16);
    if (length === 0) {
      break;
    }
    if (rest.length < length + 2) {
      return null;
    }
    body += rest.slice(0, length);
    rest = rest.slice(length + 2);
  }
  const [trailers] = /^(?:[^\r\n]+\r\n)*\r\n/.exec(rest) ?? [];
  return trailers === undefined
    ? null
    : [
        { ...response, body, trailers: fieldsOf(trailers) },
        rest.slice(trailers.length)
      ];
}
