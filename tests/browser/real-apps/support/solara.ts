import { join } from 'node:path';

import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

export const SOLARA: IRealApp = {
  name: 'Solara',
  needs: 'X-Script-Name',
  command: ({ port }) => ({
    program: installed('solara'),
    args: ['run', join(APPS, 'solara_app.py'), `--port=${port}`, '--no-open']
  }),
  async use(frame) {
    await frame.getByRole('button', { name: 'Clicked: 0' }).click();
    await frame.getByRole('button', { name: 'Clicked: 1' }).waitFor();
  }
};
