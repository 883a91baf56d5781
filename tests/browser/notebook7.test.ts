import { SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { stopAfterAll } from './support/stop-after-all';

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  keep(await startSite());
  jupyter = keep(
    await startJupyter({
      command: 'notebook',
      ports: [{ title: 'My site', port: SITE_PORT }]
    })
  );
});

/** Notebook 7.6 fails so without this extension, too, as it makes its shortcuts. */
const ERROR_OF_NOTEBOOK =
  /^TypeError: .* \(reading 'schema'\)\n.*\/notebook_core\./;

test('Notebook 7 opens a port in a tab of the browser', () =>
  visit(
    async page => {
      await page.goto(jupyter.url(`tree?token=${jupyter.token}`));
      await page.getByRole('main').waitFor();
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
