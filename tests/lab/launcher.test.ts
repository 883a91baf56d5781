import { Notification } from '@jupyterlab/apputils';
import type { LauncherModel } from '@jupyterlab/launcher';

import { LAUNCHER_PLUGIN, SettingsFile, settled, startLab } from './harness';

function ports(...entries: unknown[]): string {
  return JSON.stringify({ ports: entries });
}

function tiles(launcher: LauncherModel): unknown[] {
  return Array.from(launcher.items(), ({ args, command }) =>
    command === 'porthole:open-port' ? args?.['port'] : command
  );
}

function notices(): string[] {
  return Notification.manager.notifications.map(({ message }) => message);
}

afterEach(() => {
  Notification.manager.dismiss();
});

describe('the tiles', () => {
  it('are there for each port of the settings, with what it says', async () => {
    const file = new SettingsFile(
      ports({ port: 8501, title: 'Site', category: 'Other', path: '/x' })
    );
    const { commands, launcher, palette } = await startLab({ settings: file });
    await settled();
    expect(tiles(launcher)).toEqual(['porthole:ask-port', 8501]);
    const tile = Array.from(launcher.items())[1];
    expect(tile).toMatchObject({ category: 'Other', args: { path: '/x' } });
    expect(commands.label('porthole:open-port', tile?.args)).toBe('Site');
    expect(palette.items.map(({ args }) => args?.['port'])).toContain(8501);
  });

  it('come from an overrides file as well', async () => {
    const settings = new SettingsFile('{}', [{ title: 'Site', port: 8700 }]);
    const { launcher } = await startLab({ settings });
    await settled();
    expect(tiles(launcher)).toEqual(['porthole:ask-port', 8700]);
    expect(notices()).toEqual([]);
  });

  it('come, change and go with the settings; others stay', async () => {
    const file = new SettingsFile(ports({ port: 1 }, { port: 2 }));
    const lab = await startLab({ settings: file });
    await settled();
    const find = (port: number) =>
      Array.from(lab.launcher.items()).find(i => i.args?.['port'] === port);
    const kept = find(1);
    const set = async (...entries: { port: number; title?: string }[]) =>
      lab.settingRegistry?.set(LAUNCHER_PLUGIN, 'ports', entries);

    await set({ port: 1 }, { port: 2, title: 'Two' }, { port: 3 });
    expect(tiles(lab.launcher)).toEqual(['porthole:ask-port', 1, 2, 3]);
    expect(find(2)?.args?.['title']).toBe('Two');
    expect(find(1)).toBe(kept);

    await set({ port: 1 });
    expect(tiles(lab.launcher)).toEqual(['porthole:ask-port', 1]);
    expect(find(1)).toBe(kept);
    const inPalette = lab.palette.items.map(({ args }) => args?.['port']);
    expect(inPalette.filter(port => port !== undefined)).toEqual([1]);
  });

  it('are shown for the good entries of a broken file; one notice says why', async () => {
    const file = new SettingsFile(
      ports({ port: 1 }, { port: 'abc', title: 'Bad' }, 7, { port: 3 })
    );
    const lab = await startLab({ settings: file });
    await settled();
    expect(tiles(lab.launcher)).toEqual(['porthole:ask-port', 1, 3]);
    expect(notices()).toEqual([
      'Web app no. 2 (“Bad”) has no tile: the port must be a whole number from 1 to 65535. (And 1 more mistake.)'
    ]);
    expect(file.raw).toContain('"Bad"');
    await lab.settingRegistry?.set(LAUNCHER_PLUGIN, 'ports', [{ port: 1 }]);
    expect(notices()).toEqual([]);
  });

  it('leave “Open a Port…” when the settings can’t be loaded', async () => {
    const settings = new SettingsFile();
    settings.fetch = () => Promise.reject(new Error('offline'));
    const log = jest.spyOn(console, 'error').mockImplementation();
    const { launcher } = await startLab({ settings });
    await settled();
    expect(tiles(launcher)).toEqual(['porthole:ask-port']);
    expect(notices()).toEqual([
      'The settings for web apps can’t be loaded, so none is shown.'
    ]);
    expect(log).toHaveBeenCalledTimes(1);
    log.mockRestore();
  });

  it('don’t keep Jupyter from starting while the settings load', async () => {
    const settings = new SettingsFile();
    settings.fetch = () => new Promise(() => undefined);
    const { launcher } = await startLab({ settings });
    expect(tiles(launcher)).toEqual(['porthole:ask-port']);
  });

  it('are not missed where there is no launcher and no settings', async () => {
    const { palette } = await startLab({ tabs: false, settings: null });
    expect(palette.items.map(({ command }) => command)).toContain(
      'porthole:ask-port'
    );
  });
});

describe('the form of the Settings Editor', () => {
  it('gets the strict schema, an overrides file’s default, and whole entries', async () => {
    const file = new SettingsFile(ports({ port: 70000 }, 7), [{ port: 1 }]);
    const { settingRegistry } = await startLab({ settings: file });
    const settings = await settingRegistry?.load(LAUNCHER_PLUGIN);
    expect(settings?.schema.properties?.['ports']).toMatchObject({
      type: 'array',
      default: [{ port: 1 }],
      items: { properties: { port: { minimum: 1, maximum: 65535 } } }
    });
    expect(settings?.composite['ports']).toEqual([
      { port: 70000, path: '/', category: 'Web Apps', openIn: 'tab' },
      7
    ]);
    expect(settings?.user['ports']).toEqual([{ port: 70000 }, 7]);
  });
});
