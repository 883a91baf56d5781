import type { Page } from 'playwright-core';

import { RootedApp } from './apps/rooted-app';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { stopAfterAll } from './support/stop-after-all';

/*
 * All apps share Jupyter's origin. What makes one app's pages work must not reach
 * Jupyter's own pages, or another app's: neither the script in the page nor the service
 * worker, which a browser keeps.
 */

const HOST = 'lab.example';

const ICON = '<link rel=icon href="data:,">';
const ROOTED = `<!doctype html>${ICON}<script src="/start.js"></script><body>rooted`;
const RELATIVE = `<!doctype html>${ICON}<script src="start.js"></script><body>relative`;

const visit = useBrowser([HOST]);
const keep = stopAfterAll();
let app: RootedApp;
let other: RootedApp;
let jupyter: Jupyter;
let root: string;

beforeAll(async () => {
  app = keep(await RootedApp.start());
  other = keep(await RootedApp.start());
  other.serve({ '/': RELATIVE, '/start.js': '', '/x': 'other' });
  jupyter = keep(
    await startJupyter({
      command: 'lab',
      baseUrl: '/user/alice/',
      publicHost: HOST,
      tls: true
    })
  );
  root = jupyter.url(`proxy/${app.port}/`);
});

/** Log in, and open the first page of the app; it has a service worker then. */
async function openRooted(page: Page): Promise<void> {
  app.serve({ '/': ROOTED, '/start.js': '', '/x': 'app' });
  await page.goto(jupyter.url(`api/status?token=${jupyter.token}`));
  await page.goto(root);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
}

/** What a page of Jupyter's origin has of service workers: their scopes. */
function scopes(page: Page): Promise<string[]> {
  return page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope)
  );
}

/** What is not the browser's own in a page, and what is done to addresses in it. */
function changes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const changed: string[] = [];
    const link = document.createElement('a');
    link.href = '/x';
    const box = document.createElement('div');
    box.innerHTML = '<a href="/x">';
    const form = document.createElement('form');
    form.setAttribute('action', '/x');
    const style = document.createElement('p').style;
    style.cssText = 'background: url("/x")';
    const found = {
      href: link.getAttribute('href'),
      innerHTML: box.innerHTML,
      request: new Request('/x').url,
      action: form.getAttribute('action'),
      cssText: style.cssText
    };
    const expected: typeof found = {
      href: '/x',
      innerHTML: '<a href="/x"></a>',
      request: `${location.origin}/x`,
      action: '/x',
      cssText: 'background: url("/x");'
    };
    for (const name of Object.keys(found) as (keyof typeof found)[]) {
      if (found[name] !== expected[name]) {
        changed.push(`${name}: ${found[name]}`);
      }
    }
    changed.push(
      ...Object.keys(window).filter(name => /^porthole/i.test(name))
    );
    return changed;
  });
}

test('Jupyter’s own pages are what they are beside a fixed one', () =>
  visit(async page => {
    await openRooted(page);
    for (const path of ['api/status', 'lab']) {
      const response = await page.goto(jupyter.url(path), {
        waitUntil: 'domcontentloaded'
      });
      expect(response?.status()).toBe(200);
      expect(response?.fromServiceWorker()).toBe(false);
      expect(
        await page.evaluate(() => navigator.serviceWorker.controller)
      ).toBeNull();
      expect(await changes(page)).toEqual([]);
      expect(await scopes(page)).toEqual([root]);
    }
  }));

test('a page that asks for what is Jupyter’s gets that', () =>
  visit(
    async page => {
      await openRooted(page);
      const prefix = new URL(root).pathname;
      const answers = await page.evaluate(
        async ([jupyters, others]) => {
          const ask = async (address: string): Promise<string> => {
            const answer = await fetch(address);
            return `${answer.status} ${new URL(answer.url).pathname}`;
          };
          return {
            jupyters: await ask(jupyters),
            whole: await ask(location.origin + jupyters),
            others: await ask(others),
            cross: await fetch('//other.example/x').catch(String)
          };
        },
        ['/user/alice/api/status', `/user/alice/proxy/${other.port}/x`] as const
      );
      expect(answers).toEqual({
        jupyters: '200 /user/alice/api/status',
        whole: '200 /user/alice/api/status',
        others: `200 /user/alice/proxy/${other.port}/x`,
        cross: 'TypeError: Failed to fetch'
      });
      // What climbs comes to lie in the app.
      const climbing = [
        '/../../../api/status',
        '/%2e%2e/%2E%2e/api',
        '/.. ',
        '/a/..\\..\\..\\api',
        '\\..\\api',
        `http://localhost:${app.port}/../../api`,
        `http://localhost:${app.port}/user/alice/api/status`
      ];
      const urls = await page.evaluate(
        addresses =>
          Promise.all(
            addresses.flatMap(address => {
              const box = document.createElement('div');
              const escaped = address.replaceAll('.', '&#46;');
              box.innerHTML = `<a href="${address}"></a><a href="${escaped}"></a>`;
              document.body.append(box);
              const links = Array.from(
                box.querySelectorAll('a'),
                link => () => link.href
              );
              const asked = fetch(address).then(answer => answer.url);
              return [asked, ...links.map(link => asked.then(link))];
            })
          ),
        climbing
      );
      expect(
        urls.filter(url => !new URL(url).pathname.startsWith(prefix))
      ).toEqual([]);
    },
    { expectedErrors: /status of 404|ERR_NAME_NOT_RESOLVED/ }
  ));

