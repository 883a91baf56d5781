import type { Locator } from 'playwright-core';

import { SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const PLUGIN = 'jupyter-porthole:launcher';

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  keep(await startSite());
  jupyter = keep(await startJupyter());
});

/** Open the form for the ports in the Settings Editor. */
async function openForm({ page }: Lab): Promise<Locator> {
  await page.keyboard.press('Control+Comma');
  await page
    .locator('.jp-PluginList-entry', { hasText: 'Web Apps' })
    .first()
    .click();
  return page.locator(`[id="jp-SettingsEditor-${PLUGIN}"]`);
}

/** A field of the first port in the form. */
function field(form: Locator, key: string): Locator {
  return form.locator(`[id="jp-SettingsEditor-${PLUGIN}_ports_0_${key}"]`);
}

test('a port added in the Settings Editor has a tile at once, until it is removed', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    await lab.tile('Open a Port…').waitFor();
    const form = await openForm(lab);
    await form.getByRole('button', { name: 'Add item' }).click();
    await field(form, 'title').fill('Site of the form');
    await field(form, 'port').fill('70000');
    const problem = form.getByText('must be <= 65535');
    await problem.waitFor();
    await field(form, 'port').fill(String(SITE_PORT));
    await problem.waitFor({ state: 'detached' });
    await lab.tab('Launcher').click();
    await lab.tile('Site of the form').click();
    await lab.app.getByRole('heading', { name: SITE_HEADING }).waitFor();

    await lab.tab('Settings').click();
    // Its buttons show while one is in it.
    await field(form, 'title').focus();
    await form.getByTitle('Remove item').click();
    await lab.openLauncher();
    await lab.tile('Open a Port…').waitFor();
    await lab.tile('Site of the form').waitFor({ state: 'detached' });
  }));
