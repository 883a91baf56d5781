import type { Page } from 'playwright-core';

import { type IFile, PICTURE, RootedApp } from './apps/rooted-app';
import { Requests } from './real-apps/support/requests';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { stopAfterAll } from './support/stop-after-all';

/** Under which people know Jupyter; no machine has this name (RFC 2606). */
const HOST = 'lab.example';

/** What makes a page one that has to be fixed, and no browser ask for an icon. */
const HEAD =
  '<!doctype html><link rel=icon href="data:,"><script src="/start.js"></script>';

/** A page that a test is led to. */
const TARGET =
  '<!doctype html><link rel=icon href="data:,"><title>there</title><a href="/">back</a>';

type Files = Record<string, IFile | string>;

interface IUse {
  /** The first page, behind {@link HEAD}. */
  body?: string;
  /** More fields of the first page's head. */
  headers?: Record<string, string>;
  /** The other files of the app. */
  files?: Files;
  /** Requests that leave the app all the same, by their path. */
  exceptions?: RegExp;
  /** What the browser writes to its console about them. */
  expectedErrors?: RegExp;
}

const visit = useBrowser([HOST]);

describe.each([
  { over: 'plain HTTP', tls: false },
  { over: 'TLS, with a service worker', tls: true }
])('a page that is fixed, over $over', ({ tls }) => {
  const keep = stopAfterAll();
  let app: RootedApp;
  let jupyter: Jupyter;
  let root: string;
  let prefix: string;

  beforeAll(async () => {
    app = keep(await RootedApp.start());
    jupyter = keep(
      await startJupyter({
        command: 'server',
        baseUrl: '/user/alice/',
        publicHost: HOST,
        tls
      })
    );
    root = jupyter.url(`proxy/${app.port}/`);
    prefix = new URL(root).pathname.slice(0, -1);
  });

  /** Open the app's first page, use it, and see that nothing but the app was asked. */
  function using(
    {
      body = '<body>',
      headers = {},
      files = {},
      exceptions,
      expectedErrors
    }: IUse,
    act: (page: Page) => Promise<void>
  ): Promise<void> {
    app.serve({
      '/': { body: HEAD + body, headers },
      '/start.js': '',
      '/there': TARGET,
      ...files
    });
    const options = expectedErrors === undefined ? {} : { expectedErrors };
    return visit(async page => {
      await page.goto(jupyter.url(`api/status?token=${jupyter.token}`));
      if (tls) {
        // From the second visit on, the worker has everything.
        await page.goto(root);
        await page.waitForFunction(() => navigator.serviceWorker.controller);
        app.requests.length = 0;
      }
      const requests = new Requests(page);
      const logged = jupyter.output.length;
      await page.goto(root);
      await act(page);
      const left = await requests.outside(new URL(root));
      // What no event of the browser tells of, such as a worker's, Jupyter has missed.
      const missed = jupyter.output.slice(logged).match(/\b40[34] [A-Z]+ \S+/g);
      expect(
        [...left, ...(missed ?? [])].filter(each => !exceptions?.test(each))
      ).toEqual([]);
    }, options);
  }

  /** Wait until something in the page is true, and return that. */
  async function shown(page: Page, expression: string): Promise<unknown> {
    return (await page.waitForFunction(expression)).jsonValue();
  }

  /** The value of a style, once the browser has asked for what it names. */
  function style(page: Page, selector: string, name: string): Promise<string> {
    return page
      .locator(selector)
      .evaluate(
        (node, property) => getComputedStyle(node).getPropertyValue(property),
        name
      );
  }

  test('asks by fetch and XMLHttpRequest', () =>
    using({}, async page => {
      const answers = await page.evaluate(async port => {
        const asked = [
          fetch('/echo?1'),
          fetch(new URL('/echo?2', location.origin)),
          fetch(`${location.origin}/echo?3`),
          fetch(`http://localhost:${port}/echo?4`),
          fetch(`//${location.host}/echo?5`),
          fetch(new Request('/echo?6', { method: 'POST', body: 'b' })),
          fetch('/echo?7', { method: 'PUT', body: new Blob(['c']) }),
          fetch(
            new Request(new Request('/echo?8', { method: 'POST', body: 'd' }))
          ),
          fetch('/redirect'),
          fetch('echo?9')
        ];
        const request = new XMLHttpRequest();
        request.open('DELETE', '/echo?10');
        request.send('e');
        await new Promise(resolve => {
          request.onload = resolve;
        });
        const texts = await Promise.all(
          asked.map(async answer => (await answer).text())
        );
        return [...texts, request.responseText].map(text => {
          const { method, url, body } = JSON.parse(text) as Record<
            string,
            string
          >;
          return `${method} ${url} ${body}`;
        });
      }, app.port);
      expect(answers).toEqual([
        'GET /echo?1 ',
        'GET /echo?2 ',
        'GET /echo?3 ',
        'GET /echo?4 ',
        'GET /echo?5 ',
        'POST /echo?6 b',
        'PUT /echo?7 c',
        'POST /echo?8 d',
        'GET /echo ',
        'GET /echo?9 ',
        'DELETE /echo?10 e'
      ]);
    }));

  test('talks through WebSockets, event streams and beacons', () =>
    using({}, async page => {
      const said = await page.evaluate(port => {
        class Socket extends WebSocket {}
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const sockets = [
          new WebSocket(`${scheme}://${location.host}/ws?1`),
          new WebSocket(`ws://localhost:${port}/ws?2`),
          new WebSocket(`${location.origin}/ws?3`.replace(/^http/, 'ws')),
          new Socket(`${scheme}://${location.host}/ws?4`),
          new WebSocket(new URL(`ws?5`, location.href.replace(/^http/, 'ws')))
        ];
        const answers = sockets.map(
          socket =>
            new Promise<string>((resolve, reject) => {
              socket.onopen = () => {
                socket.send('hi');
              };
              socket.onmessage = ({ data }) => {
                resolve(String(data));
              };
              socket.onerror = reject;
            })
        );
        const events = new EventSource('/events');
        const event = new Promise<string>((resolve, reject) => {
          events.onmessage = ({ data }) => {
            resolve(String(data));
          };
          events.onerror = reject;
        });
        navigator.sendBeacon('/echo/beacon', 'b');
        return Promise.all([...answers, event]);
      }, app.port);
      expect(said).toEqual([
        '/ws?1 hi',
        '/ws?2 hi',
        '/ws?3 hi',
        '/ws?4 hi',
        '/ws?5 hi',
        'hello'
      ]);
      expect(app.count('POST /echo/beacon')).toBe(1);
    }));

  test('loads modules by their paths from the root', () =>
    using(
      {
        body: `<link rel=modulepreload href="/one.js">
          <script type=importmap>{"imports": {"lib": "/lib.js", "dir/": "/dir/"}}</script>
          <script type=module src="/one.js"></script>
          <script type=module>
            import lib from "lib"; import three from "dir/three.js"; import two from "/two.js";
            const four = await import("/dir/four.js");
            window.loaded = [lib, two, three, four.default];
          </script><body>`,
        files: {
          '/one.js': 'import two from "/two.js"; window.one = "one" + two;',
          '/two.js': 'export default "two";',
          '/lib.js': 'import two from "./two.js"; export default "lib" + two;',
          '/dir/three.js':
            'import two from "../two.js"; export default "three" + two;',
          '/dir/four.js':
            'import three from "./three.js"; import lib from "lib"; export default "four" + lib + three;'
        }
      },
      async page => {
        expect(await shown(page, 'window.loaded')).toEqual([
          'libtwo',
          'two',
          'threetwo',
          'fourlibtwothreetwo'
        ]);
        expect(await shown(page, 'window.one')).toBe('onetwo');
        // Under one address, so that there is one of each.
        expect(app.count('GET /two.js')).toBe(1);
      }
    ));

  test('has workers', () =>
    using(
      {
        files: {
          '/classic.js': 'importScripts("./lib/a.js"); postMessage(a);',
          '/module.js': 'import a from "./lib/b.js"; postMessage(a);',
          '/shared.js':
            'onconnect = ({ports: [port]}) => port.postMessage("shared");',
          '/lib/a.js': 'var a = "classic";',
          '/lib/b.js': 'export default "module";'
        }
      },
      async page => {
        const said = await page.evaluate(() => {
          const { port } = new SharedWorker('/shared.js');
          return Promise.all(
            [
              new Worker('/classic.js'),
              new Worker(new URL('/module.js', location.origin), {
                type: 'module'
              }),
              port
            ].map(
              worker =>
                new Promise((resolve, reject) => {
                  worker.onmessage = ({ data }) => {
                    resolve(data);
                  };
                  if (worker instanceof Worker) {
                    worker.onerror = reject;
                  }
                })
            )
          );
        });
        expect(said).toEqual(['classic', 'module', 'shared']);
      }
    ));

  if (tls) {
    test('has workers that name paths from the root themselves', () =>
      using(
        {
          files: {
            '/classic.js': 'importScripts("/lib/a.js"); postMessage(a);',
            '/module.js': 'import a from "/lib/b.js"; postMessage(a);',
            '/asks.js':
              'fetch("/echo", {method: "POST", body: "b"}).then(answer => answer.json()).then(({body}) => postMessage(body));',
            '/stream.js':
              'new EventSource("/events").onmessage = ({data}) => postMessage(data);',
            '/lib/a.js': 'var a = "classic";',
            '/lib/b.js': 'export default "module";'
          }
        },
        async page => {
          const said = await page.evaluate(() => {
            const source = `importScripts("${location.origin}/lib/a.js"); postMessage("blob");`;
            return Promise.all(
              [
                new Worker('/classic.js'),
                new Worker('/module.js', { type: 'module' }),
                new Worker('/asks.js'),
                new Worker('/stream.js'),
                new Worker(URL.createObjectURL(new Blob([source])))
              ].map(
                worker =>
                  new Promise((resolve, reject) => {
                    worker.onmessage = ({ data }) => {
                      resolve(data);
                    };
                    worker.onerror = reject;
                  })
              )
            );
          });
          expect(said).toEqual(['classic', 'module', 'b', 'hello', 'blob']);
        }
      ));
  }

  test('goes where a script leads it', () =>
    using({}, async page => {
      for (const [code, steps] of [
        ['location.href = "/there"', 1],
        ['location.assign("/there")', 1],
        ['location.replace("/there")', 0],
        ['location.pathname = "/there"', 1],
        ['window.location = location.origin + "/there"', 1]
      ] as const) {
        const before = await page.evaluate(() => history.length);
        await page.evaluate(`void setTimeout(() => { ${code}; })`);
        await page.waitForURL(`${root}there`);
        expect(await page.title()).toBe('there');
        expect(await page.evaluate(() => history.length)).toBe(before + steps);
        await page.goto(root);
      }
    }));

  test('goes where a script leads it while it loads, or a refresh', () =>
    using(
      {
        body: '<script>location.href = "/one";</script>',
        files: {
          '/one': `${HEAD}<meta http-equiv=refresh content="0; url=/two">`,
          '/two': { body: HEAD, headers: { Refresh: '0; url=/there' } }
        }
      },
      async page => {
        await page.waitForURL(`${root}there`);
        expect(await page.title()).toBe('there');
      }
    ));

  test('has a router that writes history', () =>
    using({ files: { '/a/b': TARGET } }, async page => {
      await page.evaluate(() => {
        window.addEventListener('popstate', ({ state }) => {
          document.title = `at ${JSON.stringify(state)}`;
        });
        history.replaceState(1, '', '/');
        history.pushState(2, '', '/a/b?c#d');
        history.pushState(3, '', `${location.origin}/e`);
        history.pushState(4, '', '#f');
      });
      expect(page.url()).toBe(`${root}e#f`);
      await page.goBack();
      await page.goBack();
      expect(page.url()).toBe(`${root}a/b?c#d`);
      expect(await page.title()).toBe('at 2');
      await page.goBack();
      expect(page.url()).toBe(root);
      await page.goForward();
      await page.reload();
      expect(await page.title()).toBe('there');
    }));

  test('opens windows', () =>
    using(
      { body: '<body><a target=_blank href="/there">there</a>' },
      async page => {
        const openings: (() => Promise<unknown>)[] = [
          () => page.click('a'),
          () => page.evaluate(() => void window.open('/there')),
          () =>
            page.evaluate(() => {
              document.body.innerHTML = '<form action="/there" target=_blank>';
              document.forms[0]?.submit();
            })
        ];
        for (const open of openings) {
          const opened = page.context().waitForEvent('page');
          await open();
          const other = await opened;
          await other.waitForURL(url => url.pathname === `${prefix}/there`);
          expect(await other.title()).toBe('there');
          await other.close();
        }
      }
    ));

  test('sends forms', () => {
    const FORM =
      '<form action="/echo/a"><input name=q value=1><button>Send</button>';
    const POST = FORM.replace('<form', '<form method=post');
    return using({ body: `<body>${FORM}` }, async page => {
      const answered = async (): Promise<string> => {
        await page.waitForURL(/echo/);
        const text = await page.locator('body').textContent();
        await page.goto(root);
        return text ?? '';
      };
      await page.getByRole('button').click();
      expect(await answered()).toBe(
        '{"method":"GET","url":"/echo/a?q=1","body":""}'
      );
      const forms: (() => Promise<unknown>)[] = [
        // As it is written.
        () =>
          page.evaluate(html => {
            document.body.innerHTML = html;
            document.forms[0]?.submit();
          }, POST),
        // By its properties.
        () =>
          page.evaluate(html => {
            document.body.insertAdjacentHTML('beforeend', html);
            const form = document.createElement('form');
            form.method = 'post';
            form.action = '/echo/a';
            form.append(...(document.forms[0]?.children ?? []));
            document.body.append(form);
            form.requestSubmit();
          }, FORM),
        // By its button.
        async () => {
          await page.evaluate(() => {
            const button = document.querySelector('button');
            if (button !== null) {
              button.formMethod = 'post';
              button.formAction = '/echo/a';
            }
          });
          await page.getByRole('button').click();
        }
      ];
      for (const send of forms) {
        await send();
        expect(await answered()).toBe(
          '{"method":"POST","url":"/echo/a","body":"q=1"}'
        );
      }
    });
  });

  test('finds what its scripts put into it', () =>
    using({ files: { '/picture.svg': PICTURE } }, async page => {
      const broken = await page.evaluate(async () => {
        const PICTURE = '<img src="/picture.svg">';
        const made: Record<string, () => Element | null> = {
          property: () => Object.assign(new Image(), { src: '/picture.svg' }),
          attribute: () => {
            const image = new Image();
            image.setAttribute('src', '/picture.svg');
            return image;
          },
          srcset: () =>
            Object.assign(new Image(), { srcset: '/picture.svg, /2.svg 2x' }),
          detached: () => {
            const box = document.createElement('div');
            box.innerHTML = PICTURE;
            return box.firstElementChild;
          },
          template: () => {
            const template = document.createElement('template');
            template.innerHTML = `<p>${PICTURE}</p>`;
            const copy = document.importNode(template.content, true);
            return copy.querySelector('img');
          },
          range: () =>
            document.createRange().createContextualFragment(PICTURE)
              .firstElementChild,
          outer: () => {
            const box = document.createElement('div');
            box.innerHTML = '<i></i>';
            const [inner] = box.children;
            if (inner !== undefined) {
              inner.outerHTML = PICTURE;
            }
            return box.firstElementChild;
          },
          shadow: () => {
            const host = document.createElement('div');
            document.body.append(host);
            const root = host.attachShadow({ mode: 'closed' });
            root.innerHTML = PICTURE;
            return root.firstElementChild;
          },
          adjacent: () => {
            document.body.insertAdjacentHTML('beforeend', PICTURE);
            return document.body.lastElementChild;
          }
        };
        const shown = Object.entries(made).map(async ([name, make]) => {
          const element = make();
          if (element instanceof HTMLImageElement) {
            await element.decode();
            return element.naturalWidth === 10 ? '' : name;
          }
          return name;
        });
        return (await Promise.all(shown)).filter(name => name !== '');
      });
      expect(broken).toEqual([]);
      // Links lead there, although they are followed at once.
      await page.evaluate(() => {
        document.body.innerHTML =
          '<svg><a href="/there"><text>a</text></a></svg><a href="/there">b</a>';
        document.querySelector<HTMLElement>('body > a')?.click();
      });
      await page.waitForURL(`${root}there`);
    }));

  test('finds what it writes into itself', () =>
    using(
      {
        body: `<body><script>
          document.write('<img src="/pic', 'ture.svg"><script src="/said.js"><\\/script>');
          document.writeln("<link rel=stylesheet href='/style.css'>");
          </script>`,
        files: {
          '/picture.svg': PICTURE,
          '/said.js': 'window.said = true;',
          '/style.css': 'body { color: rgb(0, 100, 0) }'
        }
      },
      async page => {
        await shown(page, 'window.said');
        await shown(page, 'document.images[0]?.naturalWidth === 10');
        expect(await style(page, 'body', 'color')).toBe('rgb(0, 100, 0)');
      }
    ));

  test('is styled by what it names itself', () =>
    using(
      {
        body: `<style>@import "/import.css"; #a { background: url(/1.svg) }</style>
          <body><p id=a style="list-style: url('/2.svg')">a<p id=b>b<p id=c>c<p id=d>d<p id=e>e`,
        files: {
          '/import.css': '#a { color: rgb(0, 100, 0) }',
          ...Object.fromEntries(
            [1, 2, 3, 4, 5, 6, 7].map(number => [`/${number}.svg`, PICTURE])
          )
        }
      },
      async page => {
        await page.evaluate(() => {
          const style = (id: string): CSSStyleDeclaration | undefined =>
            document.getElementById(id)?.style;
          style('b')?.setProperty('background', 'url(/3.svg)');
          document
            .getElementById('c')
            ?.setAttribute('style', 'background: url(/4.svg)');
          Object.assign(style('d') ?? {}, { backgroundImage: 'url("/5.svg")' });
          Object.assign(style('e') ?? {}, {
            cssText: "background: url('/6.svg')"
          });
          const sheet = document.createElement('style');
          document.head.append(sheet);
          sheet.append('body { background: url(/7.svg) }');
        });
        await app.asked(
          ...[1, 2, 3, 4, 5, 6, 7].map(number => `GET /${number}.svg`)
        );
        expect(await style(page, '#a', 'color')).toBe('rgb(0, 100, 0)');
      }
    ));

  test('is styled by its style sheets', () =>
    using(
      {
        body: '<link rel=stylesheet href="/style.css"><body>text',
        files: {
          '/style.css':
            '@font-face { font-family: a; src: url(/font.woff2) } @media all { body { font-family: a; background: url("/picture.svg") } }',
          '/font.woff2': '',
          '/picture.svg': PICTURE
        },
        // Nobody can tell in time what a browser finds in them.
        ...(tls ? {} : { exceptions: /\/(?:font\.woff2|picture\.svg)$/ }),
        expectedErrors: /status of 404/
      },
      async () => {
        await app.asked('GET /picture.svg', 'GET /font.woff2');
      }
    ));

  test('has frames within frames', () =>
    using(
      {
        body: `<body><iframe src="/frame"></iframe>
          <iframe srcdoc="<iframe srcdoc=&quot;<img src='/1.svg'><script>fetch('/echo?1')</script>&quot;></iframe>"></iframe>`,
        files: {
          '/frame': `${HEAD}<iframe src="/inner"></iframe>`,
          '/inner': `${HEAD}<p>inner</p><script>fetch("/echo?2")</script>`,
          '/1.svg': PICTURE,
          '/2.svg': PICTURE
        }
      },
      async page => {
        await page.evaluate(() => {
          const html = `<img src="/2.svg"><script>
            fetch("/echo?3");
            new WebSocket("ws" + parent.location.origin.slice(4) + "/ws?4");
          </script>`;
          const frame = document.createElement('iframe');
          frame.srcdoc = html;
          document.body.append(frame);
          const written = html.replaceAll('"', '&quot;').replace('3', '5');
          document.body.insertAdjacentHTML(
            'beforeend',
            `<iframe srcdoc="${written}"></iframe>`
          );
          document.body.insertAdjacentHTML(
            'beforeend',
            '<iframe src="/frame?6"></iframe>'
          );
        });
        await page
          .frameLocator('iframe >> nth=0')
          .frameLocator('iframe')
          .getByText('inner')
          .waitFor();
        await app.asked(
          ...[
            'GET /1.svg',
            'GET /2.svg',
            'GET /echo?1',
            'GET /echo?2',
            'GET /echo?3',
            'GET /echo?5',
            'GET /frame?6'
          ]
        );
        await page
          .frameLocator('iframe[src$="6"]')
          .frameLocator('iframe')
          .getByText('inner')
          .waitFor();
        expect(app.requests).toContain('WS /ws?4');
      }
    ));

  test('keeps its cookies to itself', () =>
    using({}, async page => {
      await page.evaluate(async () => {
        document.cookie = 'a=1; path=/';
        document.cookie = 'b=1; Path=/sub; Domain=lab.example';
        document.cookie = 'c=1';
        document.cookie = 'd=path=/; path=/';
        if ('cookieStore' in window) {
          await cookieStore.set('e', '1');
          await cookieStore.set({ name: 'f', value: '1', path: '/sub' });
        }
      });
      const cookies = await page.context().cookies();
      const own = cookies
        .filter(({ name }) => /^[a-f]$/.test(name))
        .map(
          ({ name, value, path, domain }) =>
            `${name}=${value} ${domain}${path.replace(/\/$/, '')}`
        );
      expect(own.sort()).toEqual([
        `a=1 ${HOST}${prefix}`,
        `b=1 ${HOST}${prefix}/sub`,
        `c=1 ${HOST}${prefix}`,
        `d=path=/ ${HOST}${prefix}`,
        ...(tls ? [`e=1 ${HOST}${prefix}`, `f=1 ${HOST}${prefix}/sub`] : [])
      ]);
      expect(await page.evaluate(() => document.cookie)).toContain('a=1');
    }));

  test('keeps its base', () =>
    using(
      {
        body: '<base href="/sub/"><script src="said.js"></script><body>',
        files: { '/sub/said.js': 'window.said = true;' }
      },
      async page => {
        await shown(page, 'window.said');
        expect(await page.evaluate(() => document.baseURI)).toBe(`${root}sub/`);
        await page.evaluate(() =>
          fetch('/echo').then(() => fetch('said.js?2'))
        );
        await app.asked('GET /echo', 'GET /sub/said.js?2');
      }
    ));

  describe('with a policy', () => {
    const SCRIPTS = {
      '/module.js': 'import said from "/said.js"; window.said = said;',
      '/said.js': 'export default "said";'
    };
    const MODULE = '<script type=module src="/module.js"></script>';

    test('runs its scripts and ours', () => {
      const policies = [
        ["default-src 'self'", ''],
        ["script-src 'self'; object-src 'none'", ''],
        ["script-src 'strict-dynamic' 'nonce-a'", ' nonce=a'],
        ["script-src 'unsafe-inline' *", '']
      ] as const;
      const pages = policies.map(([policy, nonce], number) => [
        `/${number}`,
        {
          body: `${HEAD}<script${nonce} type=module src="/module.js"></script><script>window.evil = true;</script><body>`,
          headers: { 'Content-Security-Policy': policy }
        }
      ]);
      return using(
        {
          files: { ...SCRIPTS, ...(Object.fromEntries(pages) as Files) },
          // Those scripts that it forbids.
          expectedErrors: /Content Security Policy/
        },
        async page => {
          for (const [number, [policy]] of policies.entries()) {
            await page.goto(`${root}${number}`);
            expect(await shown(page, 'window.said')).toBe('said');
            expect(await page.evaluate(() => 'evil' in window)).toBe(
              policy.includes('inline')
            );
            await page.evaluate(url => fetch(url), `/echo?${number}`);
            expect(app.count(`GET /echo?${number}`)).toBe(1);
          }
        }
      );
    });

    test('that stands in the page runs its scripts and ours', () =>
      using(
        {
          body: `<meta http-equiv=Content-Security-Policy content="script-src 'self'">${MODULE}<script>window.evil = true;</script><body>`,
          files: SCRIPTS,
          expectedErrors: /Content Security Policy/
        },
        async page => {
          expect(await shown(page, 'window.said')).toBe('said');
          expect(await page.evaluate(() => 'evil' in window)).toBe(false);
        }
      ));
  });

  test('doesn’t see our script', () =>
    using({ body: '<body><p>text</p>' }, async page => {
      expect(
        await page.evaluate(() => [
          document.scripts.length,
          document.querySelectorAll('[data-porthole]').length,
          Object.keys(window).filter(name => /porthole/i.test(name)),
          fetch.name,
          WebSocket.OPEN,
          Object.prototype.toString.call(new Request('/x')),
          class extends EventSource {}.prototype instanceof EventSource
        ])
      ).toEqual([2, 0, [], 'fetch', 1, '[object Request]', true]);
    }));
});
