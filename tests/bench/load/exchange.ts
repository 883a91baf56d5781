import { connect, type Socket } from 'node:net';

import { AnswerReader, type IAnswer } from './answer-reader.ts';

const CHUNK = 256 * 1024;

/** What is sent. */
export interface IRequest {
  method: string;
  url: URL;
  token: string;
  fields?: string[];
  /** Writes the body after the head was written. */
  writeBody?: (socket: Socket) => Promise<void>;
}

/**
 * Send one request on a connection of its own, and take the answer's body.
 *
 * This is HTTP by hand, and only as much of it as the origins speak: a client library
 * takes longer over a body than the proxies that are measured.
 *
 * @param consume - gets the body by pieces, which it may not keep.
 * @throws Error if the answer isn't a whole one with status 200.
 */
export function exchange(
  request: IRequest,
  consume: (piece: Uint8Array) => void = () => undefined
): Promise<IAnswer> {
  return new Promise((resolve, reject) => {
    const { url } = request;
    const reader = new AnswerReader(consume);
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: new Uint8Array(CHUNK),
        callback: (size, buffer) => {
          try {
            reader.read(buffer.subarray(0, size));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            socket.destroy();
          }
          if (reader.isComplete) {
            resolve(reader.answer());
            socket.destroy();
          }
          return true;
        }
      }
    });
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error(`${url.pathname}: the answer was cut.`));
    });
    socket.once('connect', () => {
      reader.start();
      socket.write(headOf(request));
      request.writeBody?.(socket).catch(reject);
    });
  });
}

function headOf({ method, url, token, fields = [] }: IRequest): string {
  return [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: token ${token}`,
    ...fields,
    '',
    ''
  ].join('\r\n');
}
