import { join } from 'node:path';

import { isListening } from './ports';
import { Program } from './program';

/** The ports of the product's demo, which its documentation names. */
export const SITE_PORT = 8700;
export const SERVICE_PORT = 8701;

/** What the site's first page says. */
export const SITE_HEADING = 'The static site on port 8700';

const FOLDER = join(__dirname, '..', 'apps');

/** Start the static site on port 8700, by Python's own web server. */
export function startSite(): Promise<Program> {
  return startApp('The static site', SITE_PORT, [
    '-m',
    'http.server',
    String(SITE_PORT),
    '--bind=127.0.0.1',
    `--directory=${join(FOLDER, 'site')}`
  ]);
}

/** Start the FastAPI service on port 8701. */
export function startService(): Promise<Program> {
  return startApp('The FastAPI service', SERVICE_PORT, [
    '-m',
    'uvicorn',
    'service:app',
    `--app-dir=${FOLDER}`,
    `--port=${SERVICE_PORT}`,
    // It would wait for the pages that have a WebSocket open.
    '--timeout-graceful-shutdown=1'
  ]);
}

/** @throws if another program listens on a port that the tests need. */
export async function demandFree(port: number): Promise<void> {
  if (await isListening(port)) {
    throw new Error(
      `Another program listens on port ${port}, which the browser tests need: end it and try again.`
    );
  }
}

async function startApp(
  name: string,
  port: number,
  args: string[]
): Promise<Program> {
  await demandFree(port);
  const app = new Program(name, 'python', args);
  await app.started(() => isListening(port));
  return app;
}
