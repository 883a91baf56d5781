import { join } from 'node:path';

import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

export const PANEL: IRealApp = {
  name: 'Panel',
  needs: 'a WebSocket whose Origin is localhost',
  path: 'panel_app',
  command: ({ port }) => ({
    program: installed('panel'),
    args: ['serve', join(APPS, 'panel_app.py'), `--port=${port}`]
  }),
  async use(frame) {
    await frame.getByRole('heading', { name: 'Panel here' }).waitFor();
    await frame.getByText('Nobody yet').waitFor();
    const name = frame.getByLabel('Name');
    await name.fill('Ada');
    await name.press('Enter');
    await frame.getByText('Hello Ada!').waitFor();
  }
};
