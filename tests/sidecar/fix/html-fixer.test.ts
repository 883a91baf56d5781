import { HtmlFixer, type Mode } from '../../../src/sidecar/fix/html-fixer';
import { homeOf, PREFIX } from '../../protocol/support/home';
import { Random } from '../support/random';

const HOME = homeOf();
const INSERTIONS = { script: '[script]', importMap: '[map]' };

/** What is made of a page that comes in these pieces, and how it was dealt with. */
function made(
  pieces: readonly string[],
  mode: Mode = 'fixing'
): { mode: Mode; html: string } {
  const fixer = new HtmlFixer(HOME, INSERTIONS, mode);
  let html = '';
  for (const piece of pieces) {
    fixer.read(piece);
    if (fixer.mode !== 'looking') {
      html += fixer.take();
    }
  }
  return { mode: fixer.mode, html: html + fixer.finish() };
}

/** A page that is fixed, with `~` for the prefix, and without what is inserted. */
function fixed(html: string): string {
  return made([html])
    .html.replaceAll(PREFIX, '~')
    .replaceAll(/\[(?:script|map)\]/g, '');
}

/** The same, with what is inserted. */
function filled(html: string): string {
  return made([html]).html.replaceAll(PREFIX, '~');
}

describe('an attribute', () => {
  it.each([
    ['<a href="/x">', '<a href="~/x">'],
    ["<a href='/x'>", "<a href='~/x'>"],
    ['<a href=/x>', '<a href=~/x>'],
    ['<a href=/x/>', '<a href=~/x/>'],
    ['<a/href="/x"/>', '<a/href="~/x"/>'],
    ['<A HREF="/x">', '<A HREF="~/x">'],
    ['<a\nhref\t=\n"/x"\n>', '<a\nhref\t=\n"~/x"\n>'],
    ['<a href="/x"class="/y">', '<a href="~/x"class="/y">'],
    ['<a id="/y" href="/x" title=/z>', '<a id="/y" href="~/x" title=/z>'],
    // The first counts for a browser; the others do no harm.
    ['<a href="/x" href="/y">', '<a href="~/x" href="~/y">'],
    [
      '<img src="/x" srcset="/a, /b 2x">',
      '<img src="~/x" srcset="~/a, ~/b 2x">'
    ],
    [
      '<link href="/x" imagesrcset="/a 1x">',
      '<link href="~/x" imagesrcset="~/a 1x">'
    ],
    [
      '<form action="/x"><button formaction="/y">',
      '<form action="~/x"><button formaction="~/y">'
    ],
    [
      '<video poster="/x"><source src=/y><track src=/z>',
      '<video poster="~/x"><source src=~/y><track src=~/z>'
    ],
    [
      '<object data="/x"></object><p data="/x">',
      '<object data="~/x"></object><p data="/x">'
    ],
    [
      '<iframe src=/x></iframe><embed src=/y>',
      '<iframe src=~/x></iframe><embed src=~/y>'
    ],
    [
      '<frameset><frame src="/x"></frameset>',
      '<frameset><frame src="~/x"></frameset>'
    ],
    ['<area href=/x ping="/a b /c">', '<area href=~/x ping="~/a b ~/c">'],
    ['<body background="/x">', '<body background="~/x">'],
    ['<base href="/">', '<base href="~/">'],
    ['<base href="/sub/">', '<base href="~/sub/">'],
    ['<script src="/x"></script>', '<script src="~/x"></script>'],
    [
      '<svg><use href="/x#a"/><image xlink:href=\'/y\'/></svg>',
      '<svg><use href="~/x#a"/><image xlink:href=\'~/y\'/></svg>'
    ],
    [
      '<svg><style/><title/></svg><a href=/x>',
      '<svg><style/><title/></svg><a href=~/x>'
    ],
    [
      '<template><a href="/x"></a></template>',
      '<template><a href="~/x"></a></template>'
    ],
    [
      '<div><template shadowrootmode=open><img src=/x></template></div>',
      '<div><template shadowrootmode=open><img src=~/x></template></div>'
    ],
    [
      '<noscript><img src="/x"></noscript>',
      '<noscript><img src="~/x"></noscript>'
    ],
    [
      '<![if !IE]><a href="/x"><![endif]>',
      '<![if !IE]><a href="~/x"><![endif]>'
    ],
    [
      '<meta http-equiv="Refresh" content="0;url=/x">',
      '<meta http-equiv="Refresh" content="0;url=~/x">'
    ],
    [
      '<meta content="1; URL=\'/x\'" http-equiv=refresh>',
      '<meta content="1; URL=\'~/x\'" http-equiv=refresh>'
    ],
    ['<redoc spec-url="/x"></redoc>', '<redoc spec-url="~/x"></redoc>'],
    // Blanks around an address, and line breaks within.
    ['<a href=" \n/x\t ">', '<a href="~/x">'],
    ['<a href="/a\n/b">', '<a href="~/a/b">'],
    // References to characters.
    ['<a href="/x?a=1&amp;b=2">', '<a href="~/x?a=1&amp;b=2">'],
    ['<a href="/x?a=1&copy=2&b">', '<a href="~/x?a=1&copy=2&b">'],
    ['<a href="&#47;x">', '<a href="~/x">'],
    ['<a href="&#x2F;a&#x2f;b">', '<a href="~/a/b">'],
    ['<a href="&sol;x">', '<a href="~/x">'],
    ['<a href="http:&#x2F;&#x2F;localhost:8501&#x2F;x">', '<a href="~/x">'],
    ['<a href="/&quot;x&quot;">', '<a href="~/&#34;x&#34;">'],
    ["<a href='/&apos;x&amp;'>", "<a href='~/&#39;x&amp;'>"],
    ['<a href=/x&#32;y&gt;>', '<a href=~/x&#32;y&#62;>'],
    [
      '<a href="/&eacute;&nbsp;&#233;&hellip;">',
      '<a href="~/&eacute;&nbsp;&#233;&hellip;">'
    ],
    [
      '<img srcset="&#47;a 1x, /b?c&amp;d 2x">',
      '<img srcset="~/a 1x, ~/b?c&amp;d 2x">'
    ],
    [
      '<p style="a:url(&quot;/x&quot;);b:\'&hellip;\'">',
      '<p style="a:url(&#34;~/x&#34;);b:\'&hellip;\'">'
    ],
    // Segments that climb, as the browser reads them.
    ['<a href="/a/../../../x">', '<a href="~/x">'],
    ['<a href="/a/%2e%2E/.%2e/x">', '<a href="~/x">'],
    ['<a href="/a/&#46;&period;/&#x2e;./x">', '<a href="~/x">'],
    ['<a href="/a\\..\\..\\x">', '<a href="~/x">'],
    // The app's own hosts.
    ['<a href="http://localhost:8501">', '<a href="~/">'],
    ['<a href="http://lab.example/x">', '<a href="~/x">'],
    ['<a href="//lab.example/x">', '<a href="~/x">'],
    // Bytes beyond ASCII, as latin-1 characters.
    [
      '<a title="\xe9" href="/\xe9\xff">\xfe',
      '<a title="\xe9" href="~/\xe9\xff">\xfe'
    ]
  ])('of %s is corrected', (html, expected) => {
    expect(fixed(html)).toBe(expected);
  });

  it.each([
    '<a href="x">',
    '<a href="">',
    '<a href>',
    '<a href=>',
    '<a href="#/x">',
    '<a href="?/x">',
    '<a href="//other.example/x">',
    '<a href="/\\other.example/x">',
    '<a href="/&#47;other.example/x">',
    '<a href="/&Tab;/other.example/x">',
    '<a href="&#47;&sol;other.example">',
    '<a href="https://other.example/x">',
    '<a href="data:text/plain,/x">',
    '<a href="blob:/x">',
    '<a href="javascript:go(\'/x\')">',
    '<a href="mailto:/x">',
    '<a href="/user/alice/lab">',
    `<a href="${PREFIX}/x">`.replace(PREFIX, '/user/alice/proxy/8502'),
    '<a =href="/x">',
    '<a "href="/x">',
    '<a data-href="/x">',
    '<a onclick="go(\'/x\')">',
    '<p title="<a href=/x>">',
    '<p title=\'"\' id="<a href=/x>">',
    '<a href=“/x”>',
    '<meta name=viewport content="0;url=/x">',
    '<constructor data="/x">',
    '<constructor data="/x?a&amp;b">',
    '<tostring srcdoc="/x" content="/x">',
    '<!-- <a href="/x"> -->',
    '<!-- > --!> <a href="x"> -->',
    '<!--[if IE]><a href="/x"><![endif]-->',
    '<!doctype html SYSTEM "/x">',
    '<?php <a href="/x"> ?>',
    '</a href="/x">',
    '< a href="/x">',
    '<script>"<a href=\'/x\'>"</script>',
    '<script>if (a<b) c("<img src=/x>")</script >',
    '<script><!--\nw("<a href=\'/x\'>")\n//--></script>',
    '<script type="application/json">{"href": "/x"}</script>',
    '<script type=text/template><a href="/x"></script>',
    '<textarea><a href="/x"></textarea>',
    '<title><a href="/x"></title>',
    '<xmp><a href="/x"></xmp>',
    '<iframe><a href="/x"></iframe>',
    '<noembed><a href="/x"></noembed>',
    '<noframes><a href="/x"></noframes>',
    '<TITLE><a href="/x"></TITLE >',
    '<textarea></textareas><a href="/x"></textarea>',
    '<plaintext><a href="/x"></plaintext><a href="/y">',
    '<a href="/x',
    '<a href="/x"',
    '<a href=/x',
    '<a ',
    '<',
    '</',
    '<!',
    '<!--<a href="/x">',
    '&lt;a href="/x">',
    ''
  ])('in %s is left alone', html => {
    expect(fixed(html)).toBe(html);
  });
});

