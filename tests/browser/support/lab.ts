import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

import type { Jupyter } from './jupyter';

/** JupyterLab in a page of the browser, by what a person sees of it. */
export class Lab {
  private constructor(readonly page: Page) {}

  /**
   * Log in, and open JupyterLab without anything from earlier.
   *
   * @param path - below `lab/tree/`, to open a file.
   */
  static async open(page: Page, jupyter: Jupyter, file?: string): Promise<Lab> {
    const url = new URL(jupyter.url(file ? `lab/tree/${file}` : 'lab'));
    url.searchParams.set('reset', '');
    if (jupyter.token !== '') {
      url.searchParams.set('token', jupyter.token);
    }
    await page.goto(url.href);
    const lab = new Lab(page);
    await lab.ready();
    return lab;
  }

  /** Load the page of JupyterLab again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Wait until JupyterLab has started and restored its tabs. */
  async ready(): Promise<void> {
    await this.page.locator('#jp-main-dock-panel').waitFor();
    await this.page
      .locator('#jupyterlab-splash')
      .waitFor({ state: 'detached' });
  }

  /** Open a new launcher. */
  async openLauncher(): Promise<void> {
    await this.page.getByTitle('New Launcher', { exact: true }).click();
  }

  /** A tile of the launcher. */
  tile(title: string): Locator {
    return this.page.locator('.jp-LauncherCard', { hasText: title });
  }

  /** The app in the tab that is in front. */
  get app(): FrameLocator {
    return this.page.frameLocator('.jp-Porthole-frame:visible iframe');
  }

  /** The same, when it is to be used for more than finding what it shows. */
  async appFrame(): Promise<Frame> {
    const node = await this.page
      .locator('.jp-Porthole-frame:visible iframe')
      .elementHandle();
    const frame = await node.contentFrame();
    if (frame === null) {
      throw new Error('The tab shows no page.');
    }
    return frame;
  }

  /** A tab of the main area, by its title. */
  tab(title: string): Locator {
    return this.page.locator('#jp-main-dock-panel .lm-TabBar-tab', {
      hasText: title
    });
  }

  /**
   * Wait until JupyterLab has saved its tabs.
   *
   * @param isAwaited - whether what was saved, as JSON, is what is awaited.
   */
  async saved(isAwaited: (workspace: string) => boolean): Promise<void> {
    await this.page.waitForResponse(response => {
      const request = response.request();
      return (
        request.method() === 'PUT' &&
        response.url().includes('/lab/api/workspaces/') &&
        response.ok() &&
        isAwaited(request.postData() ?? '')
      );
    });
  }
}
