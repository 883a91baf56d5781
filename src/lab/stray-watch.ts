import type { IDisposable } from '@lumino/disposable';

import { isFixed, watchStrays } from './strays';
import type { AppTab } from './tokens';

/**
 * Watch the pages to which a tab moves, one after the other. Those that are fixed
 * already, and those outside the app, are left alone.
 *
 * @param findRoot - says where the app lives; `null` as long as that isn't known.
 * @param jupyter - see `jupyterUrl`.
 * @param onStray - called once for each page of which a request has gone past the app.
 */
export function watchTab(
  tab: AppTab,
  findRoot: () => string | null,
  jupyter: URL,
  onStray: () => void
): void {
  const { content } = tab;
  let document: Document | null = null;
  let watching: IDisposable | null = null;
  const look = (): void => {
    const { page } = content;
    // It moves within a page, too; and what is still being loaded says so later.
    if (
      page === null ||
      page.document === document ||
      page.document.readyState !== 'complete'
    ) {
      return;
    }
    watching?.dispose();
    watching = null;
    document = page.document;
    const root = findRoot();
    if (
      root !== null &&
      page.location.href.startsWith(root) &&
      !isFixed(page, root)
    ) {
      watching = watchStrays(page, root, jupyter, onStray);
    }
  };
  content.moved.connect(look);
  tab.disposed.connect(() => {
    watching?.dispose();
  });
  look();
}
