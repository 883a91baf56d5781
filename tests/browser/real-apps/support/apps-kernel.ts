import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { writeJson } from '../../support/folders';
import { installed } from './places';

/** Where TensorBoard notes those that run (`tensorboard.manager`), in a folder of its own here. */
const NOTES = '.tensorboard-info';

/** A kernel of the Python that has the apps, in place of Jupyter's own. */
export class AppsKernel {
  private constructor(private readonly _folder: string) {}

  /** Install it in a folder of its own. */
  static async install(): Promise<AppsKernel> {
    const kernel = new AppsKernel(
      await mkdtemp(join(tmpdir(), 'porthole-kernel-'))
    );
    const python = installed('python');
    await mkdir(kernel._notes, { recursive: true });
    await writeJson(join(kernel._folder, 'kernels/python3/kernel.json'), {
      argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
      display_name: 'Python 3 (ipykernel)',
      language: 'python',
      env: {
        // As in an activated environment: notebooks start programs by their names.
        PATH: [dirname(python), process.env['PATH']].join(delimiter),
        TMPDIR: kernel._folder
      }
    });
    return kernel;
  }

  /** What a Jupyter needs to find it. */
  get environment(): NodeJS.ProcessEnv {
    return { JUPYTER_PATH: this._folder };
  }

  /** End what notebooks have started to outlive them, and delete the folder. */
  async stop(): Promise<void> {
    for (const note of await readdir(this._notes)) {
      process.kill(Number(/\d+/.exec(note)?.[0]), 'SIGTERM');
    }
    await rm(this._folder, { recursive: true, force: true });
  }

  private get _notes(): string {
    return join(this._folder, NOTES);
  }
}
