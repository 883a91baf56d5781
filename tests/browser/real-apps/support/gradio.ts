import { script } from './places';
import type { IRealApp } from './real-app';
import { pictureShown, valueShown } from './shown';

export const GRADIO: IRealApp = {
  name: 'Gradio',
  needs: 'X-Gradio-Server without X-Forwarded-Host',
  command: ({ port }) => ({
    ...script('gradio_app.py', String(port)),
    env: { GRADIO_ANALYTICS_ENABLED: 'False' }
  }),
  async use(frame) {
    await frame.getByLabel('Name').fill('Ada');
    await frame.getByRole('button', { name: 'Greet' }).click();
    await valueShown(frame.getByLabel('Greeting'), 'Hello Ada!');
    // Its address comes with the answer.
    await pictureShown(frame.locator('img[src*="/file="]'));
  }
};
