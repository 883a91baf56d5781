import { createHash } from 'node:crypto';

import {
  escapeHtml,
  PAGE_POLICY,
  renderPage
} from '../../../src/sidecar/pages/page';

const CONTENT = {
  code: 'not-listening',
  title: 'Nothing listens.',
  hints: ['Is it started?', 'Where?'],
  output: null,
  retries: true,
  socketPath: ''
};

function hashOf(source: string | undefined): string {
  return `'sha256-${createHash('sha256')
    .update(source ?? '')
    .digest('base64')}'`;
}

/** The sources that a directive of the policy allows. */
function allowed(directive: string): string | undefined {
  return PAGE_POLICY.split('; ')
    .find(part => part.startsWith(`${directive} `))
    ?.slice(directive.length + 1);
}

describe('escapeHtml', () => {
  it.each([
    ['<b>', '&#60;b&#62;'],
    ['&amp;', '&#38;amp;'],
    [`"'`, '&#34;&#39;'],
    ['plain é', 'plain é']
  ])('makes of %s %s', (text, escaped) => {
    expect(escapeHtml(text)).toBe(escaped);
  });
});

describe('renderPage', () => {
  it('says what happened and what to check', () => {
    const page = renderPage(CONTENT);
    expect(page).toContain('<title>Nothing listens.</title>');
    expect(page).toContain('<h1>Nothing listens.</h1>');
    expect(page).toContain('<li>Is it started?</li>\n<li>Where?</li>');
    expect(page).toContain('data-answer="not-listening"');
  });

  it('sets apart what is to be typed', () => {
    const hints = [{ text: 'Type:', code: 'a < b' }, 'Or don’t.'];
    expect(renderPage({ ...CONTENT, hints })).toContain(
      '<li>Type: <code>a &#60; b</code></li>\n<li>Or don’t.</li>'
    );
  });

  it('escapes all that it quotes', () => {
    const evil = `"><script>alert('1')</script>`;
    const page = renderPage({
      code: evil,
      title: evil,
      hints: [evil, { text: evil, code: evil }],
      output: evil,
      retries: false,
      socketPath: evil
    });
    expect(page).not.toContain('<script');
    expect(page.split(escapeHtml(evil))).toHaveLength(9);
  });

  it('shows what the app has put out, even if that is nothing yet', () => {
    expect(renderPage(CONTENT)).not.toContain('<pre');
    const page = renderPage({ ...CONTENT, output: 'one\ntwo' });
    expect(page).toContain('>one\ntwo</pre>');
    expect(renderPage({ ...CONTENT, output: '' })).toContain('></pre>');
  });

  it('has a script only if it tries again', () => {
    expect(renderPage(CONTENT)).toContain('<script>');
    expect(renderPage({ ...CONTENT, retries: false })).not.toContain('<script');
  });
});

describe('a page about WebSockets', () => {
  const SOCKET = { ...CONTENT, socketPath: '/jupyter/proxy/1/x' };

  it('tries to open one, and leads to the app all the same', () => {
    const page = renderPage(SOCKET);
    expect(page).toContain('data-socket="/jupyter/proxy/1/x"');
    expect(page).toContain('<a href="">Open the app all the same</a>');
    expect(page).not.toContain('every second and');
    expect(renderPage(CONTENT)).not.toContain('data-socket');
    expect(renderPage(CONTENT)).not.toContain('<a ');
  });

  it('has the script of all pages', () => {
    const script = (page: string): string | undefined =>
      /<script>(.*?)<\/script>/s.exec(page)?.[1];
    expect(script(renderPage(SOCKET))).toBe(script(renderPage(CONTENT)));
  });
});

describe('PAGE_POLICY', () => {
  it('allows the page’s own script and style, and no others', () => {
    const page = renderPage(CONTENT);
    const [, script] = /<script>(.*?)<\/script>/s.exec(page) ?? [];
    const [, style] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    expect(script).toContain('fetch');
    expect(allowed('script-src')).toBe(hashOf(script));
    expect(allowed('style-src')).toBe(hashOf(style));
    expect(allowed('default-src')).toBe("'none'");
  });

  it('lets the page ask for itself and be framed by Jupyter only', () => {
    expect(allowed('connect-src')).toBe("'self'");
    expect(allowed('frame-ancestors')).toBe("'self'");
    expect(allowed('form-action')).toBe("'none'");
    expect(allowed('base-uri')).toBe("'none'");
  });
});
