import type { ILauncher, LauncherModel } from '@jupyterlab/launcher';
import type { CommandRegistry } from '@lumino/commands';

import { appIcon, resolveIcon } from '../../src/lab/icons';
import {
  appEntry,
  appList,
  SettingsFile,
  settled,
  startLab,
  type IHarnessOptions
} from './harness';

const LIST = '/jupyter/porthole/api/apps';
const ICON = '/jupyter/server-proxy/icon/';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1z"/></svg>';

/** The server has these apps, and these icons. */
function server(
  apps: unknown[],
  icons: Record<string, () => Response | Promise<Response>> = {}
): Required<Pick<IHarnessOptions, 'answer'>> {
  return {
    answer: path =>
      path === LIST
        ? appList(...apps)
        : (icons[path]?.() ?? new Response('', { status: 404 }))
  };
}

function image(body: BodyInit, type: string): Response {
  return new Response(body, { headers: { 'Content-Type': type } });
}

function appTiles(launcher: LauncherModel): ILauncher.IItemOptions[] {
  return Array.from(launcher.items()).filter(
    ({ command }) => command === 'porthole:open-app'
  );
}

function names(launcher: LauncherModel): unknown[] {
  return appTiles(launcher).map(({ args }) => args?.['name']);
}

function iconOf(commands: CommandRegistry, name: string): unknown {
  return commands.icon('porthole:open-app', { name });
}

/* jsdom has no images: whether one can be shown is told by its first bytes. */
beforeAll(() => {
  HTMLImageElement.prototype.decode = function () {
    return this.src.startsWith('data:image/png;base64,iVBO')
      ? Promise.resolve()
      : Promise.reject(new Error('It is no PNG image.'));
  };
});

let warn: jest.SpyInstance;

beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation();
});

afterEach(() => {
  warn.mockRestore();
});

describe('the tiles of named apps', () => {
  it('have title and category, in the palette as well', async () => {
    const { commands, launcher, palette } = await startLab(
      server([
        appEntry('rstudio', { title: 'RStudio' }),
        appEntry('code', { title: 'Code', category: 'Other' }),
        appEntry('bare', { category: '' })
      ])
    );
    await settled();
    const tiles = appTiles(launcher);
    expect(
      tiles.map(({ command, args, category }) => [
        commands.label(command, args),
        category
      ])
    ).toEqual([
      ['RStudio', 'Notebook'],
      ['Code', 'Other'],
      ['bare', 'Web Apps']
    ]);
    const lines = palette.items
      .filter(({ command }) => command === 'porthole:open-app')
      .map(({ command, args }) => commands.label(command, args));
    expect(lines).toEqual(['RStudio', 'Code', 'bare']);
  });

  it('are not there for apps that want none', async () => {
    const { commands, launcher, palette } = await startLab(
      server([appEntry('hidden', { enabled: false }), appEntry('shown')])
    );
    await settled();
    expect(names(launcher)).toEqual(['shown']);
    expect(palette.items.map(({ args }) => args?.['name'])).not.toContain(
      'hidden'
    );
    expect(commands.label('porthole:open-app', { name: 'hidden' })).toBe(
      'hidden'
    );
  });

  it('share the launcher with the ports of the settings', async () => {
    const settings = new SettingsFile(JSON.stringify({ ports: [{ port: 1 }] }));
    const { launcher } = await startLab({
      settings,
      ...server([appEntry('rstudio')])
    });
    await settled();
    expect(Array.from(launcher.items(), ({ command }) => command)).toEqual(
      expect.arrayContaining([
        'porthole:ask-port',
        'porthole:open-port',
        'porthole:open-app'
      ])
    );
  });

  it('leave out what can’t be read, and twins', async () => {
    const { launcher } = await startLab(
      server([
        7,
        appEntry('..'),
        appEntry('bad', { path: '../lab/' }),
        appEntry('good', { title: 'First' }),
        appEntry('good', { title: 'Second' })
      ])
    );
    await settled();
    expect(appTiles(launcher).map(({ args }) => args)).toEqual([
      { name: 'good', title: 'First' }
    ]);
    expect(warn).toHaveBeenCalledTimes(4);
  });

  it('are in the palette where there is no launcher', async () => {
    const { palette } = await startLab({
      tabs: false,
      ...server([appEntry('rstudio')])
    });
    await settled();
    expect(palette.items.map(({ args }) => args?.['name'])).toContain(
      'rstudio'
    );
  });
});

