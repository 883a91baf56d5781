import type { IncomingMessage, ServerResponse } from 'node:http';

import type { CarryError } from './errors';
import type { IRefusal } from './grants';
import { ANSWER_HEADER, PAGE_POLICY, renderPage } from './pages/page';
import { ERROR_TEXTS } from './pages/texts';
import { endToEnd, fields } from './raw-headers';

/**
 * Whether a browser wants to show the response as a page. Browsers send
 * `Sec-Fetch-*` only to https and localhost, so `Accept` must do elsewhere.
 */
export function isNavigation(request: IncomingMessage): boolean {
  const mode = request.headers['sec-fetch-mode'];
  return mode === undefined
    ? /\btext\/html\b/i.test(request.headers.accept ?? '')
    : mode === 'navigate';
}

/**
 * Answer a request that could not be carried: a page to a navigation, JSON to
 * everything else. The one place where errors become responses.
 */
export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: CarryError
): void {
  const { status, title, hints, retries } = ERROR_TEXTS[error.code];
  const port = String(error.port ?? '');
  const asPage = isNavigation(request);
  const body = asPage
    ? renderPage({
        code: error.code,
        title: title(port),
        hints: hints.map(hint => hint(port)),
        retries: retries && isRepeatable(request)
      })
    : JSON.stringify({
        message: [title, ...hints].map(text => text(port)).join(' ')
      });
  response.setHeader(ANSWER_HEADER, error.code);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader(
    'Content-Type',
    asPage ? 'text/html; charset=utf-8' : 'application/json'
  );
  response.setHeader(
    'Content-Security-Policy',
    asPage ? PAGE_POLICY : "default-src 'none'; frame-ancestors 'self'"
  );
  response.setHeader('Content-Length', Buffer.byteLength(body));
  if (status === 503) {
    response.setHeader('Retry-After', '1');
  }
  if (status === 405) {
    response.setHeader('Allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH');
  }
  response.writeHead(status);
  response.end(body);
}

/** Whether asking again does no harm: a form must not be sent twice. */
export function isRepeatable(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** Send the client from `P` to `P/`, or it would resolve relative links wrongly. */
export function redirectToSlash(
  response: ServerResponse,
  prefix: string,
  target: string
): void {
  const rest = target.slice(prefix.length);
  const query = rest.startsWith('?') ? rest.replace(/#.*$/s, '') : '';
  response.writeHead(302, {
    Location: `${prefix}/${query}`,
    'Content-Length': 0
  });
  response.end();
}

/** Send Jupyter's refusal on as it is. It is here as a whole, so the framing is ours. */
export function sendRefusal(response: ServerResponse, refusal: IRefusal): void {
  for (const { name, lowerName, value } of fields(endToEnd(refusal.headers))) {
    if (lowerName !== 'content-length') {
      response.appendHeader(name, value);
    }
  }
  response.setHeader('Content-Length', refusal.body.length);
  response.writeHead(refusal.status);
  response.end(refusal.body);
}
