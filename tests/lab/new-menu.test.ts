import { SidePanel, Toolbar } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Menu, MenuBar } from '@lumino/widgets';

import { NewMenu } from '../../src/lab/new-menu';
import { appEntry, appList, settled, startLab } from './harness';

const OWN = ['notebook:create-new', 'terminal:create-new'];

/** The “New” menu of Notebook 7: it's filled anew when the kernels change. */
class NotebookMenu extends Menu {
  constructor(commands = new CommandRegistry()) {
    super({ commands });
    this.populate();
  }

  populate(): void {
    this.clearItems();
    for (const command of OWN) {
      this.addItem({ command });
    }
  }

  /** What a person sees who opens it. */
  look(): (string | undefined)[] {
    this.open(0, 0);
    const seen = this.items.map(({ type, command, args }) =>
      type === 'separator' ? '—' : `${command} ${nameOf(args)}`.trim()
    );
    expect(this.contentNode.children).toHaveLength(seen.length);
    this.close();
    return seen;
  }
}

function nameOf({ name }: ReadonlyPartialJSONObject): string {
  return typeof name === 'string' ? name : '';
}

/** Notebook's toolbar puts its menu into a new bar whenever it is filled. */
function fill(toolbar: Toolbar, menu: Menu, name = 'new-dropdown'): void {
  for (const child of Array.from(toolbar.children())) {
    child.parent = null;
  }
  const bar = new MenuBar();
  bar.addMenu(menu);
  toolbar.addItem('uploader', new Toolbar());
  toolbar.addItem(name, bar);
}

const APPS = [
  appEntry('one', { title: 'First' }),
  appEntry('hidden', { enabled: false }),
  appEntry('two/b')
];
const OURS = ['—', 'porthole:open-app one', 'porthole:open-app two/b'];

async function startNotebook(fileBrowser: SidePanel, apps: unknown[] = APPS) {
  const lab = await startLab({
    tabs: false,
    fileBrowser,
    answer: () => appList(...apps)
  });
  await settled();
  return lab;
}

describe('the “New” menu of Notebook 7', () => {
  let fileBrowser: SidePanel;
  let toolbar: Toolbar;
  let menu: NotebookMenu;

  beforeEach(() => {
    fileBrowser = new SidePanel();
    toolbar = fileBrowser.toolbar;
    menu = new NotebookMenu();
  });

  afterEach(() => {
    menu.dispose();
    fileBrowser.dispose();
  });

  it('has the apps that want tiles below its own items', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser);
    expect(menu.look()).toEqual([...OWN, ...OURS]);
  });

  it('has no line without apps', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser, [appEntry('hidden', { enabled: false })]);
    expect(menu.look()).toEqual(OWN);
  });

  it('has them again, once, when it has been filled anew', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser);
    menu.populate();
    // At once, before it has been drawn.
    expect(menu.look()).toEqual([...OWN, ...OURS]);
    menu.populate();
    await settled();
    menu.populate();
    await settled();
    expect(menu.items).toHaveLength(OWN.length + OURS.length);
    expect(menu.look()).toEqual([...OWN, ...OURS]);
  });

  it('has them beside those of others', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser);
    menu.addItem({ command: 'other:command' });
    expect(menu.look()).toEqual([...OWN, ...OURS, 'other:command']);
    menu.populate();
    menu.addItem({ command: 'other:command' });
    expect(menu.look()).toEqual([...OWN, 'other:command', ...OURS]);
  });

  it('has them if the toolbar is filled late, or anew', async () => {
    await startNotebook(fileBrowser);
    fill(toolbar, menu);
    await settled();
    expect(menu.look()).toEqual([...OWN, ...OURS]);
    fill(toolbar, menu);
    await settled();
    expect(menu.look()).toEqual([...OWN, ...OURS]);
  });

  it('hands them to the menu that takes its place', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser);
    const other = new NotebookMenu();
    fill(toolbar, other);
    await settled();
    expect(other.look()).toEqual([...OWN, ...OURS]);
    expect(menu.look()).toEqual(OWN);
    other.dispose();
  });

  it('opens them in a tab of the browser', async () => {
    const opened = jest.spyOn(window, 'open').mockReturnValue(null);
    const { commands } = await startNotebook(fileBrowser);
    const real = new NotebookMenu(commands);
    fill(toolbar, real);
    await settled();
    real.open(0, 0);
    expect(real.contentNode.textContent).toContain('First');
    real.activeIndex = real.items.findIndex(({ args }) => 'name' in args);
    real.triggerActiveItem();
    await settled();
    expect(opened.mock.calls.map(([url]) => url)).toEqual([
      'http://localhost/jupyter/one/'
    ]);
    opened.mockRestore();
    real.dispose();
  });

  it('is left alone where it is another menu', async () => {
    fill(toolbar, menu, 'other-dropdown');
    await startNotebook(fileBrowser);
    expect(menu.look()).toEqual(OWN);
  });

  it('does not close when there are other apps, and shows them next', () => {
    let wanted: Menu.IItemOptions[] = [{ command: 'porthole:open-app' }];
    fill(toolbar, menu);
    const kept = new NewMenu(toolbar, () => wanted);
    expect(menu.look()).toEqual([...OWN, 'porthole:open-app']);
    menu.open(0, 0);
    wanted = [{ command: 'porthole:open-app', args: { name: 'new' } }];
    kept.update();
    MessageLoop.flush();
    expect(menu.isAttached).toBe(true);
    menu.close();
    expect(menu.look()).toEqual([...OWN, 'porthole:open-app new']);
    kept.dispose();
  });

  it('loses them with the file browser', async () => {
    fill(toolbar, menu);
    await startNotebook(fileBrowser);
    expect(menu.look()).toEqual([...OWN, ...OURS]);
    fileBrowser.dispose();
    expect(menu.look()).toEqual(OWN);
    menu.populate();
    expect(menu.look()).toEqual(OWN);
  });

  it('may be disposed of before the file browser', () => {
    fill(toolbar, menu);
    const kept = new NewMenu(toolbar, () => [{ command: 'porthole:open-app' }]);
    menu.dispose();
    kept.update();
    MessageLoop.flush();
    expect(menu.items).toEqual([]);
    kept.dispose();
    expect(kept.isDisposed).toBe(true);
  });
});

test('where there is no file browser, there is nothing to do', async () => {
  const { launcher } = await startLab({ answer: () => appList(...APPS) });
  await settled();
  expect(Array.from(launcher.items(), ({ args }) => args?.['name'])).toContain(
    'one'
  );
});