describe('the icons of named apps', () => {
  it('are SVG images, whatever type the server gives them', async () => {
    const { commands, launcher } = await startLab(
      server(
        [
          appEntry('one', { icon_url: `${ICON}one` }),
          appEntry('two', { icon_url: `${ICON}two` })
        ],
        {
          [`${ICON}one`]: () => image(SVG, 'image/svg+xml; charset=utf-8'),
          [`${ICON}two`]: () => image(SVG, 'application/octet-stream')
        }
      )
    );
    await settled();
    expect(iconOf(commands, 'one')).toBe(resolveIcon(SVG));
    expect(iconOf(commands, 'two')).toBe(resolveIcon(SVG));
    // The launcher draws only this one in the sections of kernels.
    expect(appTiles(launcher)[0]?.kernelIconUrl).toBe(
      `data:image/svg+xml;base64,${btoa(SVG)}`
    );
  });

  it('are other images', async () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0xff]);
    const url = 'data:image/png;base64,iVBOR/8=';
    const { commands, launcher } = await startLab(
      server([appEntry('png', { icon_url: `${ICON}png` })], {
        [`${ICON}png`]: () => image(png, 'image/png')
      })
    );
    await settled();
    expect(iconOf(commands, 'png')).toBe(resolveIcon(url));
    expect(resolveIcon(url)).not.toBe(appIcon);
    expect(appTiles(launcher)[0]?.kernelIconUrl).toBe(url);
  });

  it.each([
    ['missing', () => new Response('', { status: 404 })],
    ['a page', () => image('<!doctype html><p>Log in', 'text/html')],
    ['a broken SVG image', () => image('<svg><g></svg>', 'image/svg+xml')],
    ['a broken PNG image', () => image('PNG?', 'image/png')],
    ['no image', () => image('Hello', 'text/plain')],
    ['out of reach', () => Promise.reject(new TypeError('offline'))]
  ])('are the icon of any app where they are %s', async (_, answer) => {
    const { commands, launcher } = await startLab(
      server([appEntry('rstudio', { icon_url: `${ICON}rstudio` })], {
        [`${ICON}rstudio`]: answer
      })
    );
    await settled();
    expect(names(launcher)).toEqual(['rstudio']);
    expect(iconOf(commands, 'rstudio')).toBe(appIcon);
    expect(appTiles(launcher)[0]?.kernelIconUrl).toMatch(/^data:image\/svg/);
  });

  it('keep only their own tile waiting', async () => {
    let send: (icon: Response) => void = () => undefined;
    const { launcher } = await startLab(
      server(
        [appEntry('slow', { icon_url: `${ICON}slow` }), appEntry('fast')],
        {
          [`${ICON}slow`]: () =>
            new Promise(resolve => {
              send = resolve;
            })
        }
      )
    );
    await settled();
    expect(names(launcher)).toEqual(['fast']);
    const [fast] = appTiles(launcher);
    send(image(SVG, 'image/svg+xml'));
    await settled();
    expect(names(launcher)).toEqual(['fast', 'slow']);
    expect(appTiles(launcher)[0]).toBe(fast);
  });
});

describe('the list of apps', () => {
  it('is asked for once, and nothing before Jupyter is restored', async () => {
    const { requests } = await startLab(
      server([appEntry('rstudio', { icon_url: `${ICON}rstudio` })])
    );
    await settled();
    expect(requests.before).toEqual([]);
    expect(requests.after).toEqual([LIST, `${ICON}rstudio`]);
  });

  it('doesn’t keep Jupyter from starting while it is on its way', async () => {
    const { launcher } = await startLab({
      answer: () => new Promise(() => undefined)
    });
    expect(Array.from(launcher.items(), ({ command }) => command)).toEqual([
      'porthole:ask-port'
    ]);
  });

  it.each([
    ['is out of reach', () => Promise.reject(new TypeError('offline'))],
    ['answers with an error', () => new Response('no', { status: 500 })],
    ['answers with a page', () => image('<!doctype html>', 'text/html')],
    ['answers with no list', () => new Response('{"apps": {}}')]
  ])(
    'is said to be missing, once, when the server %s; ports are there',
    async (_, answer) => {
      const log = jest.spyOn(console, 'error').mockImplementation();
      const settings = new SettingsFile('{"ports": [{"port": 1}]}');
      const { launcher } = await startLab({ settings, answer });
      await settled();
      expect(Array.from(launcher.items(), ({ command }) => command)).toEqual([
        'porthole:ask-port',
        'porthole:open-port'
      ]);
      expect(log.mock.calls.map(([sentence]: unknown[]) => sentence)).toEqual([
        'The web apps of the server can’t be looked up.'
      ]);
      log.mockRestore();
    }
  );
});