describe('a style sheet in a page', () => {
  it.each([
    ['<style>a{b:url(/x)}</style>', '<style>a{b:url(~/x)}</style>'],
    [
      '<style>@import "/x"; /* url(/y) */</style>',
      '<style>@import "~/x"; /* url(/y) */</style>'
    ],
    [
      '<STYLE type=text/css>a{b:url("/x")}</STYLE >',
      '<STYLE type=text/css>a{b:url("~/x")}</STYLE >'
    ],
    [
      '<style>a>b{c:url(/x)}</styles></style><a href=/y>',
      '<style>a>b{c:url(~/x)}</styles></style><a href=~/y>'
    ],
    [
      '<svg><style>a{b:url(/x)}</style></svg>',
      '<svg><style>a{b:url(~/x)}</style></svg>'
    ],
    ['<p style="a:url(/x)">', '<p style="a:url(~/x)">'],
    ['<p style=\'a:url("/x")\'>', '<p style=\'a:url("~/x")\'>'],
    ['<p style=a:url(/x)>', '<p style=a:url(~/x)>'],
    ['<style>a{b:url(x)}</style>', '<style>a{b:url(x)}</style>'],
    ['<style>a{b:url(/x)}', '<style>a{b:url(/x)}']
  ])('%s', (html, expected) => {
    expect(fixed(html)).toBe(expected);
  });

  it('can’t leave its attribute', () => {
    expect(fixed('<p style="a:url(/\\h)" id=b>')).toBe(
      '<p style="a:url(&#34;~/h&#34;)" id=b>'
    );
  });
});

