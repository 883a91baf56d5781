import type { IGrant } from '../protocol/grant';
import type { IProxiedPath } from '../protocol/paths';

/**
 * How people call what a request wants to reach: `port 8501`, `port 8501 (Streamlit
 * (app.py))`, `port 8501 of node7`,
 * `RStudio’s port 8787`, `RStudio’s socket`.
 *
 * @param grant - what is known of it, if it was granted.
 */
export function placeName(
  place: IProxiedPath['place'],
  grant?: IGrant
): string {
  if ('port' in place) {
    const port = `port ${place.port}`;
    const app = grant?.title ? ` (${grant.title})` : '';
    return place.host === null ? port + app : `${port} of ${place.host}`;
  }
  if (grant === undefined) {
    return place.app;
  }
  const { target, title } = grant;
  return 'port' in target
    ? `${title}’s port ${target.port}`
    : `${title}’s socket`;
}
