import { SERVICE_PORT, startService } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const visit = useBrowser();

describe.each([
  { over: 'HTTP', tls: false },
  { over: 'TLS', tls: true }
])('the WebSocket of an app, over $over', ({ tls }) => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    keep(await startService());
    jupyter = keep(
      await startJupyter({
        tls,
        ports: [{ title: 'Echo', port: SERVICE_PORT }]
      })
    );
  });

  test('carries messages both ways', () =>
    visit(async page => {
      const lab = await Lab.open(page, jupyter);
      await lab.tile('Echo').click();
      const message = lab.app.getByLabel('Message');
      const send = lab.app.getByRole('button', { name: 'Send' });
      const status = lab.app.getByRole('status');
      await message.fill('远程开发者');
      await send.click();
      await status.getByText('Echo: 远程开发者', { exact: true }).waitFor();
      // More than one frame, one packet and one buffer hold.
      const long = '八月湖水平'.repeat(50_000);
      await message.fill(long);
      await send.click();
      await status.getByText(/八月湖水平$/).waitFor();
      expect(await status.textContent()).toBe(`Echo: ${long}`);
    }));
});
