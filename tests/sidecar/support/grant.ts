import type { IGrant } from '../../../src/protocol/grant';
import type { IProxiedPath, IRoutes } from '../../../src/protocol/paths';

/** Ports below `/jupyter/`, and no named app, but for what is given. */
export function routesOf(given: Partial<IRoutes> = {}): IRoutes {
  return {
    baseUrl: '/jupyter/',
    hasPorts: true,
    apps: [],
    ownPaths: [],
    ...given
  };
}

/** A grant for port 8501 that names nothing of Jupyter's, but for what is given. */
export function grantOf(given: Partial<IGrant> = {}): IGrant {
  return {
    target: { addresses: ['127.0.0.1'], port: 8501 },
    tls: null,
    title: '',
    host: 'localhost:8501',
    keepsPrefix: false,
    addressField: '',
    hasPages: true,
    needsWebSockets: false,
    pagesAt: '',
    earlier: null,
    paths: {},
    mappedTo: null,
    requestHeaders: [],
    fix: 'never',
    rewrites: false,
    isRawSocket: false,
    isActivity: false,
    isForPath: false,
    lifetimeMs: 0,
    cookieNames: ['username-localhost-8888'],
    cookiePrefixes: ['jupyterhub-'],
    tokens: [],
    ...given
  };
}

/** `/jupyter/proxy/8501/`, but for what is given. */
export function pathOf(given: Partial<IProxiedPath> = {}): IProxiedPath {
  return {
    place: { port: 8501, host: null },
    prefix: '/jupyter/proxy/8501',
    absolute: false,
    whole: '/jupyter/proxy/8501/',
    rest: '/',
    ...given
  };
}
