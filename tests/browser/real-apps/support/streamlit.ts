import { join } from 'node:path';

import { APPS, installed } from './places';
import type { IRealApp } from './real-app';

export const STREAMLIT: IRealApp = {
  name: 'Streamlit',
  needs: 'a WebSocket whose Origin and Host agree, and uploads by PUT',
  command: ({ port }) => ({
    program: installed('streamlit'),
    args: [
      'run',
      join(APPS, 'streamlit_app.py'),
      `--server.port=${port}`,
      '--server.headless=true',
      '--browser.gatherUsageStats=false'
    ]
  }),
  async use(frame) {
    await frame.getByRole('heading', { name: 'Streamlit here' }).waitFor();
    await frame.getByRole('button', { name: 'Greet' }).click();
    await frame.getByText('Hello Ada!').waitFor();
    await frame.locator('input[type=file]').setInputFiles({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.alloc(100_000, '1,2,3\n')
    });
    await frame.getByText('numbers.csv has 100000 bytes.').waitFor();
  }
};
