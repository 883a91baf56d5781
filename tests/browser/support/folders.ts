import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What Jupyter reads and writes, instead of the person's own files. */
export interface IFolders {
  /** The folder of all others. */
  root: string;
  config: string;
  /** What the file browser shows. */
  files: string;
  settings: string;
}

/** Make the folders of one Jupyter. */
export async function makeFolders(): Promise<IFolders> {
  const root = await mkdtemp(join(tmpdir(), 'porthole-browser-'));
  const folders = {
    root,
    config: join(root, 'config'),
    files: join(root, 'files'),
    settings: join(root, 'settings')
  };
  await mkdir(folders.files);
  return folders;
}

/** Write a file of JSON, and the folders above it. */
export async function writeJson(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(content));
}

/** The environment of a Jupyter that lives in these folders and no others. */
export function jupyterEnvironment({
  root,
  config,
  settings
}: IFolders): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('JUPYTER')
  );
  return {
    ...Object.fromEntries(outside),
    IPYTHONDIR: join(root, 'ipython'),
    JUPYTER_CONFIG_DIR: config,
    JUPYTER_DATA_DIR: join(root, 'data'),
    JUPYTER_RUNTIME_DIR: join(root, 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: settings,
    JUPYTERLAB_WORKSPACES_DIR: join(root, 'workspaces'),
    // What a notebook asks this machine for goes nowhere else.
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost'
  };
}
