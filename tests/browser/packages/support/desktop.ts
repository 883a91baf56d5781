import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { waitUntil } from '../../support/wait';
import { processesAtHome } from './processes';
import type { Surroundings } from './surroundings';

const START_TIMEOUT_MS = 40_000;
const TYPE_TIMEOUT_MS = 10_000;

/** How much of the screen shows the terminal, in pixels. */
const TERMINAL_PIXELS = 50_000;

/** See a terminal in the remote desktop, and run a command in it. */
export async function useDesktop(
  page: Page,
  { jupyter, home, work }: Surroundings
): Promise<void> {
  await page.goto(jupyter.url('desktop/'));
  await page
    .locator('#status', { hasText: 'Connected' })
    .waitFor({ timeout: START_TIMEOUT_MS });
  await page.waitForFunction(showsTerminal, TERMINAL_PIXELS);
  const file = join(work, 'typed');
  await page.locator('#screen canvas').click({ position: { x: 300, y: 200 } });
  await page.keyboard.type(`touch ${file}`);
  await page.keyboard.press('Enter');
  await waitUntil(
    () => existsSync(file),
    'The typed command has run.',
    TYPE_TIMEOUT_MS
  );
  // They are far from the app's first process, and have to end with it.
  const commands = (await processesAtHome(home)).map(({ command }) => command);
  expect(commands).toContainEqual(expect.stringContaining('Xtigervnc'));
  expect(commands).toContainEqual(expect.stringContaining('xterm'));
}

/** Runs in the browser: whether the terminal's background, navy, is on the screen. */
function showsTerminal(pixels: number): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('#screen canvas');
  const context = canvas?.getContext('2d');
  if (!canvas || !context || canvas.width === 0) {
    return false;
  }
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let navy = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 128) {
      navy += 1;
    }
  }
  return navy > pixels;
}
