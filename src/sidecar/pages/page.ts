import { createHash } from 'node:crypto';

/** Marks an answer as our own and says which; the page's script looks for it. */
export const ANSWER_HEADER = 'Porthole-Answer';

/** Marks a request of such a page, which wants another look at the same page. */
export const PAGE_HEADER = 'Porthole-Page';

/** The sub-protocol by which such a page finds out whether WebSockets come through. */
export const CHECK_PROTOCOL = 'porthole';

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 36rem; padding: 2rem; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; }
li { margin: 0.25rem 0; }
code { display: block; margin: 0.25rem 0 0.75rem; font-size: 0.85rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
p { margin: 1.25rem 0 0; }
pre { max-height: 60vh; overflow: auto; margin: 1rem 0 0; padding: 0.75rem; border: 1px solid;
  border-radius: 4px; font-size: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre:empty { display: none; }
`;

/**
 * Asks for the page again each second until the answer is another one, then
 * loads it: an app that comes up takes this page's place. Where there is output of the
 * app to be shown, the answer is read for it. A page about WebSockets tries to open one
 * instead.
 */
const SCRIPT = `
const { answer: code, socket } = document.documentElement.dataset;
const status = document.querySelector('[role=status]');
const output = document.querySelector('pre');
function reload() {
  status.textContent = 'Opening…';
  location.reload();
}
function connect() {
  if (document.hidden) {
    setTimeout(connect, 1000);
    return;
  }
  const address = new URL(socket, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const connection = new WebSocket(address, '${CHECK_PROTOCOL}');
  connection.onopen = () => {
    connection.onclose = null;
    reload();
  };
  connection.onclose = () => setTimeout(connect, 3000);
}
async function again() {
  if (!document.hidden) {
    const stop = new AbortController();
    try {
      const response = await fetch(location.href, {
        method: output ? 'GET' : 'HEAD',
        headers: { '${PAGE_HEADER}': '1' },
        redirect: 'manual',
        signal: stop.signal
      });
      if (response.headers.get('${ANSWER_HEADER}') !== code) {
        stop.abort();
        reload();
        return;
      }
      if (output) {
        const page = new DOMParser().parseFromString(await response.text(), 'text/html');
        const text = page.querySelector('pre').textContent;
        if (text !== output.textContent) {
          output.textContent = text;
          output.scrollTop = output.scrollHeight;
        }
        const items = page.querySelector('ul').children;
        document.querySelector('ul').replaceChildren(...items);
      }
    } catch {
      status.textContent = 'Jupyter can’t be reached. Trying again every second …';
    }
  }
  setTimeout(again, 1000);
}
setTimeout(socket ? connect : again, 1000);
`;

const RETRYING =
  'This page tries again every second and turns into the app by itself.';

const CONNECTING =
  'This page keeps trying, and turns into the app as soon as its connection comes through.';

function sourceHash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}

/** Allows the pages nothing but themselves. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${sourceHash(STYLE)}`,
  `script-src ${sourceHash(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'"
].join('; ');

/** Make text safe within HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A sentence, or one with what is to be typed somewhere. */
export type Hint = string | { text: string; code: string };

/**
 * A page in plain words.
 *
 * @returns the document.
 */
export function renderPage(content: {
  code: string;
  title: string;
  hints: Hint[];
  /** What the app has put out; `null` if that is not what it is about. */
  output: string | null;
  /** Whether it asks again by itself. */
  retries: boolean;
  /** Where it tries to open a WebSocket instead; empty if that is not what it is about. */
  socketPath: string;
}): string {
  const { socketPath } = content;
  const hints = content.hints.map(hint => `<li>${hintAsHtml(hint)}</li>`);
  const output =
    content.output === null
      ? ''
      : `<pre tabindex="0" aria-label="Output of the app">${escapeHtml(content.output)}</pre>`;
  const retry = content.retries
    ? `<p role="status">${socketPath === '' ? RETRYING : CONNECTING}</p>
<noscript><p>Without scripts: reload this page to try again.</p></noscript>
<script>${SCRIPT}</script>`
    : '';
  const socket =
    socketPath === '' ? '' : ` data-socket="${escapeHtml(socketPath)}"`;
  const anyway =
    socketPath === '' ? '' : '<p><a href="">Open the app all the same</a></p>';
  return `<!DOCTYPE html>
<html lang="en" data-answer="${escapeHtml(content.code)}"${socket}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(content.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(content.title)}</h1>
<ul>
${hints.join('\n')}
</ul>
${output}
${retry}
${anyway}
</main>
</body>
</html>
`;
}

function hintAsHtml(hint: Hint): string {
  return typeof hint === 'string'
    ? escapeHtml(hint)
    : `${escapeHtml(hint.text)} <code>${escapeHtml(hint.code)}</code>`;
}
