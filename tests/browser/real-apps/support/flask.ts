import { NO_FAVICON } from './errors';
import { script } from './places';
import type { IRealApp } from './real-app';
import { pictureShown } from './shown';

export const FLASK: IRealApp = {
  name: 'Flask',
  needs: 'its links and forms fixed',
  command: ({ port }) => script('flask_app.py', String(port)),
  async use(frame) {
    const back = frame.getByRole('link', { name: 'Back' });
    await pictureShown(frame.getByAltText('A picture'));
    await frame.getByRole('link', { name: 'A page' }).click();
    await frame.getByRole('heading', { name: 'Hello Ada!' }).waitFor();
    await back.click();
    await frame.getByRole('link', { name: 'A moved page' }).click();
    await frame.getByRole('heading', { name: 'Hello Grace!' }).waitFor();
    await back.click();
    await frame.getByLabel('Name').fill('Alan');
    await frame.getByRole('button', { name: 'Greet' }).click();
    await frame.getByRole('heading', { name: 'Hello Alan!' }).waitFor();
  },
  expectedErrors: NO_FAVICON
};

/**
 * The same, used until its pages have a service worker. What happens before isn't
 * confined: a style sheet's own requests can't be caught by anything else.
 */
export const STYLED_FLASK: IRealApp = {
  ...FLASK,
  name: 'A style sheet of Flask that names absolute paths',
  needs: 'the service worker',
  async use(frame) {
    await frame.waitForFunction(
      () => navigator.serviceWorker.controller !== null
    );
    const picture = frame
      .page()
      .waitForResponse(response =>
        response.url().endsWith('/picture.svg?of=style')
      );
    await frame.getByRole('link', { name: 'A styled page' }).click();
    expect((await picture).status()).toBe(200);
  }
};
