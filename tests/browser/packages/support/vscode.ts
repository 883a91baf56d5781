import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page, WebSocket } from 'playwright-core';

import { waitUntil } from '../../support/wait';
import type { Surroundings } from './surroundings';

/** It is some megabytes of JavaScript. */
const LOAD_TIMEOUT_MS = 60_000;
const TIMEOUT_MS = 10_000;

/**
 * What is written to the console as errors: that it starts, that there are no
 * native modules and no proprietary ones (vsda), and that its service worker is
 * not given all of Jupyter's addresses.
 */
export const VS_CODE_ERRORS =
  /status of 503 |\/workbench\/workbench\.js\)$|\/vsda\/|under the max scope allowed/;

/** Put the file there that is opened in it. */
export async function prepareVsCode({ work }: Surroundings): Promise<void> {
  await writeFile(join(work, 'hello.py'), 'print("porthole")\n');
}

/**
 * Open a file in VS Code, change it and save it, all of which its WebSockets
 * carry.
 *
 * @param page - where it is being loaded.
 */
export async function useVsCode(
  page: Page,
  { work, jupyter }: Surroundings
): Promise<void> {
  const sockets: WebSocket[] = [];
  page.on('websocket', socket => sockets.push(socket));
  await page.locator('.monaco-workbench').waitFor({ timeout: LOAD_TIMEOUT_MS });
  await page
    .getByRole('button', { name: 'Yes, I trust the authors' })
    .click({ timeout: LOAD_TIMEOUT_MS });
  await page.locator('.explorer-folders-view').getByText('hello.py').dblclick();
  const line = page.locator('.view-line', { hasText: 'print("porthole")' });
  await line.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# Changed\n');
  await page.keyboard.press('Control+S');
  const file = join(work, 'hello.py');
  await waitUntil(
    async () =>
      (await readFile(file, 'utf8')) === '# Changed\nprint("porthole")\n',
    'VS Code has saved its file.',
    TIMEOUT_MS
  );
  const root = jupyter.url('vscode/').replace('http:', 'ws:');
  await waitUntil(
    () => {
      const live = sockets.filter(socket => !socket.isClosed());
      return (
        live.length === 2 && live.every(socket => socket.url().startsWith(root))
      );
    },
    'VS Code has two WebSockets open.',
    TIMEOUT_MS
  );
}
