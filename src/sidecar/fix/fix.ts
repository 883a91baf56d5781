import { WORKER_PATH } from '../../protocol/fixing';
import type { IHome } from '../../protocol/home';
import type { IProxiedPath } from '../../protocol/paths';
import type { IAnswer } from '../answer';
import { localHosts } from '../app-hosts';
import type { IGranted } from '../forward';
import type { IInterceptor, ISource } from '../outgoing';
import { firstValue } from '../raw-headers';
import { type IRequestHead, isNavigation } from '../request-head';
import { publicHost } from '../request-headers';
import type { IReceiver } from '../response-parser';
import type { ISettings } from '../settings';
import { PageReceiver } from './page-receiver';

/**
 * What stands between an app's response and the client where that may have to be fixed.
 *
 * @returns `undefined` for requests that want no page.
 */
export function fixerFor(
  { request, path, grant }: IGranted<IRequestHead>,
  settings: ISettings
): ((receiver: IReceiver, source: ISource) => IInterceptor) | undefined {
  const wantsPage =
    request.method !== 'HEAD' &&
    isNavigation(request) &&
    // Not what libraries ask for to put it into a page (jQuery, htmx).
    firstValue(request.rawHeaders, 'x-requested-with') === undefined;
  if (grant.fix === 'never' || !wantsPage) {
    return undefined;
  }
  const home = homeOf({ request, path, grant }, settings);
  return (receiver, source) =>
    new PageReceiver(
      home,
      settings.scripts,
      grant.fix === 'always',
      receiver,
      source
    );
}

/** Whether a path may be that of an app's service worker. */
export function isWorkerPath({ rest }: IProxiedPath): boolean {
  return rest === WORKER_PATH;
}

/**
 * The service worker of an app, if a browser asks for that: `Service-Worker: script`
 * (Service Workers, "update"); everything else at its address is the app's.
 */
export function workerAnswer(
  granted: IGranted<IRequestHead>,
  settings: ISettings
): IAnswer | null {
  const { request, path, grant } = granted;
  if (
    !isWorkerPath(path) ||
    grant.fix === 'never' ||
    firstValue(request.rawHeaders, 'service-worker') !== 'script'
  ) {
    return null;
  }
  const home = JSON.stringify(homeOf(granted, settings));
  return {
    status: 200,
    headers: [
      'Content-Type',
      'text/javascript; charset=utf-8',
      'Cache-Control',
      'no-cache',
      'X-Content-Type-Options',
      'nosniff',
      'Service-Worker-Allowed',
      `${path.prefix}/`
    ],
    body: Buffer.from(`self.home = ${home};\n${settings.scripts.worker}\n`)
  };
}

function homeOf(
  { request, path, grant }: IGranted<IRequestHead>,
  { routes, trustXheaders }: ISettings
): IHome {
  return {
    prefix: path.prefix,
    baseUrl: routes.baseUrl,
    publicHost: publicHost(request.rawHeaders, trustXheaders),
    localHosts: localHosts(path, grant)
  };
}
