import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

const TOKEN = 'secret';

export const MARIMO: IRealApp = {
  name: 'marimo',
  needs: 'its own token let through, and a WebSocket',
  path: `?access_token=${TOKEN}`,
  async command({ port, folder }) {
    const notebook = join(folder, 'marimo_app.py');
    await copyFile(join(APPS, 'marimo_app.py'), notebook);
    return {
      program: installed('marimo'),
      args: [
        'edit',
        notebook,
        `--port=${port}`,
        '--headless',
        `--token-password=${TOKEN}`
      ]
    };
  },
  async use(frame) {
    // It runs the cell that it needs, too.
    const cell = frame.locator('.cm-content', { hasText: 'Hello' });
    await cell.press('Control+Enter');
    await frame.getByText('Hello !').waitFor();
    const name = frame.getByLabel('Name');
    await name.fill('Ada');
    await name.press('Enter');
    await frame.getByText('Hello Ada!').waitFor();
  }
};
