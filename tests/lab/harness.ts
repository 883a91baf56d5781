import {
  ILabShell,
  ILayoutRestorer,
  JupyterLab,
  type JupyterFrontEnd,
  LabShell,
  LayoutRestorer
} from '@jupyterlab/application';
import { ICommandPalette, type IPaletteItem } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher, LauncherModel } from '@jupyterlab/launcher';
import { ServerConnection, type ServiceManager } from '@jupyterlab/services';
import { ServiceManagerMock } from '@jupyterlab/services/lib/testutils';
import { ISettingRegistry, SettingRegistry } from '@jupyterlab/settingregistry';
import { StateDB } from '@jupyterlab/statedb';
import type { SidePanel } from '@jupyterlab/ui-components';
import { JSONExt, PromiseDelegate, type Token } from '@lumino/coreutils';
import { DisposableDelegate } from '@lumino/disposable';
import { Widget } from '@lumino/widgets';

import plugins from '../../src/lab';
import { IAppTracker } from '../../src/lab';
import schema from '../../schema/launcher.json';

export const LAUNCHER_PLUGIN = 'jupyter-porthole:launcher';

/** Settings as Jupyter Server keeps them, in memory. */
export class SettingsFile {
  /** @param defaults - the ports of an administrator's overrides file. */
  constructor(
    public raw = '{}',
    private readonly _defaults: unknown = []
  ) {}

  fetch(id: string): Promise<ISettingRegistry.IPlugin | undefined> {
    const copy = JSONExt.deepCopy(schema);
    Object.assign(copy.properties.ports, { default: this._defaults });
    return Promise.resolve(
      id === LAUNCHER_PLUGIN
        ? {
            id,
            raw: this.raw,
            schema: copy as ISettingRegistry.ISchema,
            data: { composite: {}, user: {} },
            version: '1'
          }
        : undefined
    );
  }

  list(): Promise<{ ids: string[]; values: ISettingRegistry.IPlugin[] }> {
    return Promise.resolve({ ids: [], values: [] });
  }

  save(_id: string, raw: string): Promise<void> {
    this.raw = raw;
    return Promise.resolve();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

/** A palette that remembers its items. */
class Palette implements ICommandPalette {
  placeholder = '';
  readonly items: IPaletteItem[] = [];

  activate(): void {
    // There is nothing to show.
  }

  addItem(item: IPaletteItem): DisposableDelegate {
    this.items.push(item);
    return new DisposableDelegate(() => {
      this.items.splice(this.items.indexOf(item), 1);
    });
  }
}

export interface IHarnessOptions {
  /** Default: `http://localhost/jupyter/`. */
  baseUrl?: string;
  /** Whether there are tabs and a launcher: JupyterLab rather than Notebook 7. */
  tabs?: boolean;
  /** `null` for a host without settings. */
  settings?: SettingsFile | null;
  /** The file browser, as far as anybody needs one. Default: there is none. */
  fileBrowser?: SidePanel;
  /** The state that outlives a reload of the page. */
  state?: StateDB;
  /** What the server answers to a request for this path. Default: no apps. */
  answer?: (path: string, request: Request) => Response | Promise<Response>;
}

/** An entry in the server's list of apps. */
export function appEntry(name: string, fields: object = {}) {
  return {
    name,
    title: name,
    category: 'Notebook',
    icon_url: null,
    path_info: `${name}/`,
    enabled: true,
    new_browser_tab: false,
    path: `${name}/`,
    state: 'stopped',
    source: 'a test',
    ...fields
  };
}

/** The server's list of apps. */
export function appList(...apps: unknown[]): Response {
  return new Response(JSON.stringify({ apps }));
}

/** All that the plugins do at the start has been done after this. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await new Promise(resolve => {
      setTimeout(resolve);
    });
  }
}

/* The `Request` of these tests is Node's, which takes no signal of jsdom's. */
const node = new Request('http://localhost/').signal
  .constructor as typeof AbortSignal;
AbortSignal.timeout = milliseconds => node.timeout(milliseconds);

/**
 * A JupyterLab with our plugins. Real are its registries, shell, launcher model,
 * settings and restorer; the services of the server are not.
 */
export async function startLab(options: IHarnessOptions = {}) {
  const { baseUrl = 'http://localhost/jupyter/', tabs = true } = options;
  const { settings = new SettingsFile(), state = new StateDB() } = options;
  const { answer = () => appList(), fileBrowser } = options;
  /** The paths that were asked for, before Jupyter was restored and after. */
  const requests: Record<'before' | 'after', string[]> = {
    before: [],
    after: []
  };
  let phase: keyof typeof requests = 'before';
  const serviceManager: ServiceManager.IManager = {
    ...new ServiceManagerMock(),
    serverSettings: ServerConnection.makeSettings({
      baseUrl,
      fetch: async input => {
        const request = new Request(input);
        const { pathname } = new URL(request.url);
        requests[phase].push(pathname);
        return await answer(pathname, request);
      }
    })
  };
  const shell = new LabShell();
  const app: JupyterFrontEnd = new JupyterLab({ shell, serviceManager });
  const provide = <T>(token: Token<T>, service: T): void => {
    const id = `test:${token.name}`;
    app.registerPlugin({ id, provides: token, activate: () => service });
  };
  const launcher = new LauncherModel();
  const palette = new Palette();
  const first = new PromiseDelegate<void>();
  const registry = app.commands;
  const restorer = new LayoutRestorer({
    connector: state,
    first: first.promise,
    registry
  });
  const settingRegistry = settings
    ? new SettingRegistry({ connector: settings })
    : null;
  provide(ICommandPalette, palette);
  if (tabs) {
    provide(ILabShell, shell);
    provide(ILauncher, launcher);
    provide(ILayoutRestorer, restorer);
  }
  if (fileBrowser) {
    const token: Token<SidePanel> = IDefaultFileBrowser;
    provide(token, fileBrowser);
  }
  if (settingRegistry) {
    provide(ISettingRegistry, settingRegistry);
  }
  void app.restored.then(() => {
    phase = 'after';
  });
  Widget.attach(shell, document.body);
  app.registerPlugins(plugins);
  for (const { id } of plugins) {
    await app.activatePlugin(id);
  }
  const tracker = await app.resolveRequiredService(IAppTracker);
  first.resolve();
  await shell.restoreLayout('multiple-document', restorer);
  return {
    app,
    commands: app.commands,
    launcher,
    palette,
    requests,
    restorer,
    settingRegistry,
    shell,
    state,
    tracker
  };
}
