/**
 * Frames load their pages.
 *
 * @jest-environment-options {"resources": "usable"}
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { StateDB } from '@jupyterlab/statedb';

import type { AppTab } from '../../src/lab';
import { appIcon, resolveIcon } from '../../src/lab/icons';
import { appEntry, appList, settled, startLab } from './harness';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M2 2z"/></svg>';
const ICON = '/jupyter/server-proxy/icon/rstudio';
const RSTUDIO = appEntry('rstudio', { title: 'RStudio', icon_url: ICON });

let server: Server;
let baseUrl: string;
/** The pages of apps that frames have asked for. */
let loaded: string[];

/** An app: each of its pages is titled with its own path. */
beforeAll(async () => {
  server = createServer((request, response) => {
    loaded.push(request.url ?? '');
    response.setHeader('Content-Type', 'text/html');
    response.end(`<title>${request.url ?? ''}</title>`);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/jupyter/`;
});

beforeEach(() => {
  loaded = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What the server answers if it has these apps. */
function apps(...list: unknown[]): (path: string) => Response {
  return path =>
    path === ICON
      ? new Response(SVG, { headers: { 'Content-Type': 'image/svg+xml' } })
      : appList(...list);
}

function frameOf(tab: AppTab): HTMLIFrameElement {
  const frame = tab.node.querySelector('iframe');
  if (frame === null) {
    throw new Error('There is no frame.');
  }
  return frame;
}

function onlyTab({ tracker }: Awaited<ReturnType<typeof startLab>>): AppTab {
  const tab = tracker.find(() => true);
  if (tab === undefined || tracker.size !== 1) {
    throw new Error(`There are ${tracker.size} tabs.`);
  }
  return tab;
}

/** The app of this tab has come to a page with this title. */
async function titled(tab: AppTab, title: string): Promise<void> {
  await new Promise<void>(resolve => {
    tab.content.moved.connect((_, pageTitle) => {
      if (pageTitle === title) {
        resolve();
      }
    });
  });
}

/** What is left of a JupyterLab in which the app was open, and had moved on. */
async function leave(name: string, from: string, to: string): Promise<StateDB> {
  const list = [RSTUDIO, appEntry('elsewhere', { path_info: 'x/start' })];
  const lab = await startLab({ baseUrl, answer: apps(...list) });
  await settled();
  await lab.commands.execute('porthole:open-app', { name });
  const tab = onlyTab(lab);
  await titled(tab, `/jupyter/${from}`);
  frameOf(tab).src = baseUrl + to;
  await titled(tab, `/jupyter/${to}`);
  expect(tab.content.link).toBe(baseUrl + to);
  loaded = [];
  return lab.state;
}

describe('the tab of a named app', () => {
  it('has the title and the icon of the app', async () => {
    const lab = await startLab({ baseUrl, answer: apps(RSTUDIO) });
    await settled();
    await lab.commands.execute('porthole:open-app', { name: 'rstudio' });
    const tab = onlyTab(lab);
    await titled(tab, '/jupyter/rstudio/');
    expect(tab.title.label).toBe('RStudio');
    expect(tab.title.caption).toBe('RStudio\nWeb app “rstudio”');
    expect(tab.title.icon).toBe(resolveIcon(SVG));
  });

  it('does not take a page outside the app for one of its own', async () => {
    const lab = await startLab({ baseUrl, answer: apps(RSTUDIO) });
    await settled();
    await lab.commands.execute('porthole:open-app', { name: 'rstudio' });
    const tab = onlyTab(lab);
    await titled(tab, '/jupyter/rstudio/');
    const frame = frameOf(tab);
    await new Promise(resolve => {
      frame.addEventListener('load', resolve);
      frame.src = `${baseUrl}login`;
    });
    expect(tab.content.link).toBe(`${baseUrl}rstudio/`);
  });

  it.each([
    ['rstudio', 'rstudio/', 'rstudio/a/b?c'],
    ['elsewhere', 'x/start', 'x/y?z']
  ])(
    'of %s comes back at its page when the server has told its apps',
    async (name, from, to) => {
      const state = await leave(name, from, to);
      let tell: (list: Response) => void = () => undefined;
      const list = new Promise<Response>(resolve => {
        tell = resolve;
      });
      const lab = await startLab({ baseUrl, state, answer: () => list });
      await settled();
      expect(onlyTab(lab).content.link).toBeNull();
      expect(lab.commands.isEnabled('porthole:copy-link')).toBe(false);
      expect(lab.requests.before).toEqual([]);
      expect(loaded).toEqual([]);

      const fields = { path_info: from, title: 'Told' };
      tell(appList(appEntry(name, fields)));
      await titled(onlyTab(lab), `/jupyter/${to}`);
      expect(loaded).toEqual([`/jupyter/${to}`]);
      expect(onlyTab(lab).title.label).toBe('Told');
      expect(onlyTab(lab).title.icon).toBe(appIcon);
      await lab.commands.execute('porthole:open-app', { name });
      expect(onlyTab(lab).content.link).toBe(baseUrl + to);
    }
  );

  it.each([
    [
      'the app is gone',
      apps(),
      'This web app can’t be opened: the server has no web app named “rstudio”.'
    ],
    [
      'the server can’t tell',
      () => new Response('', { status: 500 }),
      'This web app can’t be opened: the web apps of the server could not be looked up.'
    ]
  ])('says so when %s', async (_, answer, sentence) => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    const state = await leave('rstudio', 'rstudio/', 'rstudio/a');
    const lab = await startLab({ baseUrl, state, answer });
    await settled();
    const tab = onlyTab(lab);
    expect(tab.content.node.textContent).toBe(sentence);
    expect(frameOf(tab).hidden).toBe(true);
    expect(loaded).toEqual([]);
    log.mockRestore();
  });
});

describe('what was saved', () => {
  it.each([
    { name: '..' },
    { name: 'rstudio/../lab' },
    { name: 'rstudio', path: '//evil' },
    { name: 'rstudio', resumeAt: '/../lab' },
    { port: '8501@evil' },
    {}
  ])('is forgotten if it is %j', async data => {
    const state = new StateDB();
    await state.save('porthole:bad', { data });
    const lab = await startLab({ baseUrl, state, answer: apps(RSTUDIO) });
    await settled();
    expect(lab.tracker.size).toBe(0);
    expect((await state.list('porthole')).ids).toEqual([]);
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});
