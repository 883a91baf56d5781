import { script } from './places';
import type { IRealApp } from './real-app';

export const DASH: IRealApp = {
  name: 'Dash',
  needs: 'its page and the requests of its scripts fixed',
  command: ({ port }) => script('dash_app.py', String(port)),
  async use(frame) {
    await frame.getByText('Hello Ada!').waitFor();
    // A script that comes only when a graph is on the page.
    await frame.getByText('A graph').waitFor();
    await frame.getByLabel('Name').fill('Grace');
    await frame.getByText('Hello Grace!').waitFor();
  }
};
