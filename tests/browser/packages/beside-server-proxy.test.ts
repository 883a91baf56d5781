import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { useBrowser } from '../support/browser';
import { Lab } from '../support/lab';
import { stopAfterAll } from '../support/stop-after-all';
import { useDesktop } from './support/desktop';
import { useHello } from './support/hello';
import { prepareMarimo, useMarimo } from './support/marimo';
import { BESIDE, NOT_UP_YET, Surroundings } from './support/surroundings';
import { prepareVsCode, useVsCode, VS_CODE_ERRORS } from './support/vscode';

const visit = useBrowser();
const keep = stopAfterAll();
let surroundings: Surroundings;

beforeAll(async () => {
  surroundings = keep(await Surroundings.besideServerProxy());
  await prepareVsCode(surroundings);
  await prepareMarimo(surroundings);
});

/**
 * Click an app's tile, which has its icon.
 *
 * @param icon - its file, in the package.
 */
async function openByTile(
  page: Page,
  title: string,
  icon: string
): Promise<Page> {
  const tile = (await Lab.open(page, surroundings.jupyter)).tile(title);
  const url = (await tile.locator('img').getAttribute('src')) ?? '';
  const [type, data = ''] = url.split(';base64,');
  expect(type).toBe('data:image/svg+xml');
  const text = await readFile(join(BESIDE, icon), 'utf8');
  expect(Buffer.from(data, 'base64').toString()).toBe(text.trim());
  const popup = page.waitForEvent('popup');
  await tile.click();
  return popup;
}

test('jupyter-server-proxy is there, and serves nothing', () => {
  expect(surroundings.jupyter.output).toContain(
    'jupyter_server_proxy | extension was successfully loaded.'
  );
  expect(surroundings.jupyter.output).toContain(
    'jupyter-server-proxy is installed, too; jupyter-porthole serves its addresses.'
  );
});

/** Test that an app works, and that it is served by us. */
function testApp(
  title: string,
  name: string,
  use: (page: Page) => Promise<void>,
  expectedErrors = NOT_UP_YET
): void {
  test(title, () =>
    visit(
      async page => {
        await surroundings.logIn(page);
        await use(page);
        await surroundings.expectToBeOurs(page, name);
      },
      { expectedErrors }
    )
  );
}

testApp('hello-jupyter-proxy', 'hello', page => useHello(page, surroundings));

testApp(
  'jupyter-vscode-proxy, from its tile',
  'vscode',
  async page => {
    const icon = 'jupyter_vscode_proxy/icons/code-server.svg';
    await useVsCode(await openByTile(page, 'VS Code', icon), surroundings);
  },
  VS_CODE_ERRORS
);

testApp('jupyter-remote-desktop-proxy', 'desktop-websockify', page =>
  useDesktop(page, surroundings)
);

testApp('jupyter-rsession-proxy, from its tile', 'rstudio', async page => {
  const icon = 'jupyter_rsession_proxy/icons/rstudio.svg';
  const rstudio = await openByTile(page, 'RStudio', icon);
  await rstudio.getByText(/^client_init of \w+$/).waitFor();
  // None of Jupyter's.
  const cookies = await rstudio.locator('#cookies').innerText();
  expect(cookies).toBe('csrf-token user-id');
  expect(rstudio.url()).toBe(surroundings.jupyter.url('rstudio/'));
});

/** Glances' page fails if its first figures come before its server has looked for an NPU. */
const NO_NPU_YET = new RegExp(`${NOT_UP_YET.source}|hasNpu`);

testApp(
  'jupyter-glances-proxy',
  'glances',
  async page => {
    await page.goto(surroundings.jupyter.url('glances/'));
    await page.locator(':text("Uptime:"):visible').first().waitFor();
    await page.locator(':text("TASKS"):visible').first().waitFor();
  },
  NO_NPU_YET
);

testApp('marimo-jupyter-extension', 'marimo', page =>
  useMarimo(page, surroundings)
);
