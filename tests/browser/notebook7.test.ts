import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { stopAfterAll } from './support/stop-after-all';

const SITE = join(__dirname, 'apps', 'site');

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  keep(await startSite());
  jupyter = keep(
    await startJupyter({
      command: 'notebook',
      ports: [{ title: 'My site', port: SITE_PORT }],
      servers: {
        site: {
          command: [
            'python',
            '-m',
            'http.server',
            '{port}',
            '--bind=127.0.0.1',
            `--directory=${SITE}`
          ],
          launcher_entry: { title: 'My named site' }
        },
        hidden: { command: [], launcher_entry: { enabled: false } }
      },
      config: { JupyterNotebookApp: { expose_app_in_browser: true } }
    })
  );
});

/** Notebook 7.6 fails so without this extension, too, as it makes its shortcuts. */
const ERROR_OF_NOTEBOOK =
  /^TypeError: .* \(reading 'schema'\)\n.*\/notebook_core\./;

/** Browsers call every answer of 503 an error, as while the app starts. */
const EXPECTED_ERRORS = new RegExp(
  `${ERROR_OF_NOTEBOOK.source}|status of 503 `
);

async function openTree(page: Page): Promise<void> {
  await page.goto(jupyter.url(`tree?token=${jupyter.token}`));
  await page.getByRole('main').waitFor();
}

test('Notebook 7 opens a port in a tab of the browser', () =>
  visit(
    async page => {
      await openTree(page);
      const openPalette = async (text: string): Promise<void> => {
        await page.keyboard.press('Control+Shift+C');
        await page.locator('.lm-CommandPalette-input').fill(text);
      };
      const command = page.locator('.lm-CommandPalette-item');

      await openPalette('Open a Port');
      await command.filter({ hasText: 'Open a Port…' }).click();
      const input = page.getByRole('dialog').getByLabel('Port or address');
      await input.fill(String(SITE_PORT));
      const opened = page.context().waitForEvent('page');
      await input.press('Enter');
      const tab = await opened;
      await tab.getByRole('heading', { name: SITE_HEADING }).waitFor();
      expect(tab.url()).toBe(jupyter.url(`proxy/${SITE_PORT}/`));

      // A port of the settings is in the palette, too.
      await page.bringToFront();
      await openPalette('My site');
      const openedAgain = page.context().waitForEvent('page');
      await command.filter({ hasText: 'My site' }).click();
      const otherTab = await openedAgain;
      await otherTab.getByRole('heading', { name: SITE_HEADING }).waitFor();
    },
    { expectedErrors: ERROR_OF_NOTEBOOK }
  ));

/** A kernel that was installed a moment ago, as the page learns in a minute. */
async function installKernel(page: Page, title: string): Promise<void> {
  await page.route('**/api/kernelspecs*', async route => {
    const response = await route.fetch();
    const body = (await response.json()) as {
      kernelspecs: Record<string, { spec: object }>;
    };
    const [python] = Object.values(body.kernelspecs);
    const spec = { ...python?.spec, display_name: title };
    body.kernelspecs['another'] = { ...python, spec };
    await route.fulfill({ response, json: body });
  });
  await page.evaluate('jupyterapp.serviceManager.kernelspecs.refreshSpecs()');
}

test('the “New” menu of Notebook 7 has the named apps, and keeps them', () =>
  visit(
    async page => {
      await openTree(page);
      const menu = page.locator('.jp-DropdownMenu').getByText('New');
      const item = page
        .getByRole('menu')
        .getByRole('menuitem', { name: 'My named site', exact: true });
      await menu.click();
      const opened = page.context().waitForEvent('page');
      await item.click();
      const tab = await opened;
      await tab.getByRole('heading', { name: SITE_HEADING }).waitFor();
      expect(tab.url()).toBe(jupyter.url('site/'));

      // Notebook fills the menu anew when there are other kernels.
      await page.bringToFront();
      await installKernel(page, 'Another kernel');
      await menu.click();
      await page.getByRole('menuitem', { name: 'Another kernel' }).waitFor();
      await expect(item.count()).resolves.toBe(1);
      await expect(page.getByText('hidden').count()).resolves.toBe(0);
    },
    { expectedErrors: EXPECTED_ERRORS }
  ));
