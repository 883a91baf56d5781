/**
 * Frames load their pages.
 *
 * @jest-environment-options {"resources": "usable"}
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Notification } from '@jupyterlab/apputils';

import type { AppTab } from '../../src/lab';
import {
  appEntry,
  appList,
  settled,
  startLab,
  type IHarnessOptions
} from './harness';

const OPEN = 'porthole:open-port';
const FIXES = '/jupyter/porthole/api/fixes';
const OFFER =
  '“Port 8501” looks for parts of itself in the wrong place, so it may not work.';

/** Where a page looks for its data. */
const STRAY = '/data.json';

let server: Server;
let baseUrl: string;
/** What is in each page; it is a program. */
let script: string;

/**
 * jsdom knows nothing of the requests of a page. So each page brings an observer along
 * that is told what the page says: `ask('/data.json')`.
 */
const OBSERVER = `
  const observers = new Set();
  const entries = [];
  window.observers = observers;
  window.ask = path => {
    entries.push({ name: new URL(path, location.origin).href, responseStatus: 404 });
    observers.forEach(observer => observer.tell());
  };
  window.PerformanceObserver = class {
    constructor(callback) {
      this.tell = () => callback({ getEntries: () => entries });
    }
    observe(options) {
      window.observed = options;
      observers.add(this);
      if (options.buffered && entries.length > 0) {
        setTimeout(this.tell);
      }
    }
    disconnect() {
      observers.delete(this);
    }
  };
`;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<script>${OBSERVER}</script><script>${script}</script>`);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/jupyter/`;
});

beforeEach(() => {
  script = '';
});

