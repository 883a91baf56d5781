import { useBrowser } from '../../support/browser';
import type { Jupyter } from '../../support/jupyter';
import { stopAfterAll } from '../../support/stop-after-all';
import { DASH } from '../support/dash';
import { DJANGO } from '../support/django';
import { GRADIO } from '../support/gradio';
import { STREAMLIT } from '../support/streamlit';
import {
  PUBLIC_HOST,
  startPublicJupyter,
  tryInTab
} from '../support/through-jupyter';

const visit = useBrowser([PUBLIC_HOST]);
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = keep(await startPublicJupyter());
});

test.each([STREAMLIT, GRADIO, DASH])(
  '$name in a tab of JupyterLab, which needs $needs',
  app => tryInTab(jupyter, app, visit)
);

test('Django in a tab of JupyterLab, which needs its X-Frame-Options relaxed, too', () =>
  tryInTab(jupyter, DJANGO, visit));
