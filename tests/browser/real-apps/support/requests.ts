import type { Page, Request } from 'playwright-core';

/** What the pages of an app have asked of this machine. */
export class Requests {
  /**
   * Note all that a page asks from now on.
   *
   * @param isInFrames - whether only the frames within the page are the app's: then no
   * WebSockets are noted, as nobody tells whose they are.
   */
  constructor(page: Page, isInFrames = false) {
    page.context().on('request', request => {
      if (!isInFrames || !isOfPage(request, page)) {
        this._requests.push(request);
      }
    });
    if (!isInFrames) {
      page.on('websocket', socket => this._sockets.push(socket.url()));
    }
  }

  /**
   * Those that have left the app, be it for the rest of Jupyter or for the app's own
   * address, which nobody but this machine can reach.
   *
   * @param root - the app's public address.
   */
  async outside(root: URL): Promise<string[]> {
    const left = this._sockets.filter(url => isOutside(url, root));
    for (const request of this._requests) {
      if (isOutside(request.url(), root) && !(await isAnsweredHere(request))) {
        left.push(`${request.method()} ${request.url()}`);
      }
    }
    return left;
  }

  private readonly _requests: Request[] = [];
  private readonly _sockets: string[] = [];
}

/** Whether a page asks for itself, rather than a frame in it or a service worker. */
function isOfPage(request: Request, page: Page): boolean {
  return (
    request.serviceWorker() === null && request.frame() === page.mainFrame()
  );
}

function isOutside(address: string, root: URL): boolean {
  const url = new URL(address);
  if (/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)) {
    return true;
  }
  return url.host === root.host && !url.pathname.startsWith(root.pathname);
}

/** Whether the app's service worker has taken it, and asks for something else. */
async function isAnsweredHere(request: Request): Promise<boolean> {
  const response = await request.response();
  return response?.fromServiceWorker() ?? false;
}
