import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IConfiguration } from './channel';
import { clientOf } from './client';
import { CarryError } from './errors';
import { exchange } from './exchange';
import { jupyterHeaders } from './jupyter-headers';
import type { IOutgoing } from './outgoing';
import { endToEnd } from './raw-headers';
import { upgrade } from './upgrade';

/** Carry a request that is not proxied on to Jupyter. */
export async function carryToJupyter(
  request: IncomingMessage,
  response: ServerResponse,
  configuration: IConfiguration
): Promise<void> {
  await exchange(request, response, toJupyter(request, configuration)).catch(
    throwJupyterError
  );
}

/** Carry a WebSocket handshake that is not proxied (a kernel's) on to Jupyter. */
export async function carryUpgradeToJupyter(
  request: IncomingMessage,
  head: Buffer,
  configuration: IConfiguration
): Promise<void> {
  await upgrade(request, head, toJupyter(request, configuration)).catch(
    throwJupyterError
  );
}

function toJupyter(
  request: IncomingMessage,
  { jupyterPath, trustXheaders }: IConfiguration
): IOutgoing {
  return {
    target: { socketPath: jupyterPath },
    path: request.url ?? '/',
    headers: jupyterHeaders(
      request.rawHeaders,
      clientOf(request.socket),
      trustXheaders
    ),
    responseTimeoutMs: 0,
    // Jupyter sees that for itself.
    isActivity: false,
    responseHeaders: endToEnd
  };
}

function throwJupyterError(): never {
  throw new CarryError('jupyter-gone');
}
