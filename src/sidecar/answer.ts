import type { ServerResponse } from 'node:http';

import { log } from './channel';
import { CarryError } from './errors';
import {
  ANSWER_HEADER,
  type Hint,
  PAGE_POLICY,
  renderPage
} from './pages/page';
import { ERROR_TEXTS, type IAbout } from './pages/texts';
import { endToEnd, fields, type RawHeaders, without } from './raw-headers';
import { type IRequestHead, isNavigation, isRepeatable } from './request-head';

/** A whole response that is made here. Its fields say nothing about its length. */
export interface IAnswer {
  status: number;
  headers: RawHeaders;
  body: Buffer;
}

/**
 * The answer to a request that could not be carried.
 *
 * @returns `null` if that is our own fault, which is logged.
 */
export function answerTo(
  request: IRequestHead,
  error: unknown
): IAnswer | null {
  if (error instanceof CarryError) {
    return errorAnswer(request, error);
  }
  log(
    'error',
    `A request failed: ${error instanceof Error ? (error.stack ?? error.name) : typeof error}`
  );
  return null;
}

/**
 * The answer to a request that could not be carried: a page to a navigation, JSON to
 * everything else. The one place where errors become responses.
 */
export function errorAnswer(request: IRequestHead, error: CarryError): IAnswer {
  const { status, title, hints, retries } = ERROR_TEXTS[error.code];
  const about = aboutError(error);
  const said = hints(about);
  const asPage = isNavigation(request);
  const body = asPage
    ? renderPage({
        code: error.code,
        title: title(about),
        hints: said,
        output: error.details.lines?.join('\n') ?? null,
        retries: retries && isRepeatable(request),
        socketPath: about.socketPath
      })
    : JSON.stringify({
        message: [title(about), ...said.map(asText)].join(' '),
        ...(about.lines.length > 0 && { output: about.lines })
      });
  const headers = [
    ANSWER_HEADER,
    error.code,
    'Cache-Control',
    'no-store',
    'X-Content-Type-Options',
    'nosniff',
    'Content-Type',
    asPage ? 'text/html; charset=utf-8' : 'application/json',
    'Content-Security-Policy',
    asPage ? PAGE_POLICY : "default-src 'none'; frame-ancestors 'self'"
  ];
  if (status === 503) {
    headers.push('Retry-After', '1');
  }
  if (status === 426) {
    // RFC 9110, section 7.8. Whatever the gateway has made of it, it is the last one.
    headers.push('Connection', 'Upgrade, close', 'Upgrade', 'websocket');
  }
  if (status === 405) {
    headers.push(
      'Allow',
      error.code === 'websocket-only'
        ? 'GET'
        : 'GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH'
    );
  }
  return { status, headers, body: Buffer.from(body) };
}

/** What is known about an error, with nothing for what isn't. */
function aboutError({ place, details }: CarryError): IAbout {
  return {
    title: place,
    message: '',
    lines: [],
    folder: '',
    command: '',
    isHttps: false,
    socketPath: '',
    ...details,
    place
  };
}

function asText(hint: Hint): string {
  return typeof hint === 'string' ? hint : `${hint.text} ${hint.code}`;
}

/** Send the client from `P` to `P/`, or it would resolve relative links wrongly. */
export function slashAnswer(prefix: string, target: string): IAnswer {
  const rest = target.slice(prefix.length);
  const query = rest.startsWith('?') ? rest.replace(/#.*$/s, '') : '';
  return {
    status: 302,
    headers: ['Location', `${prefix}/${query}`],
    body: Buffer.alloc(0)
  };
}

/** Jupyter's refusal as it is. It is here as a whole, so the framing is ours. */
export function refusalAnswer(refusal: IAnswer): IAnswer {
  const headers = without(
    endToEnd(refusal.headers),
    lowerName => lowerName === 'content-length'
  );
  return { ...refusal, headers };
}

/** Send an answer by Node's own response. */
export function sendAnswer(response: ServerResponse, answer: IAnswer): void {
  for (const { name, value } of fields(answer.headers)) {
    response.appendHeader(name, value);
  }
  response.setHeader('Content-Length', answer.body.length);
  response.writeHead(answer.status);
  response.end(answer.body);
}
