import type { IGrant } from '../../../src/protocol/grant';
import type { IProxiedPath } from '../../../src/protocol/paths';

/** A grant that names nothing of Jupyter's, but for what is given. */
export function grantOf(given: Partial<IGrant> = {}): IGrant {
  return {
    addresses: ['127.0.0.1'],
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
    port: 8501,
    prefix: '/jupyter/proxy/8501',
    absolute: false,
    appTarget: '/',
    ...given
  };
}
