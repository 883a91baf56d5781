/**
 * Frames load their pages.
 *
 * @jest-environment-options {"resources": "usable"}
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { AppTab } from '../../src/lab';
import { appIcon, resolveIcon } from '../../src/lab/icons';
import { appList, settled, startLab } from './harness';

const OPEN = 'porthole:open-port';
const PORT = '/jupyter/porthole/api/ports/8501';
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>';

let server: Server;
let baseUrl: string;
let warned: jest.SpyInstance;

/** An app: its pages are titled with what follows the question mark. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const [, title = ''] = decodeURI(request.url ?? '').split('?');
    response.setHeader('Content-Type', 'text/html');
    response.end(`<title>${title}</title>`);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/jupyter/`;
});

beforeEach(() => {
  warned = jest.spyOn(console, 'warn').mockImplementation();
});

afterEach(() => {
  warned.mockRestore();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A JupyterLab whose server knows this of port 8501. */
async function start(tell: () => Response) {
  const answer = (path: string): Response =>
    path === PORT ? tell() : appList();
  const lab = await startLab({ baseUrl, answer });
  await settled();
  const asked = (): number =>
    [...lab.requests.before, ...lab.requests.after].filter(
      path => path === PORT
    ).length;
  /** Open the port, and wait until its page has loaded and was looked up. */
  const open = async (args: object): Promise<AppTab> => {
    await lab.commands.execute(OPEN, { port: 8501, ...args });
    const tab = lab.tracker.currentWidget;
    if (tab === null) {
      throw new Error('There is no tab.');
    }
    await moved(tab);
    return tab;
  };
  return { ...lab, asked, open };
}

async function moved(tab: AppTab): Promise<void> {
  await new Promise<void>(resolve => {
    tab.content.moved.connect(() => {
      resolve();
    });
  });
  await settled();
}

/** Lead the app to another page. */
async function goTo(tab: AppTab, path: string): Promise<void> {
  const frame = tab.node.querySelector('iframe');
  if (frame === null) {
    throw new Error('There is no frame.');
  }
  const arrival = moved(tab);
  frame.src = `${baseUrl}proxy/8501${path}`;
  await arrival;
}

function streamlit(): Response {
  const known = { title: 'Streamlit (app.py)', icon: ICON, kind: 'web' };
  return new Response(JSON.stringify(known));
}

function nothing(): Response {
  return new Response('{"message": "Nothing is there."}', { status: 404 });
}

describe('the tab of a port whose app the server recognises', () => {
  it('has its title and icon', async () => {
    const { open } = await start(streamlit);
    const tab = await open({});
    expect(tab.title.label).toBe('Streamlit (app.py)');
    expect(tab.title.caption).toBe('Streamlit (app.py)\nPort 8501');
    expect(tab.title.icon).toBe(resolveIcon(ICON));
  });

  it.each([
    ['Sales', 'Sales'],
    ['streamlit', 'Streamlit (app.py)']
  ])('is called by its page “%s”: %s', async (page, label) => {
    const { open } = await start(streamlit);
    const tab = await open({ path: `/?${page}` });
    expect(tab.title.label).toBe(label);
    expect(tab.title.icon).toBe(resolveIcon(ICON));
  });

  it('keeps the title and the icon that were given', async () => {
    const { asked, open } = await start(streamlit);
    const tab = await open({ title: 'Mine', icon: 'ui-components:python' });
    expect(tab.title.label).toBe('Mine');
    expect(tab.title.icon).toBe(resolveIcon('ui-components:python'));
    expect(asked()).toBe(0);
  });

  it('is looked up when its page has loaded, once', async () => {
    const { asked, commands, open, tracker } = await start(streamlit);
    await commands.execute(OPEN, { port: 8501 });
    expect(asked()).toBe(0);
    const first = tracker.currentWidget;
    if (first === null) {
      throw new Error('There is no tab.');
    }
    await moved(first);
    expect(asked()).toBe(1);
    const second = await open({ path: '/other' });
    expect(second.title.label).toBe('Streamlit (app.py)');
    expect(asked()).toBe(1);
  });
});

describe('the tab of a port that the server knows nothing of', () => {
  it('is called by its port', async () => {
    const { asked, open } = await start(
      () => new Response('{"title": null, "icon": null, "kind": "unknown"}')
    );
    const tab = await open({});
    expect(tab.title.label).toBe('Port 8501');
    expect(tab.title.icon).toBe(appIcon);
    await goTo(tab, '/?');
    expect(asked()).toBe(1);
  });

  it('is looked up again if nothing was there', async () => {
    let answer = nothing;
    const { open } = await start(() => answer());
    const tab = await open({});
    expect(tab.title.label).toBe('Port 8501');
    answer = streamlit;
    await goTo(tab, '/?');
    expect(tab.title.label).toBe('Streamlit (app.py)');
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    () => new Response('{}', { status: 500 }),
    () => new Response('[]'),
    () => new Response('<html>')
  ])('says on the console why', async tell => {
    const { open } = await start(tell);
    const tab = await open({});
    expect(tab.title.label).toBe('Port 8501');
    expect(warned).toHaveBeenCalledWith(
      'What is on port 8501 can’t be looked up.',
      expect.anything()
    );
  });
});
