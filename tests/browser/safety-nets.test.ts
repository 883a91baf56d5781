/**
 * An app of which nothing shows that it believes to live at the root of its host, until a
 * script of its page asks for something there.
 */
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { freePort, isListening } from './support/ports';
import { Program } from './support/program';
import { stopAfterAll } from './support/stop-after-all';

const FOLDER = join(__dirname, 'apps', 'measurements');

/** Browsers call every answer of 404 an error. */
const ASTRAY = { expectedErrors: /status of 404 .*\/data\.json\)$/ };

const visit = useBrowser();

/** Start the app, by Python's own web server. */
async function startMeasurements(
  keep: ReturnType<typeof stopAfterAll>
): Promise<number> {
  const port = await freePort();
  const args = [String(port), '--bind=127.0.0.1', `--directory=${FOLDER}`];
  const app = new Program('The app', 'python', ['-m', 'http.server', ...args]);
  await app.started(() => isListening(port));
  keep(app);
  return port;
}

describe('in JupyterLab', () => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    const port = await startMeasurements(keep);
    jupyter = keep(
      await startJupyter({ ports: [{ title: 'My measurements', port }] })
    );
  });

  test('the tab sees it, and offers to correct the links', () =>
    visit(async page => {
      // As behind a hub, Jupyter gets nothing of what is asked for at the root.
      await page.route(
        url => url.pathname === '/data.json',
        route => route.fulfill({ status: 404 })
      );
      const lab = await Lab.open(page, jupyter);
      await lab.tile('My measurements').click();
      await lab.app.getByText('0 measurements').waitFor();
      await page
        .getByText('“My measurements” looks for parts of itself')
        .waitFor();
      await page.getByRole('button', { name: 'Correct Its Links' }).click();
      await lab.app.getByText('3 measurements').waitFor();
      await lab.app.getByRole('button', { name: 'Details' }).click();
      await lab.app.getByText('1.5, 2.5 and 4').waitFor();
    }, ASTRAY));
});

// Browsers send the cookie of the login below the base_url only.
describe.each([
  { baseUrl: '/', authenticates: true },
  { baseUrl: '/jupyter/', authenticates: false }
])('in a tab of the browser, below $baseUrl', options => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    jupyter = keep(await startJupyter({ command: 'server', ...options }));
  });

  /** Open the page of a new app. */
  async function open(page: Page): Promise<number> {
    const port = await startMeasurements(keep);
    await page.goto(jupyter.url(`proxy/${port}/?token=${jupyter.token}`));
    await page.getByText('0 measurements').waitFor();
    return port;
  }

  test('Jupyter sees it, and corrects the page when it is loaded again', () =>
    visit(async page => {
      await open(page);
      await page.reload();
      await page.getByText('3 measurements').waitFor();
    }, ASTRAY));

  test('a link that leads out of the app leads back into it', () =>
    visit(async page => {
      const port = await open(page);
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByText('1.5, 2.5 and 4').waitFor();
      expect(page.url()).toBe(jupyter.url(`proxy/${port}/details.html`));
    }, ASTRAY));
});
