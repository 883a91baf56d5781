import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Page
} from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

/** For pictures of what went wrong, and of what people should look at. */
const PICTURES = join(__dirname, '../../../.test-output/browser');

const TIMEOUT_MS = 20_000;

export interface IVisitOptions extends BrowserContextOptions {
  /** Messages that the browser is to write to its console as errors. */
  expectedErrors?: RegExp;
  /** How long each step may take. */
  timeoutMs?: number;
}

/** Does something in a new page of a fresh profile. */
export type Visit = (
  act: (page: Page) => Promise<void>,
  options?: IVisitOptions
) => Promise<void>;

/**
 * Run a browser as long as the tests of a file run.
 *
 * @param hosts - names that lead to this machine: then no other leads anywhere,
 * and a certificate of the tests makes as secure a context as any.
 * @returns a function for a test to visit pages. It fails if a script fails or
 * an error is written to the console, too, and leaves a picture then.
 */
export function useBrowser(hosts: string[] = []): Visit {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: [...ARGUMENTS, ...argumentsFor(hosts)]
    });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (
    act,
    { expectedErrors, timeoutMs = TIMEOUT_MS, ...contextOptions } = {}
  ) => {
    if (browser === undefined) {
      throw new Error('The browser did not start.');
    }
    const context = await browser.newContext({
      // The certificates of the tests are self-signed.
      ignoreHTTPSErrors: true,
      ...contextOptions
    });
    context.setDefaultTimeout(timeoutMs);
    const errors: string[] = [];
    context.on('console', message => {
      if (message.type() === 'error') {
        errors.push(`${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', failure => {
      errors.push(failure.error().stack ?? String(failure.error()));
    });
    try {
      const page = await context.newPage();
      await keepPictureOfFailure(page, () => act(page));
      expect(errors.filter(error => !expectedErrors?.test(error))).toEqual([]);
    } finally {
      await context.close();
    }
  };
}

/** Keep a picture of a page under the current test's name. */
export async function takePicture(page: Page, suffix = ''): Promise<void> {
  const name = expect.getState().currentTestName ?? 'unknown';
  const file = name.replace(/[^A-Za-z0-9]+/g, '-') + suffix;
  await page.screenshot({ path: join(PICTURES, `${file}.png`) });
}

/** A network in which only some hosts exist, all of them this machine. */
function argumentsFor(hosts: string[]): string[] {
  if (hosts.length === 0) {
    return [];
  }
  const rules = [
    ...hosts.map(host => `MAP ${host} 127.0.0.1`),
    'MAP * ~NOTFOUND'
  ];
  return [
    `--host-resolver-rules=${rules.join(', ')}`,
    // Else no service worker is loaded, whatever the profile ignores.
    '--ignore-certificate-errors'
  ];
}

/** The program that the environment names, or else the system's. */
function findChromium(): string {
  const name = process.env['CHROMIUM'] ?? 'chromium';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const files = name.includes('/')
    ? [resolve(name)]
    : [...folders, '/usr/bin'].map(folder => join(folder, name));
  const found = files.find(file => existsSync(file));
  if (found === undefined) {
    throw new Error(
      `${name}: no such program; name a Chromium in the environment variable CHROMIUM.`
    );
  }
  return found;
}

async function keepPictureOfFailure(
  page: Page,
  act: () => Promise<void>
): Promise<void> {
  try {
    await act();
  } catch (error) {
    // Of the tabs that it has opened, too.
    for (const [index, each] of page.context().pages().entries()) {
      await takePicture(each, index === 0 ? '-failed' : `-failed-${index + 1}`);
    }
    throw error;
  }
}
