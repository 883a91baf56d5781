import { createHash } from 'node:crypto';

/** Marks an answer as our own and says which; the page's script looks for it. */
export const ANSWER_HEADER = 'Porthole-Answer';

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 36rem; padding: 2rem; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; }
li { margin: 0.25rem 0; }
p { margin: 1.25rem 0 0; }
`;

/**
 * Asks for the page again each second until the answer is another one, then
 * loads it: an app that comes up takes this page's place.
 */
const SCRIPT = `
const code = document.documentElement.dataset.answer;
const status = document.querySelector('[role=status]');
async function again() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { method: 'HEAD', redirect: 'manual' });
      if (response.headers.get('${ANSWER_HEADER}') !== code) {
        status.textContent = 'Opening…';
        location.reload();
        return;
      }
    } catch {
      status.textContent = 'Jupyter can’t be reached. Trying again every second …';
    }
  }
  setTimeout(again, 1000);
}
setTimeout(again, 1000);
`;

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

/**
 * A page in plain words.
 *
 * @param retries - whether it asks again by itself.
 * @returns the document.
 */
export function renderPage(content: {
  code: string;
  title: string;
  hints: string[];
  retries: boolean;
}): string {
  const hints = content.hints.map(hint => `<li>${escapeHtml(hint)}</li>`);
  const retry = content.retries
    ? `<p role="status">This page tries again every second and turns into the app by itself.</p>
<noscript><p>Without scripts: reload this page to try again.</p></noscript>
<script>${SCRIPT}</script>`
    : '';
  return `<!DOCTYPE html>
<html lang="en" data-answer="${escapeHtml(content.code)}">
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
${retry}
</main>
</body>
</html>
`;
}
