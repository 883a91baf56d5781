import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { notebookOf } from '../../support/notebook';
import { installed } from './places';
import type { IRealApp } from './real-app';

const CELL = `
from ipywidgets import Button, Label, VBox

greeting = Label("Nobody yet")
button = Button(description="Greet")
button.on_click(lambda _: setattr(greeting, "value", "Hello Ada!"))
VBox([button, greeting])
`;

export const VOILA: IRealApp = {
  name: 'Voila',
  needs: 'its page fixed, and Origin and Host that agree',
  async command({ port, folder }) {
    const notebook = join(folder, 'Greeting.ipynb');
    await writeFile(notebook, JSON.stringify(notebookOf([CELL])));
    return {
      program: installed('voila'),
      args: [notebook, `--port=${port}`, '--no-browser']
    };
  },
  async use(frame) {
    await frame.getByText('Nobody yet').waitFor();
    await frame.getByRole('button', { name: 'Greet' }).click();
    await frame.getByText('Hello Ada!').waitFor();
  },
  // An extension for JupyterLab that comes with Panel, in the same environment.
  expectedErrors: /labextensions\/@pyviz\/jupyterlab_pyviz\//
};
