import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import type { Surroundings } from './surroundings';

const START_TIMEOUT_MS = 60_000;

const NOTEBOOK = `
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    name = mo.ui.text(label="Name")
    name
    return mo, name


@app.cell
def _(mo, name):
    mo.md(f"# Hello {name.value}!")
    return
`;

/** Put the notebook there that is opened in it, and have it run when it is opened. */
export async function prepareMarimo({
  home,
  work
}: Surroundings): Promise<void> {
  await writeFile(join(work, 'notebook.py'), NOTEBOOK);
  await mkdir(join(home, '.config/marimo'), { recursive: true });
  await writeFile(
    join(home, '.config/marimo/marimo.toml'),
    '[runtime]\nauto_instantiate = true\n'
  );
}

/** Fill in a field of a marimo notebook, which its Python takes notice of. */
export async function useMarimo(
  page: Page,
  { jupyter, work }: Surroundings
): Promise<void> {
  const file = encodeURIComponent(join(work, 'notebook.py'));
  await page.goto(jupyter.url(`marimo/?file=${file}`), {
    timeout: START_TIMEOUT_MS
  });
  await page.getByRole('heading', { name: 'Hello !' }).waitFor();
  const field = page.getByRole('textbox', { name: 'Name' });
  await field.fill('Ada');
  await field.press('Enter');
  await page.getByRole('heading', { name: 'Hello Ada!' }).waitFor();
}