describe('a document in an attribute', () => {
  it.each([
    [
      '<iframe srcdoc="<a href=\'/x\'>">',
      '<iframe srcdoc="[script][map]<a href=\'~/x\'>">'
    ],
    [
      "<iframe srcdoc='&lt;a href=&quot;/x&quot;>'>",
      '<iframe srcdoc=\'[script][map]<a href="~/x">\'>'
    ],
    [
      '<iframe srcdoc=<a/href=/x&gt;>',
      '<iframe srcdoc=[script][map]&#60;a/href&#61;~/x&#62;>'
    ],
    [
      '<iframe srcdoc="a &amp;amp; &hellip;">',
      '<iframe srcdoc="a &amp;amp; &hellip;">'
    ],
    [
      '<iframe srcdoc="<iframe srcdoc=&quot;<a href=&amp;quot;/x&amp;quot;>&quot;>">',
      '<iframe srcdoc="[script][map]<iframe srcdoc=&#34;[script][map]<a href=&amp;#34;~/x&amp;#34;>&#34;>">'
    ]
  ])('%s is fixed as well', (html, expected) => {
    expect(filled(html)).toBe(`[script][map]${expected}`);
  });

  it('in documents in documents … doesn’t grow beyond measure', () => {
    let html = 'x';
    for (let depth = 0; depth < 200; depth += 1) {
      const value = html.replaceAll('&', '&amp;').replaceAll('>', '&gt;');
      html = `<iframe/srcdoc=${value}>`;
    }
    expect(made([html]).html.length).toBeLessThan(2 * html.length);
  });
});

