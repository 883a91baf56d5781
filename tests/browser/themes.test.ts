import type { Locator, Page } from 'playwright-core';

import { takePicture, useBrowser } from './support/browser';
import { contrast } from './support/contrast';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { freePort } from './support/ports';
import { stopAfterAll } from './support/stop-after-all';

/** WCAG 2, level AA. */
const LEGIBLE = 4.5;

const visit = useBrowser();

describe.each(['JupyterLab Light', 'JupyterLab Dark'])('in %s', theme => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    jupyter = keep(
      await startJupyter({
        ports: [{ title: 'Nobody', port: await freePort() }],
        theme
      })
    );
  });

  test.each(['light', 'dark'] as const)(
    'texts of ours are legible, where the system is %s',
    colorScheme =>
      visit(
        async page => {
          const lab = await Lab.open(page, jupyter);
          await seeDialog(lab);
          await seePage(lab);
        },
        {
          colorScheme,
          expectedErrors: /status of 502 .*\/jupyter\/proxy\/\d+\/\)$/
        }
      )
  );
});

async function seeDialog(lab: Lab): Promise<void> {
  await lab.tile('Open a Port…').click();
  const dialog = lab.page.getByRole('dialog');
  const input = dialog.getByLabel('Port or address');
  await input.fill('65536');
  const problem = dialog.getByText('A port is a whole number');
  await problem.waitFor();
  await expectLegible(lab.page, 'dialog', {
    label: dialog.getByText('Port or address', { exact: true }),
    help: dialog.getByText('The port that the app listens on'),
    problem
  });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
}

async function seePage(lab: Lab): Promise<void> {
  await lab.tile('Nobody').click();
  const title = lab.app.getByRole('heading');
  await title.waitFor();
  await expectLegible(lab.page, 'page', {
    tab: lab.tab('Nobody'),
    title,
    hint: lab.app.getByRole('listitem').first(),
    status: lab.app.getByRole('status')
  });
}

async function expectLegible(
  page: Page,
  picture: string,
  texts: Record<string, Locator>
): Promise<void> {
  await takePicture(page, `-${picture}`);
  const illegible: Record<string, number> = {};
  for (const [name, text] of Object.entries(texts)) {
    const ratio = await contrast(text);
    if (ratio < LEGIBLE) {
      illegible[name] = ratio;
    }
  }
  expect(illegible).toEqual({});
}
