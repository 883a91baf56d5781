import type { Socket } from 'node:net';

import { noteActivity } from './activity';
import { passed } from './garbage';

/** The other connection of each that is spliced. */
const peers = new WeakMap<Socket, Socket>();

/** Those whose traffic counts as activity of a person. */
const active = new WeakSet<Socket>();

/**
 * Carry all bytes between two connections, both ways, until both sides have ended or
 * one has gone. Nothing else listens to them from now on, and nothing that was is kept:
 * a page may hold a WebSocket open for days.
 *
 * @param isActivity - whether traffic counts as activity of a person.
 */
export function splice(one: Socket, other: Socket, isActivity: boolean): void {
  peers.set(one, other);
  peers.set(other, one);
  for (const socket of [one, other]) {
    if (isActivity) {
      active.add(socket);
    }
    socket.removeAllListeners();
    socket.allowHalfOpen = true;
    socket
      .on('data', passOn)
      .on('drain', letMoreCome)
      .on('end', passEndOn)
      .on('close', takeAlong)
      .on('error', passGone);
    socket.resume();
  }
}

function passOn(this: Socket, chunk: Buffer): void {
  passed(chunk.length);
  if (active.has(this)) {
    noteActivity();
  }
  if (peers.get(this)?.write(chunk) === false) {
    this.pause();
  }
}

function letMoreCome(this: Socket): void {
  peers.get(this)?.resume();
}

function passEndOn(this: Socket): void {
  peers.get(this)?.end();
}

/** When one side is gone, so is the other, after what it is still to get. */
function takeAlong(this: Socket): void {
  peers.get(this)?.destroySoon();
}

/** What breaks a connection closes it, which is seen by that. */
function passGone(): void {
  // Without a listener Node would end the process.
}
