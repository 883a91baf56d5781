import { request } from 'node:http';

import { TargetAgent } from './agent';
import type { IAnswer } from './answer';
import type { Target } from './dial';
import type { RawHeaders } from './raw-headers';

/**
 * Send Jupyter something, and get the whole answer.
 *
 * @param target - Jupyter's private socket.
 * @throws what kept the answer from coming whole.
 */
export function postToJupyter(
  target: Target,
  path: string,
  headers: RawHeaders,
  body: Buffer
): Promise<IAnswer> {
  return new Promise((resolve, reject) => {
    const upstream = request({
      method: 'POST',
      path,
      headers: [
        ...headers,
        'Content-Length',
        String(body.length),
        'Connection',
        'close'
      ],
      agent: new TargetAgent(target)
    });
    upstream.on('error', reject);
    upstream.on('response', answer => {
      const pieces: Buffer[] = [];
      answer.on('error', reject);
      answer.on('data', (piece: Buffer) => {
        pieces.push(piece);
      });
      answer.once('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.rawHeaders,
          body: Buffer.concat(pieces)
        });
      });
    });
    upstream.end(body);
  });
}
