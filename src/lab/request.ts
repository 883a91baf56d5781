/**
 * What the browser asks of the server: a function for each endpoint. All that
 * comes back is checked here.
 */
import { ServerConnection } from '@jupyterlab/services';

import { jupyterUrl } from './address';
import { isRecord, readText } from './json';
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

/** The app whose pages are to be fixed: what a port leads to, or one by its name. */
export type AppOfFix = { port: number } | { app: string };

/**
 * Have the pages of an app fixed from now on, so that what they name from the root of
 * their host is found.
 *
 * @throws ServerConnection.NetworkError, or ServerConnection.ResponseError whose
 * message is the server's reason.
 */
export async function askForFix(
  app: AppOfFix,
  settings: ServerConnection.ISettings
): Promise<void> {
  const { href } = jupyterUrl(settings.baseUrl);
  const response = await ServerConnection.makeRequest(
    `${href}porthole/api/fixes`,
    { method: 'POST', body: JSON.stringify(app) },
    settings
  );
  if (!response.ok) {
    throw await ServerConnection.ResponseError.create(response);
  }
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

/** What the server makes of the app on a port. */
export interface IKnownPort {
  /** What people see, such as “TensorBoard — runs/exp3”; empty if unknown. */
  title: string;
  /** See `resolveIcon`. */
  icon: string;
}

/**
 * Ask which app is on a port. If its process doesn't tell, the server asks it.
 *
 * @returns `null` if no program of this user listens there.
 * @throws ServerConnection.NetworkError, ServerConnection.ResponseError, or an
 * error about an answer that tells of no port.
 */
export async function fetchPort(
  port: number,
  settings: ServerConnection.ISettings
): Promise<IKnownPort | null> {
  const jupyter = jupyterUrl(settings.baseUrl);
  const url = `${jupyter.href}porthole/api/ports/${port}`;
  const response = await ServerConnection.makeRequest(url, {}, settings);
  if (response.status === 404) {
    return null;
  }
  const body: unknown = await checked(response).json();
  if (!isRecord(body)) {
    throw new Error('The answer tells of no port.');
  }
  return { title: readText(body['title']), icon: readText(body['icon']) };
}

async function ask(
  url: string,
  settings: ServerConnection.ISettings,
  init: RequestInit = {}
): Promise<Response> {
  return checked(await ServerConnection.makeRequest(url, init, settings));
}

function checked(response: Response): Response {
  if (!response.ok) {
    throw new ServerConnection.ResponseError(response);
  }
  return response;
}
