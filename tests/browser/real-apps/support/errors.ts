/**
 * What a page without an icon of its own writes to the console: the browser asks the
 * root of the host for one. (Playwright hides that request.)
 */
export const NO_FAVICON = /status of 404 .*\/favicon\.ico\)$/;

/** Take any of several messages. */
export function either(...messages: RegExp[]): RegExp {
  return new RegExp(messages.map(({ source }) => source).join('|'));
}
