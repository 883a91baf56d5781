import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { useBrowser } from '../support/browser';
import type { Jupyter } from '../support/jupyter';
import { runNotebook } from '../support/notebook';
import { stopAfterAll } from '../support/stop-after-all';
import { AppsKernel } from './support/apps-kernel';
import { APPS } from './support/places';
import { PUBLIC_HOST, startPublicJupyter } from './support/through-jupyter';

/** An app as Bokeh's documentation has it in a notebook. */
const BOKEH_APP = `
from bokeh.io import output_notebook, show
from bokeh.layouts import column
from bokeh.models import Button, Div
from bokeh.resources import INLINE

output_notebook(INLINE, hide_banner=True)

def app(document):
    greeting = Div(text="Nobody yet")
    button = Button(label="Greet")
    button.on_click(lambda: setattr(greeting, "text", "Hello Ada!"))
    document.add_root(column(button, greeting))
`;

/** What the README says for Bokeh where there is no hub. */
const HERE = `
import os

def here(port):
    address = os.environ["TENSORBOARD_PROXY_URL"]
    return "*" if port is None else address.replace("%PORT%", str(port))
`;

/** What whoever runs the tests in a Jupyter has of that one. */
const NOT_OF_ANOTHER = {
  TENSORBOARD_PROXY_URL: undefined,
  DASK_DISTRIBUTED__DASHBOARD__LINK: undefined
};

const visit = useBrowser([PUBLIC_HOST]);
const keep = stopAfterAll();
let kernel: AppsKernel;

beforeAll(async () => {
  kernel = keep(await AppsKernel.install());
});

describe("a notebook in somebody's own Jupyter", () => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    const env = { ...kernel.environment, ...NOT_OF_ANOTHER };
    jupyter = keep(await startPublicJupyter({ env }));
  });

  test('shows TensorBoard by its magic command', () =>
    visit(async page => {
      const outputs = await runNotebook(page, jupyter, [
        `%run ${join(APPS, 'write_events.py')} runs`,
        '%load_ext tensorboard\n%tensorboard --logdir runs'
      ]);
      const card = outputs.frame(1).locator('scalar-card', { hasText: 'loss' });
      await card.locator('svg path').first().waitFor();
    }));

  test("links to Dask's dashboard", () =>
    visit(async page => {
      await runNotebook(page, jupyter, [
        'from distributed import Client\n' +
          'client = Client(processes=False, dashboard_address=":0")\n' +
          'client'
      ]);
      const link = cell(page, 0).getByRole('link', { name: '/status' }).first();
      const opened = page.waitForEvent('popup');
      await link.click();
      const dashboard = await opened;
      expect(dashboard.url()).toMatch(
        new RegExp(`^${jupyter.url('proxy')}/\\d+/status$`)
      );
      await dashboard.locator('canvas').first().waitFor();
      await dashboard.getByRole('link', { name: 'Workers' }).click();
      await dashboard.getByText('inproc://').first().waitFor();
    }));

  test("shows an app by Bokeh's show() when told where", () =>
    visit(async page => {
      await runNotebook(page, jupyter, [
        BOKEH_APP,
        `${HERE}\nshow(app, notebook_url=here)`
      ]);
      await useBokehApp(cell(page, 1));
    }));
});

describe('a notebook in a Jupyter that a hub has started', () => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    // By this variable Bokeh knows.
    const env = {
      ...kernel.environment,
      JUPYTERHUB_SERVICE_PREFIX: '/user/alice/'
    };
    jupyter = keep(await startPublicJupyter({ env }));
  });

  test("shows an app by Bokeh's show()", () =>
    visit(async page => {
      await runNotebook(page, jupyter, [BOKEH_APP, 'show(app)']);
      await useBokehApp(cell(page, 1));
    }));
});

/** A cell with what it shows. */
function cell(page: Page, index: number): Locator {
  return page.locator('.jp-Notebook-cell').nth(index);
}

/** Have Python answer a click. */
async function useBokehApp(shown: Locator): Promise<void> {
  await shown.getByText('Nobody yet').waitFor();
  await shown.getByRole('button', { name: 'Greet' }).click();
  await shown.getByText('Hello Ada!').waitFor();
}
