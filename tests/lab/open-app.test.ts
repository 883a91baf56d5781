import { Clipboard, Dialog } from '@jupyterlab/apputils';
import { framePromise } from '@jupyterlab/testing';

import {
  appEntry,
  appList,
  settled,
  startLab,
  type IHarnessOptions
} from './harness';

const OPEN = 'porthole:open-app';
const ROOT = 'http://localhost/jupyter/';

const APPS = [
  appEntry('rstudio', { title: 'RStudio', path_info: 'rstudio/auth?x=1' }),
  appEntry('code', { title: 'Code', new_browser_tab: true }),
  appEntry('my app', { path: 'my%20app/', path_info: 'my app/' }),
  appEntry('elsewhere', { path_info: 'proxy/8787/start' }),
  appEntry('top', { path_info: 'desktop' })
];

let opened: jest.SpyInstance;

beforeEach(() => {
  opened = jest.spyOn(window, 'open').mockReturnValue(null);
});

afterEach(() => {
  opened.mockRestore();
  Dialog.tracker.forEach(left => {
    left.reject();
  });
});

/** A JupyterLab that knows the apps. */
async function start(options: IHarnessOptions = {}) {
  const lab = await startLab({ answer: () => appList(...APPS), ...options });
  await settled();
  const open = (args: Record<string, string>): Promise<unknown> =>
    lab.commands.execute(OPEN, args);
  const link = (): string | null | undefined =>
    lab.tracker.currentWidget?.content.link;
  return { ...lab, open, link };
}

function openedUrls(): unknown[] {
  return opened.mock.calls.map(([url]: unknown[]) => url);
}

/** What the dialog on the screen says. */
async function dialogText(): Promise<string | null | undefined> {
  await framePromise();
  return document.querySelector('.jp-Dialog')?.textContent;
}

describe('porthole:open-app', () => {
  it('opens the page that the server names, in a tab', async () => {
    const { open, link, shell, tracker } = await start();
    const tab = await open({ name: 'rstudio' });
    expect(tab).toBe(tracker.currentWidget);
    expect(tab).toBe(shell.currentWidget);
    expect(tracker.currentWidget?.title.label).toBe('RStudio');
    expect(link()).toBe(`${ROOT}rstudio/auth?x=1`);
    expect(opened).not.toHaveBeenCalled();
  });

  it('opens another page of the app', async () => {
    const { open, link } = await start();
    await open({ name: 'my app', path: '/a?b#c', title: 'Mine' });
    expect(link()).toBe(`${ROOT}my%20app/a?b#c`);
  });

  it.each([
    ['elsewhere', 'proxy/8787/start'],
    ['top', 'desktop']
  ])('opens a page of %s that lies elsewhere', async (name, url) => {
    const { open, link } = await start();
    await open({ name });
    expect(link()).toBe(ROOT + url);
  });

  it('still finds the app itself where its tile leads elsewhere', async () => {
    const { open, link } = await start();
    await open({ name: 'elsewhere', path: '/' });
    expect(link()).toBe(`${ROOT}elsewhere/`);
  });

  it('resumes nowhere but at home where that is all of Jupyter', async () => {
    const { open, link } = await start();
    await open({ name: 'top', resumeAt: '/lab/tree/secret' });
    expect(link()).toBe(`${ROOT}desktop`);
  });

  it('has one tab for a page, by whatever words', async () => {
    const { open, shell, tracker } = await start();
    await open({ name: 'rstudio' });
    const first = tracker.currentWidget;
    await open({ name: 'rstudio', path: '/other' });
    await open({ name: 'my app' });
    await open({ name: 'rstudio', path: '/auth?x=1' });
    expect(tracker.size).toBe(3);
    expect(shell.currentWidget).toBe(first);
  });

  it('opens where the app wants, or the arguments', async () => {
    const { open, tracker } = await start();
    await open({ name: 'code' });
    await open({ name: 'rstudio', openIn: 'browser' });
    expect(tracker.size).toBe(0);
    expect(opened.mock.calls).toEqual([
      [`${ROOT}code/`, '_blank', 'noopener'],
      [`${ROOT}rstudio/auth?x=1`, '_blank', 'noopener']
    ]);
    await open({ name: 'code', openIn: 'tab' });
    expect(tracker.size).toBe(1);
  });

  it('opens a tab of the browser where the host has no tabs', async () => {
    const { open, tracker } = await start({ tabs: false });
    await open({ name: 'rstudio' });
    await open({ name: 'elsewhere', openIn: 'tab' });
    expect(tracker.size).toBe(0);
    expect(openedUrls()).toEqual([
      `${ROOT}rstudio/auth?x=1`,
      `${ROOT}proxy/8787/start`
    ]);
  });

  it('opens when the server has told its apps, and keeps nobody waiting', async () => {
    let tell: (list: Response) => void = () => undefined;
    const answer = () =>
      new Promise<Response>(resolve => {
        tell = resolve;
      });
    const { open, link, tracker } = await start({ answer });
    expect(await open({ name: 'rstudio' })).toBeNull();
    expect(tracker.size).toBe(0);
    tell(appList(...APPS));
    await settled();
    expect(link()).toBe(`${ROOT}rstudio/auth?x=1`);
  });

  it('says that the apps can’t be looked up', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const log = jest.spyOn(console, 'error').mockImplementation();
    const answer = () => new Response('', { status: 500 });
    const { open, tracker } = await start({ answer });
    await open({ name: 'rstudio' });
    expect(await dialogText()).toContain(
      'Reason: the web apps of the server could not be looked up.'
    );
    expect(tracker.size).toBe(0);
    log.mockRestore();
    warn.mockRestore();
  });
});

