import { DASK } from './dask';
import { DJANGO } from './django';
import { HTTP_SERVER } from './http-server';
import { MARIMO } from './marimo';
import { MLFLOW } from './mlflow';
import { NICEGUI } from './nicegui';
import { PANEL } from './panel';
import type { IRealApp } from './real-app';
import { SHINY } from './shiny';
import { SOLARA } from './solara';
import { VOILA } from './voila';

/** The apps that take too long for every run. */
export const MORE_APPS: IRealApp[] = [
  MLFLOW,
  DJANGO,
  PANEL,
  DASK,
  SHINY,
  MARIMO,
  NICEGUI,
  SOLARA,
  VOILA,
  HTTP_SERVER
];
