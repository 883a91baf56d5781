import type { Page } from 'playwright-core';

import type { Surroundings } from './surroundings';

/** See how a request reaches the app of hello-jupyter-proxy. */
export async function useHello(
  page: Page,
  { jupyter }: Surroundings
): Promise<void> {
  await page.goto(jupyter.url('hello/x?y=1'));
  const path = await page.locator('code').first().innerText();
  expect(path).toBe('/x?y=1');
  const headers = await page.locator('pre').innerText();
  expect(headers).toContain('X-Forwarded-Prefix: /jupyter/hello\n');
  // jupyter-server-proxy doesn't tell it.
  expect(headers).toContain(
    `X-Forwarded-Host: ${new URL(jupyter.url('')).host}\n`
  );
  expect(headers).not.toContain(jupyter.token);
}
