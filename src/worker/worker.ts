/**
 * The service worker of an app that has pages which are fixed: corrects requests that
 * the page's script (`src/shim`) can't see. It is there for the app's prefix only, and sends
 * nothing anywhere else.
 */
import { FIXED_HEADER } from '../protocol/fixing';
import { corrected, type IHome } from '../protocol/home';

declare const self: ServiceWorkerGlobalScope & {
  /** Written before this script by the sidecar, see `src/sidecar/fix`. */
  home: IHome;
};

const { home } = self;

self.addEventListener('install', () => {
  void self.skipWaiting();
});

self.addEventListener('activate', event => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.mode === 'navigate') {
    event.respondWith(navigate(request));
    return;
  }
  const path = corrected(request.url, home);
  if (path !== null) {
    event.respondWith(fetchFrom(path, request));
  }
});

/** The same request for another path. */
async function fetchFrom(path: string, request: Request): Promise<Response> {
  const url = new URL(path, self.location.origin);
  if (/^(?:GET|HEAD)$/.test(request.method)) {
    return fetch(new Request(url, request));
  }
  // A body that is a stream could be sent by HTTP/2 only.
  const { method, headers, mode, credentials, cache, redirect, signal } =
    request;
  const body = await request.blob();
  return fetch(url, {
    method,
    headers,
    mode,
    credentials,
    cache,
    redirect,
    signal,
    body
  });
}

/** Load a page; one that isn't fixed any more, such as another app's, gets rid of this. */
async function navigate(request: Request): Promise<Response> {
  const response = await fetch(request);
  const isPage = /^text\/html\b/i.test(
    response.headers.get('Content-Type') ?? ''
  );
  const isFixed = response.headers.has(FIXED_HEADER);
  if (isPage && response.ok && !isFixed && (await isAlone(request))) {
    await self.registration.unregister();
  }
  return response;
}

/** Whether no other page of the app is there, around this one for instance. */
async function isAlone({ destination, url }: Request): Promise<boolean> {
  const pages = await self.clients.matchAll({ type: 'window' });
  return destination === 'document' || pages.every(page => page.url === url);
}