describe('our script', () => {
  it.each([
    [
      '<!doctype html><html><head><script>a</script>',
      '<!doctype html><html><head>[script]<script>a</script>'
    ],
    [
      '<head><meta charset=utf-8><title>a</title><link href=x>',
      '<head><meta charset=utf-8><title>a</title>[script]<link href=x>'
    ],
    [
      '<head><base href="/"><script>a</script>',
      '<head><base href="~/">[script]<script>a</script>'
    ],
    [
      '<head><title>a</title></head><body>',
      '<head><title>a</title>[script][map]</head><body>'
    ],
    ['<html><body onload="a()">', '<html>[script][map]<body onload="a()">'],
    [
      'a <b>c</b><script>d</script>',
      'a [script][map]<b>c</b><script>d</script>'
    ],
    [
      '<!-- <script> --><script>a</script>',
      '<!-- <script> -->[script]<script>a</script>'
    ],
    [
      '<head><noscript><link href=x></noscript>',
      '<head>[script]<noscript><link href=x></noscript>'
    ],
    [
      '<svg><script>a</script></svg>',
      '[script][map]<svg><script>a</script></svg>'
    ],
    [
      '<head></head><body></body><head></head>',
      '<head>[script][map]</head><body></body><head></head>'
    ],
    // A policy holds for what comes after it.
    [
      '<head><meta http-equiv=Content-Security-Policy content="script-src \'self\'"><script src=a></script>',
      '<head>[script][map]<meta http-equiv=Content-Security-Policy content="script-src \'self\'"><script src=a></script>'
    ],
    ['<title>a</title>b', '<title>a</title>b']
  ])('comes before all others: %s', (html, expected) => {
    expect(filled(html)).toBe(expected);
  });
});

describe('our import map', () => {
  it.each([
    [
      '<script type=module src="/m.js"></script>',
      '[script][map]<script type=module src="~/m.js"></script>'
    ],
    [
      '<link rel=modulepreload href="/m.js">',
      '[script][map]<link rel=modulepreload href="~/m.js">'
    ],
    [
      '<head><script src=a></script></head>',
      '<head>[script]<script src=a></script>[map]</head>'
    ],
    [
      '<script src=a></script><script type="module">b</script><script type=module>c</script>',
      '[script]<script src=a></script>[map]<script type="module">b</script><script type=module>c</script>'
    ],
    // What can't be read is the browser's to tell.
    [
      '<script type=importmap>{a</script><script type=module>b</script>',
      '[script]<script type=importmap>{a</script><script type=module>b</script>'
    ]
  ])('comes before all modules: %s', (html, expected) => {
    expect(filled(html)).toBe(expected);
  });

  it('is added to the app’s own', () => {
    expect(
      filled(
        '<script src=a></script><script type="importmap">{"imports":{"a":"/a.js"}}</script><script type=module>b</script>'
      )
    ).toBe(
      '[script]<script src=a></script><script type="importmap">{"imports":{"/":"~/","~/":"~/","a":"~/a.js"}}</script><script type=module>b</script>'
    );
  });

  it('is not repeated where the app has another', () => {
    expect(
      filled(
        '<script type=module>a</script><script type=importmap>{"imports":{"b":"/b.js"}}</script>'
      )
    ).toBe(
      '[script][map]<script type=module>a</script><script type=importmap>{"imports":{"b":"~/b.js"}}</script>'
    );
  });
});

