import { BOKEH } from './bokeh';
import { DASH } from './dash';
import { FASTAPI } from './fastapi';
import { FLASK } from './flask';
import { GRADIO } from './gradio';
import { JUPYTERLAB } from './jupyterlab';
import type { IRealApp } from './real-app';
import { STREAMLIT } from './streamlit';
import { TENSORBOARD } from './tensorboard';
import { VITE_DEV } from './vite';

/** The apps that are tried in every run. */
export const APPS: IRealApp[] = [
  STREAMLIT,
  GRADIO,
  FASTAPI,
  FLASK,
  DASH,
  BOKEH,
  TENSORBOARD,
  VITE_DEV,
  JUPYTERLAB
];
