import { demandFree, SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const visit = useBrowser();
const keep = stopAfterAll();
let jupyter: Jupyter;

beforeAll(async () => {
  await demandFree(SITE_PORT);
  jupyter = keep(
    await startJupyter({ ports: [{ title: 'My site', port: SITE_PORT }] })
  );
});

test('a tab opened before its app runs turns into the app by itself', () =>
  visit(
    async page => {
      const lab = await Lab.open(page, jupyter);
      await lab.tile('My site').click();
      await lab.app
        .getByRole('heading', { name: `Nothing listens on port ${SITE_PORT}.` })
        .waitFor();
      keep(await startSite());
      await lab.app.getByRole('heading', { name: SITE_HEADING }).waitFor();
    },
    // Browsers call every answer of 502 an error.
    { expectedErrors: /status of 502 .*\/jupyter\/proxy\/8700\/\)$/ }
  ));
