import { startJupyter } from './jupyter';
import type { IResponse } from './message';
import { type ISidecar, startSidecar } from './sidecar';

/** The head of a request. */
export function head(
  method: string,
  target: string,
  ...fields: string[]
): string {
  return [
    `${method} ${target} HTTP/1.1`,
    'Host: hub.example',
    ...fields,
    '',
    ''
  ].join('\r\n');
}

/** A sidecar whose Jupyter grants everything. */
export async function startGranting(): Promise<ISidecar> {
  return startSidecar(await startJupyter());
}

/** The response to one request on a connection of its own. */
export async function fetch(
  sidecar: ISidecar,
  request: string
): Promise<IResponse> {
  const wire = await sidecar.connect();
  await wire.send(request);
  const response = await wire.response(request.startsWith('HEAD'));
  wire.socket.destroy();
  return response;
}
