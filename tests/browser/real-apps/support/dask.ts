import type { Frame } from 'playwright-core';

import { waitUntil } from '../../support/wait';
import { STEP_TIMEOUT_MS } from './timeouts';
import { script } from './places';
import type { IRealApp } from './real-app';

export const DASK: IRealApp = {
  name: "Dask's dashboard",
  needs: 'a WebSocket whose Origin is localhost',
  path: 'status',
  command: ({ port }) => script('dask_app.py', String(port)),
  async use(frame) {
    await frame.locator('canvas').first().waitFor();
    const drawn = await pictures(frame);
    await waitUntil(
      async () => (await pictures(frame)) !== drawn,
      'The plots change.',
      STEP_TIMEOUT_MS
    );
    await frame.getByRole('link', { name: 'Workers' }).click();
    await frame.getByText('inproc://').first().waitFor();
  }
};

/** What all plots show. */
async function pictures(frame: Frame): Promise<string> {
  const urls = await frame
    .locator('canvas')
    .evaluateAll(plots =>
      plots.map(plot => (plot as HTMLCanvasElement).toDataURL())
    );
  return urls.join();
}