/* Any Markdown in a notebook can run a command with arguments of its choice. */
describe('porthole:open-app refuses', () => {
  let lab: Awaited<ReturnType<typeof start>>;
  let warn: jest.SpyInstance;

  beforeAll(async () => {
    warn = jest.spyOn(console, 'warn').mockImplementation();
    lab = await start();
  });

  afterAll(() => {
    warn.mockRestore();
  });

  it.each([
    {},
    { name: 7 },
    { name: '' },
    { name: '..' },
    { name: '../lab' },
    { name: 'rstudio/../lab' },
    { name: '%2e%2e' },
    { name: '..\\lab' },
    { name: '.\t.' },
    { name: 'lab' },
    { name: 'lab?reset' },
    { name: 'lab#x' },
    { name: '/rstudio' },
    { name: '//evil' },
    { name: 'https://evil/' },
    { name: 'rstudio', path: 'x' },
    { name: 'rstudio', path: '//evil' },
    { name: 'rstudio', path: '/../lab' },
    { name: 'rstudio', path: '/%2e%2e/lab' },
    { name: 'rstudio', path: '/../rstudio/' },
    { name: 'rstudio', resumeAt: 'https://evil/' },
    { name: 'rstudio', path: '/..', openIn: 'browser' }
  ])('%j, says why, and opens nothing', async args => {
    await lab.commands.execute(OPEN, args);
    expect(await dialogText()).toMatch(/Reason: the (name|path|server) .*\./);
    expect(lab.tracker.size).toBe(0);
    expect(opened).not.toHaveBeenCalled();
  });
});

describe('the commands for a page', () => {
  it('serve named apps', async () => {
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    const { commands, open } = await start();
    await commands.execute('porthole:copy-link', { name: 'rstudio' });
    await commands.execute('porthole:open-in-browser', {
      name: 'my app',
      path: '/x'
    });
    await open({ name: 'code', openIn: 'tab' });
    expect(commands.isEnabled('porthole:reload-app')).toBe(true);
    await commands.execute('porthole:copy-link');
    await commands.execute('porthole:open-in-browser');
    expect(copy.mock.calls).toEqual([
      [`${ROOT}rstudio/auth?x=1`],
      [`${ROOT}code/`]
    ]);
    expect(openedUrls()).toEqual([`${ROOT}my%20app/x`, `${ROOT}code/`]);
    copy.mockRestore();
  });
});

describe('porthole:ask-port', () => {
  it('opens the address of a named app', async () => {
    const { commands, link } = await start();
    const done = commands.execute('porthole:ask-port');
    await framePromise();
    const input = document.querySelector<HTMLInputElement>('.jp-Dialog input');
    if (input === null) {
      throw new Error('The dialog has no field.');
    }
    input.value = `${ROOT}rstudio/x?y`;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.focus();
    input.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })
    );
    await done;
    expect(link()).toBe(`${ROOT}rstudio/x?y`);
  });
});
