import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const APP = join(__dirname, 'apps', 'slow_start.py');
const ICON = join(__dirname, 'apps', 'icon.svg');

/** Browsers call every answer of 502 and 503 an error. */
const NOT_UP_YET = { expectedErrors: /status of 50[23] / };

const visit = useBrowser();
const keep = stopAfterAll();
let folder: string;
let jupyter: Jupyter;

/** The file for which an app of that name waits. */
function gate(name: string): string {
  return join(folder, name);
}

function slow(name: string, entry: object): object {
  return {
    command: ['python', APP, '{port}', gate(name)],
    timeout: 60,
    new_browser_tab: false,
    launcher_entry: { title: `Slow ${name}`, ...entry }
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porthole-browser-'));
  keep({ stop: () => rm(folder, { recursive: true, force: true }) });
  jupyter = keep(
    await startJupyter({
      servers: {
        one: slow('one', { category: 'Simulations', icon_path: ICON }),
        two: { ...slow('two', { category: 'Other' }), new_browser_tab: true },
        hidden: slow('hidden', { enabled: false }),
        broken: {
          command: [
            'python',
            '-c',
            'print("No licence <found>"); raise SystemExit(7)'
          ],
          new_browser_tab: false,
          launcher_entry: { title: 'Broken app' }
        }
      }
    })
  );
});

test('a tile opens its tab at once, which shows the start and then the app', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    const section = page.locator('.jp-Launcher-section', {
      hasText: 'Simulations'
    });
    await section.locator('.jp-LauncherCard svg image').waitFor();
    await section.locator('.jp-LauncherCard').click();
    await lab.app
      .getByRole('heading', { name: 'Slow one is starting.' })
      .waitFor();
    await lab.app.getByText('Loading the model <1 of 2>').waitFor();
    await writeFile(`${gate('one')}.more`, '');
    await lab.app.getByText('Still loading').waitFor();
    await writeFile(gate('one'), '');
    await lab.app
      .getByRole('heading', { name: 'The slow app at /', exact: true })
      .waitFor();
    await lab.tab('Slow one').waitFor();
    const saved = lab.saved(workspace => workspace.includes('/below/page?x=1'));
    await lab.app.getByRole('link', { name: 'The page below' }).click();
    const below = lab.app.getByRole('heading', {
      name: 'The slow app at /below/page?x=1'
    });
    await below.waitFor();
    await saved;
    await lab.reload();
    await below.waitFor();
  }, NOT_UP_YET));

test('an app that asks for it opens in a tab of the browser', () =>
  visit(async page => {
    await writeFile(gate('two'), '');
    const lab = await Lab.open(page, jupyter);
    const popup = page.waitForEvent('popup');
    await lab.tile('Slow two').click();
    const tab = await popup;
    await tab
      .getByRole('heading', { name: 'The slow app at /', exact: true })
      .waitFor();
    expect(new URL(tab.url()).pathname).toBe('/jupyter/two/');
    await expect(lab.tile('Slow hidden').count()).resolves.toBe(0);
  }, NOT_UP_YET));

test('an app that fails says how, with its last lines', () =>
  visit(async page => {
    const lab = await Lab.open(page, jupyter);
    await lab.tile('Broken app').click();
    await lab.app
      .getByRole('heading', { name: 'Broken app is not running.' })
      .waitFor();
    await lab.app.getByText('It ended with exit status 7.').waitFor();
    await lab.app.getByText('No licence <found>').waitFor();
  }, NOT_UP_YET));
