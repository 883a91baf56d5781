import type { Page } from 'playwright-core';

import type { Visit } from '../../support/browser';
import {
  startJupyter,
  type IJupyterOptions,
  type Jupyter
} from '../../support/jupyter';
import { Lab } from '../../support/lab';
import { either } from './errors';
import type { IRealApp } from './real-app';
import { Requests } from './requests';
import { RunningApp } from './running-app';
import { STEP_TIMEOUT_MS } from './timeouts';

/** Under which people know Jupyter; no machine has this name (RFC 2606). */
export const PUBLIC_HOST = 'lab.example';

/** Start a Jupyter as a hub does, for one user of many. */
export function startPublicJupyter(
  options: IJupyterOptions = {}
): Promise<Jupyter> {
  return startJupyter({
    baseUrl: '/user/alice/',
    publicHost: PUBLIC_HOST,
    ...options
  });
}

/**
 * Start an app, open it through a Jupyter, use it, and see that its pages have asked
 * nothing but the app.
 */
export function tryThrough(
  jupyter: Jupyter,
  app: IRealApp,
  visit: Visit
): Promise<void> {
  return whileRunning(app, visit, async (page, { place }) => {
    await page.goto(jupyter.url(`api/status?token=${jupyter.token}`));
    const requests = new Requests(page);
    const root = new URL(jupyter.url(`proxy/${place.port}/`));
    await page.goto(new URL(app.path ?? '', root).href);
    await app.use(page.mainFrame(), place);
    expect(await requests.outside(root)).toEqual([]);
  });
}

/**
 * Start an app, open it in JupyterLab by its address on this machine, use it in its
 * tab, and see that it has asked nothing but the app.
 */
export function tryInTab(
  jupyter: Jupyter,
  app: IRealApp,
  visit: Visit
): Promise<void> {
  return whileRunning(app, visit, async (page, { place }) => {
    const lab = await Lab.open(page, jupyter);
    const requests = new Requests(page, true);
    await lab.tile('Open a Port…').click();
    const field = page.getByRole('dialog').getByLabel('Port or address');
    await field.fill(`http://localhost:${place.port}/${app.path ?? ''}`);
    await field.press('Enter');
    await app.use(await lab.appFrame(), place);
    const root = new URL(jupyter.url(`proxy/${place.port}/`));
    expect(await requests.outside(root)).toEqual([]);
  });
}

/** Start an app, open it at its own address, and use it. */
export function tryDirectly(app: IRealApp, visit: Visit): Promise<void> {
  return whileRunning(app, visit, async (page, { place }) => {
    await page.goto(`http://localhost:${place.port}/${app.path ?? ''}`);
    await app.use(page.mainFrame(), place);
  });
}

/** Start an app, and visit it. What it prints is told if that fails. */
async function whileRunning(
  app: IRealApp,
  visit: Visit,
  act: (page: Page, running: RunningApp) => Promise<void>
): Promise<void> {
  const running = await RunningApp.start(app);
  try {
    await visit(
      async page => {
        await app.prepare?.(page.context());
        await act(page, running);
      },
      { expectedErrors: expectedOf(app), timeoutMs: STEP_TIMEOUT_MS }
    );
  } catch (error) {
    throw new Error(`${String(error)}\nIts output:\n${running.output}`, {
      cause: error
    });
  } finally {
    await running.stop();
  }
}

/** Hosts elsewhere, which no app needs and the browser doesn't find. */
const ELSEWHERE = /net::ERR_NAME_NOT_RESOLVED/;

function expectedOf({ expectedErrors }: IRealApp): RegExp {
  return expectedErrors === undefined
    ? ELSEWHERE
    : either(ELSEWHERE, expectedErrors);
}
