import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { IClient } from '../../../src/sidecar/client';
import { afterwards } from './cleanup';
import { type IResponse, takeResponse } from './message';

/** The client that is named in the preface. */
export const CLIENT: IClient = { address: '192.0.2.7', scheme: 'http' };

/** The first line of a connection to the sidecar. */
export const PREFACE = `${JSON.stringify(CLIENT)}\n`;

/** One end of a connection, and all bytes that came on it, as latin-1 text. */
export class Wire {
  /** What came and was not taken yet. */
  received = '';
  /** Whether the other end has sent all that it will. */
  hasEnded = false;
  private readonly watchers = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.look();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.look();
    });
    // A broken connection is seen by its end; what came before it counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.hasEnded = true;
      this.look();
    });
    afterwards(() => {
      socket.destroy();
    });
  }

  /** Send latin-1 text or bytes; done when the system has taken them. */
  send(data: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(data, 'latin1', error => {
        if (error) {
          reject(error);
        } else {
          resolve();
        }
      });
    });
  }

  /** Wait until what came is enough. */
  until(isEnough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (isEnough()) {
          this.watchers.delete(look);
          resolve();
        } else if (this.hasEnded) {
          this.watchers.delete(look);
          reject(
            new Error(
              `Ended after ${JSON.stringify(this.received.slice(-500))}`
            )
          );
        }
      };
      this.watchers.add(look);
      look();
    });
  }

  /** Wait for a text and take all up to its end. */
  async take(text: string): Promise<string> {
    await this.until(() => this.received.includes(text));
    const end = this.received.indexOf(text) + text.length;
    const taken = this.received.slice(0, end);
    this.received = this.received.slice(end);
    return taken;
  }

  /** Wait for that many bytes and take them. */
  async takeBytes(count: number): Promise<string> {
    await this.until(() => this.received.length >= count);
    const taken = this.received.slice(0, count);
    this.received = this.received.slice(count);
    return taken;
  }

  /** Wait for a whole response, take it, and read it. */
  async response(isHead = false): Promise<IResponse> {
    const responses: IResponse[] = [];
    await this.until(() => {
      const taken = takeResponse(this.received, this.hasEnded, isHead);
      if (taken === null) {
        return false;
      }
      responses.push(taken[0]);
      this.received = taken[1];
      return true;
    });
    const [response] = responses;
    if (response === undefined || Number.isNaN(response.status)) {
      throw new Error('Not a response.');
    }
    return response;
  }

  /** The same, past interim responses, of which any may come (RFC 9110, section 15.2). */
  async finalResponse(): Promise<IResponse> {
    for (;;) {
      const response = await this.response();
      if (response.status >= 200) {
        return response;
      }
    }
  }

  /** Wait until the other end has sent all that it will, and take it. */
  async rest(): Promise<string> {
    await this.until(() => this.hasEnded);
    const rest = this.received;
    this.received = '';
    return rest;
  }

  private look(): void {
    for (const watcher of [...this.watchers]) {
      watcher();
    }
  }
}

/** Connect to a server that takes connections without a preface. */
export async function connectTo(
  where: { path: string } | { host: string; port: number }
): Promise<Wire> {
  const wire = new Wire(connect({ ...where, allowHalfOpen: true }));
  await once(wire.socket, 'connect');
  return wire;
}

/** Connect to the sidecar as the relay does. */
export async function connectAsClient(
  path: string,
  preface = PREFACE
): Promise<Wire> {
  const wire = await connectTo({ path });
  await wire.send(preface);
  return wire;
}
