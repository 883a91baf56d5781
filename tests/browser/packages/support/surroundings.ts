import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import type { Page } from 'playwright-core';

import {
  startJupyter,
  type IJupyterOptions,
  type Jupyter
} from '../../support/jupyter';
import { waitUntil } from '../../support/wait';
import { processesAtHome } from './processes';

/** Where `tests/runner/packages.py` has installed what is tested. */
const INSTALLED = join(__dirname, '../../../../.test-output/packages');
export const BESIDE = join(INSTALLED, 'beside');
const WITHOUT = join(INSTALLED, 'without');
const CODE_SERVER = join(INSTALLED, 'code-server/node_modules/.bin');

/** Below the home directory, which the apps fill with folders of their own. */
const WORK = 'work';

/** What the tests bring themselves. */
const BIN = join(__dirname, '../bin');

/** Browsers call the page that shows a start, an answer of 503, an error. */
export const NOT_UP_YET = /status of 503 /;

/** How long after Jupyter's end a process may be on its way out. */
const END_TIMEOUT_MS = 3_000;

/** A Jupyter with packages written for jupyter-server-proxy, in a home of their own. */
export class Surroundings {
  private constructor(
    readonly jupyter: Jupyter,
    /** The home directory of it and its apps. */
    readonly home: string
  ) {}

  /** JupyterLab, with jupyter-server-proxy installed and enabled. */
  static besideServerProxy(): Promise<Surroundings> {
    return Surroundings.start(join(BESIDE, 'bin'), {
      config: {
        MarimoProxyConfig: { sandbox: null, skip_update_check: true }
      },
      env: {
        PYTHONPATH: BESIDE,
        JUPYTER_PATH: join(BESIDE, 'share/jupyter'),
        JUPYTER_CONFIG_PATH: join(BESIDE, 'etc/jupyter'),
        JUPYTER_REMOTE_DESKTOP_PROXY_XSTARTUP: join(BIN, 'xstartup'),
        // marimo's package takes it for Jupyter's base URL.
        JUPYTERHUB_SERVICE_PREFIX: '/jupyter/'
      }
    });
  }

  /** Jupyter Server with jupyter-porthole and nothing else. */
  static withoutServerProxy(): Promise<Surroundings> {
    return Surroundings.start(join(WITHOUT, 'bin'), { command: 'server' });
  }

  /**
   * Start a Jupyter in a new home.
   *
   * @param bin - where its programs are.
   */
  private static async start(
    bin: string,
    options: IJupyterOptions
  ): Promise<Surroundings> {
    demandPackages();
    const home = await makeHome();
    try {
      const jupyter = await startJupyter({
        ...options,
        cwd: join(home, WORK),
        env: { ...environment(home, bin), ...options.env }
      });
      return new Surroundings(jupyter, home);
    } catch (error) {
      await rm(home, { recursive: true, force: true });
      throw error;
    }
  }

  /** The folder that Jupyter and its apps work in. */
  get work(): string {
    return join(this.home, WORK);
  }

  /** Let a browser in, without a page of JupyterLab. */
  async logIn(page: Page): Promise<void> {
    const { jupyter } = this;
    await page.goto(jupyter.url(`api/status?token=${jupyter.token}`));
  }

  /**
   * Demand that an app's process is one of jupyter-porthole's, which starts none if
   * another proxy serves the app.
   */
  async expectToBeOurs(page: Page, name: string): Promise<void> {
    const answer = await page.request.get(
      this.jupyter.url(`porthole/api/apps/${name}`)
    );
    const app = (await answer.json()) as { pid: number };
    expect(app).toMatchObject({ name, state: 'running', restarts: 0 });
    const running = await processesAtHome(this.home);
    expect(running.map(({ pid }) => pid)).toContain(app.pid);
  }

  /** End Jupyter, and demand that none of the processes below it is left. */
  async stop(): Promise<void> {
    try {
      await this.jupyter.stop();
      await waitUntil(
        async () => (await processesAtHome(this.home)).length === 0,
        'All processes have ended with Jupyter.',
        END_TIMEOUT_MS
      );
    } catch (error) {
      const left = await processesAtHome(this.home);
      for (const { pid } of left) {
        process.kill(pid, 'SIGKILL');
      }
      const commands = left.map(({ command }) => command).join('\n');
      throw new Error(`${String(error)}\nLeft over:\n${commands}`);
    } finally {
      await rm(this.home, { recursive: true, force: true });
    }
  }
}

function demandPackages(): void {
  if (!existsSync(join(CODE_SERVER, 'code-server'))) {
    throw new Error(
      'The packages are not installed: run `python3 tests/run.py --only packages`.'
    );
  }
}

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'porthole-home-'));
  await mkdir(join(home, 'tmp'));
  await mkdir(join(home, WORK));
  return home;
}

/** What both have in common. */
function environment(home: string, bin: string): NodeJS.ProcessEnv {
  const path = [bin, CODE_SERVER, BIN, process.env['PATH']];
  return {
    HOME: home,
    PATH: path.join(delimiter),
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share')
  };
}
