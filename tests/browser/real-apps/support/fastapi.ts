import { basename, dirname, join } from 'node:path';

import { SERVICE_PORT } from '../../support/apps';
import { script } from './places';
import type { IRealApp } from './real-app';

/** The folder of what the page fetches from a CDN. */
const SWAGGER = dirname(require.resolve('swagger-ui-dist/package.json'));

export const FASTAPI: IRealApp = {
  name: 'FastAPI',
  needs: 'its page of documentation fixed',
  port: SERVICE_PORT,
  path: 'docs',
  command: () => script('fastapi_app.py'),
  async prepare(context) {
    await context.route(/\/swagger-ui-dist@5\//, (route, request) =>
      route.fulfill({
        path: join(SWAGGER, basename(new URL(request.url()).pathname))
      })
    );
  },
  async use(frame) {
    await frame.getByRole('heading', { name: 'FastAPI here' }).waitFor();
    await frame
      .locator('.opblock-summary-control', { hasText: 'Greet' })
      .click();
    await frame.getByRole('button', { name: 'Try it out' }).click();
    await frame.getByPlaceholder('name').fill('Grace');
    await frame.getByRole('button', { name: 'Execute' }).click();
    await frame.getByText('"greeting": "Hello Grace!"').waitFor();
  }
};