describe('looking at a page', () => {
  /** How a page is dealt with that is looked at. */
  const modeOf = (html: string): Mode => made([html], 'looking').mode;

  it.each([
    '<a href="/x">',
    '<img src=/x>',
    '<form action="/x">',
    '<img srcset="/a 1x">',
    '<a href="http://localhost:8501/x">',
    '<a href="&#47;x">',
    '<a href="http:&#x2F;&#x2F;localhost:8501">',
    '<a href="x"><a href="/user/alice/lab"><a href="/y">',
    '<style>@font-face{src:url(/x)}</style>',
    '<p style="background:url(/x)">',
    '<link rel=icon href="/x"><script src="/y"></script>',
    '<link rel=stylesheet href="/x">',
    '<svg><title/></svg><a href="/x">',
    // Pages that show an interface's documentation.
    '<script src="https://cdn.example/swagger-ui-bundle.js"></script><script>SwaggerUIBundle({url: \'/openapi.json\'})</script>',
    '<script src="https://cdn.example/redoc.standalone.js"></script><redoc spec-url="/openapi.json"></redoc>',
    '<script src="https://cdn.example/redoc.standalone.js"></script><script>Redoc.init({"specUrl" : "/openapi.json"})</script>'
  ])('finds that %s has to be fixed', html => {
    expect(modeOf(html)).toBe('fixing');
  });

  it.each([
    `<a href="${PREFIX}/x"><a href="/y">`,
    `<a href="http://lab.example${PREFIX}"><a href="/y">`,
    `<link rel=icon href="/x"><link rel=canonical href="${PREFIX}/"><a href="/y">`,
    `<style>a{b:url(${PREFIX}/x)}</style><a href="/y">`,
    '<base href="https://other.example/"><a href="/x">',
    '<base href="//other.example"><a href="/x">'
  ])('finds that %s is right as it is', html => {
    expect(made([html], 'looking')).toEqual({ mode: 'leaving', html });
  });

  it.each([
    '',
    'hello',
    '<a href="x">',
    '<a href="/user/alice/lab">',
    '<a href="//other.example/x">',
    '<link rel="shortcut icon" href="/favicon.ico">',
    '<link href="/apple.png" rel=apple-touch-icon>',
    '<link rel=canonical href="/"><link rel=manifest href="/manifest.json">',
    '<link rel=alternate href="/feed"><link rel=search href="/search.xml">',
    '<script>fetch("/x")</script>',
    '<script>url: "/x"</script>',
    '<!-- <a href="/x"> -->',
    '<textarea><a href="/x"></textarea>',
    '<script src="https://cdn.example/swagger-ui-bundle.js"></script><script>SwaggerUIBundle({url: "openapi.json"})</script>',
    '<iframe srcdoc="<a href=\'/x\'>"></iframe>',
    '<a href="/x'
  ])('finds nothing in %s', html => {
    expect(made([html], 'looking')).toEqual({ mode: 'looking', html });
  });

  it('fixes a page from its beginning, as far as nothing was taken of it', () => {
    const page = '<a href=x><script>a</script><img src="/y">';
    expect(made([page], 'looking').html).toBe(
      `[script][map]<a href=x><script>a</script><img src="${PREFIX}/y">`
    );
  });

  it('fixes a page from the first tag that needs it, if its beginning is gone', () => {
    const fixer = new HtmlFixer(HOME, INSERTIONS, 'looking');
    fixer.read('<a href=x><p>');
    expect(fixer.take()).toBe('<a href=x><p>');
    fixer.read('<img src="/y"><img src="/z">');
    expect(fixer.mode).toBe('fixing');
    expect(fixer.finish()).toBe(
      `[script][map]<img src="${PREFIX}/y"><img src="${PREFIX}/z">`
    );
  });

  it('looks no further when it is told so', () => {
    const fixer = new HtmlFixer(HOME, INSERTIONS, 'looking');
    fixer.read('<a href=x>');
    fixer.leave();
    fixer.read('<a href="/y">');
    expect(fixer.mode).toBe('leaving');
    expect(fixer.take()).toBe('<a href=x><a href="/y">');
  });
});

