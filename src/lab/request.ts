/**
 * What the browser asks of the server: a function for each endpoint. All that
 * comes back is checked here.
 */
import { ServerConnection } from '@jupyterlab/services';

import { jupyterUrl } from './address';
import { isRecord } from './json';
import { readNamedApp, type INamedApp } from './named-app';

/** How long a tile waits for its icon. */
const ICON_TIMEOUT_MS = 10_000;

/**
 * Ask for the apps that the server names. Entries that can't be read are left
 * out, and twins of earlier ones.
 *
 * @throws ServerConnection.NetworkError, ServerConnection.ResponseError, or an
 * error about an answer that is no list of apps.
 */
export async function fetchApps(
  settings: ServerConnection.ISettings
): Promise<INamedApp[]> {
  const jupyter = jupyterUrl(settings.baseUrl);
  const response = await ask(`${jupyter.href}porthole/api/apps`, settings);
  const body: unknown = await response.json();
  if (!isRecord(body) || !Array.isArray(body['apps'])) {
    throw new Error('The answer is no list of apps.');
  }
  const apps = new Map<string, INamedApp>();
  for (const item of body['apps'] as unknown[]) {
    const app = readNamedApp(item, jupyter);
    if (app === null || apps.has(app.name)) {
      console.warn('jupyter-porthole can’t use this app of the server:', item);
    } else {
      apps.set(app.name, app);
    }
  }
  return [...apps.values()];
}

/** An image, as the server sent it. */
export interface IImage {
  /** The media type without parameters, in small letters; may be empty. */
  type: string;
  bytes: Uint8Array;
}

/**
 * Ask for the icon of an app.
 *
 * @param url - an address below Jupyter's, see `INamedApp.iconUrl`.
 * @throws an error of any kind if it doesn't come.
 */
export async function fetchIcon(
  url: string,
  settings: ServerConnection.ISettings
): Promise<IImage> {
  const response = await ask(url, settings, {
    cache: 'default',
    signal: AbortSignal.timeout(ICON_TIMEOUT_MS)
  });
  const [type = ''] = (response.headers.get('Content-Type') ?? '').split(';');
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { type: type.trim().toLowerCase(), bytes };
}

async function ask(
  url: string,
  settings: ServerConnection.ISettings,
  init: RequestInit = {}
): Promise<Response> {
  const response = await ServerConnection.makeRequest(url, init, settings);
  if (!response.ok) {
    throw new ServerConnection.ResponseError(response);
  }
  return response;
}
