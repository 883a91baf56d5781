import realApps from '../jest.config.mjs';

/** The apps that take too long for every run. */
export default { ...realApps, displayName: 'more-apps' };
