import { cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Frame } from 'playwright-core';

import { APPS } from './places';
import type { IRealApp } from './real-app';
import { pictureShown } from './shown';

const VITE = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');

export const VITE_DEV: IRealApp = {
  name: "Vite's dev server",
  needs: 'its page, modules, styles and WebSocket fixed, and Host localhost',
  async command({ port, folder }) {
    await cp(join(APPS, 'vite'), folder, { recursive: true });
    return { program: process.execPath, args: [VITE, `--port=${port}`] };
  },
  async use(frame, { folder }) {
    await frame.getByRole('heading', { name: 'Vite here' }).waitFor();
    await pictureShown(frame.getByAltText('A picture'));
    await frame.getByRole('button', { name: 'More' }).click();
    await frame.getByText('This was loaded later.').waitFor();
    // Changes before that are told to nobody.
    await connected(frame);
    const loaded = await frame.getByText('Loaded as').innerText();
    await writeFile(
      join(folder, 'src/title.ts'),
      "export const title = 'Vite was changed';\n"
    );
    await frame.getByRole('heading', { name: 'Vite was changed' }).waitFor();
    expect(await frame.getByText('Loaded as').innerText()).toBe(loaded);
  }
};

/** Load the page again, and wait until it has its WebSocket. */
async function connected(frame: Frame): Promise<void> {
  const told = frame.page().waitForEvent('console', {
    predicate: message => message.text() === '[vite] connected.'
  });
  await frame.goto(frame.url());
  await told;
}
