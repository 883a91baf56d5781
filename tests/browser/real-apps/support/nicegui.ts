import { script } from './places';
import type { IRealApp } from './real-app';

export const NICEGUI: IRealApp = {
  name: 'NiceGUI',
  needs: 'X-Forwarded-Prefix',
  command: ({ port }) => script('nicegui_app.py', String(port)),
  async use(frame) {
    await frame.getByText('Nobody yet').waitFor();
    await frame.getByRole('button', { name: 'Greet' }).click();
    await frame.getByText('Hello Ada!').waitFor();
    await frame.getByRole('link', { name: 'A page' }).click();
    await frame.getByText('The second page').waitFor();
    await frame.getByRole('link', { name: 'Back' }).click();
    await frame.getByRole('button', { name: 'Go on' }).click();
    await frame.getByText('The second page').waitFor();
  }
};
