import type { ServerConnection } from '@jupyterlab/services';

import { imageUrl } from './icons';
import { fetchIcon } from './request';

/**
 * Get the icon of an app in the form that `resolveIcon` takes.
 *
 * @param url - see `INamedApp.iconUrl`.
 * @returns an empty text, after a word on the console, if it is of no use.
 */
export async function loadIcon(
  url: string,
  settings: ServerConnection.ISettings
): Promise<string> {
  try {
    const { type, bytes } = await fetchIcon(url, settings);
    const text = new TextDecoder().decode(bytes).trim();
    return text.startsWith('<') ? text : await picture(type, bytes);
  } catch (reason) {
    console.warn(`The icon ${url} can’t be shown.`, reason);
    return '';
  }
}

/** @throws an error if the browser can't show it. */
async function picture(type: string, bytes: Uint8Array): Promise<string> {
  if (!type.startsWith('image/')) {
    throw new Error('It is no image.');
  }
  const image = new Image();
  image.src = imageUrl(type, bytes);
  await image.decode();
  return image.src;
}
