import { join } from 'node:path';

import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

export const BOKEH: IRealApp = {
  name: 'Bokeh',
  needs: 'its page fixed, and a WebSocket whose Origin is localhost',
  path: 'bokeh_app',
  command: ({ port }) => ({
    program: installed('bokeh'),
    args: ['serve', join(APPS, 'bokeh_app.py'), `--port=${port}`]
  }),
  async use(frame) {
    await frame.getByText('Nobody yet').waitFor();
    const name = frame.getByLabel('Name');
    await name.fill('Ada');
    await name.press('Enter');
    await frame.getByText('Hello Ada!').waitFor();
  }
};