describe('what is long', () => {
  const LONG = 'x'.repeat(1_100_000);

  it.each([
    ['a comment', `<!--${LONG}-->`],
    ['an attribute', `<p title="${LONG}">`],
    ['an address', `<img src="data:,${LONG}">`],
    ['a script', `<script>${LONG}</script>`],
    ['a tag', `<p ${'a=b '.repeat(300_000)}>`],
    ['a text', LONG]
  ])('is let through in time: %s', (_what, part) => {
    const fixer = new HtmlFixer(HOME, INSERTIONS, 'fixing');
    let html = '';
    let held = 0;
    const text = `<a href="/x">${part}<a href="/y">`;
    for (let at = 0; at < text.length; at += 65_536) {
      fixer.read(text.slice(at, at + 65_536));
      html += fixer.take();
      held = Math.max(held, Math.min(at + 65_536, text.length) - html.length);
    }
    html += fixer.finish();
    expect(html).toBe(
      `[script][map]<a href="${PREFIX}/x">${part}<a href="${PREFIX}/y">`
    );
    expect(held).toBeLessThan(1024 * 1024);
  });

  it('is let through as it is: a style sheet', () => {
    const sheet = `<style>${'a{b:url(/x)}'.repeat(100_000)}</style>`;
    const pieces = (sheet + '<a href="/y">').match(/[^]{1,65536}/g) ?? [];
    expect(made(pieces).html).toBe(
      `[script]${sheet}[map]<a href="${PREFIX}/y">`
    );
  });

  it('is read in a time that grows with its length, in pieces of any size', () => {
    const text = `<!--${'x'.repeat(200_000)}--><style>${'x'.repeat(200_000)}</style><p title="${'x'.repeat(200_000)}">`;
    expect(made(text.split('')).html).toContain(text.slice(-100));
  }, 4000);
});

/* The parts that pages are made of, and those that lead readers astray. */
const PARTS = [
  '<a href="/x">',
  "<a href='/x?a&amp;b'>",
  '<a href=/x>',
  '<img src="&#47;x" srcset="/a, /b 2x">',
  '<style>a{b:url(/x)}</style>',
  '<style src=/x class=y>',
  '</style>',
  '<p style="a:url(&quot;/x&quot;)" title=\'/y\'>',
  '<p style="a:url(/\\h)">',
  '<script>"<a href=\'/x\'>"</script>',
  '<script src="/x"></script>',
  '<script type=module src=/x></script>',
  '<script type=importmap>{"imports":{"a":"/a.js"}}</script>',
  '<iframe srcdoc="<a href=/x>"></iframe>',
  '<svg><style/></svg>',
  '<svg>',
  '</svg>',
  '<head>',
  '</head>',
  '<body>',
  '<base href="/y/">',
  '<title>a</title>',
  '<textarea><a href="/x"></textarea>',
  '<!-- <a href="/x"> -->',
  '<!doctype html>',
  '<![CDATA[ a ]]>',
  '<?x?>',
  '</a href="/x">',
  '<',
  '</',
  '>',
  '"',
  'text /x ',
  '\xe9\xff',
  '\n'
] as const;

/** Some page, the same for the same seed. */
function somePage(random: Random): string {
  const count = 1 + random.below(12);
  return Array.from({ length: count }, () => random.pick(PARTS)).join('');
}

/** A text in pieces, cut anywhere. */
function someCut(text: string, random: Random): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest !== '') {
    const length = 1 + random.below(Math.min(rest.length, 9));
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return pieces;
}

describe('a page that comes in pieces', () => {
  it('is fixed in the same way, wherever it is cut', () => {
    const page = PARTS.join('');
    const whole = made([page]).html;
    for (let at = 0; at <= page.length; at += 1) {
      expect(made([page.slice(0, at), page.slice(at)]).html).toBe(whole);
    }
    expect(made(page.split('')).html).toBe(whole);
  });

  it('is fixed in the same way, whatever it is', () => {
    const random = new Random(6);
    for (let count = 0; count < 3000; count += 1) {
      const page = somePage(random);
      const pieces = someCut(page, random);
      expect([pieces, made(pieces).html]).toEqual([pieces, made([page]).html]);
    }
  });

  it('is told to need it in the same way, and untouched if it doesn’t', () => {
    const random = new Random(7);
    for (let count = 0; count < 3000; count += 1) {
      const page = somePage(random);
      const pieces = someCut(page, random);
      const whole = made([page], 'looking');
      expect([pieces, made(pieces, 'looking')]).toEqual([pieces, whole]);
      if (whole.mode !== 'fixing') {
        expect(whole.html).toBe(page);
      }
    }
  });

  it('keeps all but its addresses', () => {
    const random = new Random(8);
    const plain = PARTS.filter(part => !/&|\\|importmap/.test(part));
    for (let count = 0; count < 3000; count += 1) {
      const length = 1 + random.below(12);
      const page = Array.from({ length }, () => random.pick(plain)).join('');
      expect(fixed(page).replaceAll('~', '')).toBe(page);
    }
  });
});
