import type { IRealApp } from './real-app';

const TOKEN = 'nested';

export const JUPYTERLAB: IRealApp = {
  name: 'A JupyterLab in JupyterLab',
  needs: 'its page fixed, and Origin and Host that agree',
  path: `lab?token=${TOKEN}`,
  command: ({ port }) => ({
    // The tests' own: Dash's Python has an extension that JupyterLab wants to build in.
    program: 'jupyter',
    args: [
      'lab',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--IdentityProvider.token=${TOKEN}`,
      '--no-browser',
      '--allow-root'
    ]
  }),
  async use(frame) {
    await frame
      .locator('.jp-LauncherCard[data-category="Notebook"]')
      .first()
      .click();
    await frame.getByText('Python 3 (ipykernel) | Idle').waitFor();
    const cell = frame.locator('.jp-Notebook .jp-Cell').first();
    const editor = cell.locator('.cm-content');
    await editor.fill('6 * 7');
    await editor.press('Shift+Enter');
    await cell.locator('.jp-OutputArea-output', { hasText: '42' }).waitFor();
  }
};
