import browser from '../jest.config.mjs';

/** Packages written for jupyter-server-proxy, in the same browser. */
export default { ...browser, displayName: 'packages' };
