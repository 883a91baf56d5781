import { Clipboard, Dialog } from '@jupyterlab/apputils';
import { framePromise } from '@jupyterlab/testing';

import { startLab } from './harness';

const OPEN = 'porthole:open-port';

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

/** The dialog on the screen, once it is there. */
async function dialog(): Promise<HTMLElement> {
  await framePromise();
  const node = document.querySelector<HTMLElement>('.jp-Dialog');
  if (node === null) {
    throw new Error('There is no dialog.');
  }
  return node;
}

describe('every command', () => {
  it('has a label, a caption and described arguments', async () => {
    const { commands } = await startLab();
    const ours = commands
      .listCommands()
      .filter(id => id.startsWith('porthole'));
    expect(ours.sort()).toEqual([
      'porthole:ask-port',
      'porthole:copy-link',
      'porthole:open-app',
      'porthole:open-in-browser',
      'porthole:open-port',
      'porthole:reload-app',
      'porthole:restore-tab'
    ]);
    for (const id of ours) {
      expect(commands.label(id)).not.toBe('');
      expect(commands.caption(id)).not.toBe('');
      expect((await commands.describedBy(id)).args).toMatchObject({
        type: 'object'
      });
    }
  });
});

describe('porthole:open-port', () => {
  it('opens a tab at once and returns it', async () => {
    const { commands, shell, tracker } = await startLab();
    const tab: unknown = await commands.execute(OPEN, {
      port: 8501,
      title: 'Site'
    });
    expect(tab).toBe(tracker.currentWidget);
    expect(tab).toBe(shell.currentWidget);
    expect(tracker.currentWidget?.title.label).toBe('Site');
    expect(tracker.currentWidget?.content.link).toBe(
      'http://localhost/jupyter/proxy/8501/'
    );
    expect(opened).not.toHaveBeenCalled();
  });

  it('activates the tab that shows the same port and path', async () => {
    const { commands, shell, tracker } = await startLab();
    await commands.execute(OPEN, { port: 8501 });
    const first = tracker.currentWidget;
    await commands.execute(OPEN, { port: 8501, path: '/other' });
    await commands.execute(OPEN, { port: 8502 });
    expect(tracker.size).toBe(3);
    await commands.execute(OPEN, { port: 8501 });
    expect(tracker.size).toBe(3);
    expect(shell.currentWidget).toBe(first);
  });

  it('opens a tab of the browser if that is asked for', async () => {
    const { commands, tracker } = await startLab();
    await commands.execute(OPEN, { port: 8501, path: '/x', openIn: 'browser' });
    expect(tracker.size).toBe(0);
    expect(opened.mock.calls).toEqual([
      ['http://localhost/jupyter/proxy/8501/x', '_blank', 'noopener']
    ]);
  });

  it('opens a tab of the browser where the host has no tabs', async () => {
    const { commands, tracker } = await startLab({ tabs: false });
    await commands.execute(OPEN, { port: 8501 });
    expect(tracker.size).toBe(0);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  /* Any Markdown in a notebook can run a command with arguments of its choice. */
  it.each([
    {},
    { port: '8501@evil' },
    { port: 70000 },
    { port: 8501, path: '//evil' },
    { port: 8501, path: 'javascript:alert(1)' },
    { port: 8501, path: '/../../lab', openIn: 'browser' },
    { port: 8501, resumeAt: 'https://evil/' }
  ])('refuses %j with a sentence and opens nothing', async args => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const { commands, tracker } = await startLab();
    await commands.execute(OPEN, args);
    expect((await dialog()).textContent).toMatch(/Reason: the p\w+ must .*\./);
    expect(tracker.size).toBe(0);
    expect(opened).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('porthole:ask-port', () => {
  async function ask() {
    const lab = await startLab();
    const done = lab.commands.execute('porthole:ask-port');
    const node = await dialog();
    const input = node.querySelector('input');
    const accept = node.querySelector<HTMLButtonElement>('.jp-mod-accept');
    if (input === null || accept === null) {
      throw new Error('The dialog lacks its field or its button.');
    }
    const type = (text: string): void => {
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const press = (key: string): void => {
      input.focus();
      input.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    };
    const problem = (): string | null | undefined =>
      node.querySelector('.jp-Porthole-portProblem')?.textContent;
    return { ...lab, done, node, input, accept, type, press, problem };
  }

  it('opens what was typed', async () => {
    const { accept, done, press, problem, tracker, type } = await ask();
    type('http://localhost:8501/x?y');
    expect(accept.disabled).toBe(false);
    expect(problem()).toBe('');
    press('Enter');
    expect(await done).toBe(tracker.currentWidget);
    expect(tracker.currentWidget?.content.entry).toMatchObject({
      port: 8501,
      path: '/x?y'
    });
  });

  it('can’t be accepted while empty, and doesn’t scold for it', async () => {
    const { accept, node, press, problem } = await ask();
    expect(accept.disabled).toBe(true);
    expect(problem()).toBe('');
    press('Enter');
    expect(node.isConnected).toBe(true);
  });

  it('says what is wrong while one types, and loses nothing', async () => {
    const { accept, input, node, press, problem, type } = await ask();
    type('99999');
    expect(problem()).toBe('A port is a whole number from 1 to 65535.');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(accept.disabled).toBe(true);
    press('Enter');
    expect(node.isConnected).toBe(true);
    expect(input.value).toBe('99999');
    type('9999');
    expect(problem()).toBe('');
    expect(accept.disabled).toBe(false);
  });

  it('opens nothing when it is left', async () => {
    const { done, press, tracker, type } = await ask();
    type('8501');
    press('Escape');
    expect(await done).toBeNull();
    expect(tracker.size).toBe(0);
  });
});

describe('the commands for a page', () => {
  it('need arguments or a current tab', async () => {
    const { commands } = await startLab();
    const enabled = (args = {}): boolean[] =>
      ['copy-link', 'open-in-browser', 'reload-app'].map(name =>
        commands.isEnabled(`porthole:${name}`, args)
      );
    expect(enabled()).toEqual([false, false, false]);
    expect(enabled({ port: 8501 })).toEqual([true, true, false]);
    await commands.execute(OPEN, { port: 8501 });
    expect(enabled()).toEqual([true, true, true]);
  });

  it('open the page in a tab of the browser', async () => {
    const { commands } = await startLab({ baseUrl: 'https://h.example/u/' });
    await commands.execute(OPEN, { port: 8501, path: '/x' });
    await commands.execute('porthole:open-in-browser');
    await commands.execute('porthole:open-in-browser', { port: 9000 });
    expect(opened.mock.calls.map(([url]: unknown[]) => url)).toEqual([
      'https://h.example/u/proxy/8501/x',
      'https://h.example/u/proxy/9000/'
    ]);
  });

  it('copy the public link of the page', async () => {
    const copy = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    const { commands } = await startLab();
    await commands.execute('porthole:copy-link', { port: 8501, path: '/x' });
    expect(copy.mock.calls).toEqual([
      ['http://localhost/jupyter/proxy/8501/x']
    ]);
    copy.mockRestore();
  });
});
