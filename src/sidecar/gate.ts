import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { IProxiedPath } from '../protocol/paths';
import { type IAnswer, sendAnswer, slashAnswer } from './answer';
import { BlockedWebSockets, isLostHandshake } from './blocked-websockets';
import { carryToJupyter, carryUpgradeToJupyter } from './carry';
import { takeTurn } from './connection';
import { CarryError } from './errors';
import { explain } from './explain';
import { isWorkerPath, workerAnswer } from './fix/fix';
import {
  forward,
  forwardPlainly,
  forwardUpgrade,
  type IGranted
} from './forward';
import { Grants } from './grants';
import { type IPlainRequest, readPlainRequest } from './plain-request';
import { placeName } from './place-name';
import { proxiedPathOf, refuseOddities, refuseWrongProtocol } from './refusals';
import { type IRequestHead, isRepeatable } from './request-head';
import type { IReceiver } from './response-parser';
import type { ISettings } from './settings';
import { refusalTo } from './upgrade';
import type { UpstreamExchange } from './upstream-exchange';
import { hasBody } from './upload';
import { answerCheck, isCheck } from './websocket-check';

/**
 * Brings each request to where it belongs: to an app if Jupyter grants it, and on
 * to Jupyter if it is not proxied.
 */
export class Gate {
  private readonly grants: Grants;
  private readonly blocked = new BlockedWebSockets();

  constructor(private readonly settings: ISettings) {
    const { jupyterPath, trustXheaders } = settings;
    this.grants = new Grants(jupyterPath, trustXheaders);
  }

  /**
   * Bring an ordinary request there and its response back.
   *
   * @throws CarryError as long as the response has not begun.
   */
  async carry(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    if (!(await takeTurn(request, response))) {
      return;
    }
    const path = proxiedPathOf(request, this.settings.routes);
    if (path === null) {
      acceptBody(request, response);
      await carryToJupyter(request, response, this.settings);
      return;
    }
    refuseOddities(request);
    const isLost = isLostHandshake(request);
    const answer = await this.grants.obtain(request, path, isLost);
    if (response.destroyed) {
      return;
    }
    if (!('target' in answer)) {
      sendAnswer(response, answer);
      return;
    }
    const granted = { request, path, grant: answer };
    if (isLost) {
      throw this.blocked.lose(granted);
    }
    refuseWrongProtocol(path, answer);
    await this.serve(granted, response);
  }

  private async serve(
    granted: IGranted,
    response: ServerResponse
  ): Promise<void> {
    const { request, path } = granted;
    const worker = workerAnswer(granted, this.settings);
    if (path.rest === null && isRepeatable(request)) {
      sendAnswer(response, slashAnswer(path.prefix, request.url ?? ''));
    } else if (worker !== null) {
      sendAnswer(response, worker);
    } else {
      this.blocked.tell(granted);
      acceptBody(request, response);
      await forward(granted, response, this.settings).catch(
        async (error: unknown) => {
          throw await this.explain(granted, error);
        }
      );
    }
  }

  /** Read a plain request, see {@link readPlainRequest}. */
  readPlain(
    text: string,
    start: number,
    socket: Socket
  ): ReturnType<typeof readPlainRequest> {
    return readPlainRequest(text, start, this.settings.routes, socket);
  }

  /** Ask anew before a request goes to an app. */
  forget(place: IProxiedPath['place']): void {
    this.grants.forget(place);
  }

  /**
   * Judge a plain request.
   *
   * @returns leave to forward it, at once if that is remembered; else a promise of
   * it or of what is answered instead, which can fail with a CarryError.
   */
  judge(
    request: IPlainRequest
  ): IGranted<IPlainRequest> | Promise<IGranted<IPlainRequest> | IAnswer> {
    const { path } = request;
    const known = this.grants.known(request, path);
    if (
      known?.isRawSocket === false &&
      !isWorkerPath(path) &&
      !this.blocked.concerns(path)
    ) {
      return { request, path, grant: known };
    }
    return this.grants.obtain(request, path).then(answer => {
      if (!('target' in answer)) {
        return answer;
      }
      refuseWrongProtocol(path, answer);
      const granted = { request, path, grant: answer };
      const worker = workerAnswer(granted, this.settings);
      if (worker === null) {
        this.blocked.tell(granted);
      }
      return worker ?? granted;
    });
  }

  /** Bring a plain request there that was judged. */
  carryPlainly(
    granted: IGranted<IPlainRequest>,
    receiver: IReceiver
  ): UpstreamExchange {
    return forwardPlainly(granted, receiver, this.settings);
  }

  /** Why a granted request could not be carried there. */
  explain(
    granted: IGranted<IRequestHead>,
    error: unknown
  ): Promise<CarryError> {
    return explain(granted, error, this.grants);
  }

  /**
   * Bring a WebSocket handshake there, and all that follows.
   *
   * @param head - what the client has sent after the handshake already.
   * @throws CarryError as long as it is not answered.
   */
  async carryUpgrade(request: IncomingMessage, head: Buffer): Promise<void> {
    const path = proxiedPathOf(request, this.settings.routes);
    if (path === null) {
      await carryUpgradeToJupyter(request, head, this.settings);
      return;
    }
    refuseOddities(request);
    if (hasBody(request)) {
      throw new CarryError('bad-request', placeName(path.place));
    }
    const answer = await this.grants.obtain(request, path, true);
    if (request.socket.destroyed) {
      return;
    }
    if (!('target' in answer)) {
      sendAnswer(refusalTo(request), answer);
      return;
    }
    this.blocked.pass(path);
    if (isCheck(request, path)) {
      answerCheck(request, head);
      return;
    }
    const granted = { request, path, grant: answer };
    await forwardUpgrade(granted, head, this.settings).catch(
      async (error: unknown) => {
        throw await this.explain(granted, error);
      }
    );
  }
}

/**
 * A body that the client holds back is called for only when it may be sent. Other
 * expectations may be ignored (RFC 9110, section 10.1.1).
 */
function acceptBody(request: IncomingMessage, response: ServerResponse): void {
  if (
    request.headers.expect?.toLowerCase() === '100-continue' &&
    request.httpVersion === '1.1'
  ) {
    response.writeContinue();
  }
}
