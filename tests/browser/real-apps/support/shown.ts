import type { Locator } from 'playwright-core';

import { waitUntil } from '../../support/wait';
import { STEP_TIMEOUT_MS } from './timeouts';

/** Wait until a picture has come and could be read. */
export async function pictureShown(picture: Locator): Promise<void> {
  await picture.waitFor();
  await picture.evaluate(node => (node as HTMLImageElement).decode());
}

/** Wait until a field holds a value that a script writes into it. */
export async function valueShown(field: Locator, value: string): Promise<void> {
  await waitUntil(
    async () => (await field.inputValue()) === value,
    `A field shows ${value}.`,
    STEP_TIMEOUT_MS
  );
}
