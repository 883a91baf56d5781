import { WORKER_PATH } from '../protocol/fixing';
import type { IHome } from '../protocol/home';

/**
 * Start the service worker, which corrects what no script asks for: what style sheets
 * name, and workers. Only secure contexts have any.
 */
export function startWorker({ prefix }: IHome): void {
  if (!('serviceWorker' in navigator)) {
    return;
  }
  navigator.serviceWorker
    .register(prefix + WORKER_PATH, { scope: `${prefix}/` })
    .catch((error: unknown) => {
      // The page works without it, if less well: its policy may forbid workers.
      console.debug('jupyter-porthole has no service worker here:', error);
    });
}
