import { installed } from './places';
import type { IRealApp } from './real-app';

/** Log a run as a training does: on this machine, by MLflow's REST API. */
async function logRun(port: number): Promise<void> {
  const call = async (name: string, body: object): Promise<unknown> => {
    const url = `http://localhost:${port}/api/2.0/mlflow/${name}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body)
    });
    if (!response.ok) {
      throw new Error(`MLflow's ${name}: ${await response.text()}`);
    }
    return response.json();
  };
  const experiment = await call('experiments/create', { name: 'Engines' });
  await call('runs/create', {
    ...(experiment as object),
    run_name: 'analytical'
  });
}

export const MLFLOW: IRealApp = {
  name: 'MLflow',
  needs: 'Host and Origin that are localhost',
  command: ({ port }) => ({
    program: installed('mlflow'),
    // One worker instead of four: each takes some seconds to start.
    args: ['server', `--port=${port}`, '--workers=1']
  }),
  async use(frame, { port }) {
    await logRun(port);
    await frame.getByRole('link', { name: 'Experiments', exact: true }).click();
    await frame.getByRole('link', { name: 'Engines' }).click();
    await frame.waitForURL(/\/overview/);
    // The page has a guided tour, which covers the links.
    await frame.evaluate(() => {
      location.hash = location.hash.replace(/\/overview.*/, '/runs');
    });
    await frame.getByText('analytical').first().waitFor();
  },
  // It asks who is there, which a server without a login doesn't know.
  expectedErrors: /status of 404 .*\/mlflow\/users\/current\)$/
};
