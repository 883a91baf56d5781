import type { Addresses } from './addresses';

/** As in the Navigation API, which TypeScript doesn't know yet. */
interface INavigateEvent extends Event {
  readonly destination: { readonly url: string };
  readonly navigationType: string;
  readonly formData: FormData | null;
  readonly downloadRequest: string | null;
}

/**
 * Correct where a script leads the page by `location.href = …`, which nothing can stand in
 * for: the browser asks before it goes there, if it has the Navigation API.
 */
export function correctNavigations(addresses: Addresses): void {
  const navigation: unknown = Reflect.get(window, 'navigation');
  if (!(navigation instanceof EventTarget)) {
    return;
  }
  navigation.addEventListener('navigate', event => {
    const { destination, navigationType, formData } = event as INavigateEvent;
    const path = addresses.path(destination.url);
    if (path === null || !event.cancelable || formData !== null) {
      return;
    }
    event.preventDefault();
    if (navigationType === 'replace') {
      location.replace(path);
    } else {
      location.assign(path);
    }
  });
}
