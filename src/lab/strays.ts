/**
 * Requests of an app's page that go past the app, since a script of it believes to live
 * at the root of its host. Nothing in the page's HTML shows that.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';

import { proxiedRoot } from '../protocol/paths';
import { isRecord } from './json';

/** The window of a page of this origin. */
export type Page = Window & typeof globalThis;

/** What is known of a request: of `PerformanceResourceTiming`, some browsers lack the rest. */
export interface IRequestEntry {
  /** Its address. */
  readonly name: string;
  /** 0 if the browser doesn't tell. */
  readonly responseStatus?: number;
}

/**
 * What browsers and their tools ask for by themselves, or for links without which a
 * page works. `jupyter_porthole/strays.py` passes over the same.
 */
const MINOR =
  /\/(?:favicon|apple-touch-icon)[^/]*\.(?:ico|png|svg)$|\.(?:map|webmanifest)$|^\/(?:manifest\.json|robots\.txt|sitemap\.xml|browserconfig\.xml|\.well-known\/.*)$/i;

/**
 * Whether a request has gone past the app.
 *
 * @param root - where the app lives: absolute, ends with a slash.
 * @param jupyter - see `jupyterUrl`.
 */
export function isStray(
  { name, responseStatus = 0 }: IRequestEntry,
  root: string,
  jupyter: URL
): boolean {
  const { pathname } = new URL(name);
  // At the root of its host, only what is proxied is surely no other's.
  const others = jupyter.pathname === '/' ? proxiedRoot('/') : jupyter.pathname;
  const isAnswered = responseStatus > 0 && responseStatus < 400;
  return (
    // Not by the origin, which is that of a `blob:` as well.
    name.startsWith(`${jupyter.origin}/`) &&
    !`${jupyter.origin}${pathname}/`.startsWith(root) &&
    !`${pathname}/`.startsWith(others) &&
    !MINOR.test(pathname) &&
    !isAnswered
  );
}

/**
 * Watch the requests of a page, those that it has sent already included, until one has
 * gone past the app or the browser leaves the page.
 *
 * @returns ends it.
 */
export function watchStrays(
  page: Page,
  root: string,
  jupyter: URL,
  onStray: () => void
): IDisposable {
  const observer = new page.PerformanceObserver(list => {
    if (list.getEntries().some(entry => isStray(entry, root, jupyter))) {
      end.dispose();
      onStray();
    }
  });
  const end = new DisposableDelegate(() => {
    observer.disconnect();
    page.removeEventListener('pagehide', leave);
  });
  const leave = (): void => {
    end.dispose();
  };
  observer.observe({ type: 'resource', buffered: true });
  page.addEventListener('pagehide', leave);
  return end;
}

/**
 * Whether a page is fixed (`src/sidecar/fix`). Our script in it leaves no trace; but there
 * is an import map, or the service worker.
 */
export function isFixed(page: Page, root: string): boolean {
  const { document, navigator } = page;
  const home = new URL(root).pathname;
  const maps = document.querySelectorAll('script[type="importmap" i]');
  return (
    Array.from(maps).some(map => leadsHome(map.textContent, home)) ||
    // Only secure contexts have any.
    ('serviceWorker' in navigator &&
      navigator.serviceWorker.controller?.scriptURL.startsWith(
        `${root}.porthole/`
      ) === true)
  );
}

/** Whether an import map leads from the root of the host to where the app lives. */
function leadsHome(text: string | null, home: string): boolean {
  let map: unknown;
  try {
    map = JSON.parse(text ?? '');
  } catch {
    // It is the app's own, and of no use to the browser either.
    return false;
  }
  return (
    isRecord(map) && isRecord(map['imports']) && map['imports']['/'] === home
  );
}