test('the service worker has no other scope', () =>
  visit(
    async page => {
      await openRooted(page);
      const worker = `${root}.porthole/worker.js`;
      const refused = [
        '/',
        '/user/alice/',
        '/user/alice/proxy/',
        `/user/alice/proxy/${other.port}/`
      ];
      // From another app's page, which corrects nothing.
      await page.goto(jupyter.url(`proxy/${other.port}/`));
      const outcomes = await page.evaluate(
        ([url, scopes]) =>
          Promise.all(
            scopes.map(scope =>
              navigator.serviceWorker.register(url, { scope }).then(
                () => scope,
                (error: unknown) => String(error).replace(/:.*/, '')
              )
            )
          ),
        [worker, refused] as const
      );
      expect(outcomes).toEqual(refused.map(() => 'SecurityError'));
      expect(await scopes(page)).toEqual([root]);
      // An app's own can't have another one, either.
      app.serve({
        '/': ROOTED,
        '/start.js': '',
        '/sw.js': { body: '', headers: { 'Service-Worker-Allowed': '/' } }
      });
      const own = await page.evaluate(
        url =>
          navigator.serviceWorker.register(url, { scope: '/user/alice/' }).then(
            () => 'registered',
            (error: unknown) => String(error).replace(/:.*/, '')
          ),
        `${root}sw.js`
      );
      expect(own).toBe('SecurityError');
    },
    { expectedErrors: /service worker/i }
  ));

test('the service worker leaves other requests alone', () =>
  visit(async page => {
    await openRooted(page);
    // What a worker asks for, no page's script has seen.
    app.serve({
      '/': ROOTED,
      '/start.js': '',
      '/x': 'app',
      '/worker.js': `onmessage = async ({data}) => {
        const answers = await Promise.all(data.map(address => fetch(address)));
        postMessage(await Promise.all(answers.map(answer => answer.text())));
      };`
    });
    const answers = await page.evaluate(
      addresses =>
        new Promise<string[]>(resolve => {
          const worker = new Worker('/worker.js');
          worker.onmessage = ({ data }) => {
            resolve(data as string[]);
          };
          worker.postMessage(addresses);
        }),
      ['/x', `/user/alice/proxy/${other.port}/x`, '/user/alice/api/status']
    );
    expect(answers.slice(0, 2)).toEqual(['app', 'other']);
    expect(JSON.parse(answers[2] ?? '')).toHaveProperty('started');
  }));

test('the service worker goes when another app is there, which needs none', () =>
  visit(async page => {
    await openRooted(page);
    expect(await scopes(page)).toEqual([root]);
    app.serve({ '/': RELATIVE, '/start.js': '' });
    await page.goto(root);
    await page.getByText('relative').waitFor();
    await page.goto(jupyter.url('api/status'));
    expect(await scopes(page)).toEqual([]);
    await page.goto(root);
    expect(
      await page.evaluate(() => navigator.serviceWorker.controller)
    ).toBeNull();
    expect(await changes(page)).toEqual([]);
  }));

test('a page that needs no fixing has nothing of it', () =>
  visit(async page => {
    await page.goto(jupyter.url(`api/status?token=${jupyter.token}`));
    const response = await page.goto(jupyter.url(`proxy/${other.port}/`));
    expect(await response?.text()).toBe(RELATIVE);
    expect(response?.headers()['porthole-fixed']).toBeUndefined();
    expect(await changes(page)).toEqual([]);
    expect(await scopes(page)).toEqual([]);
    expect(other.requests.filter(each => each.includes('porthole'))).toEqual(
      []
    );
  }));
