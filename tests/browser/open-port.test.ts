import type { Locator } from 'playwright-core';

import { SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  keep(await startSite());
  jupyter = keep(await startJupyter());
});

/** Click the tile, and return the field of the dialog. */
async function askForPort(lab: Lab): Promise<Locator> {
  await lab.tile('Open a Port…').click();
  return lab.page.getByRole('dialog').getByLabel('Port or address');
}

test('opens the port that is typed', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    const input = await askForPort(lab);
    await input.fill(String(SITE_PORT));
    await input.press('Enter');
    await lab.app.getByRole('heading', { name: SITE_HEADING }).waitFor();
    await lab.tab('A static site').waitFor();
  }));

test('opens the page whose address is pasted', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    const input = await askForPort(lab);
    await input.fill(`http://localhost:${SITE_PORT}/sub/page.html?x=1`);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Open' })
      .click();
    await lab.app.getByText('Its query: ?x=1').waitFor();
    await lab.tab('The page below').waitFor();
  }));

test('opens nothing for what names no port, and says why', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    const input = await askForPort(lab);
    const dialog = page.getByRole('dialog');
    const open = dialog.getByRole('button', { name: 'Open' });
    for (const [text, problem] of [
      ['0', 'A port is a whole number from 1 to 65535.'],
      ['https://example.org/', 'Type a port such as 8501'],
      ['65536', 'A port is a whole number from 1 to 65535.'],
      ['八七〇〇', 'Type a port such as 8501'],
      [`http://localhost:${SITE_PORT}/../../lab`, 'must not leave the app']
    ] as const) {
      await input.fill(text);
      await dialog.getByText(problem).waitFor();
      expect(await open.isDisabled()).toBe(true);
      await input.press('Enter');
    }
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator('.jp-Porthole-tab').count()).toBe(0);
    await lab.tile('Open a Port…').waitFor();
  }));
