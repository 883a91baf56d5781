import { useBrowser } from '../support/browser';
import type { Jupyter } from '../support/jupyter';
import { stopAfterAll } from '../support/stop-after-all';
import { DASH } from './support/dash';
import { FASTAPI } from './support/fastapi';
import { FLASK, STYLED_FLASK } from './support/flask';
import { GRADIO } from './support/gradio';
import { STREAMLIT } from './support/streamlit';
import {
  PUBLIC_HOST,
  startPublicJupyter,
  tryThrough
} from './support/through-jupyter';
import { VITE_DEV } from './support/vite';

const visit = useBrowser([PUBLIC_HOST]);
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = keep(await startPublicJupyter({ tls: true }));
});

test.each([STREAMLIT, GRADIO, FASTAPI, FLASK, STYLED_FLASK, DASH, VITE_DEV])(
  '$name over HTTPS, which needs $needs',
  app => tryThrough(jupyter, app, visit)
);
