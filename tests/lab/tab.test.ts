/**
 * Frames load their pages.
 *
 * @jest-environment-options {"resources": "usable"}
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { AppTab } from '../../src/lab';
import { startLab } from './harness';

const OPEN = 'porthole:open-port';

let server: Server;
let baseUrl: string;

/** An app: each of its pages is titled with its own path. */
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<title>${request.url ?? ''}</title>`);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  baseUrl = `http://127.0.0.1:${port}/jupyter/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function frameOf(tab: AppTab | null): HTMLIFrameElement {
  const frame = tab?.node.querySelector('iframe');
  if (!frame) {
    throw new Error('There is no frame.');
  }
  return frame;
}

/** The app of this tab has come to a page with this title. */
async function titled(tab: AppTab | null, title: string): Promise<void> {
  await new Promise<void>(resolve => {
    tab?.content.moved.connect((_, pageTitle) => {
      if (pageTitle === title) {
        resolve();
      }
    });
  });
}

describe('the tab of an app', () => {
  it('lets the app do what apps do, and no more', async () => {
    const { commands, tracker } = await startLab({ baseUrl });
    await commands.execute(OPEN, { port: 8501 });
    const frame = frameOf(tracker.currentWidget);
    expect(frame.getAttribute('sandbox')).toBe(
      'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads allow-presentation allow-pointer-lock'
    );
    expect(frame.getAttribute('allow')).toBe(
      'clipboard-read; clipboard-write; fullscreen; camera; microphone'
    );
  });

  it('has buttons', async () => {
    const { commands, tracker } = await startLab({ baseUrl });
    await commands.execute(OPEN, { port: 8501 });
    const names = Array.from(tracker.currentWidget?.toolbar.names() ?? []);
    expect(names).toEqual(
      expect.arrayContaining(['reload', 'open-in-browser', 'copy-link'])
    );
  });

  it('follows the app: page, link, and title where none was given', async () => {
    const { commands, tracker } = await startLab({ baseUrl });
    await commands.execute(OPEN, { port: 8501 });
    const tab = tracker.currentWidget;
    expect(tab?.title.label).toBe('Port 8501');
    await titled(tab, '/jupyter/proxy/8501/');
    expect(tab?.title.label).toBe('/jupyter/proxy/8501/');

    frameOf(tab).src = `${baseUrl}proxy/8501/a/b?c`;
    await titled(tab, '/jupyter/proxy/8501/a/b?c');
    expect(tab?.content.path).toBe('/a/b?c');
    expect(tab?.content.link).toBe(`${baseUrl}proxy/8501/a/b?c`);
  });

  it('keeps the title that was given', async () => {
    const { commands, tracker } = await startLab({ baseUrl });
    await commands.execute(OPEN, { port: 8501, title: 'Site' });
    const tab = tracker.currentWidget;
    await titled(tab, '/jupyter/proxy/8501/');
    expect(tab?.title.label).toBe('Site');
  });

  it('does not take a page outside the app for one of its own', async () => {
    const { commands, tracker } = await startLab({ baseUrl });
    await commands.execute(OPEN, { port: 8501 });
    const tab = tracker.currentWidget;
    await titled(tab, '/jupyter/proxy/8501/');
    const frame = frameOf(tab);
    await new Promise(resolve => {
      frame.addEventListener('load', resolve);
      frame.src = `${baseUrl}login`;
    });
    expect(tab?.content.path).toBe('/');
  });

  it('comes back after a reload, at the page on which it was left', async () => {
    const before = await startLab({ baseUrl });
    await before.commands.execute(OPEN, { port: 8501, path: '/x', title: 'T' });
    const left = before.tracker.currentWidget;
    await titled(left, '/jupyter/proxy/8501/x');
    frameOf(left).src = `${baseUrl}proxy/8501/y`;
    await titled(left, '/jupyter/proxy/8501/y');

    const after = await startLab({ baseUrl, state: before.state });
    expect(after.tracker.size).toBe(1);
    const tab = after.tracker.find(() => true) ?? null;
    expect(tab?.title.label).toBe('T');
    expect(tab?.content.link).toBe(`${baseUrl}proxy/8501/y`);
    await after.commands.execute(OPEN, { port: 8501, path: '/x' });
    expect(after.tracker.size).toBe(1);
  });
});
