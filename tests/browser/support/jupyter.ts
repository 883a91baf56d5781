import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { join } from 'node:path';

import { makeCertificate } from './certificate';
import {
  jupyterEnvironment,
  makeFolders,
  writeJson,
  type IFolders
} from './folders';
import { freePort } from './ports';
import { Program } from './program';

/** Where Jupyter listens. */
const ADDRESS = '127.0.0.1';

/** A tile, as the settings have it. */
export interface IPortSetting {
  title: string;
  port: number;
  path?: string;
  openIn?: 'tab' | 'browser';
}

export interface IJupyterOptions {
  command?: 'lab' | 'notebook' | 'server';
  /** Whether it asks for a token; without one everybody may do everything. */
  authenticates?: boolean;
  /** Begins and ends with a slash. */
  baseUrl?: string;
  /** The host that its address names, which only the browser has to know. */
  publicHost?: string;
  /** Whether it speaks TLS, by a certificate that no browser knows. */
  tls?: boolean;
  /** The setting `ports` of the person. */
  ports?: IPortSetting[];
  theme?: string;
  /** The server's named apps: `c.ServerProxy.servers`. */
  servers?: Record<string, object>;
  /** More of the server's configuration, by class. */
  config?: Record<string, object>;
  /** Variables of its environment, which count more than others. */
  env?: NodeJS.ProcessEnv;
  /** The folder that it works in, and its apps. */
  cwd?: string;
}

/** A real Jupyter in a process of its own. */
export class Jupyter {
  constructor(
    private readonly _program: Program,
    private readonly _folders: IFolders,
    private readonly _root: string,
    readonly token: string
  ) {}

  /** The public address of a path below the base URL. */
  url(path: string): string {
    return this._root + path;
  }

  /** All that it has logged and its apps have printed. */
  get output(): string {
    return this._program.output;
  }

  /** Put a file where the file browser shows it. */
  async writeFile(name: string, content: unknown): Promise<void> {
    await writeJson(join(this._folders.files, name), content);
  }

  /** End it, its kernels included, and delete its files. */
  async stop(): Promise<void> {
    await this._program.stop();
    await rm(this._folders.root, { recursive: true, force: true });
  }
}

/** Start a Jupyter, the first one on the PATH, and wait until it answers. */
export async function startJupyter(
  options: IJupyterOptions = {}
): Promise<Jupyter> {
  const {
    command = 'lab',
    authenticates = true,
    baseUrl = '/jupyter/',
    publicHost = ADDRESS,
    tls = false,
    servers = {},
    config = {},
    env = {},
    cwd
  } = options;
  const folders = await makeFolders();
  const port = await freePort();
  const token = authenticates ? randomBytes(16).toString('hex') : '';
  await writeJson(join(folders.config, 'jupyter_server_config.json'), {
    ServerApp: {
      ip: ADDRESS,
      port,
      port_retries: 0,
      base_url: baseUrl,
      allow_remote_access: publicHost !== ADDRESS,
      open_browser: false,
      allow_root: true,
      root_dir: folders.files,
      ...(tls ? await makeCertificate(folders.root, publicHost) : {})
    },
    IdentityProvider: { token },
    ServerProxy: { servers },
    PasswordIdentityProvider: { hashed_password: '' },
    ...config
  });
  await writeSettings(folders.settings, options);
  const rootAt = (host: string): string =>
    `${tls ? 'https' : 'http'}://${host}:${port}${baseUrl}`;
  const program = new Program('Jupyter', 'jupyter', [command], {
    env: { ...jupyterEnvironment(folders), ...env },
    ...(cwd === undefined ? {} : { cwd })
  });
  await program.started(() => answers(`${rootAt(ADDRESS)}api`));
  return new Jupyter(program, folders, rootAt(publicHost), token);
}

/** Write the person's settings. */
async function writeSettings(
  folder: string,
  { ports = [], theme = 'JupyterLab Light' }: IJupyterOptions
): Promise<void> {
  const settings = {
    'jupyter-porthole/launcher': { ports },
    '@jupyterlab/apputils-extension/themes': { theme },
    // Nothing is asked of the network, and no notice hides what is tested.
    '@jupyterlab/apputils-extension/notification': {
      checkForUpdates: false,
      fetchNews: 'false'
    }
  };
  for (const [name, content] of Object.entries(settings)) {
    await writeJson(join(folder, `${name}.jupyterlab-settings`), content);
  }
}

/** Whether an address answers with 200. */
function answers(url: string): Promise<boolean> {
  return new Promise(resolve => {
    const get = url.startsWith('https:') ? getHttps : getHttp;
    get(url, { agent: false, rejectUnauthorized: false }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => {
      resolve(false);
    });
  });
}
