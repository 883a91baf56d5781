/** Marks a page that was fixed, for the service worker. */
export const FIXED_HEADER = 'Porthole-Fixed';

/** Where the service worker of an app is, below the app's prefix. */
export const WORKER_PATH = '/.porthole/worker.js';
