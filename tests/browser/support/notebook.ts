import type { FrameLocator, Locator, Page } from 'playwright-core';

import type { Jupyter } from './jupyter';
import { Lab } from './lab';

/** A notebook (nbformat 4.5) that was never run. */
export function notebookOf(cells: string[]): unknown {
  return {
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata: {},
      outputs: [],
      source
    })),
    metadata: {
      kernelspec: {
        display_name: 'Python 3',
        language: 'python',
        name: 'python3'
      },
      language_info: { name: 'python' }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
}

/** What the cells of a notebook have put out. */
export class Outputs {
  constructor(private readonly _page: Page) {}

  /** Wait until a cell has printed something. */
  async text(index: number): Promise<string> {
    const text = this._area(index).locator('.jp-OutputArea-output');
    return (await text.innerText()).trimEnd();
  }

  /** The frame that a cell shows. */
  frame(index: number): FrameLocator {
    return this._area(index).frameLocator('iframe');
  }

  private _area(index: number): Locator {
    return this._page.locator('.jp-Notebook-cell').nth(index);
  }
}

/** Open a notebook with these cells in JupyterLab, and run all of them. */
export async function runNotebook(
  page: Page,
  jupyter: Jupyter,
  cells: string[]
): Promise<Outputs> {
  await jupyter.writeFile('Notebook.ipynb', notebookOf(cells));
  const lab = await Lab.open(page, jupyter, 'Notebook.ipynb');
  await lab.tab('Notebook.ipynb').waitFor();
  await page.getByText('Python 3 (ipykernel) | Idle').waitFor();
  await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
  await page
    .getByRole('menuitem', { name: 'Run All Cells', exact: true })
    .click();
  return new Outputs(page);
}
