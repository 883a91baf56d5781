import type { Socket } from 'node:net';

import {
  type IProxiedPath,
  type IRoutes,
  parseProxiedPath
} from '../protocol/paths';
import { type RawHeaders, valueIn } from './raw-headers';
import type { IRequestHead } from './request-head';

/** A request that asks for nothing but a response, in the plainest of forms. */
export interface IPlainRequest extends IRequestHead {
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly path: IProxiedPath;
  /** Whether the client will send another one on this connection. */
  readonly keepsAlive: boolean;
}

/** The longest head of a request, in bytes. */
export const LONGEST_REQUEST_HEAD = 64 * 1024;

const REQUEST_LINE =
  /(GET|HEAD) (\/[\x21\x22\x24-\x7e\x80-\xff]*) HTTP\/1\.1\r\n/y;
const FIELD = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)\r\n/y;

const BEYOND_ASCII = /[\x80-\xff]/;

/** Fields that make a request more than a plain one. */
const NOT_PLAIN = new Set([
  'content-length',
  'expect',
  'proxy-connection',
  // Only a handshake has it, which a plain request is none of, whatever has become of it.
  'sec-websocket-key',
  'transfer-encoding',
  'upgrade'
]);

/**
 * Read a plain request: a GET or HEAD of HTTP/1.1 for a page of an app, without a
 * body, an upgrade, or anything that two readers could take for different messages.
 *
 * @param text - bytes as latin-1 characters.
 * @param start - where the request begins.
 * @returns the request and where it ends; `null` if it is not whole or not plain.
 */
export function readPlainRequest(
  text: string,
  start: number,
  routes: IRoutes,
  socket: Socket
): { request: IPlainRequest; end: number } | null {
  REQUEST_LINE.lastIndex = start;
  const [line, method, target = ''] = REQUEST_LINE.exec(text) ?? [];
  if (line === undefined) {
    return null;
  }
  const url = escaped(target);
  const path = parseProxiedPath(routes, url);
  if (path === null || path === 'malformed' || path.rest === null) {
    return null;
  }
  const read = readFields(text, start + line.length);
  if (read === null || read.end - start > LONGEST_REQUEST_HEAD) {
    return null;
  }
  const { rawHeaders, keepsAlive, end } = read;
  return {
    request: {
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      url,
      rawHeaders,
      socket,
      path,
      keepsAlive
    },
    end
  };
}

/**
 * Escape the bytes beyond ASCII in a request line, as browsers do (`curl '…?name=远'`
 * doesn't): Node takes no others.
 *
 * @param data - begins with a request.
 */
export function withEscapedLine(data: Buffer): Buffer {
  const end = data.indexOf('\n');
  const line = data.toString('latin1', 0, end < 0 ? data.length : end);
  return BEYOND_ASCII.test(line)
    ? Buffer.concat([Buffer.from(escaped(line)), data.subarray(line.length)])
    : data;
}

function escaped(text: string): string {
  return BEYOND_ASCII.test(text)
    ? text.replace(
        /[\x80-\xff]/g,
        byte => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`
      )
    : text;
}

function readFields(
  text: string,
  start: number
): { rawHeaders: RawHeaders; keepsAlive: boolean; end: number } | null {
  const rawHeaders: RawHeaders = [];
  let hosts = 0;
  let keepsAlive = true;
  let position = start;
  while (!text.startsWith('\r\n', position)) {
    FIELD.lastIndex = position;
    const [field, name, padded] = FIELD.exec(text) ?? [];
    if (field === undefined || name === undefined || padded === undefined) {
      return null;
    }
    const value = valueIn(padded, 0);
    const lowerName = name.toLowerCase();
    if (NOT_PLAIN.has(lowerName)) {
      return null;
    }
    if (lowerName === 'host') {
      hosts += 1;
    } else if (lowerName === 'connection') {
      const option = value.toLowerCase();
      if (option !== 'keep-alive' && option !== 'close') {
        return null;
      }
      keepsAlive &&= option === 'keep-alive';
    }
    rawHeaders.push(name, value);
    position += field.length;
  }
  return hosts === 1 ? { rawHeaders, keepsAlive, end: position + 2 } : null;
}
