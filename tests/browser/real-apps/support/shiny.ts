import { join } from 'node:path';

import { NO_FAVICON } from './errors';
import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

export const SHINY: IRealApp = {
  name: 'Shiny for Python',
  needs: 'nothing but its prefix stripped',
  command: ({ port }) => ({
    program: installed('shiny'),
    args: ['run', join(APPS, 'shiny_app.py'), `--port=${port}`]
  }),
  async use(frame) {
    await frame.getByText('Hello Ada!').waitFor();
    await frame.getByLabel('Name').fill('Grace');
    await frame.getByText('Hello Grace!').waitFor();
  },
  expectedErrors: NO_FAVICON
};
