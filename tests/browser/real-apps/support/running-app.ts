import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { demandFree } from '../../support/apps';
import { freePort, isListening } from '../../support/ports';
import { Program } from '../../support/program';
import { installed } from './places';
import type { IPlace, IRealApp } from './real-app';
import { START_TIMEOUT_MS } from './timeouts';

/** A real app that runs. */
export class RunningApp {
  private constructor(
    readonly app: IRealApp,
    readonly place: IPlace,
    private readonly _program: Program
  ) {}

  /** Start an app, and wait until it listens. */
  static async start(app: IRealApp): Promise<RunningApp> {
    demandPrograms();
    const folder = await mkdtemp(join(tmpdir(), 'porthole-app-'));
    try {
      const port = app.port ?? (await freePort());
      await demandFree(port);
      const place = { port, folder };
      const { program, args, env } = await app.command(place);
      const running = new Program(app.name, program, args, {
        env: { ...environment(folder), ...env },
        cwd: folder,
        isForeign: true
      });
      // Nothing is asked of it, as Solara keeps the prefix of the first request for ever.
      await running.started(() => isListening(port), START_TIMEOUT_MS);
      return new RunningApp(app, place, running);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** All that it has printed. */
  get output(): string {
    return this._program.output;
  }

  /** End it, and delete its files. */
  async stop(): Promise<void> {
    await this._program.stop();
    await rm(this.place.folder, { recursive: true, force: true });
  }
}

function demandPrograms(): void {
  if (!existsSync(installed('python'))) {
    throw new Error(
      'The apps are not installed: run `python3 tests/run.py --only apps`.'
    );
  }
}

/** Nothing that decides over Jupyter or Python, and a home of its own. */
function environment(folder: string): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^(JUPYTER|JPY_|PYTHON|VIRTUAL_ENV$)/.test(name)
  );
  return {
    ...Object.fromEntries(outside),
    HOME: folder,
    PYTHONUNBUFFERED: '1'
  };
}
