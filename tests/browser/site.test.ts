import { SITE_HEADING, SITE_PORT, startSite } from './support/apps';
import { useBrowser } from './support/browser';
import { startJupyter, type Jupyter } from './support/jupyter';
import { Lab } from './support/lab';
import { stopAfterAll } from './support/stop-after-all';

const visit = useBrowser();

/** Whether a saved workspace has the site's tab, at a page of the site. */
function hasTabAt(path: string): (workspace: string) => boolean {
  return workspace => {
    const { data } = JSON.parse(workspace) as IWorkspace;
    const name = `porthole:${SITE_PORT}/`;
    return (
      data[name]?.data.resumeAt === path &&
      JSON.stringify(data['layout-restorer:data']).includes(`"${name}"`)
    );
  };
}

interface IWorkspace {
  data: Record<string, { data: { resumeAt: string } } | undefined>;
}

describe.each([
  { over: 'HTTP', tls: false },
  { over: 'TLS', tls: true }
])('a static site, over $over', ({ tls }) => {
  const keep = stopAfterAll();
  let jupyter: Jupyter;

  beforeAll(async () => {
    keep(await startSite());
    jupyter = keep(
      await startJupyter({
        tls,
        ports: [{ title: 'My site', port: SITE_PORT }]
      })
    );
  });

  test('opens by its tile, and again after a reload', () =>
    visit(async page => {
      const lab = await Lab.open(page, jupyter);
      const saved = lab.saved(hasTabAt('/'));
      await lab.tile('My site').click();
      const heading = lab.app.getByRole('heading', { name: SITE_HEADING });
      await heading.waitFor();
      // Its style sheet has come, too.
      expect(await heading.evaluate(node => getComputedStyle(node).color)).toBe(
        'rgb(0, 100, 0)'
      );
      await lab.app.getByText('你好，静态站点').waitFor();
      await lab.tab('My site').waitFor();
      await saved;
      await lab.reload();
      await lab.app.getByRole('heading', { name: SITE_HEADING }).waitFor();
      await lab.tab('My site').waitFor();
    }));

  test('comes back after a reload at the page on which it was left', () =>
    visit(async page => {
      const lab = await Lab.open(page, jupyter);
      const saved = lab.saved(hasTabAt('/sub/page.html?x=1'));
      await lab.tile('My site').click();
      await lab.app.getByRole('link', { name: 'The page below' }).click();
      await lab.app.getByText('Its query: ?x=1').waitFor();
      await saved;
      await lab.reload();
      await lab.app.getByText('Its query: ?x=1').waitFor();
    }));
});