afterEach(() => {
  Notification.manager.dismiss();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What a page has of its observer. */
interface IPage extends Window {
  ask(path: string): void;
  observers: Set<unknown>;
  observed: unknown;
}

function frameOf(tab: AppTab): HTMLIFrameElement {
  const frame = tab.node.querySelector('iframe');
  if (frame === null) {
    throw new Error('There is no frame.');
  }
  return frame;
}

function pageOf(tab: AppTab): IPage {
  return frameOf(tab).contentWindow as IPage;
}

/** A JupyterLab that takes note of what the server is told. */
async function start(
  answerToFix: () => Response = () => new Response(null, { status: 204 }),
  options: IHarnessOptions = {}
) {
  const told: unknown[] = [];
  const lab = await startLab({
    baseUrl,
    answer: async (path, request) => {
      if (path === FIXES && request.method === 'POST') {
        told.push(await request.json());
        return answerToFix();
      }
      return appList(
        appEntry('rstudio', { title: 'RStudio' }),
        appEntry('elsewhere', { path_info: 'x/start' })
      );
    },
    ...options
  });
  await settled();
  const open = async (args: object, command = OPEN): Promise<AppTab> => {
    const { size } = lab.tracker;
    await lab.commands.execute(command, { ...args });
    const tab = lab.tracker.currentWidget;
    if (tab === null || lab.tracker.size === size) {
      throw new Error('There is no new tab.');
    }
    await moved(tab);
    return tab;
  };
  return { ...lab, open, told };
}

/** The app in a tab has moved. */
async function moved(tab: AppTab): Promise<void> {
  await new Promise<void>(resolve => {
    tab.content.moved.connect(() => {
      resolve();
    });
  });
  await settled();
}

function notices(): string[] {
  return Notification.manager.notifications.map(({ message }) => message);
}

/** Press a button of the only notice. */
function press(label: string): void {
  const [notice] = Notification.manager.notifications;
  const action = notice?.options.actions?.find(each => each.label === label);
  if (action === undefined) {
    throw new Error(`There is no button “${label}”.`);
  }
  action.callback(new MouseEvent('click'));
}

describe('the offer to correct the links of an app', () => {
  it('is made when a request of its page goes past it', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    expect(pageOf(tab).observed).toEqual({ type: 'resource', buffered: true });
    pageOf(tab).ask('/jupyter/proxy/8501/data.json');
    expect(notices()).toEqual([]);
    pageOf(tab).ask(STRAY);
    expect(notices()).toEqual([OFFER]);
    const [notice] = Notification.manager.notifications;
    expect(notice?.options.autoClose).toBe(false);
    expect(notice?.options.actions?.map(({ label }) => label)).toEqual([
      'Correct Its Links',
      'Don’t Ask Again'
    ]);
    expect(pageOf(tab).observers.size).toBe(0);
  });

  it('is made for what the page had asked for before', async () => {
    script = `ask('${STRAY}');`;
    const { open } = await start();
    await open({ port: 8501 });
    expect(notices()).toEqual([OFFER]);
  });

  it('is made for a tab that came back, after Jupyter has started', async () => {
    script = `ask('${STRAY}');`;
    const { open, state } = await start();
    await open({ port: 8501 });
    Notification.manager.dismiss();
    const { tracker } = await start(undefined, { state });
    expect(tracker.size).toBe(1);
    while (notices().length === 0) {
      await settled();
    }
    expect(notices()).toEqual([OFFER]);
  });

  it('is taken: the server is told, and the page loaded again', async () => {
    const { open, told } = await start();
    const tab = await open({ port: 8501 });
    pageOf(tab).ask(STRAY);
    const reload = jest.spyOn(tab.content, 'reload').mockReturnValue();
    press('Correct Its Links');
    expect(notices()).toEqual([]);
    expect(reload).not.toHaveBeenCalled();
    await settled();
    expect(told).toEqual([{ port: 8501 }]);
    expect(reload).toHaveBeenCalledTimes(1);
    reload.mockRestore();
  });

  it('is taken for an app by its name', async () => {
    const { open, told } = await start();
    const tab = await open({ name: 'rstudio' }, 'porthole:open-app');
    pageOf(tab).ask(STRAY);
    expect(notices()[0]).toContain('“RStudio” looks for');
    const reload = jest.spyOn(tab.content, 'reload').mockReturnValue();
    press('Correct Its Links');
    await settled();
    expect(told).toEqual([{ app: 'rstudio' }]);
    reload.mockRestore();
  });

  it('says why it could not be kept, and is made again', async () => {
    const { open } = await start(
      () => new Response('{"message": "Not now."}', { status: 409 })
    );
    const tab = await open({ port: 8501 });
    pageOf(tab).ask(STRAY);
    const reload = jest.spyOn(tab.content, 'reload').mockReturnValue();
    press('Correct Its Links');
    await settled();
    expect(notices()).toEqual([
      'The links of “Port 8501” can’t be corrected: Not now.'
    ]);
    expect(reload).not.toHaveBeenCalled();
    reload.mockRestore();
    Notification.manager.dismiss();
    const other = await open({ port: 8501, path: '/other' });
    pageOf(other).ask(STRAY);
    expect(notices()).toEqual([OFFER]);
  });

  it('is made once for all tabs of an app, and for each app', async () => {
    script = `ask('${STRAY}');`;
    const { open } = await start();
    await open({ port: 8501 });
    await open({ port: 8501, path: '/other' });
    expect(notices()).toEqual([OFFER]);
    await open({ port: 8502 });
    expect(notices().sort()).toEqual([OFFER, OFFER.replace('8501', '8502')]);
  });

  it.each(['Don’t Ask Again', 'Correct Its Links'])(
    'is not made again after “%s”',
    async label => {
      script = `ask('${STRAY}');`;
      const { open } = await start();
      const tab = await open({ port: 8501 });
      const reload = jest.spyOn(tab.content, 'reload').mockReturnValue();
      press(label);
      await settled();
      await open({ port: 8501, path: '/other' });
      expect(notices()).toEqual([]);
      await open({ port: 8502 });
      expect(notices()).toEqual([OFFER.replace('8501', '8502')]);
      reload.mockRestore();
    }
  );

  it('is made again for another page if it was merely closed', async () => {
    script = `ask('${STRAY}');`;
    const { open } = await start();
    await open({ port: 8501 });
    Notification.manager.dismiss();
    await open({ port: 8501, path: '/other' });
    expect(notices()).toEqual([OFFER]);
  });

  it('goes with the tab', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    pageOf(tab).ask(STRAY);
    tab.dispose();
    expect(notices()).toEqual([]);
  });

  it('is not made for a page that is fixed', async () => {
    script = `
      const map = document.createElement('script');
      map.type = 'importmap';
      map.textContent = '{"imports": {"/": "/jupyter/proxy/8501/"}}';
      document.head.append(map);
      ask('${STRAY}');`;
    const { open } = await start();
    const tab = await open({ port: 8501 });
    expect(pageOf(tab).observed).toBeUndefined();
    expect(notices()).toEqual([]);
  });

  it('is not made for a page that a tile names elsewhere', async () => {
    script = `ask('${STRAY}');`;
    const { open } = await start();
    const tab = await open({ name: 'elsewhere' }, 'porthole:open-app');
    expect(pageOf(tab).observed).toBeUndefined();
    expect(notices()).toEqual([]);
  });
});

describe('a page', () => {
  it('is watched no longer when the tab is closed', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    const { observers } = pageOf(tab);
    expect(observers.size).toBe(1);
    tab.dispose();
    expect(observers.size).toBe(0);
  });

  it('is watched no longer when the app has moved on', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    const { observers } = pageOf(tab);
    expect(observers.size).toBe(1);
    frameOf(tab).src = `${baseUrl}proxy/8501/other`;
    await moved(tab);
    expect(observers.size).toBe(0);
    expect(pageOf(tab).observers.size).toBe(1);
  });

  it('is watched no longer when the browser leaves it', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    const page = pageOf(tab);
    page.dispatchEvent(new Event('pagehide'));
    expect(page.observers.size).toBe(0);
  });

  it('is watched once, however often it changes its address', async () => {
    const { open } = await start();
    const tab = await open({ port: 8501 });
    const page = pageOf(tab);
    page.location.hash = '#here';
    await moved(tab);
    expect(tab.content.path).toBe('/#here');
    expect(page.observers.size).toBe(1);
  });
});
