import type { Hint } from './page';

/** A text with which a sentence begins. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The number of a port, if it is reached by that; else `null`. */
export function portIn(place: string): string | null {
  return /^port ([0-9]+)/.exec(place)?.[1] ?? null;
}

/** What to do with an app that has ended; what isn't known of it is empty. */
export function startAgain(folder: string, command: string): Hint {
  const again =
    folder === '' ? 'Start it again' : `Start it again in ${folder}`;
  return command === ''
    ? `${again}, as you did before.`
    : { text: `${again}:`, code: command };
}

/** What to do with an app that speaks HTTPS. @param port - its own, unless it has a name. */
export function askedByHttps(port: string | null): Hint[] {
  const options = '"https": True, "verify_certificate": False';
  return [
    'It has a certificate, and Jupyter asks it by plain HTTP, as web apps on one’s own machine are asked. Your browser sees Jupyter’s address only, whose certificate counts.',
    'Start it without its certificate (options like --ssl-keyfile, --certfile).',
    port === null
      ? { text: 'Or add to its configuration:', code: options }
      : {
          text: 'Or give it a name in jupyter_server_config.py, and open it by that, as …/my-app/:',
          code: `c.Porthole.apps = {"my-app": {"port": ${port}, ${options}}}`
        }
  ];
}
